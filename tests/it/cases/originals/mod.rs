//! The original inputs of the cases on scoring, purchase history and returns, where they stand beside the project.

mod exports;
mod groups;
mod mining;
mod models;

use std::path::{Path, PathBuf};

use crate::support::{ByCustomer, folder, quality, run_ok, shared, table, texts};

/// A CSV text without quotes as rows of cells by header.
pub(super) struct Csv {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Csv {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let split = |line: &str| line.trim_end().split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines().map(split);
        Self { header: lines.next().expect("a header"), rows: lines.collect() }
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no {name} in {:?}", self.header));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// Runs a case's file; the columns are given as in the pipeline file.
fn run_original(
    case: &str,
    file: &str,
    as_of: &str,
    columns: &str,
    rest: &str,
) -> Option<(tempfile::TempDir, PathBuf, PathBuf)> {
    let path = shared(&format!("cases/{case}"))?;
    let pipeline = format!(
        "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{}\"\ncolumns = {{ {columns} }}\n{rest}",
        path.join(file).display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", as_of]);
    let run = folder.path().join("out/latest");
    Some((folder, run, path.join("expected")))
}

/// Equal values share a score, and more never scores less than fewer.
#[test]
fn quintiles_with_ties() {
    let columns =
        "customer_id = \"customer_id\", transaction_id = \"order_id\", timestamp = \"order_date\", amount = \"amount\"";
    let Some((_keep, run, expected)) = run_original("46-quintiles-with-ties", "orders.csv", "2024-03-01", columns, "")
    else {
        return;
    };
    let expected = Csv::read(&expected.join("frequency_scores.csv"));
    let (rfm, customers) = (ByCustomer::read(&run, "rfm"), ByCustomer::read(&run, "customers"));
    let mut by_orders = std::collections::BTreeMap::new();
    for (id, orders) in expected.column("customer_id").into_iter().zip(expected.column("orders")) {
        assert_eq!(customers.text(id, "orders"), orders, "{id}");
        let score = rfm.number(id, "f");
        assert!((1.0..=5.0).contains(&score));
        assert_eq!(*by_orders.entry(orders.parse::<u32>().expect("a count")).or_insert(score), score, "{id}");
    }
    let scores: Vec<f64> = by_orders.into_values().collect();
    assert_eq!(scores, [2.0, 4.0, 5.0, 5.0], "by the mid-rank rule");
}

/// The case gives counts; orders are made from them.
#[test]
fn own_cut_points() {
    let Some(path) = shared("cases/48-own-cut-points-top-edge") else { return };
    let customers = Csv::read(&path.join("customers.csv"));
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for (id, count) in customers.column("customer_id").into_iter().zip(customers.column("orders")) {
        (0..count.parse::<u32>().expect("a count")).for_each(|_| orders.push_str(&format!("{id},2024-01-01,50\n")));
    }
    let cuts: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path.join("cuts.json")).expect("cuts")).expect("JSON");
    let section = format!(
        "[rfm]\nmethod = \"fixed\"\nfrequency_cuts_orders = {}\nrecency_cuts_days = [1, 2, 3, 4]\nmonetary_cuts = [1, 2, 3, 4]\n",
        cuts["frequency_cuts"]
    );
    let (_keep, run) = super::run_case("2024-02-01", &orders, &section);
    let rfm = ByCustomer::read(&run, "rfm");
    let expected = Csv::read(&path.join("expected/scores.csv"));
    for (id, score) in expected.column("customer_id").into_iter().zip(expected.column("f_score")) {
        assert_eq!(rfm.text(id, "f"), score, "{id}");
    }
}

#[test]
fn recency_direction() {
    let columns = "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount\"";
    let Some((_keep, run, expected)) = run_original("50-recency-direction", "orders.csv", "2024-07-01", columns, "")
    else {
        return;
    };
    let expected = Csv::read(&expected.join("recency_scores.csv"));
    let (rfm, customers) = (ByCustomer::read(&run, "rfm"), ByCustomer::read(&run, "customers"));
    let lines =
        expected.column("customer_id").into_iter().zip(expected.column("recency_days")).zip(expected.column("r_score"));
    for ((id, days), score) in lines {
        assert_eq!((customers.text(id, "days_since_last").as_str(), rfm.text(id, "r").as_str()), (days, score), "{id}");
    }
}

#[test]
fn purchase_histories() {
    let cases = [
        ("43-same-day-orders", "2024-03-31", "customer_id", "order_ts", "amount"),
        ("44-newest-first-export", "2024-12-31", "id", "date", "sales"),
    ];
    for (case, as_of, id, timestamp, amount) in cases {
        let columns = format!("customer_id = \"{id}\", timestamp = \"{timestamp}\", amount = \"{amount}\"");
        let Some((_keep, run, expected)) = run_original(case, "transactions.csv", as_of, &columns, "") else { return };
        let expected = Csv::read(&expected.join("summary.csv"));
        let clv = ByCustomer::read(&run, "clv");
        assert_eq!(clv.ids(), expected.column(id), "{case}");
        for (row, customer) in expected.column(id).into_iter().enumerate() {
            let [x, t_x, t, m] = ["x", "t_x", "T", "m"].map(|c| expected.column(c)[row]);
            assert_eq!(clv.line(customer, &["x", "t_x", "tenure_days"]), format!("{x} {t_x} {t}"), "{case} {customer}");
            let mean = clv.number(customer, "spend_mean_repeat");
            let mean = if mean.is_nan() { 0.0 } else { mean };
            assert_eq!(mean, m.parse::<f64>().expect("a number"), "{case} {customer}");
        }
    }
}

#[test]
fn cancelled_invoices() {
    let columns = "customer_id = \"Customer ID\", timestamp = \"InvoiceDate\", transaction_id = \"Invoice\", \
        quantity = \"Quantity\", unit_price = \"Price\"";
    let clean = "[clean]\ncancellation_prefix = \"C\"\n";
    let found = run_original("37-cancelled-invoices", "online_retail.csv", "2024-03-01", columns, clean);
    let Some((_keep, run, expected)) = found else { return };
    let expected = Csv::read(&expected.join("customers.csv"));
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), expected.column("customer"));
    for (row, id) in expected.column("customer").into_iter().enumerate() {
        let cell = |name: &str| expected.column(name)[row];
        let counts = [cell("orders"), cell("last_purchase"), cell("recency_days")].join(" ");
        assert_eq!(customers.line(id, &["orders", "last_purchase", "days_since_last"]), counts, "{id}");
        let money = |name: &str| cell(name).parse::<f64>().expect("money");
        let found = ["spend_gross", "refunds", "spend_net"].map(|c| customers.number(id, c));
        assert_eq!(found, [money("gross"), -money("cancelled"), money("net")], "{id}");
    }
    let refused = table(&run, "quarantine");
    assert_eq!(texts(&refused, "line"), ["10", "11"]);
    assert_eq!(texts(&refused, "reason"), ["positive_cancellation", "missing_customer_id"]);
    assert!(!ByCustomer::read(&run, "rfm").ids().contains(&"70003".to_owned()), "no order, no score");
    assert_eq!(ByCustomer::read(&run, "rfm").number("70002", "m"), 1.0, "fully cancelled is not at the top");
}

#[test]
fn ends_of_the_period() {
    let columns = "customer_id = \"customer_id\", timestamp = \"order_ts\", amount = \"amount\"";
    let Some((_keep, run, _)) = run_original("33-end-day-included", "orders.csv", "2024-03-31", columns, "") else {
        return;
    };
    let customers = ByCustomer::read(&run, "customers");
    for (id, spend) in [("W1", 3.0), ("W2", 4.0), ("W3", 32.0)] {
        assert_eq!((customers.number(id, "spend_net"), customers.number(id, "days_since_last")), (spend, 0.0), "{id}");
    }
    assert_eq!(quality(&run, "transactions", "money_out_of_window"), 24.0);
    let columns =
        "customer_id = \"customer_id\", timestamp = \"order_date\", transaction_id = \"order_id\", amount = \"amount\"";
    let Some((_keep, run, _)) = run_original("34-future-orders", "orders.csv", "2024-06-01", columns, "") else {
        return;
    };
    let clv = ByCustomer::read(&run, "clv");
    assert_eq!(clv.ids(), ["Y1", "Y2"]);
    assert_eq!(clv.line("Y1", &["x", "t_x", "tenure_days"]), "0 0 143");
    assert_eq!(clv.line("Y2", &["x", "t_x", "tenure_days"]), "1 1 1");
    assert_eq!(quality(&run, "transactions", "rows_out_of_window"), 2.0);
}

#[test]
fn narrow_sums_and_zeros_in_front() {
    let columns = "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount_rial\"";
    let Some((_keep, run, _)) = run_original("27-int32-sums", "orders.parquet", "2024-02-01", columns, "") else {
        return;
    };
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.number("Q1", "spend_net"), 4_294_967_296.0);
    assert_eq!(customers.number("Q2", "spend_net"), 2_147_483_647.0);
    let columns =
        "customer_id = \"customer_id\", timestamp = \"order_date\", transaction_id = \"order_id\", amount = \"amount\"";
    let Some((_keep, run, _)) = run_original("13-leading-zero-ids", "orders.csv", "2024-02-01", columns, "") else {
        return;
    };
    let customers = ByCustomer::read(&run, "customers");
    for (id, spend) in [("00042", 15.0), ("42", 20.0), ("0042", 30.0)] {
        assert_eq!(customers.number(id, "spend_net"), spend, "{id}");
    }
}
