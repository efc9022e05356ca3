//! Files as exports have them, each case in each of its settings: what the customers come to, or what is said.

use crate::support::{ByCustomer, acrm, folder, quality, run_ok, shared, table, texts};

use super::Csv;

/// A case in a setting.
struct Setting {
    case: &'static str,
    /// Files or globs, with `|` between them.
    files: &'static str,
    columns: &'static str,
    /// What stands in `[pipeline]` besides the name.
    pipeline: &'static str,
    /// Further options of the source, then sections.
    rest: &'static str,
    ends: Ends,
}

/// What must come of it.
enum Ends {
    /// Orders and net money by customer, and line and reason of the refused rows.
    Well(&'static [(&'static str, u32, f64)], &'static [(u32, &'static str)]),
    /// An exit code, and words of the message.
    Refused(i32, &'static [&'static str]),
}

use Ends::{Refused, Well};

const PLAIN: &str = "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount\"";
/// For files without days.
const ONE_DAY: &str = "customer_id = \"customer_id\", timestamp = \"=2024-01-02\", amount = \"amount\"";
const NAMES: &str = "customer_id = \"customer_name\", timestamp = \"order_date\", amount = \"amount\"";
const AD_PLATFORM: &str = "customer_id = \"Customer ID\", timestamp = \"Order Date\", amount = \"Sales\"";
const ERP: &str = "customer_id = \"Nº Cliente\", timestamp = \"Data\", amount = \"Valor\"";
const BOOKINGS: &str = "customer_id = \"typ\", timestamp = \"datum\", amount = \"betrag\"";
const UNITS: &str =
    "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount\", currency = \"unit\"";
const CRM: &str = "customer_id = \"AccountId\", timestamp = \"CloseDate\", amount = \"Amount\"";
const ACCOUNTS: &str =
    "[sources.customers]\npath = \"{case}/accounts_report.csv\"\ncolumns = { customer_id = \"Account ID\" }\n";
const OLD_NAMES: &str = "customer_id = \"CustomerID\", timestamp = \"InvoiceDate\", transaction_id = \"InvoiceNo\", \
    quantity = \"Quantity\", unit_price = \"UnitPrice\"";
const BOTH_NAMES: &str = "customer_id = [\"CustomerID\", \"Customer ID\"], timestamp = \"InvoiceDate\", \
    transaction_id = [\"InvoiceNo\", \"Invoice\"], quantity = \"Quantity\", unit_price = [\"UnitPrice\", \"Price\"]";
const ZONED: &str = "customer_id = \"customer_id\", timestamp = \"created_at\", amount = \"amount\"";
const SHOP: &str = "customer_id = \"Email\", timestamp = \"Created at\", transaction_id = \"Name\", \
    status = \"Financial Status\", quantity = \"Lineitem quantity\", unit_price = \"Lineitem price\", refunded = \"Refunded Amount\"";
const LINES: &str = "customer_id = \"customer_id\", timestamp = \"=2024-01-02\", transaction_id = \"invoice\", \
    product_id = \"stock_code\", quantity = \"qty\", unit_price = \"price\"";
const REPORT: &str =
    "customer_id = \"Customer\", transaction_id = \"Order\", timestamp = \"Date\", amount = \"Amount\"";
const NO_PRODUCTS: &str = "[clean]\nnon_products = [\"POST\", \"M\", \"D\", \"B\", \"BANK CHARGES\", \"GIFT_50\"]\n";

const fn setting(
    case: &'static str,
    files: &'static str,
    columns: &'static str,
    rest: &'static str,
    ends: Ends,
) -> Setting {
    Setting { case, files, columns, pipeline: "", rest, ends }
}

const SETTINGS: &[Setting] = &[
    setting(
        "01-bom-first-header",
        "orders.csv",
        PLAIN,
        "",
        Well(&[("C-11", 2, 34.25), ("C-12", 1, 35.5), ("C-13", 1, 99.99)], &[]),
    ),
    setting(
        "02-utf16-tab-export",
        "sales.csv",
        AD_PLATFORM,
        "",
        Well(&[("ÉT-001", 1, 10.5), ("ÉT-002", 1, 20.0), ("شعبه-۳", 1, 30.25)], &[]),
    ),
    setting(
        "02-utf16-tab-export",
        "sales_nobom.csv",
        AD_PLATFORM,
        "delimiter = \"\\t\"\n",
        Well(&[("ÉT-001", 1, 10.5), ("ÉT-002", 1, 20.0), ("شعبه-۳", 1, 30.25)], &[]),
    ),
    setting(
        "02-utf16-tab-export",
        "sales.csv",
        AD_PLATFORM,
        "repair_ids = [\"digits\"]\n",
        Well(&[("ÉT-001", 1, 10.5), ("ÉT-002", 1, 20.0), ("شعبه-3", 1, 30.25)], &[]),
    ),
    setting("03-cp1252-semicolon", "clientes.csv", ERP, "", Well(&[("0417", 2, 1300.0), ("0418", 1, 80.0)], &[])),
    setting(
        "03-cp1252-semicolon",
        "clientes.csv",
        ERP,
        "encoding = \"windows-1252\"\ndelimiter = \";\"\ndecimal = \",\"\ndate_format = \"%d/%m/%Y\"\n",
        Well(&[("0417", 2, 1300.0), ("0418", 1, 80.0)], &[]),
    ),
    setting(
        "03-cp1252-semicolon",
        "clientes.csv",
        ERP,
        "encoding = \"utf-8\"\n",
        Refused(3, &["clientes.csv", "0xBA", "line 1, byte offset 1"]),
    ),
    setting(
        "05-arabic-vs-persian-letters",
        "orders.csv",
        NAMES,
        "[clean]\nfold_ids = \"letters\"\n",
        Well(&[("علا کریمی", 1, 10.0), ("علي كريمي", 4, 375.0)], &[]),
    ),
    setting(
        "05-arabic-vs-persian-letters",
        "orders.csv",
        NAMES,
        "",
        Well(
            &[
                ("علا کریمی", 1, 10.0),
                ("علي كريمي", 1, 200.0),
                ("علی  کریمی", 1, 50.0),
                ("علی کریمی", 1, 100.0),
                ("علی\u{200c}کریمی", 1, 25.0),
            ],
            &[],
        ),
    ),
    setting("08-delimiter-trap", "bewegungen.csv", BOOKINGS, "", Well(&[("A", 1, -1839.45), ("B", 3, 12_900.0)], &[])),
    setting(
        "08-delimiter-trap",
        "bewegungen.csv",
        BOOKINGS,
        "delimiter = \",\"\n",
        Refused(3, &["bewegungen.csv", "`datum`", "`typ`", "`betrag`", "`datum;typ;betrag`"]),
    ),
    setting(
        "10-duplicate-headers",
        "orders.csv",
        PLAIN,
        "",
        Refused(3, &["orders.csv, line 1", "`amount`", "columns 3 and 4"]),
    ),
    setting(
        "10-duplicate-headers",
        "orders.csv",
        "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"#3\"",
        "",
        Well(&[("D1", 1, 10.0), ("D2", 1, 20.0)], &[]),
    ),
    setting(
        "10-duplicate-headers",
        "orders.csv",
        "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"#4\"",
        "",
        Well(&[("D1", 1, 12.1), ("D2", 1, 24.2)], &[]),
    ),
    setting(
        "11-ragged-rows",
        "orders.csv",
        ONE_DAY,
        "",
        Well(&[("R1", 1, 12.0), ("R2", 1, 8.5)], &[(3, "ragged_row"), (4, "ragged_row")]),
    ),
    setting(
        "11-ragged-rows",
        "orders.csv",
        ONE_DAY,
        "[[checks]]\ncheck = \"rows_quarantined\"\nmax = 0\n",
        Refused(4, &["orders.csv, line 3", "6 fields, expected 5"]),
    ),
    setting(
        "12-null-like-words",
        "customers.csv",
        ONE_DAY,
        "",
        Well(&[("N1", 1, 5.0), ("N2", 1, 6.0), ("N4", 1, 8.0), ("NULL", 1, 7.0)], &[(6, "missing_customer_id")]),
    ),
    setting(
        "13-leading-zero-ids",
        "orders.csv",
        PLAIN,
        "[sources.customers]\npath = \"{case}/customers.csv\"\n",
        Well(&[("00042", 2, 15.0), ("0042", 1, 30.0), ("42", 1, 20.0)], &[]),
    ),
    setting(
        "15-ids-that-look-like-numbers",
        "orders.csv",
        ONE_DAY,
        "",
        Well(
            &[
                ("123456789012345678901", 1, 16.0),
                ("123456789012345678902", 1, 17.0),
                ("2.7391604418253E13", 1, 13.0),
                ("27391604418253", 1, 14.0),
                ("4.55018E+15", 1, 15.0),
                ("51730e04", 1, 10.0),
                ("60417723", 1, 12.0),
                ("6e310588", 1, 11.0),
            ],
            &[],
        ),
    ),
    setting(
        "15-ids-that-look-like-numbers",
        "orders.csv",
        ONE_DAY,
        "repair_ids = [\"scientific\"]\n",
        Well(
            &[
                ("123456789012345678901", 1, 16.0),
                ("123456789012345678902", 1, 17.0),
                ("27391604418253", 2, 27.0),
                ("51730e04", 1, 10.0),
                ("60417723", 1, 12.0),
                ("6e310588", 1, 11.0),
            ],
            &[(7, "lost_digits")],
        ),
    ),
    setting(
        "16-jsonl-ids-over-2-53",
        "interactions.jsonl",
        "customer_id = \"customer_id\", timestamp = \"ts\", amount = \"amount\"",
        "",
        Well(
            &[("8130045512223344557", 1, 12.5), ("9007199254740993", 1, 100.0)],
            &[(1, "missing_amount"), (2, "missing_amount"), (5, "missing_amount")],
        ),
    ),
    setting(
        "17-crm-15-and-18-char-ids",
        "opportunities_export.csv",
        CRM,
        "repair_ids = [\"salesforce\"]\n{accounts}",
        Well(&[("0015g00000XyZaB", 1, 200.0), ("0015g00000XyZab", 2, 150.0), ("0015g00000xyZab", 1, 400.0)], &[]),
    ),
    setting(
        "18-email-case-and-space",
        "orders.csv",
        "customer_id = \"email\", timestamp = \"order_date\", amount = \"amount\"",
        "[clean]\nfold_ids = \"email\"\n",
        Well(
            &[
                ("mia.berg+news@example.com", 1, 7.0),
                ("mia.berg@example.com", 3, 120.0),
                ("mia.berg@example.org", 1, 5.0),
            ],
            &[],
        ),
    ),
    setting(
        "20-parquet-id-type-drift",
        "*.parquet",
        PLAIN,
        "",
        Refused(3, &["orders_2024_02.parquet", "column `amount` is text", "row 1", "f64"]),
    ),
    setting(
        "20-parquet-id-type-drift",
        "*.parquet",
        PLAIN,
        "decimal = \",\"\n",
        Well(&[("0102", 1, 40.0), ("101", 3, 90.0), ("102", 1, 20.0), ("7", 2, 3.0)], &[]),
    ),
    setting(
        "20-parquet-id-type-drift",
        "orders_2023.parquet|orders_2024_01.parquet",
        PLAIN,
        "",
        Well(&[("0102", 1, 40.0), ("101", 2, 40.0), ("102", 1, 20.0), ("7", 2, 3.0)], &[]),
    ),
    setting(
        "21-header-drift",
        "sales_*.csv",
        OLD_NAMES,
        "",
        Refused(
            3,
            &[
                "sales_2025.csv: no column `CustomerID`",
                "sales_2025.csv: no column `InvoiceNo`",
                "sales_2025.csv: no column `UnitPrice`",
                "Invoice, StockCode, Quantity, InvoiceDate, Price, Customer ID",
            ],
        ),
    ),
    setting(
        "21-header-drift",
        "sales_*.csv",
        BOTH_NAMES,
        "",
        Well(&[("900", 2, 9.4), ("901", 1, 4.0), ("902", 1, 4.2)], &[]),
    ),
    setting(
        "22-european-amounts",
        "umsatz.csv",
        ONE_DAY,
        "decimal = \",\"\nthousands = \".\"\n",
        Well(
            &[("E1", 1, 355.9), ("E2", 2, 1462.5), ("E3", 2, 1234.075)],
            &[(9, "unreadable_amount"), (10, "unreadable_amount"), (11, "unreadable_amount")],
        ),
    ),
    setting(
        "22-european-amounts",
        "umsatz.csv",
        ONE_DAY,
        "",
        Refused(3, &["umsatz.csv", "column `amount` mixes notations"]),
    ),
    setting(
        "24-negative-notations",
        "ledger.csv",
        ONE_DAY,
        "decimal = \".\"\n",
        Well(
            &[("G1", 1, 50.0), ("G2", 1, 74.4)],
            &[(11, "unreadable_amount"), (12, "unreadable_amount"), (13, "unreadable_amount")],
        ),
    ),
    setting("26-rial-and-toman", "orders.csv", UNITS, "", Refused(3, &["orders.csv, line 3", "`unit`"])),
    setting(
        "26-rial-and-toman",
        "orders.csv",
        UNITS,
        "[clean]\nrates = { IRR = 1, irt = 10 }\n",
        Well(&[("T1", 2, 25_000_000.0), ("T2", 2, 9_000_000.0), ("T3", 1, 900_000.0)], &[]),
    ),
    setting(
        "30-excel-date-systems",
        "*.xlsx",
        PLAIN,
        "",
        Well(
            &[("X1", 3, 11.0), ("X2", 5, 160.0), ("X4", 1, 1.0)],
            &[(4, "unreadable_timestamp"), (9, "unreadable_timestamp")],
        ),
    ),
    setting(
        "35-shop-one-order-many-rows",
        "orders_export.csv",
        SHOP,
        "[clean]\ncarry_down = true\nrevenue_statuses = [\"paid\", \"partially_refunded\"]\n",
        Well(
            &[("pia@example.com", 2, 70.0), ("rob@example.com", 1, 20.0)],
            &[(5, "no_revenue"), (6, "no_revenue"), (8, "no_revenue")],
        ),
    ),
    setting(
        "39-non-product-lines",
        "lines.csv",
        LINES,
        NO_PRODUCTS,
        Well(
            &[("K1", 2, 24.0), ("K2", 1, 30.0), ("K5", 1, 10.0)],
            &[
                (3, "no_product"),
                (5, "no_product"),
                (7, "no_product"),
                (8, "no_product"),
                (9, "no_product"),
                (10, "no_product"),
            ],
        ),
    ),
    setting(
        "39-non-product-lines",
        "lines.csv",
        LINES,
        "",
        Well(
            &[("K1", 2, 42.0), ("K2", 1, 275.0), ("K3", 1, 15.0), ("K4", 1, 50.0), ("K5", 1, 10.0)],
            &[(8, "missing_customer_id")],
        ),
    ),
    setting(
        "41-excel-report-layout",
        "orders_report.xlsx",
        REPORT,
        "sheet = \"Report\"\nheader_row = 5\ndate_format = \"%d/%m/%Y\"\n",
        Well(
            &[("10023", 2, 20.0), ("10024", 1, 20.0), ("10026", 1, 0.3)],
            &[(9, "unreadable_amount"), (12, "missing_timestamp")],
        ),
    ),
    setting(
        "41-excel-report-layout",
        "orders_report.xlsx",
        REPORT,
        "",
        Refused(3, &["orders_report.xlsx", "row 1", "1 of its 5 cells"]),
    ),
];

/// The folder with the pipeline of a setting; none without the shared cases.
fn laid_out(setting: &Setting) -> Option<tempfile::TempDir> {
    let case = shared(&format!("cases/{}", setting.case))?.display().to_string();
    let rest = setting.rest.replace("{accounts}", ACCOUNTS).replace("{case}", &case);
    let paths: Vec<String> = setting.files.split('|').map(|file| format!("\"{case}/{file}\"")).collect();
    let text = format!(
        "[pipeline]\nname = \"case\"\n{}[sources.transactions]\npath = [{}]\ncolumns = {{ {} }}\n{rest}",
        setting.pipeline,
        paths.join(", "),
        setting.columns
    );
    Some(folder(&[("p.toml", &text)]))
}

/// The same on every setting of the table.
#[test]
fn every_export_in_every_setting() {
    for setting in SETTINGS {
        let Some(folder) = laid_out(setting) else { return };
        let what = format!("{} with {:?}", setting.case, setting.rest);
        let ended = acrm(folder.path(), &["run", "p.toml"]);
        match &setting.ends {
            Refused(code, words) => {
                assert_eq!(ended.code, *code, "{what}: {}", ended.stderr);
                assert!(words.iter().all(|word| ended.stderr.contains(word)), "{what}: {}", ended.stderr);
                assert!(!folder.path().join("out/latest").exists(), "{what}: nothing is published");
            }
            Well(customers, refused) => {
                assert_eq!(ended.code, 0, "{what}: {}", ended.stderr);
                let run = folder.path().join("out/latest");
                let found = ByCustomer::read(&run, "customers");
                assert_eq!(found.ids(), customers.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), "{what}");
                for (id, orders, spend) in *customers {
                    assert_eq!(found.number(id, "orders"), f64::from(*orders), "{what}: {id}");
                    assert_eq!(found.number(id, "spend_net"), *spend, "{what}: {id}");
                }
                let rows = table(&run, "quarantine");
                let rows: Vec<_> = texts(&rows, "line").into_iter().zip(texts(&rows, "reason")).collect();
                let expected: Vec<_> =
                    refused.iter().map(|(line, why)| (line.to_string(), (*why).to_owned())).collect();
                assert_eq!(rows, expected, "{what}");
            }
        }
    }
}

/// Runs a case of the table again and gives its run.
fn run_of(case: &str, rest: &str, pipeline: &str) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let known = SETTINGS.iter().find(|s| s.case.starts_with(case) && matches!(s.ends, Well(..)))?;
    let pipeline: &'static str = pipeline.to_owned().leak();
    let rest: &'static str = rest.to_owned().leak();
    let folder = laid_out(&Setting { rest, pipeline, ends: Refused(0, &[]), ..*known })?;
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    Some((folder, run))
}

/// Totals, counts and warnings that cases state beside their tables.
#[test]
fn what_the_reports_of_exports_count() {
    for (case, rest, check, measured) in [
        ("05", "[clean]\nfold_ids = \"letters\"\n", "ids_folded", 3.0),
        ("18", "[clean]\nfold_ids = \"email\"\n", "ids_folded", 2.0),
        ("12", "", "money_read", 35.0),
        ("12", "", "money_accepted", 26.0),
        ("30", "", "rows_before_1970", 4.0),
        ("41", "sheet = \"Report\"\nheader_row = 5\ndate_format = \"%d/%m/%Y\"\n", "money_accepted", 40.3),
        ("39", NO_PRODUCTS, "quarantined_no_product", 6.0),
    ] {
        let Some((_keep, run)) = run_of(case, rest, "") else { return };
        assert_eq!(quality(&run, "transactions", check), measured, "{case}: {check}");
    }
    let Some((_keep, run)) = run_of("17", "{accounts}", "") else { return };
    assert_eq!(quality(&run, "customers", "known_customers_with_transactions"), 0.0);
    let notes = texts(&table(&run, "run_quality"), "note").join("\n");
    for words in ["`Account ID`", "accounts_report.csv", "`AccountId`", "opportunities_export.csv"] {
        assert!(notes.contains(words), "{words}: {notes}");
    }
}

#[test]
fn a_mark_at_the_beginning_and_the_totals() {
    let Some((_keep, run)) = run_of("01", "", "as_of = \"2024-03-01\"\n") else { return };
    let path = shared("cases/01-bom-first-header/expected/rfm.csv").expect("it was there");
    let expected = Csv::read(&path);
    let customers = ByCustomer::read(&run, "customers");
    for (row, id) in expected.column("customer_id").into_iter().enumerate() {
        let [days, orders, money] = ["recency_days", "orders", "monetary"].map(|c| expected.column(c)[row]);
        assert_eq!(customers.line(id, &["days_since_last", "orders"]), format!("{days} {orders}"), "{id}");
        assert_eq!(customers.number(id, "spend_net"), money.parse::<f64>().expect("money"), "{id}");
    }
}

/// Solar Hijri days, each row a customer of its own so that its day can be seen.
#[test]
fn leap_years_of_the_solar_hijri_calendar() {
    let Some(case) = shared("cases/07-jalali-leap-year") else { return };
    let expected = Csv::read(&case.join("expected/gregorian.csv"));
    for declared in ["", "calendar = \"solar_hijri\"\ndate_format = \"%Y/%m/%d\"\n"] {
        let text = format!(
            "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{}/orders.csv\"\n\
             columns = {{ customer_id = \"#row\", timestamp = \"order_date\", amount = \"amount\" }}\n{declared}",
            case.display()
        );
        let folder = folder(&[("p.toml", &text)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        let (customers, refused) = (ByCustomer::read(&run, "customers"), table(&run, "quarantine"));
        let refused: Vec<String> = (0..refused.height())
            .map(|row| ["line", "column", "value"].map(|c| texts(&refused, c)[row].clone()).join(" "))
            .collect();
        for (row, line) in expected.column("line").into_iter().enumerate() {
            match expected.column("gregorian")[row] {
                "INVALID" => {
                    let place = format!("{line} order_date {}", expected.column("order_date")[row]);
                    assert!(refused.contains(&place), "{place} in {refused:?}");
                }
                day => assert_eq!(customers.text(line, "first_purchase"), day, "line {line}"),
            }
        }
    }
}

#[test]
fn day_first_dates_in_each_setting() {
    let Some(case) = shared("cases/28-day-first-dates") else { return };
    let expected = Csv::read(&case.join("expected/summary.csv"));
    for declared in ["", "date_format = \"%d/%m/%Y\"\n"] {
        let text = format!(
            "[pipeline]\nname = \"case\"\nas_of = \"2024-12-31\"\n[sources.transactions]\npath = \"{}/transactions.csv\"\n\
             columns = {{ customer_id = \"id\", timestamp = \"date\", amount = \"sales\" }}\n{declared}",
            case.display()
        );
        let folder = folder(&[("p.toml", &text)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let clv = ByCustomer::read(&folder.path().join("out/latest"), "clv");
        for (row, id) in expected.column("id").into_iter().enumerate() {
            let history = ["frequency", "recency", "T"].map(|c| expected.column(c)[row]).join(" ");
            assert_eq!(clv.line(id, &["x", "t_x", "tenure_days"]), history, "{id} with {declared:?}");
        }
    }
}

#[test]
fn days_of_the_zone_of_the_business() {
    let Some(case) = shared("cases/32-utc-and-local-day") else { return };
    let (lines, people) =
        (Csv::read(&case.join("expected/local_days.csv")), Csv::read(&case.join("expected/per_customer.csv")));
    let run = |columns: &str, zone: &str| {
        let text = format!(
            "[pipeline]\nname = \"case\"\n{zone}[sources.transactions]\npath = \"{}/orders.csv\"\ncolumns = {{ {columns} }}\n",
            case.display()
        );
        let folder = folder(&[("p.toml", &text)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        (folder, run)
    };
    const HERE: &str = "timezone = \"Europe/Amsterdam\"\n";
    let by_row = ZONED.replace("\"customer_id\",", "\"#row\",");
    let (_keep, rows) = run(&by_row, HERE);
    let rows = ByCustomer::read(&rows, "customers");
    for (line, day) in lines.column("line").into_iter().zip(lines.column("local_day")) {
        assert_eq!(rows.text(line, "first_purchase"), day, "line {line}");
    }
    let ((_one, local), (_other, utc)) = (run(ZONED, HERE), run(ZONED, ""));
    assert_eq!(quality(&utc, "transactions", "days_in_utc"), 1.0, "the report says whose days they are");
    let [local, utc] = [&local, &utc].map(|run| ByCustomer::read(run, "customers"));
    for (row, id) in people.column("customer_id").into_iter().enumerate() {
        let wanted = ["local_days", "first", "last"].map(|c| people.column(c)[row]).join(" ");
        assert_eq!(local.line(id, &["purchase_days", "first_purchase", "last_purchase"]), wanted, "{id}");
        assert_eq!(utc.text(id, "purchase_days"), people.column("utc_days")[row], "{id}");
    }
}

/// Text columns keep their words, their accents and their zeros.
#[test]
fn attributes_are_words_as_they_were_written() {
    for (case, file, id, columns, lines) in [
        (
            "03-cp1252-semicolon",
            "clientes.csv",
            "Nº Cliente",
            &["município"][..],
            &[("0417", "ÉVORA"), ("0418", "LOULÉ")][..],
        ),
        (
            "12-null-like-words",
            "customers.csv",
            "customer_id",
            &["country", "surname"][..],
            &[("N1", "NA Null"), ("N2", "NE Nan"), ("NULL", "NG Okoro"), ("N4", "NO True")][..],
        ),
        (
            "13-leading-zero-ids",
            "customers.csv",
            "customer_id",
            &["postcode", "name"][..],
            &[("00042", "01067 Ida"), ("42", "10115 Jan"), ("0042", "00501 Kim")][..],
        ),
        (
            "35-shop-one-order-many-rows",
            "orders_export.csv",
            "Email",
            &["shipping_zip"][..],
            &[("pia@example.com", "01067"), ("sam@example.com", "00501")][..],
        ),
    ] {
        let Some(path) = shared(&format!("cases/{case}/{file}")) else { return };
        let text = format!(
            "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders.csv\"\n[sources.customers]\npath = \"{}\"\n\
             columns = {{ customer_id = \"{id}\" }}\n",
            path.display()
        );
        let folder =
            folder(&[("p.toml", &text), ("orders.csv", "customer_id,timestamp,amount\nnobody,2024-01-02,1\n")]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
        for (id, line) in lines {
            assert_eq!(customers.line(id, columns), *line, "{case}: {id}");
        }
    }
}

/// Interactions with ids beyond what a double holds.
#[test]
fn interactions_with_long_ids() {
    let Some(path) = shared("cases/16-jsonl-ids-over-2-53/interactions.jsonl") else { return };
    let text = std::fs::read_to_string(&path).expect("the file");
    let value = |line: &str| {
        let rest = line.split_once("\"customer_id\":").expect("an id").1.trim_start();
        rest.trim_start_matches('"').chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    let ids: std::collections::BTreeSet<String> = text.lines().map(value).collect();
    assert_eq!(ids.len(), 4);
    let people = ids.iter().fold("customer_id\n".to_owned(), |text, id| text + id + "\n");
    let pipeline = format!(
        "[pipeline]\nname = \"case\"\nas_of = \"2024-06-01\"\n[sources.transactions]\npath = \"orders.csv\"\n\
         [sources.customers]\npath = \"people.csv\"\n[sources.interactions]\npath = \"{}\"\n\
         columns = {{ customer_id = \"customer_id\", timestamp = \"ts\", touchpoint = \"event\" }}\n",
        path.display()
    );
    let orders = format!("customer_id,timestamp,amount\n{},2024-01-02,1\n", ids.first().expect("an id"));
    let folder = folder(&[("p.toml", &pipeline), ("people.csv", &people), ("orders.csv", &orders)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    assert_eq!(customers.ids(), ids.iter().cloned().collect::<Vec<_>>());
    for id in &ids {
        let own = text.lines().filter(|line| value(line) == *id).count();
        assert_eq!(customers.number(id, "interactions"), own as f64, "{id}");
    }
}
