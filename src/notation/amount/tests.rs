//! Amounts as people write them, read back.

use proptest::prelude::*;

use super::super::Verdict;
use super::*;

fn units(text: &str, notation: AmountNotation) -> Option<String> {
    parse(text, notation).ok().map(|a| Amount { currency: None, ..a }.to_string())
}

#[test]
fn decimal_comma_and_thousands_point_are_one_convention() {
    for (text, value) in [
        ("1.355,90 €", Some("1355.90")),
        ("-1.000,00 €", Some("-1000.00")),
        ("-950,00 €", Some("-950.00")),
        ("12,5", Some("12.50")),
        ("€ 2.400", Some("2400.00")),
        ("1.234", Some("1234.00")),
        ("0,075", Some("0.075")),
        ("1,234.56", None),
        ("1'250,00", None),
        ("1.23.4,00", None),
        ("1 234,00", None),
        ("12.34", None),
        ("0.125", None),
        (",5", Some("0.50")),
        ("5,", Some("5.00")),
    ] {
        assert_eq!(units(text, AmountNotation::COMMA).as_deref(), value, "{text}");
    }
}

#[test]
fn negative_amounts_in_every_dress() {
    for (text, value) in [
        ("100.00", "100.00"),
        ("(33.50)", "-33.50"),
        ("$(12.25)", "-12.25"),
        ("($4.25)", "-4.25"),
        ("(4.25 $)", "-4.25"),
        ("50.00-", "-50.00"),
        ("50.00- EUR", "-50.00"),
        ("50.00 EUR-", "-50.00"),
        ("1,200.00-", "-1200.00"),
        ("−100.00", "-100.00"),
        ("–7", "-7.00"),
        ("- 7", "-7.00"),
        ("-$7", "-7.00"),
        ("$-7", "-7.00"),
        ("'-75.60", "-75.60"),
        ("=\"-75.60\"", "-75.60"),
        ("+1500", "1500.00"),
        ("\u{200e}-۱۲\u{200f}", "-12.00"),
        ("（12.50）", "-12.50"),
    ] {
        assert_eq!(units(text, AmountNotation::POINT).as_deref(), Some(value), "{text}");
    }
}

#[test]
fn unclear_texts_are_refused_with_the_reason() {
    use AmountError as E;
    let cases = [
        ("", E::Empty),
        (" \u{a0}", E::Empty),
        ("-", E::NoDigit),
        ("€", E::NoDigit),
        ("(-5.00)", E::TwoSigns),
        ("-5.00-", E::TwoSigns),
        ("--5", E::TwoSigns),
        ("5.00 CR", E::CreditMark { mark: "CR".into() }),
        ("5.-", E::DashForCents),
        ("(5", E::Brackets),
        (")5(", E::Brackets),
        ("((5))", E::Brackets),
        ("12%", E::Percent),
        ("۱۲٪", E::Percent),
        ("12 pcs", E::Word { word: "pcs".into() }),
        ("1.2k", E::Word { word: "k".into() }),
        ("N/A", E::Word { word: "N/A".into() }),
        ("#N/A", E::CellError),
        ("$5 EUR", E::TwoCurrencies { first: Currency::named("$").unwrap(), second: Currency::named("€").unwrap() }),
        ("1.5.5", E::BehindDecimals { found: '.' }),
        ("1.234,5", E::BehindDecimals { found: ',' }),
        ("12,34.5", E::Grouping { mark: ',' }),
        ("1,2345", E::Grouping { mark: ',' }),
        ("1,23,456", E::Grouping { mark: ',' }),
        ("0,125", E::Grouping { mark: ',' }),
        ("1 234", E::Character { found: ' ' }),
        ("2024-03-01", E::Character { found: '-' }),
        ("5/3", E::Character { found: '/' }),
        ("99999999999999999999", E::OutOfRange),
        ("922337203685478", E::OutOfRange),
        ("inf", E::Word { word: "inf".into() }),
    ];
    for (text, error) in cases {
        assert_eq!(parse(text, AmountNotation::POINT), Err(error), "{text}");
    }
}

#[test]
fn credit_marks_mean_what_is_declared() {
    let credit = AmountNotation { credit: CreditMarks::CreditNegative, ..AmountNotation::POINT };
    let debit = AmountNotation { credit: CreditMarks::DebitNegative, ..AmountNotation::POINT };
    for (text, as_credit, as_debit) in
        [("5 CR", "-5.00", "5.00"), ("5.00 Dr.", "5.00", "-5.00"), ("Cr 5", "-5.00", "5.00")]
    {
        assert_eq!(units(text, credit).as_deref(), Some(as_credit));
        assert_eq!(units(text, debit).as_deref(), Some(as_debit));
    }
    assert_eq!(parse("-5 CR", credit), Err(AmountError::TwoSigns));
}

#[test]
fn persian_and_arabic_amounts_are_read_in_any_notation() {
    for notation in [AmountNotation::WHOLE, AmountNotation::POINT, AmountNotation::COMMA] {
        assert_eq!(units("۴۵۰٬۰۰۰", notation).as_deref(), Some("450000.00"));
        assert_eq!(units("١٢٫٥", notation).as_deref(), Some("12.50"));
        let rial = parse("۱۲٬۵۰۰ ریال", notation).unwrap();
        assert_eq!((rial.ten_thousandths, rial.currency.map(Currency::label)), (125_000_000, Some("IRR")));
    }
    assert_eq!(units("۴۵۰،۰۰۰", AmountNotation::POINT).as_deref(), Some("450000.00"));
    let slash = AmountNotation::of_chars('/', Some(',')).unwrap();
    assert_eq!(units("۱۲/۵", slash).as_deref(), Some("12.50"));
    assert_eq!(units("1٬234,567", AmountNotation::POINT), None);
}

#[test]
fn currencies_are_found_on_either_side() {
    let label = |t: &str| parse(t, AmountNotation::POINT).ok()?.currency.map(Currency::label);
    for (text, expected) in [
        ("US$ 5", "USD"),
        ("$5 USD", "USD"),
        ("5 zł", "PLN"),
        ("Rs.500", "Rs"),
        ("kr. 500", "kr"),
        ("5,000 تومان", "IRT"),
        ("₺5", "TRY"),
        ("5 ريال سعودي", "SAR"),
        ("CHF 5", "CHF"),
        ("-£5", "£"),
    ] {
        assert_eq!(label(text), Some(expected), "{text}");
    }
    assert_eq!(units("Rs.500", AmountNotation::POINT).as_deref(), Some("500.00"));
    let found = currencies(["5 IRR", "5", "6 IRT", "x", "7 rial"], AmountNotation::POINT);
    let shown: Vec<_> = found.iter().map(|c| (c.currency.map(Currency::label), c.count, c.first)).collect();
    assert_eq!(shown, [(Some("IRR"), 2, 1), (None, 1, 2), (Some("IRT"), 1, 3)]);
}

#[test]
fn scientific_form_is_read_when_no_digit_is_lost() {
    for (text, value) in [
        ("1.2345E+2", Some("123.45")),
        ("1.5e1", Some("15.00")),
        ("1e-05", Some("0.00")),
        ("2.5E-1", Some("0.25")),
        ("125E-4", Some("0.0125")),
        ("6.21047E+15", None),
        ("1e3", None),
        ("1e1", None),
        ("1.5e2", None),
        ("73920e05", None),
        ("4e217305", None),
        ("1,234e1", None),
        ("1e-999999999999", Some("0.00")),
    ] {
        assert_eq!(units(text, AmountNotation::POINT).as_deref(), value, "{text}");
    }
    assert_eq!(parse("6.21047E+15", AmountNotation::POINT), Err(AmountError::LostDigits));
    assert_eq!(units("1,5E-1", AmountNotation::COMMA).as_deref(), Some("0.15"));
}

#[test]
fn digits_past_the_fourth_round_half_away_from_zero() {
    for (text, value) in [("0.00005", 1), ("0.00004999", 0), ("-0.00005", -1), ("-12.34565", -123_457)] {
        assert_eq!(parse(text, AmountNotation::POINT).map(|a| a.ten_thousandths), Ok(value), "{text}");
    }
}

#[test]
fn a_column_is_judged_as_a_whole() {
    let certain = |samples: &[&str]| match detect(samples.iter().copied()).verdict {
        Verdict::Certain(reading) => reading.notation.to_string(),
        other => panic!("{samples:?}: {other:?}"),
    };
    assert_eq!(certain(&["1.234", "12,5"]), "decimal `,`, thousands `.`");
    assert_eq!(certain(&["1.234", "0.125"]), "decimal `.`, thousands `,`");
    assert_eq!(certain(&["1.234.567"]), "decimal `,`, thousands `.`");
    assert_eq!(certain(&["1 234", "12.50"]), "decimal `.`, thousands ` `");
    assert_eq!(certain(&["1 234", "5"]), "no decimal mark, thousands ` `");
    assert_eq!(certain(&["1'234.50"]), "decimal `.`, thousands `'`");
    assert_eq!(certain(&["12,34,567.50"]), "decimal `.`, thousands `,`, Indian groups");
    assert_eq!(certain(&["12,345.50", "1,234,567"]), "decimal `.`, thousands `,`");
    assert_eq!(certain(&["12500000", "۴۵۰٬۰۰۰"]), "no decimal mark");
    assert_eq!(certain(&["5", "", "17"]), "no decimal mark");
    assert_eq!(certain(&["۱۲/۵", "۳"]), "decimal `/`, thousands `,`");
}

#[test]
fn the_evidence_names_the_sample_that_decides() {
    let detected = detect(["1.234", "", "12,5"]);
    let reading = detected.decided().unwrap();
    assert_eq!((reading.evidence[0].sample, reading.evidence[0].text.as_str()), (3, "12,5"));
    assert!(reading.evidence[0].says.starts_with("not decimal `.`, thousands `,`"), "{reading:?}");
    assert_eq!(detected.samples, 2);
}

#[test]
fn notations_clash_where_one_takes_the_mark_of_the_other() {
    let whole_points = AmountNotation { thousands: Some(ThousandsMark::Point), ..AmountNotation::WHOLE };
    let spaced = AmountNotation::with(DecimalMark::Comma, ThousandsMark::Space);
    assert!(whole_points.clashes_with(AmountNotation::POINT) && AmountNotation::POINT.clashes_with(whole_points));
    assert!(AmountNotation::POINT.clashes_with(spaced) && spaced.clashes_with(AmountNotation::POINT));
    assert!(!whole_points.clashes_with(AmountNotation::COMMA) && !AmountNotation::WHOLE.clashes_with(spaced));
}

#[test]
fn two_readings_are_both_reported() {
    let Verdict::Ambiguous(readings) = detect(["1.234", "5"]).verdict else { panic!() };
    let shown: Vec<_> = readings.iter().map(|r| (r.notation, r.examples[0].says.as_str())).collect();
    assert_eq!(shown, [(AmountNotation::POINT, "1.234"), (AmountNotation::COMMA, "1234.00")]);
}

#[test]
fn bad_values_are_told_from_another_convention() {
    let detected = detect(["100.00", "(33.50)", "1,200.00-", "-", "(-5.00)", "5.00 CR"]);
    assert_eq!(detected.decided().map(|r| r.notation), Some(AmountNotation::POINT));
    let unread: Vec<_> = detected.unread.iter().map(|u| (u.sample, u.reason.as_str())).collect();
    assert_eq!(unread[..2], [(4, "no digit in it"), (5, "two signs")]);

    let Verdict::Conflict(partials) = detect(["1.355,90 €", "12,5", "1,234.56"]).verdict else { panic!() };
    assert_eq!((partials[0].notation, partials[0].read), (AmountNotation::COMMA, 2));
    assert_eq!(partials[0].unread[0].text, "1,234.56");
    assert_eq!(detect(["red", "green"]).verdict, Verdict::Nothing);
}

/// Writes an amount in a notation.
fn written(value: i64, notation: AmountNotation) -> String {
    let digits = (value.unsigned_abs() / 10_000).to_string();
    let mut whole = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        let due = match notation.grouping {
            Grouping::Threes => left.is_multiple_of(3),
            Grouping::Indian => left == 3 || (left > 3 && left % 2 == 1),
        };
        if let Some(mark) = notation.thousands.filter(|_| due && at > 0) {
            whole.push(mark.char());
        }
        whole.push(digit);
    }
    match notation.decimal {
        Some(mark) => format!("{whole}{}{:04}", mark.char(), value.unsigned_abs() % 10_000),
        None => whole,
    }
}

fn notations() -> impl Strategy<Value = AmountNotation> {
    let decimal = prop::sample::select(vec![DecimalMark::Point, DecimalMark::Comma, DecimalMark::Slash]);
    let marks = vec![ThousandsMark::Comma, ThousandsMark::Point, ThousandsMark::Space, ThousandsMark::Apostrophe];
    let grouping = prop::sample::select(vec![Grouping::Threes, Grouping::Indian]);
    let all = (decimal, prop::option::of(prop::sample::select(marks)), grouping);
    let all = all.prop_map(|(decimal, thousands, grouping)| AmountNotation {
        decimal: Some(decimal),
        thousands,
        grouping,
        credit: CreditMarks::Refused,
    });
    all.prop_filter("marks differ", |n| n.thousands.is_none_or(|t| Some(t.char()) != n.decimal.map(DecimalMark::char)))
}

proptest! {
    #[test]
    fn a_written_amount_is_read_back(
        value in -i64::MAX..i64::MAX,
        notation in notations(),
        dress in 0..5,
        script in 0..3_usize
    ) {
        let number = written(value, notation);
        let text = match (value < 0, dress) {
            (true, 0) => format!("-{number}"),
            (true, 1) => format!("{number}-"),
            (true, 2) => format!("({number})"),
            (true, 3) => format!("−{number} €"),
            (true, _) => format!("USD -{number}"),
            (false, 0) => number,
            (false, 1) => format!("+{number}"),
            (false, 2) => format!("€{number}"),
            (false, 3) => format!("{number}\u{a0}kr"),
            (false, _) => format!("\u{200e}{number}"),
        };
        let zero = ['0', '۰', '٠'][script];
        let text: String = text.chars().map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32(u32::from(zero) + digit).unwrap_or(c),
            None => c,
        }).collect();
        prop_assert_eq!(parse(&text, notation).map(|a| a.ten_thousandths), Ok(value), "{}", text);
    }

    #[test]
    fn the_true_notation_is_never_excluded(
        values in prop::collection::vec(-99_999_999_999_i64..99_999_999_999, 1..20),
        at in 0..4_usize
    ) {
        let point_space = AmountNotation::with(DecimalMark::Point, ThousandsMark::Space);
        let apostrophe = AmountNotation::with(DecimalMark::Comma, ThousandsMark::Apostrophe);
        let notation = [AmountNotation::POINT, AmountNotation::COMMA, point_space, apostrophe][at];
        let texts: Vec<String> = values.iter().map(|v| written(*v, notation)).collect();
        let detected = detect(texts.iter().map(String::as_str));
        prop_assert!(detected.unread.is_empty());
        let reading = detected.decided();
        prop_assert!(reading.is_some(), "{:?}", detected);
        for (text, value) in texts.iter().zip(&values) {
            let read = parse(text, reading.unwrap().notation).map(|a| a.ten_thousandths);
            prop_assert_eq!(read, Ok(value.abs()));
        }
    }

    #[test]
    fn no_text_panics(text in ".*", notation in notations()) {
        let _ = parse(&text, notation);
    }

    #[test]
    fn what_is_read_looks_like_an_amount(text in "[-+0-9.,' ()€$%eECRkr٬٫۱۲−]{0,12}", notation in notations()) {
        if let Ok(amount) = parse(&text, notation) {
            prop_assert!(text.chars().any(|c| digits::ascii_digit(c).is_some()));
            let signs = text.contains(['-', '−', '(']);
            prop_assert!(amount.ten_thousandths >= 0 || signs);
        }
    }
}
