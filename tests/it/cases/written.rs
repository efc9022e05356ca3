//! How people and programs write: encodings, separators, amounts, dates, ids.

use crate::support::{ByCustomer, acrm, folder, quality, run_ok, table, table_bytes, texts};

/// A run of `p.toml` over files given as bytes; the last published run.
pub(super) fn run_files(files: &[(&str, &[u8])], pipeline: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = files_of(files, pipeline);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    (folder, run)
}

pub(super) fn files_of(files: &[(&str, &[u8])], pipeline: &str) -> tempfile::TempDir {
    let folder = folder(&[("p.toml", &format!("[pipeline]\nname = \"case\"\n{pipeline}"))]);
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    folder
}

/// What a run says that must fail with an input error.
pub(super) fn refused(files: &[(&str, &[u8])], pipeline: &str) -> String {
    let folder = files_of(files, pipeline);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3, "{}{}", ended.stdout, ended.stderr);
    assert!(!folder.path().join("out/latest").exists());
    ended.stderr
}

pub(super) const SOURCE: &str = "[sources.transactions]\npath = \"a*\"\nformat = \"csv\"\n";

pub(super) fn spend(run: &std::path::Path, customer: &str) -> f64 {
    ByCustomer::read(run, "customers").number(customer, "spend_net")
}

/// Line and reason of each refused row.
pub(super) fn rejected(run: &std::path::Path) -> Vec<(String, String)> {
    let frame = table(run, "quarantine");
    texts(&frame, "line").into_iter().zip(texts(&frame, "reason")).collect()
}

pub(super) fn row(line: &str, reason: &str) -> (String, String) {
    (line.to_owned(), reason.to_owned())
}

pub(super) fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn one_table_in_five_encodings_is_one_table() {
    let text = "customer_id\ttimestamp\tamount\nMüller\t2024-05-01\t12.50\nشیراز\t2024-05-02\t7.25\n";
    let western =
        "customer_id;timestamp;amount\nMüller;2024-05-01;12.50\nGarcía;2024-05-02;7.25\nPérez;2024-05-03;1.00\n";
    let (western, _, _) = encoding_rs::WINDOWS_1252.encode(western);
    let persian = "customer_id,timestamp,amount\nمشتري شيراز,2024-05-01,12.50\nفروشگاه تهران,2024-05-02,7.25\n";
    let (persian, _, _) = encoding_rs::WINDOWS_1256.encode(persian);
    let marked = format!("\u{feff}{text}");
    for (bytes, customer) in [
        (text.as_bytes().to_vec(), "شیراز"),
        (marked.into_bytes(), "Müller"),
        (utf16(text, true), "شیراز"),
        (utf16(text, false), "Müller"),
        (western.into_owned(), "Müller"),
    ] {
        let (_folder, run) = run_files(&[("a.csv", &bytes)], SOURCE);
        assert!(ByCustomer::read(&run, "customers").has(customer), "{customer}");
    }
    let declared = format!("{SOURCE}encoding = \"windows-1256\"\n");
    let (_folder, run) = run_files(&[("a.csv", &persian)], &declared);
    assert!(ByCustomer::read(&run, "customers").has("مشتري شيراز"));
}

#[test]
fn a_byte_that_the_declared_encoding_has_not_is_named() {
    let said = refused(
        &[("a.csv", b"customer_id;timestamp;amount\n1;2024-01-02;3\nM\xfcller;2024-01-02;3\n")],
        &format!("{SOURCE}encoding = \"utf-8\"\n"),
    );
    assert!(said.contains("0xFC") && said.contains("line 3") && said.contains("a.csv"), "{said}");
}

#[test]
fn european_amounts_are_read_by_one_convention() {
    let orders = "customer_id;timestamp;amount\nE1;2024-01-01;2.455,80 €\nE1;2024-01-02;-2.000,00 €\n\
                  E2;2024-01-03;€ 3.100\nE2;2024-01-04;0,125\nE3;2024-01-05;2,345.67\nE3;2024-01-06;1'350,00\n\
                  E3;2024-01-07;3.21.4,00\n";
    let declared = format!("{SOURCE}decimal = \",\"\nthousands = \".\"\n");
    for pipeline in [declared.as_str(), SOURCE] {
        let ended = files_of(&[("a.csv", orders.as_bytes())], pipeline);
        let outcome = acrm(ended.path(), &["run", "p.toml"]);
        if pipeline == SOURCE && outcome.code == 3 {
            assert!(outcome.stderr.contains("mixes notations"), "{}", outcome.stderr);
            continue;
        }
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let run = ended.path().join("out/latest");
        assert_eq!((spend(&run, "E1"), spend(&run, "E2")), (455.80, 3100.125));
        let expected = [row("6", "unreadable_amount"), row("7", "unreadable_amount"), row("8", "unreadable_amount")];
        assert_eq!(rejected(&run), expected);
    }
}

#[test]
fn an_amount_that_could_be_a_thousand_or_a_fraction_is_asked_for() {
    let orders = "customer_id,timestamp,amount\nA,2024-01-01,1.250\nB,2024-01-02,3.400\n";
    let said = refused(&[("a.csv", orders.as_bytes())], SOURCE);
    assert!(said.contains("1.250") && said.contains("decimal = \".\"") && said.contains("decimal = \",\""), "{said}");
    for (mark, spent) in [(".", 1.25), (",", 1250.0)] {
        let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}decimal = \"{mark}\"\n"));
        assert_eq!(spend(&run, "A"), spent);
    }
    // elsewhere in the file, or in another file, a value tells
    let more = "customer_id,timestamp,amount\nC,2024-01-03,2.5\n";
    let (_folder, run) = run_files(&[("a1.csv", orders.as_bytes()), ("a2.csv", more.as_bytes())], SOURCE);
    assert_eq!(spend(&run, "A"), 1.25);
}

#[test]
fn negatives_in_their_notations_stay_negative() {
    let orders = "customer_id,timestamp,amount\nG,2024-01-01,200.00\nG,2024-01-02,(43.50)\nG,2024-01-03,$(2.25)\n\
                  G,2024-01-04,($4.25)\nG,2024-01-05,50.00-\nG,2024-01-06,\"1,000.00-\"\nG,2024-01-07,−10.00\n\
                  G,2024-01-08,'-5.00\nG,2024-01-09,+1500\nH,2024-01-09,-\nH,2024-01-09,(-5.00)\nH,2024-01-09,5.00 CR\n";
    let declared = format!("{SOURCE}decimal = \".\"\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &declared);
    assert_eq!(spend(&run, "G"), 200.0 - 43.5 - 2.25 - 4.25 - 50.0 - 1000.0 - 10.0 - 5.0 + 1500.0);
    let lines = rejected(&run).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(lines, ["11", "12", "13"]);
}

#[test]
fn solar_hijri_days_are_found_and_never_rolled_over() {
    let orders = "customer_id,timestamp,amount\nP,1402/12/29,100\nP,1403/01/01,110\nQ,1403/12/30,130\nQ,۱۴۰۴/۰۱/۰۱,5\n\
                  R,1402/12/30,1\nR,1403/07/31,1\n";
    let declared = format!("{SOURCE}date_format = \"%Y/%m/%d\"\ncalendar = \"solar_hijri\"\n");
    for pipeline in [SOURCE, declared.as_str()] {
        let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], pipeline);
        let customers = ByCustomer::read(&run, "customers");
        assert_eq!(customers.text("P", "first_purchase"), "2024-03-19");
        assert_eq!(customers.text("P", "last_purchase"), "2024-03-20");
        assert_eq!(customers.text("Q", "first_purchase"), "2025-03-20");
        assert_eq!(customers.text("Q", "last_purchase"), "2025-03-21");
        assert_eq!(rejected(&run), [row("6", "unreadable_timestamp"), row("7", "unreadable_timestamp")]);
    }
}

#[test]
fn days_that_could_be_months_are_asked_for() {
    let orders = "customer_id,timestamp,amount\nA,05/02/2024,10\nB,03/04/2024,7\n";
    let said = refused(&[("a.csv", orders.as_bytes())], SOURCE);
    assert!(said.contains("2024-02-05") && said.contains("2024-05-02") && said.contains("%d/%m/%Y"), "{said}");
    // one day past the twelfth settles the column, wherever it stands
    let told = format!("{orders}C,27/06/2024,9\n");
    let (_folder, run) = run_files(&[("a.csv", told.as_bytes())], SOURCE);
    assert_eq!(ByCustomer::read(&run, "customers").text("A", "first_purchase"), "2024-02-05");
    let late: String = (0..40_000).map(|n| format!("A,{:02}/{:02}/2024,1\n", n % 12 + 1, n / 12 % 12 + 1)).collect();
    let late = format!("customer_id,timestamp,amount\n{late}Z,31/12/2023,1\n");
    let (_folder, run) = run_files(&[("a.csv", late.as_bytes())], SOURCE);
    assert_eq!(ByCustomer::read(&run, "customers").text("Z", "first_purchase"), "2023-12-31");
}

#[test]
fn epochs_and_serials_are_read_when_declared() {
    for (format, value) in [
        ("epoch_seconds", "1709251200"),
        ("epoch_milliseconds", "1709251200000"),
        ("excel_1900", "45352"),
        ("excel_1904", "43890"),
    ] {
        let orders = format!("customer_id,timestamp,amount\nA,{value},1.50\n");
        let pipeline = format!("{SOURCE}date_format = \"{format}\"\n");
        let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &pipeline);
        assert_eq!(ByCustomer::read(&run, "customers").text("A", "first_purchase"), "2024-03-01", "{format}");
    }
}

#[test]
fn ragged_rows_and_nul_characters_go_to_quarantine_by_their_line() {
    let orders = "customer_id,timestamp,note,amount\n1,2024-01-01,x,12.00\n\n2,2024-01-01, large,1,40.00\n3,2024-01-02,y\n\
                  4,2024-01-03,\"a\nb\",8.50\n5,2024\0-01-03,z,1.00\n6,2024-01-04,,2.00\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    assert_eq!(rejected(&run), [row("4", "ragged_row"), row("5", "ragged_row"), row("8", "nul_character")]);
    assert_eq!(quality(&run, "transactions", "rows_read"), 6.0);
    assert_eq!(quality(&run, "transactions", "rows_accepted"), 3.0);
}

#[test]
fn words_for_nothing_are_words() {
    let orders = "customer_id,timestamp,amount\nNULL,2024-01-01,7.00\nNA,2024-01-01,8.00\n,2024-01-02,9.00\nnan,2024-01-02,1.00\n";
    let people = "customer_id,surname,country\nNULL,Null,NA\nNA,True,NO\nnan,None,NE\n";
    let pipeline = format!("{SOURCE}[sources.customers]\npath = \"people.csv\"\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes()), ("people.csv", people.as_bytes())], &pipeline);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.text("NULL", "country"), "NA");
    assert_eq!(customers.text("NA", "surname"), "True");
    assert_eq!(rejected(&run), [row("4", "missing_customer_id")]);
}

#[test]
fn ids_of_spreadsheets_are_repaired_or_refused_but_never_guessed() {
    let orders = "customer_id,timestamp,amount\n73920e05,2024-01-01,1.00\n4e217305,2024-01-01,2.00\n\
                  3.1846205517092E13,2024-01-01,13.50\n31846205517092,2024-01-02,14.00\n6.21047E+15,2024-01-03,15.00\n\
                  304958172635401928371,2024-01-03,16.00\n304958172635401928372,2024-01-03,17.00\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    let mut written: Vec<&str> = orders.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    written.sort_unstable();
    assert_eq!(ByCustomer::read(&run, "customers").ids(), written, "each as it was written");
    let pipeline = format!("{SOURCE}repair_ids = [\"scientific\"]\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &pipeline);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("31846205517092", &["orders", "spend_net"]), "2 27.5");
    assert!(customers.has("73920e05") && customers.has("4e217305"));
    let refused = table(&run, "quarantine");
    let place = ["file", "line", "column", "value", "reason"].map(|c| texts(&refused, c).join(" "));
    assert_eq!(place, ["a.csv", "6", "customer_id", "6.21047E+15", "lost_digits"]);
}

/// Digits of another script and the marks of spreadsheets stay in ids until they are to be undone.
#[test]
fn digits_guards_and_decimals_of_ids_are_undone_when_asked() {
    let orders = "customer_id;timestamp;amount\nشعبه-۷;2024-01-01;1,50\nشعبه-7;2024-01-02;2,50\n'0081;2024-01-03;4,50\n\
                  =\"0081\";2024-01-04;8,50\n0081;2024-01-05;16,50\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    assert_eq!(table(&run, "customers").height(), 5);
    let pipeline = format!("{SOURCE}repair_ids = [\"digits\", \"guards\"]\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &pipeline);
    assert_eq!(ByCustomer::read(&run, "customers").ids(), ["0081", "شعبه-7"]);
    assert_eq!((spend(&run, "0081"), spend(&run, "شعبه-7")), (29.5, 4.0));
    let gaps = "customer_id,timestamp,amount\n17311.0,2024-01-01,1\n17311,2024-01-02,2\n17.5,2024-01-03,4\n";
    for (repairs, ids) in
        [("", vec!["17.5", "17311", "17311.0"]), ("repair_ids = [\"decimals\"]\n", vec!["17.5", "17311"])]
    {
        let (_folder, run) = run_files(&[("a.csv", gaps.as_bytes())], &format!("{SOURCE}{repairs}"));
        assert_eq!(ByCustomer::read(&run, "customers").ids(), ids);
    }
}

#[test]
fn ids_of_fifteen_and_eighteen_characters_meet_when_asked_to() {
    let people = "customer_id,name\n001D000000IqhSL,Alder\n001D000000IqhSl,Birch\n";
    let orders = "customer_id,timestamp,amount\n001D000000IqhSLIAZ,2024-01-01,10\n001D000000IqhSLIAA,2024-01-02,20\n";
    let customers = "[sources.customers]\npath = \"people.csv\"\n";
    let files: [(&str, &[u8]); 2] = [("a.csv", orders.as_bytes()), ("people.csv", people.as_bytes())];
    let (_folder, run) = run_files(&files, &format!("{SOURCE}repair_ids = [\"salesforce\"]\n{customers}"));
    assert_eq!(spend(&run, "001D000000IqhSL"), 10.0);
    assert_eq!(ByCustomer::read(&run, "customers").text("001D000000IqhSL", "name"), "Alder");
    let refused = table(&run, "quarantine");
    let place = ["file", "line", "column", "value", "reason"].map(|c| texts(&refused, c).join(" "));
    assert_eq!(place, ["a.csv", "3", "customer_id", "001D000000IqhSLIAA", "wrong_check_suffix"]);
    assert_eq!(quality(&run, "customers", "known_customers_with_transactions"), 1.0);
    let ended = files_of(&files, &format!("{SOURCE}{customers}"));
    let said = run_ok(ended.path(), &["run", "p.toml"]).stderr;
    let run = ended.path().join("out/latest");
    assert_eq!(quality(&run, "customers", "known_customers_with_transactions"), 0.0);
    for words in ["`customer_id` of people.csv", "`customer_id` of a.csv"] {
        assert!(said.contains("no id in") && said.contains(words), "{words}: {said}");
    }
}

#[test]
fn one_name_from_two_keyboards_is_one_customer_when_folded() {
    let orders = "customer_id,timestamp,amount\nسارا کیانی,2024-01-03,100\nسارا كياني,2024-01-20,200\n\
                  سارا  کیانی,2024-02-02,50\nسارا\u{200c}کیانی,2024-02-09,25\nسارا کیاني,2024-02-10,1\nسارا کیانا,2024-02-10,10\n";
    let (_folder, run) =
        run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}[clean]\nfold_ids = \"letters\"\n"));
    let customers = table(&run, "customers");
    assert_eq!(customers.height(), 2);
    assert!(texts(&customers, "customer_id").iter().all(|id| orders.contains(id.as_str())));
    assert_eq!(quality(&run, "transactions", "ids_folded"), 4.0);
    let customers = ByCustomer::read(&run, "customers");
    let one = customers.ids().iter().find(|id| *id != "سارا کیانا").expect("two customers");
    assert_eq!(customers.line(one, &["orders", "spend_net", "last_purchase"]), "5 376.0 2024-02-10");
    let (_folder, plain) = run_files(&[("a.csv", orders.as_bytes())], SOURCE);
    assert_eq!(table(&plain, "customers").height(), 6);
    for (clean, before) in [("[clean]\nfold_ids = \"letters\"\n", &run), ("", &plain)] {
        let (_folder, again) = run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}{clean}"));
        crate::support::same_files(clean, &table_bytes(before, &[]), &table_bytes(&again, &[]));
    }
}

#[test]
fn one_address_in_three_spellings_is_one_customer_when_folded() {
    let orders = "customer_id,timestamp,amount\nana.lee@example.com,2024-01-02,40\nAna.Lee@Example.com,2024-02-02,60\n\
                  \" ana.lee@example.com \",2024-03-02,20\nana.lee+x@example.com,2024-03-04,7\nana.lee@example.org,2024-03-05,5\n";
    let (_folder, run) =
        run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}[clean]\nfold_ids = \"email\"\n"));
    assert_eq!(spend(&run, "ana.lee@example.com"), 120.0);
    assert_eq!((spend(&run, "ana.lee+x@example.com"), spend(&run, "ana.lee@example.org")), (7.0, 5.0));
    assert_eq!(table(&run, "customers").height(), 3);
    assert_eq!(quality(&run, "transactions", "ids_folded"), 2.0, "capital letters, and blanks");
}

#[test]
fn a_header_that_names_a_column_twice_asks_for_its_place() {
    let orders = "customer_id,timestamp,amount,amount,note,note\nD,2024-02-01,9.50,11.40,a,b\n";
    let said = refused(&[("a.csv", orders.as_bytes())], SOURCE);
    assert!(said.contains("columns 3 and 4") && said.contains("#3"), "{said}");
    for (place, spent) in [("#3", 9.5), ("#4", 11.4)] {
        let columns =
            format!("columns = {{ customer_id = \"customer_id\", timestamp = \"timestamp\", amount = \"{place}\" }}\n");
        let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}{columns}"));
        assert_eq!(spend(&run, "D"), spent);
    }
}

#[test]
fn a_table_without_a_header_is_read_by_places() {
    let orders = "00004,19970101,1,29.33\n00004,19970118,2,29.73\n00021,19970101,1,14.96\n";
    let said = refused(&[("a.csv", orders.as_bytes())], SOURCE);
    assert!(said.contains("header_row = 0"), "{said}");
    let columns = "header_row = 0\ncolumns = { customer_id = \"#1\", timestamp = \"#2\", amount = \"#4\" }\n";
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}{columns}"));
    assert_eq!(spend(&run, "00004"), 59.06);
}

#[test]
fn titles_above_the_header_are_asked_about() {
    let orders =
        "Orders of May\nmade on 2024-06-01\n\ncustomer_id;timestamp;amount\nA;2024-05-01;3,5\nB;2024-05-01;4,5\n";
    let said = refused(&[("a.csv", orders.as_bytes())], SOURCE);
    assert!(said.contains("header_row = 4") && said.contains("Orders of May"), "{said}");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &format!("{SOURCE}header_row = 4\n"));
    assert_eq!(spend(&run, "B"), 4.5);
    // a line that a spreadsheet understands as the separator is no title
    let declared = "sep=;\ncustomer_id;timestamp;amount\nA;2024-05-01;3,5\nB;2024-05-02;4,5\n";
    let (_folder, run) = run_files(&[("a.csv", declared.as_bytes())], SOURCE);
    assert_eq!(spend(&run, "A"), 3.5);
}

#[test]
fn renamed_and_missing_columns_are_named_by_file() {
    let old = "InvoiceNo,Date,Price,Client\n1,2024-01-03,1.50,900\n";
    let new = "Invoice,Date,UnitPrice,Client ID\n2,2025-01-03,1.60,900\n";
    let files: [(&str, &[u8]); 2] = [("a1.csv", old.as_bytes()), ("a2.csv", new.as_bytes())];
    let one = "columns = { customer_id = \"Client\", timestamp = \"Date\", amount = \"Price\" }\n";
    let said = refused(&files, &format!("{SOURCE}{one}"));
    assert!(
        said.contains("a2.csv") && said.contains("`Client`") && said.contains("Invoice, Date, UnitPrice"),
        "{said}"
    );
    let both = "columns = { customer_id = [\"Client\", \"Client ID\"], timestamp = \"Date\", amount = [\"Price\", \"UnitPrice\"] }\n";
    let (_folder, run) = run_files(&files, &format!("{SOURCE}{both}"));
    assert_eq!(spend(&run, "900"), 3.1);
}

#[test]
fn json_keeps_every_digit_of_an_id() {
    let lines = "{\"customer_id\": 6402219900112233441, \"timestamp\": \"2024-05-01T10:00:00Z\", \"amount\": 12.5}\n\
                 {\"customer_id\": 6402219900112233408, \"timestamp\": \"2024-05-01\", \"amount\": 1e2}\n\
                 {\"customer_id\": \"6402219900112233441\", \"timestamp\": \"2024-05-02\", \"amount\": 3}\n\
                 {\"customer_id\": 18446744073709551633, \"timestamp\": \"2024-05-04\", \"amount\": 4}\nnot json\n";
    let source = "[sources.transactions]\npath = \"a.jsonl\"\n";
    let (_folder, run) = run_files(&[("a.jsonl", lines.as_bytes())], source);
    assert_eq!(spend(&run, "6402219900112233441"), 15.5);
    assert_eq!(spend(&run, "6402219900112233408"), 100.0);
    assert_eq!(spend(&run, "18446744073709551633"), 4.0);
    assert_eq!(rejected(&run), [row("5", "not_an_object")]);
    let array = "[{\"customer_id\": 7, \"timestamp\": \"2024-05-01\", \"money\": {\"net\": 2.25}}]";
    let source = "[sources.transactions]\npath = \"a.json\"\n\
                  columns = { customer_id = \"customer_id\", timestamp = \"timestamp\", amount = \"money.net\" }\n";
    let (_folder, run) = run_files(&[("a.json", array.as_bytes())], source);
    assert_eq!(spend(&run, "7"), 2.25);
}
