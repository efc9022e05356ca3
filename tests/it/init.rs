//! `acrm init`: what it writes runs as it is, or asks what no one can know from the exports.

use std::path::{Path, PathBuf};

use crate::support::{ByCustomer, acrm, folder, quality, root, run_ok, shared, table, texts};

/// Writes a pipeline for the files of a folder and runs it.
fn init_and_run(folder: &Path, files: &[&str]) -> PathBuf {
    let arguments = [&["init"], files, &["--out", "p.toml"]].concat();
    run_ok(folder, &arguments);
    run_ok(folder, &["check", "p.toml"]);
    run_ok(folder, &["run", "p.toml"]);
    folder.join("out/latest")
}

#[test]
fn a_persian_export_runs_unedited() {
    let orders = "شماره سفارش;مشتری;تاریخ;مبلغ;وضعیت\r\n101;سارا احمدی;۱۴۰۳/۰۱/۰۲;۱۲۰٬۰۰۰;پرداخت شده\r\n\
        102;علی کریمی;۱۴۰۳/۰۶/۳۱;۴۵٬۰۰۰;لغو شده\r\n103;سارا احمدی;۱۴۰۳/۱۲/۳۰;۸۰٬۰۰۰;پرداخت شده\r\n\
        104;علی کریمی;۱۴۰۳/۰۷/۰۱;۶۰٬۰۰۰;پرداخت شده\r\n105;علی کریمی;۱۴۰۳/۰۷/۳۱;۱٬۰۰۰;پرداخت شده\r\n";
    let folder = folder(&[("sales.csv", orders)]);
    let run = init_and_run(folder.path(), &["sales.csv"]);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("سارا احمدی", &["orders", "first_purchase", "last_purchase"]), "2 2024-03-21 2025-03-20");
    assert_eq!(customers.number("سارا احمدی", "spend_net"), 200_000.0);
    assert_eq!(customers.line("علی کریمی", &["orders", "spend_net"]), "1 60000.0");
    let mut reasons = texts(&table(&run, "quarantine"), "reason");
    reasons.sort();
    assert_eq!(reasons, ["no_revenue", "unreadable_timestamp"]);
}

#[test]
fn a_shop_platform_is_recognised() {
    let orders = "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Refunded Amount\n\
        #1,ann@example.com,paid,2024-05-03 09:11:00 +0200,fulfilled,EUR,58.00,0,0,58.00,2024-05-03 09:10:00 +0200,2,Mug,14.00,0.00\n\
        #1,ann@example.com,,,,,,,,,,1,Tray,30.00,\n\
        #2,bob@example.com,refunded,2024-05-04 10:01:00 +0200,fulfilled,EUR,70.00,0,0,70.00,2024-05-04 10:00:00 +0200,1,Lamp,70.00,70.00\n\
        #3,bob@example.com,paid,2024-05-05 12:01:00 +0200,fulfilled,EUR,25.00,0,0,25.00,2024-05-05 12:00:00 +0200,1,Bowl,25.00,0.00\n";
    let folder = folder(&[("orders_export.csv", orders)]);
    let run = init_and_run(folder.path(), &["orders_export.csv"]);
    let text = std::fs::read_to_string(folder.path().join("p.toml")).expect("written");
    assert!(text.contains("Shopify"), "{text}");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("ann@example.com", &["orders", "spend_net"]), "1 58.0");
    assert_eq!(customers.line("bob@example.com", &["orders", "spend_net"]), "1 25.0");
}

#[test]
fn what_is_missing_is_asked_for() {
    let people = "customer_id,name,city\n1,Ann,Bonn\n2,Bob,Köln\n";
    let folder = folder(&[("people.csv", people)]);
    let said = run_ok(folder.path(), &["init", "people.csv", "--out", "p.toml"]).stdout;
    assert!(said.contains("to answer first") && said.contains("transactions"), "{said}");
    // a file that is there already is not written over
    let ended = acrm(folder.path(), &["init", "people.csv", "--out", "p.toml"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("there is such a file already"));
    assert_eq!(acrm(folder.path(), &["init", "nothing.csv"]).code, 3);
    // without --out the pipeline is the result
    assert!(run_ok(folder.path(), &["init", "people.csv"]).stdout.contains("[sources.customers]"));
}

#[test]
fn sheets_and_several_files_are_looked_at() {
    let folder = folder(&[]);
    std::fs::copy(root().join("tests/files/report.xlsx"), folder.path().join("report.xlsx")).expect("copied");
    let run = init_and_run(folder.path(), &["report.xlsx"]);
    assert_eq!(ByCustomer::read(&run, "customers").ids(), ["2201", "2202"]);
    for year in ["2023", "2024"] {
        let lines = format!("customer_id,timestamp,amount\nA,{year}-01-05,10.50\nB,{year}-02-05,7.25\n");
        std::fs::write(folder.path().join(format!("orders_{year}.csv")), lines).expect("written");
    }
    std::fs::remove_file(folder.path().join("p.toml")).expect("there");
    std::fs::remove_dir_all(folder.path().join("out")).expect("there");
    let run = init_and_run(folder.path(), &["orders_2023.csv", "orders_2024.csv"]);
    assert_eq!(ByCustomer::read(&run, "customers").number("A", "spend_net"), 21.0);
}

/// Real exports whose pipeline must run unedited, by folder and ending; each balances.
const EXPORTS: &[(&str, &str)] = &[
    ("data/cdnow/cdnow_master", "csv"),
    ("data/cdnow/cdnow_clvtools", "csv"),
    ("data/apparel/apparelTrans", "csv"),
    ("data/grocery/grocery_elog", "csv"),
    ("data/online_retail/online_retail", "parquet"),
    ("data/online_retail_ii/online_retail_2009_2010", "parquet"),
    ("data/complete_journey/transactions", "parquet"),
    ("data/crm_opportunities/sales_pipeline", "csv"),
    ("cases/01-bom-first-header/orders", "csv"),
    ("cases/03-cp1252-semicolon/clientes", "csv"),
    ("cases/07-jalali-leap-year/orders", "csv"),
    ("cases/08-delimiter-trap/bewegungen", "csv"),
    ("cases/21-header-drift/sales_2025", "csv"),
    ("cases/26-rial-and-toman/orders", "csv"),
    ("cases/28-day-first-dates/transactions", "csv"),
    ("cases/30-excel-date-systems/orders_1904", "xlsx"),
    ("cases/35-shop-one-order-many-rows/orders_export", "csv"),
    ("cases/37-cancelled-invoices/online_retail", "csv"),
    ("cases/41-excel-report-layout/orders_report", "xlsx"),
];

#[test]
fn real_exports_run_unedited_and_balance() {
    for (path, ending) in EXPORTS {
        let Some(file) = shared(&format!("{path}.{ending}")) else { return };
        let folder = folder(&[]);
        let run = init_and_run(folder.path(), &[file.to_str().expect("a path")]);
        let counts = |check: &str| quality(&run, "transactions", check);
        let places = ["accepted", "merged", "out_of_window", "quarantined"].map(|p| counts(&format!("rows_{p}")));
        assert!(counts("rows_read") > 0.0, "{path}");
        assert_eq!(counts("rows_read"), places.iter().sum::<f64>(), "{path}");
        assert_eq!(counts("rows_unaccounted"), 0.0, "{path}");
        assert_eq!(quality(&run, "customers", "rows_unaccounted"), 0.0, "{path}");
    }
}
