//! Workbooks as spreadsheet programs write them: `tests/files` holds small ones made for this.

use crate::support::{ByCustomer, acrm, folder, root, run_ok, table, texts};

/// A folder with a workbook and a pipeline over it.
fn with_book(name: &str, options: &str) -> tempfile::TempDir {
    let pipeline = format!("[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{name}\"\n{options}");
    let folder = folder(&[("p.toml", &pipeline)]);
    std::fs::copy(root().join("tests/files").join(name), folder.path().join(name)).expect("copied");
    folder
}

#[test]
fn excel_and_open_document_sheets_give_the_same_customers() {
    for name in ["orders.xls", "orders.ods"] {
        let folder = with_book(name, "");
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
        assert_eq!(customers.line("20417", &["first_purchase", "spend_net"]), "2024-01-05 10.5", "{name}");
        assert_eq!(customers.line("007", &["first_purchase", "spend_net"]), "2024-02-06 20.0", "{name}");
    }
}

#[test]
fn both_date_systems_give_the_same_days() {
    for (name, refused) in [("days_1900.xlsx", 2), ("days_1904.xlsx", 0)] {
        let folder = with_book(name, "");
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        let customers = ByCustomer::read(&run, "customers");
        assert_eq!(customers.text("E0", "first_purchase"), "2024-04-18", "{name}");
        assert_eq!(customers.text("E1", "favourite_hour"), "12", "{name}");
        // serials 60 and 0 of the 1900 system are no days
        let quarantine = table(&run, "quarantine");
        assert_eq!(texts(&quarantine, "line"), ["4", "5"][..refused].to_vec(), "{name}");
        assert!(texts(&quarantine, "reason").iter().all(|r| r == "unreadable_timestamp"));
    }
}

const REPORT: &str = "date_format = \"%d/%m/%Y\"\n\
    columns = { customer_id = \"Client\", transaction_id = \"No\", timestamp = \"Day\", amount = \"Sum\" }\n";

#[test]
fn a_report_layout_is_asked_about_and_then_read() {
    let folder = with_book("report.xlsx", REPORT);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("row 1") && ended.stderr.contains("Orders of the spring"), "{}", ended.stderr);
    let folder = with_book("report.xlsx", &format!("header_row = 4\n{REPORT}"));
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), ["2201", "2202"]);
    assert_eq!(customers.line("2201", &["orders", "spend_net"]), "2 42.5");
    assert_eq!(customers.line("2202", &["first_purchase", "spend_net"]), "2024-03-15 7.25");
    let quarantine = table(&run, "quarantine");
    assert_eq!(texts(&quarantine, "line"), ["7", "10"]);
    assert_eq!(texts(&quarantine, "value"), ["#N/A", ""]);
    assert!(texts(&quarantine, "file").iter().all(|f| f == "report.xlsx, sheet Orders"));
}

#[test]
fn sheets_are_chosen_by_name_and_never_guessed() {
    let folder = with_book("two_sheets.xlsx", "");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("`2023`, `2024`") && ended.stderr.contains("sheet"), "{}", ended.stderr);
    for (sheet, spent) in [("\"2023\"", "5.0"), ("\"20*\"", "11.0"), ("[\"2023\", \"2024\"]", "11.0")] {
        let folder = with_book("two_sheets.xlsx", &format!("sheet = {sheet}\n"));
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
        assert_eq!(customers.text("K1", "spend_net"), spent);
    }
    let folder = with_book("two_sheets.xlsx", "sheet = \"2025\"\n");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert!(ended.code == 3 && ended.stderr.contains("no sheet is called `2025`"), "{}", ended.stderr);
}

/// Days before and behind the 29th of February that 1900 never had, and hours; a day that may stand for none is told.
#[test]
fn early_days_of_both_systems() {
    let folder =
        folder(&[("p.toml", "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"early_*.xlsx\"\n")]);
    for name in ["early_1900.xlsx", "early_1904.xlsx"] {
        std::fs::copy(root().join("tests/files").join(name), folder.path().join(name)).expect("copied");
    }
    let said = run_ok(folder.path(), &["run", "p.toml"]).stderr;
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    let columns = ["orders", "first_purchase", "last_purchase"];
    assert_eq!(customers.line("O1", &columns), "3 1900-01-02 1900-03-01");
    assert_eq!(customers.line("O4", &columns), "1 1904-01-01 1904-01-01");
    // the same two orders stand in both books
    assert_eq!(customers.line("O2", &["orders", "purchase_days"]), "4 2");
    assert_eq!(customers.line("O2", &columns[1..]), "2024-04-18 2024-05-08");
    assert_eq!(customers.text("O2", "favourite_hour"), "0", "two at midnight and two at 18 o'clock");
    let refused = table(&run, "quarantine");
    assert_eq!(
        (texts(&refused, "line"), texts(&refused, "value")),
        (vec!["4".into(), "8".into()], vec!["60".into(), "0".into()])
    );
    assert!(texts(&refused, "file").iter().all(|file| file == "early_1900.xlsx, sheet days"));
    assert!(said.contains("rows_before_1970") && said.contains("stand-in"), "{said}");
    assert_eq!(crate::support::quality(&run, "transactions", "rows_before_1970"), 4.0);
}

/// Titles above, a blank row within, numbers as text, results of formulas, an error cell, a total below.
#[test]
fn a_book_made_for_printing() {
    let options = format!("header_row = 6\n{REPORT}");
    for sheet in ["", "sheet = \"Sales\"\n"] {
        let folder = with_book("printed.xlsx", &format!("{sheet}{options}"));
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        let customers = ByCustomer::read(&run, "customers");
        assert_eq!(customers.ids(), ["70311", "70312", "70314"], "no `.0`, no Total, nothing of the hidden sheet");
        assert_eq!(customers.line("70311", &["orders", "spend_net"]), "2 19.75");
        assert_eq!(customers.line("70312", &["first_purchase", "spend_net"]), "2024-03-17 18.5");
        assert_eq!(customers.line("70314", &["first_purchase", "spend_net"]), "2024-03-29 0.4");
        assert_eq!(crate::support::quality(&run, "transactions", "money_accepted"), 38.65);
        let refused = table(&run, "quarantine");
        let cells = |row: usize| ["file", "line", "column", "value"].map(|c| texts(&refused, c)[row].clone()).join("|");
        assert_eq!(cells(0), "printed.xlsx, sheet Sales|10|Sum|#DIV/0!");
        assert!(cells(1).starts_with("printed.xlsx, sheet Sales|13|Day|"), "{}", cells(1));
    }
    let folder = with_book("printed.xlsx", REPORT);
    let said = acrm(folder.path(), &["run", "p.toml"]).stderr;
    assert!(said.contains("1 of its 5 cells are filled (\"Sales of the north\")"), "{said}");
}
