//! Shapes of delimited text, found again.

use proptest::prelude::*;

use super::super::{Detected, Verdict};
use super::*;

#[track_caller]
fn certain(text: &str) -> TableShape {
    match detect(text, true).verdict {
        Verdict::Certain(reading) => reading.notation,
        other => panic!("{other:?}"),
    }
}

fn decided(found: &Detected<TableShape>) -> Option<char> {
    found.decided().and_then(|reading| reading.notation.delimiter)
}

#[test]
fn decimal_commas_are_no_delimiters() {
    let text = "datum;typ;betrag\n05.01.2024;A;-2.408,15\n12.01.2024;A;640,00\n13.01.2024;B;12.500,00\n\
                14.01.2024;A;-71,3\n15.01.2024;B;90\n";
    let found = detect(text, true);
    let Verdict::Certain(reading) = &found.verdict else { panic!("{found:?}") };
    let shape =
        TableShape { delimiter: Some(';'), quote: Some('"'), columns: 3, skipped_lines: 0, header: Header::Present };
    assert_eq!(reading.notation, shape);
    assert_eq!(reading.evidence[0].says, "`;` gives 3 columns in all 6 records");
    assert_eq!(reading.evidence[1].says, "`,` gives 1 to 2 columns, 2 in 4 of 6 records");
    assert_eq!(reading.examples[0].says, "datum · typ · betrag");
}

#[test]
fn decimal_commas_in_every_row_are_no_delimiters_either() {
    let found = detect("1;2,5\n2;3,75\n3;10,00\n", true);
    let Verdict::Plausible { chosen, others } = &found.verdict else { panic!("{found:?}") };
    assert_eq!((chosen.notation.delimiter, chosen.notation.header), (Some(';'), Header::Absent));
    assert_eq!(others[0].notation.delimiter, Some(','));
    assert_eq!(chosen.evidence[0].says, "cut by `,`, every cell of column 1 holds `;`");
}

#[test]
fn delimiters_in_quotes_and_addresses_are_passed_over() {
    let quoted = "id,note,amount\n1,\"a; b, c\nand \"\"more\"\"\",\"1,200.00-\"\n2,x,5.00\n";
    assert_eq!(certain(quoted).delimiter, Some(','));
    assert_eq!(records(quoted, ',', Some('"'))[1].fields[1], "a; b, c\nand \"more\"");
    assert_eq!(records(quoted, ',', Some('"'))[2].line, 4);
    let address = "Nº;Endereço;Valor\r\n0417;Av. 8, 2.º Dto;1.234,50\r\n0418;Rua Nova, 3;80,00\r\n0419;Rua;5,00\r\n";
    assert_eq!(certain(address).delimiter, Some(';'));
    assert_eq!(records(address, ';', Some('"'))[0].fields[2], "Valor");
}

#[test]
fn other_delimiters_and_quotes_are_found() {
    for (text, delimiter) in [("a\tb\n1\t2\n", '\t'), ("a|b\n1|2\n", '|'), ("نام،سن\nعلی،۳۰\n", '،')] {
        assert_eq!(certain(text).delimiter, Some(delimiter), "{text:?}");
    }
    let single = certain("'id';'name'\n'1';'a;b'\n'2';'c'\n");
    assert_eq!((single.delimiter, single.quote, single.columns), (Some(';'), Some('\''), 2));
    let inches = certain("id;size\n1;\"5\" pipe\n2;7\" pipe\n");
    assert_eq!((inches.quote, inches.columns), (None, 2));
    let declared = certain("sep=|\r\na|b,c\r\n1|2,5\r\n");
    assert_eq!((declared.delimiter, declared.skipped_lines), (Some('|'), 1));
}

#[test]
fn title_lines_are_skipped() {
    let shape = certain("Sales report\n\nJanuary 2024;;\nid;date;amount\n1;2024-01-05;5,00\n2;2024-01-06;7,50\n");
    assert_eq!((shape.delimiter, shape.skipped_lines, shape.header), (Some(';'), 3, Header::Present));
}

#[test]
fn a_header_short_of_one_field_is_no_title() {
    let found = detect("id;date;amount\n1;2024-01-05;5,00;\n2;2024-01-06;7,50;\n", true);
    let shape = &found.decided().unwrap().notation;
    assert_eq!((shape.delimiter, shape.columns, shape.skipped_lines), (Some(';'), 4, 0));
    assert_eq!((found.unread[0].sample, found.unread[0].reason.as_str()), (1, "3 fields, expected 4"));
}

#[test]
fn ragged_lines_are_named() {
    let text = "order_id,customer,product,qty,amount\nO1,R1,cup,1,12.00\nO2,R1,mug, large,1,9.00\nO3,R2,1,7.00\n\
                O4,R2,pot,1,8.50\n";
    let found = detect(text, true);
    assert_eq!(decided(&found), Some(','));
    let unread: Vec<_> = found.unread.iter().map(|u| (u.sample, u.reason.as_str())).collect();
    assert_eq!(unread, [(3, "6 fields, expected 5"), (4, "4 fields, expected 5")]);
}

#[test]
fn headers_are_told_by_what_is_below() {
    let header = |text: &str| certain(text).header;
    assert_eq!(header("id;day\n1;2024-01-05\n"), Header::Present);
    assert_eq!(header("7;2024-01-04\n1;2024-01-05\n"), Header::Absent);
    assert_eq!(header("name;city\nAda;Rome\n"), Header::Unknown);
}

#[test]
fn one_column_and_prose_are_told_apart() {
    assert_eq!(certain("email\na@example.com\nb@example.com\n").delimiter, None);
    let prose = "Dear all, this, that, and more,\nyours\nAda, and others\nwith regards, thanks\n, , ,\n";
    assert!(!matches!(detect(prose, true).verdict, Verdict::Certain(_)));
    assert_eq!(detect("", true).verdict, Verdict::Nothing);
}

#[test]
fn two_regular_delimiters_are_ambiguous() {
    let Verdict::Ambiguous(readings) = detect("a,b|c,d\ne,f|g,h\n", true).verdict else { panic!() };
    let delimiters: Vec<_> = readings.iter().map(|r| r.notation.delimiter).collect();
    assert_eq!(delimiters, [Some(','), Some('|')]);
}

#[test]
fn a_cut_last_line_does_not_count() {
    assert!(matches!(detect("a;b;c\n1;2;3\n4;", false).verdict, Verdict::Certain(_)));
    assert_eq!(detect("a;b;c\n1;2;3\n4;\"open\nstill", false).unread, []);
}

#[test]
fn duplicate_headers_are_listed_with_their_places() {
    let names = ["id", "date", "amount", " Amount ", "amount", ""];
    let exact = duplicate_headers(&names, false);
    assert_eq!(exact, [Duplicate { name: "amount".into(), positions: vec![3, 5] }]);
    assert_eq!(duplicate_headers(&names, true)[0].positions, [3, 4, 5]);
}

fn written(rows: &[Vec<String>], delimiter: char) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let row = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string());
    rows.iter().map(|cells| row(cells) + "\r\n").collect()
}

proptest! {
    #[test]
    fn written_records_are_read_back(
        rows in (2_usize..6).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(".{0,8}", n), 1..8)),
        at in 0..5_usize
    ) {
        let delimiter = DELIMITERS[at];
        let text = written(&rows, delimiter);
        let found = records(&text, delimiter, Some('"'));
        prop_assert!(found.iter().all(|record| record.fault.is_none()));
        let fields: Vec<Vec<String>> =
            found.iter().map(|r| r.fields.iter().map(ToString::to_string).collect()).collect();
        prop_assert_eq!(fields, rows);
    }

    #[test]
    fn the_true_delimiter_is_never_excluded(
        rows in prop::collection::vec((1_u32..100_000, 0_u32..99_999, "[a-z ]{1,9}"), 2..20),
        at in 0..4_usize
    ) {
        let delimiter = [';', '\t', '|', '^'][at];
        let line = |(id, cents, name): &(u32, u32, String)| {
            format!("{id}{delimiter}{name}, x{delimiter}{},{:02}\n", cents / 100, cents % 100)
        };
        let text: String = rows.iter().map(line).collect();
        let found = detect(&text, true);
        let kept = match &found.verdict {
            Verdict::Ambiguous(readings) => readings.iter().any(|r| r.notation.delimiter == Some(delimiter)),
            _ => decided(&found) == Some(delimiter),
        };
        prop_assert!(kept, "{:?}", found);
    }

    #[test]
    fn no_text_panics(text in "[a-c,;\t|\"'\r\n0-9.=sep]{0,80}", whole: bool) {
        let _ = detect(&text, whole);
    }

    #[test]
    fn no_other_text_panics(text in "(?s).*", whole: bool) {
        let _ = detect(&text, whole);
    }
}
