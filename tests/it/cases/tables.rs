//! Files that are not what a reader takes for granted: marks, encodings, separators, headers, ragged rows.

use polars::prelude::*;

use super::written::{SOURCE, files_of, refused, rejected, row, run_files, spend, utf16};
use crate::support::{ByCustomer, acrm, quality, same_files, table, table_bytes, texts};

/// What was taken as plausible in reading the files, in words.
fn assumed(run: &std::path::Path) -> String {
    let frame = table(run, "run_quality");
    let notes = texts(&frame, "check").into_iter().zip(texts(&frame, "note"));
    notes.filter(|(check, _)| check == "assumed_of_a_file").map(|(_, note)| note).collect::<Vec<_>>().join("\n")
}

/// The mark of a spreadsheet's UTF-8, line ends with a carriage return: neither sticks to the first or last column.
#[test]
fn a_mark_before_the_header_changes_nothing() {
    let plain = "customer_id,order_no,timestamp,amount\r\nK-31,A1,2023-01-05,18.00\r\nK-32,A2,2023-01-09,27.25\r\n\
                 K-31,A3,2023-02-14,6.50\r\nK-33,A4,2023-02-20,77.77\r\n";
    let marked = format!("\u{feff}{plain}");
    let pipeline = format!("as_of = \"2023-03-01\"\n{SOURCE}");
    let [(_one, left), (_other, right)] =
        [plain, &marked].map(|text| run_files(&[("a.csv", text.as_bytes())], &pipeline));
    same_files("with and without the mark", &table_bytes(&left, &[]), &table_bytes(&right, &[]));
    assert_eq!(quality(&right, "transactions", "rows_accepted"), 4.0);
    let customers = ByCustomer::read(&right, "customers");
    let columns = ["days_since_last", "orders", "spend_net"];
    let expected = [("K-31", "15 2 24.5"), ("K-32", "51 1 27.25"), ("K-33", "9 1 77.77")];
    assert_eq!(customers.ids(), expected.map(|(id, _)| id));
    for (id, line) in expected {
        assert_eq!(customers.line(id, &columns), line, "{id}");
    }
}

/// Two bytes a letter and tabs under a name that ends in .csv, with a mark and without.
#[test]
fn sixteen_bit_text_keeps_its_letters() {
    let text =
        "Kunde Nr\tTag\tUmsatz\nÖX-01\t2023-03-01\t11.25\nÖX-02\t2023-03-02\t21.00\nانبار-۴\t2023-03-03\t31.75\n";
    let columns = "columns = { customer_id = \"Kunde Nr\", timestamp = \"Tag\", amount = \"Umsatz\" }\n";
    for mark in [true, false] {
        for (repairs, last) in [("", "انبار-۴"), ("repair_ids = [\"digits\"]\n", "انبار-4")] {
            let (_folder, run) = run_files(&[("a.csv", &utf16(text, mark))], &format!("{SOURCE}{columns}{repairs}"));
            let customers = ByCustomer::read(&run, "customers");
            assert_eq!(customers.ids(), ["ÖX-01", "ÖX-02", last], "mark: {mark}");
            assert_eq!(quality(&run, "transactions", "money_accepted"), 64.0);
        }
    }
}

const WESTERN: &str = "Nº Compte;Adresse;Ville;Montant;Le\n0512;Rue du Bœuf 3, 1er ét.;BÉZIERS;2.340,25;05/02/2023\n\
                       0513;Place Neuve, 7;SÈTE;90,00;17/02/2023\n0512;Rue du Bœuf 3, 1er ét.;BÉZIERS;59,75;28/02/2023\n";

/// Windows-1252 with decimal commas and commas in addresses: accents stay whether it is declared or found.
#[test]
fn a_western_file_with_commas_in_its_cells() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(WESTERN);
    let columns = "columns = { customer_id = \"Nº Compte\", timestamp = \"Le\", amount = \"Montant\" }\n";
    let people = "[sources.customers]\npath = \"a.csv\"\ncolumns = { customer_id = \"Nº Compte\" }\n";
    for declared in ["", "encoding = \"windows-1252\"\n"] {
        let pipeline = format!("{SOURCE}{declared}{columns}{people}{declared}");
        let (_folder, run) = run_files(&[("a.csv", &bytes)], &pipeline);
        let customers = ByCustomer::read(&run, "customers");
        let columns = ["orders", "spend_net", "first_purchase", "last_purchase", "ville", "adresse"];
        let line = "2 2400.0 2023-02-05 2023-02-28 BÉZIERS Rue du Bœuf 3, 1er ét.";
        assert_eq!(customers.line("0512", &columns), line, "{declared:?}");
        assert_eq!(customers.line("0513", &columns), "1 90.0 2023-02-17 2023-02-17 SÈTE Place Neuve, 7");
    }
    let said = refused(&[("a.csv", &bytes)], &format!("{SOURCE}encoding = \"utf-8\"\n{columns}"));
    assert!(said.contains("a.csv") && said.contains("0xBA") && said.contains("line 1, byte offset 1"), "{said}");
}

/// Nearly every line holds one comma, the decimal one; the separator is another.
#[test]
fn decimal_commas_do_not_choose_the_separator() {
    let ledger = "tag;konto;betrag\n04.03.2023;M;-1.250,40\n11.03.2023;M;380,00\n12.03.2023;N;9.100,00\n\
                  13.03.2023;M;-45,7\n14.03.2023;N;60\n15.03.2023;N;415\n";
    let columns = "columns = { customer_id = \"konto\", timestamp = \"tag\", amount = \"betrag\" }\n";
    let (_folder, run) = run_files(&[("a.csv", ledger.as_bytes())], &format!("{SOURCE}{columns}"));
    assert_eq!((spend(&run, "M"), spend(&run, "N")), (-916.1, 9575.0));
    assert_eq!(ByCustomer::read(&run, "customers").text("N", "last_purchase"), "2023-03-15");
    let said = refused(&[("a.csv", ledger.as_bytes())], &format!("{SOURCE}delimiter = \",\"\n{columns}"));
    for words in ["a.csv", "no column `tag`", "no column `konto`", "no column `betrag`", "`tag;konto;betrag`"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// A name that stands twice matters where it is read; elsewhere it is told and left alone.
#[test]
fn equal_names_matter_where_they_are_read() {
    let orders = "customer_id,timestamp,amount,note,note\nD,2024-02-01,10.00,a,b\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    assert_eq!(spend(&run, "D"), 10.0);
    assert!(assumed(&run).contains("columns 4 and 5 are both named `note`"), "{}", assumed(&run));
    // capital letters and small ones are different names
    let cases = "customer_id,timestamp,Amount,amount\nD,2024-02-01,10.00,12.50\n";
    let (_folder, run) = run_files(&[("a.csv", cases.as_bytes())], SOURCE);
    assert_eq!((spend(&run, "D"), assumed(&run)), (12.5, String::new()));
    let twice = "customer_id,timestamp, amount ,amount\nD,2024-02-01,10.00,12.50\n";
    let said = refused(&[("a.csv", twice.as_bytes())], SOURCE);
    assert!(said.contains("a.csv, line 1") && said.contains("`amount`") && said.contains("columns 3 and 4"), "{said}");
    // an attribute that nobody asked for is left out
    let people = "customer_id,city,city,age\nD,Ulm,Bonn,40\n";
    let pipeline = format!("{SOURCE}[sources.customers]\npath = \"people.csv\"\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes()), ("people.csv", people.as_bytes())], &pipeline);
    assert_eq!(ByCustomer::read(&run, "customers").number("D", "age"), 40.0);
    assert!(table(&run, "customers").column("city").is_err());
    assert!(assumed(&run).contains("people.csv: columns 2 and 3 are both named `city`"), "{}", assumed(&run));
}

/// Strict or tolerant is a guard: the same rows stop the run by their place, or go to quarantine.
#[test]
fn a_guard_makes_refused_rows_an_error() {
    let orders = "no,timestamp,customer_id,goods,pieces,amount\n1,2024-01-01,R1,Cup,2,14.00\n\
                  2,2024-01-01,R1,Lamp, tall,3,55.00\n3,2024-01-02,R2,Tray,1\n4,2024-01-02,R2,Bowl,1,9.25\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    assert_eq!((spend(&run, "R1"), spend(&run, "R2")), (14.0, 9.25));
    assert_eq!(rejected(&run), [row("3", "ragged_row"), row("4", "ragged_row")]);
    for check in ["rows_quarantined", "quarantined_ragged_row"] {
        let guard = format!("{SOURCE}[[checks]]\ncheck = \"{check}\"\nmax = 0\n");
        let folder = files_of(&[("a.csv", orders.as_bytes())], &guard);
        let ended = acrm(folder.path(), &["run", "p.toml"]);
        assert_eq!(ended.code, 4, "{}", ended.stderr);
        assert!(ended.stderr.contains("a.csv, line 3, 7 fields, expected 6"), "{}", ended.stderr);
        assert!(!folder.path().join("out/latest").exists());
    }
}

/// `NA`, `Null`, `True` and `-` are words; only an empty cell is missing, and only an empty id has no customer.
#[test]
fn words_that_look_like_nothing_are_counted() {
    let people = "customer_id,timestamp,surname,country,remark,amount\nN1,2024-01-01,Null,NA,,4.00\n\
                  N2,2024-01-01,Nan,NE,none,5.50\nNULL,2024-01-01,Abe,NG,n/a,6.50\nN4,2024-01-01,True,NO,-,8.00\n\
                  ,2024-01-01,Lee,NZ,NA,3.00\n";
    let pipeline = format!("{SOURCE}[sources.customers]\npath = \"a.csv\"\n");
    let (_folder, run) = run_files(&[("a.csv", people.as_bytes())], &pipeline);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), ["N1", "N2", "N4", "NULL"]);
    for (id, line) in
        [("N1", "Null NA  4.0"), ("N2", "Nan NE none 5.5"), ("NULL", "Abe NG n/a 6.5"), ("N4", "True NO - 8.0")]
    {
        assert_eq!(customers.line(id, &["surname", "country", "remark", "spend_net"]), line, "{id}");
    }
    let counted = |check: &str| quality(&run, "transactions", check);
    assert_eq!([counted("money_read"), counted("money_accepted"), counted("money_quarantined")], [27.0, 24.0, 3.0]);
    let (lines, files) = (texts(&table(&run, "quarantine"), "line"), texts(&table(&run, "quarantine"), "file"));
    assert_eq!((lines, files), (vec!["6".to_owned(); 2], vec!["a.csv".to_owned(); 2]), "once per source");
}

/// Whole numbers, texts and whole decimals as ids; columns in another order; amounts that become text.
#[test]
fn monthly_files_whose_columns_change_their_type() {
    let frame = |columns: Vec<Column>| DataFrame::new(2, columns).expect("a frame");
    let days = |first: i32| {
        Series::new("timestamp".into(), [first, first + 1]).cast(&DataType::Date).expect("days").into_column()
    };
    let ids = |ids: Series| ids.into_column();
    let files = [
        frame(vec![
            ids(Series::new("customer_id".into(), [205_i64, 206])),
            days(19_700),
            Column::new("amount".into(), [12.0, 25.0]),
        ]),
        frame(vec![
            ids(Series::new("customer_id".into(), [205.0_f64, 9.0])),
            days(19_760),
            Column::new("amount".into(), [33.0, 4.5]),
        ]),
        frame(vec![
            Column::new("amount".into(), ["60,25", "70,50"]),
            ids(Series::new("customer_id".into(), ["205", "0206"])),
            days(19_790),
        ]),
    ];
    let bytes = files.map(|mut frame| {
        let mut out = Vec::new();
        ParquetWriter::new(&mut out).finish(&mut frame).expect("written");
        out
    });
    let named = |count: usize| (1..).map(|n| format!("m{n}.parquet")).zip(&bytes).take(count).collect::<Vec<_>>();
    let source = "[sources.transactions]\npath = \"m*.parquet\"\n";
    let run_of = |count: usize, source: &str| {
        let files = named(count);
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        files_of(&files, source)
    };
    let folder = run_of(3, source);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3);
    for words in ["m3.parquet", "column `amount` is text", "\"60,25\" in row 1", "f64"] {
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
    for (count, declared, spent) in [(2, "", 45.0), (3, "decimal = \",\"\n", 105.25)] {
        let folder = run_of(count, &format!("{source}{declared}"));
        crate::support::run_ok(folder.path(), &["run", "p.toml"]);
        let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
        assert_eq!((customers.number("205", "spend_net"), customers.text("205", "orders")), (spent, count.to_string()));
        assert_eq!(customers.number("206", "spend_net"), 25.0);
        assert_eq!(customers.number("9", "spend_net"), 4.5);
        assert_eq!(customers.has("0206"), count == 3);
    }
}

/// A feed that renames three columns between two years: each is named with the file, or an alias reads both.
#[test]
fn every_renamed_column_is_named() {
    let old = "BillNo,Article,Pieces,Day,Each,ClientID\n501,P1,3,2023-02-03,2.50,810\n502,P2,1,2023-02-04,6.00,811\n";
    let new = "Bill,Article,Pieces,Day,Unit,Client ID\n503,P1,5,2024-02-03,2.60,810\n504,P2,1,2024-02-04,6.40,812\n";
    let files: [(&str, &[u8]); 2] = [("a2023.csv", old.as_bytes()), ("a2024.csv", new.as_bytes())];
    let one = "columns = { customer_id = \"ClientID\", timestamp = \"Day\", transaction_id = \"BillNo\", quantity = \"Pieces\", \
               unit_price = \"Each\" }\n";
    let said = refused(&files, &format!("{SOURCE}{one}"));
    for column in ["ClientID", "BillNo", "Each"] {
        assert!(said.contains(&format!("a2024.csv: no column `{column}`")), "{column}: {said}");
    }
    assert!(!said.contains("a2023.csv") && said.contains("Bill, Article, Pieces, Day, Unit, Client ID"), "{said}");
    let both = "columns = { customer_id = [\"ClientID\", \"Client ID\"], timestamp = \"Day\", \
                transaction_id = [\"BillNo\", \"Bill\"], quantity = \"Pieces\", unit_price = [\"Each\", \"Unit\"] }\n";
    let (_folder, run) = run_files(&files, &format!("{SOURCE}{both}"));
    let customers = ByCustomer::read(&run, "customers");
    for (id, line) in [("810", "2 20.5"), ("811", "1 6.0"), ("812", "1 6.4")] {
        assert_eq!(customers.line(id, &["orders", "spend_net"]), line, "{id}");
    }
}
