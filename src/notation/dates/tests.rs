//! Dates as people write them, read back.

use proptest::prelude::*;

use super::super::{Detected, Verdict};
use super::*;

fn gregorian(pattern: &str) -> DateNotation {
    DateNotation::written(pattern, Calendar::Gregorian).unwrap()
}

fn solar(pattern: &str) -> DateNotation {
    DateNotation::written(pattern, Calendar::SolarHijri).unwrap()
}

fn shown(text: &str, notation: &DateNotation) -> Result<String, String> {
    parse(text, notation).map(|m| m.to_string()).map_err(|e| e.to_string())
}

#[track_caller]
fn reads(text: &str, notation: &DateNotation, expected: &str) {
    assert_eq!(shown(text, notation).as_deref(), Ok(expected), "{text:?} as {notation}");
}

#[test]
fn written_dates_are_read() {
    reads("13/01/2024", &gregorian("%d/%m/%Y"), "2024-01-13");
    reads("1/2/2024", &gregorian("%m/%d/%Y"), "2024-01-02");
    reads("05.01.24", &gregorian("%d.%m.%y"), "2024-01-05");
    reads("20240105", &gregorian("%Y%m%d"), "2024-01-05");
    reads("20240105093015", &gregorian("%Y%m%d%H%M%S"), "2024-01-05 09:30:15");
    reads("05-Jan-2024", &gregorian("%d-%b-%Y"), "2024-01-05");
    reads("5. März 2024", &gregorian("%d. %B %Y"), "2024-03-05");
    reads("14 févr. 2024", &gregorian("%d %b %Y"), "2024-02-14");
    reads("3 de enero de 2024", &gregorian("%d de %B de %Y"), "2024-01-03");
    reads("Friday, January 5, 2024", &gregorian("%A, %B %d, %Y"), "2024-01-05");
    reads("5 Ağustos 2024 Pazartesi", &gregorian("%d %B %Y %A"), "2024-08-05");
    reads("5 كانون الثاني 2024", &gregorian("%d %B %Y"), "2024-01-05");
    reads("２０２４年１月５日", &gregorian("%Y年%m月%d日"), "2024-01-05");
    reads("\u{feff}=\"2024-01-05\"", &gregorian("%F"), "2024-01-05");
}

#[test]
fn solar_hijri_dates_are_read() {
    let slashes = solar("%Y/%m/%d");
    reads("1403/12/30", &slashes, "2025-03-20");
    reads("\u{200f}۱۴۰۳/۰۱/۰۱\u{200e}", &slashes, "2024-03-20");
    reads("١٤٠٣/١/١ - ١٤:٣٠", &slashes, "2024-03-20 14:30:00");
    reads("۰۳/۱۲/۳۰", &solar("%y/%m/%d"), "2025-03-20");
    reads("99/12/30", &solar("%y/%m/%d"), "2021-03-20");
    reads("۵ فروردین ۱۴۰۳", &solar("%d %B %Y"), "2024-03-24");
    reads("سه\u{200c}شنبه ۷ فروردين ۱۴۰۳", &solar("%A %d %B %Y"), "2024-03-26");
    reads("۱۴۰۳/۰۱/۰۱ ساعت ۱۴:۳۰", &slashes, "2024-03-20 14:30:00");
    reads("۱۴۰۳/۰۱/۰۱ ۰۲:۳۰ ب.ظ", &slashes, "2024-03-20 14:30:00");
    let refused = shown("1402/12/30", &slashes).unwrap_err();
    assert_eq!(refused, "day 30, month 12 of 1402 has 29 days in the solar_hijri calendar");
    assert!(shown("1403/07/31", &slashes).unwrap_err().starts_with("day 31, month 7 of 1403 has 30 days"));
    assert_eq!(shown("5 March 1403", &solar("%d %B %Y")).unwrap_err(), "`March` is a month of the gregorian calendar");
}

#[test]
fn a_time_of_day_may_stand_behind() {
    let iso = gregorian("%Y-%m-%d");
    for (text, expected) in [
        ("2024-03-01T10:15", "2024-03-01 10:15:00"),
        ("2024-03-01 10:15:59.5", "2024-03-01 10:15:59.5"),
        ("2024-03-01, 9:05 PM", "2024-03-01 21:05:00"),
        ("2024-03-01 12:05 a.m.", "2024-03-01 00:05:00"),
        ("2024-03-01 12:05 p. m.", "2024-03-01 12:05:00"),
        ("2024-03-01T23:59:60", "2024-03-01 23:59:59"),
        ("2024-03-01T10:15:00Z", "2024-03-01T10:15:00+00:00"),
        ("2024-03-01 10:15:00 UTC", "2024-03-01T10:15:00+00:00"),
        ("2024-03-01T10:15:00.123456+03:30", "2024-03-01T10:15:00.123456+03:30"),
        ("2024-03-01T10:15:00-0500", "2024-03-01T10:15:00-05:00"),
        ("2024-03-01T10:15:00+01:00[Europe/Paris]", "2024-03-01T10:15:00+01:00"),
        ("2024-03-01T101500Z", "2024-03-01T10:15:00+00:00"),
    ] {
        reads(text, &iso, expected);
    }
    for (text, reason) in [
        ("2024-03-01 25:00", "hour 25 of the time of day, allowed are 0 to 23"),
        ("2024-03-01 24:00", "hour 24 of the time of day, allowed are 0 to 23"),
        ("2024-03-01 15:30 pm", "hour 15 of the time of day, allowed are 1 to 12"),
        ("2024-03-01 10:60", "minute 60 of the time of day, allowed are 0 to 59"),
        ("2024-03-01 10:15 CET", "`CET` is no offset from UTC; zone abbreviations are ambiguous"),
        ("2024-03-01 10:15+25:00", "offset `+25:00` from UTC"),
        ("2024-03-01 soon", "` soon` behind the date is no time of day"),
        ("2024-03-0110:15", "`10:15` behind the date is no time of day"),
    ] {
        assert_eq!(shown(text, &iso).unwrap_err(), reason, "{text}");
    }
    reads("05/01/2024 03:07 pm", &gregorian("%d/%m/%Y %I:%M %p"), "2024-01-05 15:07:00");
    reads("Fri, 05 Jan 2024 09:30:00 +0100", &gregorian("%a, %d %b %Y %H:%M:%S %z"), "2024-01-05T09:30:00+01:00");
}

#[test]
fn days_that_never_were_are_refused() {
    let iso = gregorian("%Y-%m-%d");
    for (text, reason) in [
        ("2024-13-01", "month 13, there are 12"),
        ("2024-02-31", "day 31, month 2 of 2024 has 29 days in the gregorian calendar"),
        ("2023-02-29", "day 29, month 2 of 2023 has 28 days in the gregorian calendar"),
        ("2024-00-10", "month 0, there are 12"),
        ("24-01-01", "a year of four digits expected at `24-01-01`"),
        ("2024/01/01", "`-` expected at `/01/01`"),
        ("", "empty"),
        ("#N/A", "an error value of a spreadsheet cell"),
    ] {
        assert_eq!(shown(text, &iso).unwrap_err(), reason, "{text}");
    }
    assert_eq!(shown("5 Foo 2024", &gregorian("%d %B %Y")).unwrap_err(), "`Foo` is no month");
}

#[test]
fn patterns_are_checked() {
    let error = |pattern: &str| pattern.parse::<Pattern>().unwrap_err().to_string();
    assert_eq!(error("%d/%m"), "the date format `%d/%m` needs one year, it has 0");
    assert_eq!(error("%d/%d/%Y"), "the date format `%d/%d/%Y` needs one month, it has 0");
    assert_eq!(error("%d/%m/%Y %Q"), "`%Q` is not understood in the date format `%d/%m/%Y %Q`");
    assert_eq!(error("%Y-%m-%"), "`%` is not understood in the date format `%Y-%m-%`");
    assert_eq!("%-d/%-m/%Y".parse::<Pattern>().map(|p| p.to_string()).as_deref(), Ok("%-d/%-m/%Y"));
}

fn detected(samples: &[&str]) -> Detected<DateNotation> {
    detect(samples.iter().copied())
}

#[test]
fn one_sample_decides_for_the_column() {
    let found = detected(&["05/02/2024", "27/06/2024", "11/01/2024"]);
    let Verdict::Certain(reading) = &found.verdict else { panic!("{found:?}") };
    assert_eq!(reading.notation, gregorian("%d/%m/%Y"));
    let evidence = &reading.evidence[0];
    assert_eq!((evidence.sample, evidence.says.as_str()), (2, "not `%m/%d/%Y`: month 27, there are 12"));
    for (samples, expected) in [
        (&["2024-03-01", "2024-12-31 10:15"][..], gregorian("%Y-%m-%d")),
        (&["01/13/2024", "02/02/2024"], gregorian("%m/%d/%Y")),
        (&["05.01.2024"], gregorian("%d.%m.%Y")),
        (&["01.13.2024", "02.03.2024"], gregorian("%m.%d.%Y")),
        (&["2024-13-01", "2024-03-02"], gregorian("%Y-%d-%m")),
        (&["20240105", "20240210"], gregorian("%Y%m%d")),
        (&["5 Jan 2024", "17 Feb 2024"], gregorian("%d %B %Y")),
        (&["1403/01/31", "1403/02/31"], solar("%Y/%m/%d")),
        (&["۵ فروردین ۱۴۰۳"], solar("%d %B %Y")),
        (&["45292", "45351.75"], DateNotation::Serial(SerialSystem::Excel1900)),
        (&["1704067200", "1704153600"], DateNotation::Epoch(EpochUnit::Seconds)),
        (&["1704067200000"], DateNotation::Epoch(EpochUnit::Milliseconds)),
        (&["2024-03-30T11:00:00Z"], gregorian("%Y-%m-%d")),
    ] {
        assert_eq!(detected(samples).decided().map(|r| &r.notation), Some(&expected), "{samples:?}");
    }
}

#[test]
fn two_readings_of_one_column_are_both_reported() {
    let Verdict::Ambiguous(readings) = detected(&["05/01/2024", "07/02/2024"]).verdict else { panic!() };
    let shown: Vec<_> = readings.iter().map(|r| (r.notation.to_string(), r.examples[0].says.clone())).collect();
    let expected = [("`%d/%m/%Y`", "2024-01-05"), ("`%m/%d/%Y`", "2024-05-01")];
    assert_eq!(shown, expected.map(|(n, e)| (n.to_owned(), e.to_owned())));
    assert!(matches!(detected(&["2024-01-05"]).verdict, Verdict::Certain(_)));
    assert!(matches!(detected(&["05.01.2024"]).verdict, Verdict::Plausible { others, .. } if others.len() == 1));
    // equal readings of the samples are no agreement
    assert!(matches!(detected(&["05/05/2024"]).verdict, Verdict::Ambiguous(r) if r.len() == 2));
}

#[test]
fn believable_years_are_evidence_and_said_to_be() {
    let found = detected(&["1403/05/10", "1403/01/05"]);
    let Verdict::Plausible { chosen, others } = &found.verdict else { panic!("{found:?}") };
    assert_eq!(chosen.notation, solar("%Y/%m/%d"));
    assert_eq!(others[0].notation, gregorian("%Y/%m/%d"));
    assert_eq!(chosen.evidence[0].says, "2024-07-31; less plausible 1403-05-10 as `%Y/%m/%d`");

    let lunar = DateNotation::written("%Y/%m/%d", Calendar::LunarHijri).unwrap();
    assert_eq!(detected(&["1445/09/01", "1446/01/01"]).decided().map(|r| &r.notation), Some(&lunar));
}

#[test]
fn days_that_never_were_do_not_hide_the_calendar() {
    let samples = [
        "1402/12/29",
        "1403/01/01",
        "1403/06/31",
        "1403/12/30",
        "1399/12/30",
        "1404/01/01",
        "1402/12/30",
        "1403/07/31",
    ];
    let found = detected(&samples);
    assert_eq!(found.decided().map(|r| &r.notation), Some(&solar("%Y/%m/%d")));
    let unread: Vec<_> = found.unread.iter().map(|u| u.sample).collect();
    assert_eq!(unread, [7, 8]);
    assert!(found.unread[0].reason.contains("has 29 days"), "{found:?}");
}

#[test]
fn mixed_columns_are_a_conflict() {
    let Verdict::Conflict(partials) = detected(&["13/01/2024", "14/01/2024", "01/15/2024"]).verdict else { panic!() };
    assert_eq!((&partials[0].notation, partials[0].read), (&gregorian("%d/%m/%Y"), 2));
    assert_eq!(partials[0].unread[0].reason, "month 15, there are 12");
    assert_eq!(detected(&["red", "2024"]).decided(), None);
    let years = detected(&["2024", "2023"]);
    assert_eq!((years.verdict, years.unread[0].reason.as_str()), (Verdict::Nothing, "no known notation reads it"));
    assert_eq!(detected(&[]).verdict, Verdict::Nothing);
}

fn written(pattern: &str, calendar: Calendar, civil: DateTime) -> String {
    let (year, month, day) = calendar.fields(civil.date());
    let short = year % 100;
    let mut text = pattern.to_owned();
    for (directive, value) in [
        ("%Y", format!("{year:04}")),
        ("%y", format!("{short:02}")),
        ("%m", format!("{month:02}")),
        ("%d", format!("{day:02}")),
        ("%H", format!("{:02}", civil.hour())),
        ("%M", format!("{:02}", civil.minute())),
    ] {
        text = text.replace(directive, &value);
    }
    text
}

proptest! {
    #[test]
    fn a_written_date_is_read_back(
        minutes in 0_i64..30_000_000,
        at in 0..8_usize,
        which in 0..3_usize,
        persian: bool
    ) {
        let calendar = [Calendar::Gregorian, Calendar::SolarHijri, Calendar::LunarHijri][which];
        let pattern = [
            "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y", "%Y%m%d", "%y/%m/%d", "%d.%m.%y", "%Y/%m/%d, %H:%M",
            "%d%m%Y%H%M",
        ][at];
        let start = jiff::civil::date(1990, 1, 1).at(0, 0, 0, 0);
        let civil = start + jiff::SignedDuration::from_mins(minutes);
        let mut text = written(pattern, calendar, civil);
        if persian {
            text = text.chars().map(|c| match c.to_digit(10) {
                Some(digit) => char::from_u32(0x6f0 + digit).unwrap_or(c),
                None => c,
            }).collect();
        }
        let notation = DateNotation::written(pattern, calendar).unwrap();
        let expected = if pattern.contains("%H") { civil } else { civil.date().at(0, 0, 0, 0) };
        prop_assert_eq!(parse(&text, &notation), Ok(Moment::Local(expected)), "{}", text);
    }

    #[test]
    fn the_true_notation_is_never_excluded(
        days in prop::collection::vec(0_i32..15_000, 1..30),
        at in 0..6_usize
    ) {
        let (pattern, calendar) = [
            ("%d/%m/%Y", Calendar::Gregorian),
            ("%m/%d/%Y", Calendar::Gregorian),
            ("%Y-%m-%d", Calendar::Gregorian),
            ("%Y/%m/%d", Calendar::SolarHijri),
            ("%d.%m.%Y", Calendar::Gregorian),
            ("%Y%m%d", Calendar::Gregorian),
        ][at];
        let start = jiff::civil::date(1995, 1, 1);
        let texts: Vec<String> = days.iter().map(|d| {
            written(pattern, calendar, (start + jiff::Span::new().days(*d)).at(0, 0, 0, 0))
        }).collect();
        let truth = DateNotation::written(pattern, calendar).unwrap();
        let found = detect(texts.iter().map(String::as_str));
        prop_assert!(found.unread.is_empty());
        let kept = match &found.verdict {
            Verdict::Certain(reading) => reading.notation == truth,
            Verdict::Plausible { chosen, .. } => chosen.notation == truth,
            Verdict::Ambiguous(readings) => readings.iter().any(|r| r.notation == truth),
            Verdict::Conflict(_) | Verdict::Nothing => false,
        };
        prop_assert!(kept, "{:?}", found);
    }

    #[test]
    fn no_text_panics(text in ".*", pattern in "[%a-zA-Z/: .-]{0,12}") {
        for notation in [
            gregorian("%Y-%m-%d"),
            solar("%d %B %Y"),
            gregorian("%A, %d %B %y %I:%M %p %z"),
            DateNotation::Serial(SerialSystem::Excel1900),
            DateNotation::Epoch(EpochUnit::Nanoseconds),
        ] {
            let _ = parse(&text, &notation);
        }
        if let Ok(pattern) = pattern.parse::<Pattern>() {
            let _ = parse(&text, &DateNotation::Written { pattern, calendar: Calendar::SolarHijri });
        }
    }

    #[test]
    fn no_near_date_panics(text in "[0-9۰-۹/:. T+Zp-]{0,24}") {
        let _ = detect([text.as_str()]);
    }
}
