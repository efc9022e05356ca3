//! Real exports: every run balances, and every customer's figures equal what DuckDB makes of the same file.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{
    Dice, day_of_2024, duckdb, folder, numbers, quality, run_ok, shared, table, ten_thousandths, texts,
};

/// A data set: how the pipeline names its columns, and how SQL reads the same lines.
struct Dataset {
    file: &'static str,
    columns: &'static str,
    sections: &'static str,
    as_of: Option<&'static str>,
    /// Further sources, `(name, file, columns)`.
    sources: &'static [(&'static str, &'static str, &'static str)],
    /// SQL of the lines over `{file}`: id, tx (NULL: each line an order), moment, amount, refused (a reason or NULL).
    lines: &'static str,
    /// Whether a zero counts as a purchase, in SQL: `>= 0` or `> 0`.
    positive: &'static str,
}

/// Orders, purchase days, first and last purchase, net money, refunds and gross, in ten-thousandths.
type Figures = (i64, i64, String, String, i64, i64, i64);

fn ours(run: &Path) -> BTreeMap<String, Figures> {
    let frame = table(run, "customers");
    let whole = |name: &str| numbers(&frame, name).into_iter().map(|v| v as i64).collect::<Vec<_>>();
    let money = |name: &str| {
        numbers(&frame, name).into_iter().map(|v| if v.is_nan() { 0 } else { ten_thousandths(v) }).collect::<Vec<_>>()
    };
    let (orders, days) = (whole("orders"), whole("purchase_days"));
    let (first, last) = (texts(&frame, "first_purchase"), texts(&frame, "last_purchase"));
    let (net, refunds, gross) = (money("spend_net"), money("refunds"), money("spend_gross"));
    let row = |at: usize| (orders[at], days[at], first[at].clone(), last[at].clone(), net[at], refunds[at], gross[at]);
    texts(&frame, "customer_id").into_iter().enumerate().map(|(at, id)| (id, row(at))).collect()
}

/// The same by SQL alone: lines to orders, orders to days, days to customers.
fn theirs(set: &Dataset, path: &Path) -> Option<BTreeMap<String, Figures>> {
    let lines = set.lines.replace("{file}", &path.display().to_string());
    let until = set.as_of.map_or_else(String::new, |day| format!("AND CAST(moment AS DATE) <= DATE '{day}'"));
    let positive = set.positive;
    let sql = format!(
        "WITH lines AS ({lines}), kept AS (SELECT *, row_number() OVER () AS n FROM lines WHERE refused IS NULL {until}), \
         orders AS (SELECT id, min(moment) AS moment, sum(amount) AS amount FROM kept \
                    GROUP BY id, tx, CASE WHEN tx IS NULL THEN n END), \
         days AS (SELECT id, CAST(moment AS DATE) AS day, sum(amount) AS amount, count(*) FILTER (amount {positive}) AS orders \
                  FROM orders GROUP BY ALL), \
         people AS (SELECT id, sum(orders) AS orders, count(*) FILTER (orders > 0 AND amount {positive}) AS days, \
                    min(day) FILTER (orders > 0) AS first, max(day) FILTER (orders > 0) AS last FROM days GROUP BY id), \
         money AS (SELECT id, sum(amount) AS net, -coalesce(sum(amount) FILTER (amount < 0), 0) AS refunds FROM orders GROUP BY id) \
         SELECT id, orders, days, first, last, CAST(net * 10000 AS BIGINT), CAST(refunds * 10000 AS BIGINT) \
         FROM people JOIN money USING (id) ORDER BY id"
    );
    let rows = duckdb(&sql)?;
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|e| panic!("{text}: {e}"));
    let figures = |r: &[String]| {
        let (net, refunds) = (number(&r[5]), number(&r[6]));
        (number(&r[1]), number(&r[2]), r[3].clone(), r[4].clone(), net, refunds, net + refunds)
    };
    Some(rows.iter().map(|r| (r[0].clone(), figures(r))).collect())
}

/// Rows and money (ten-thousandths) of the lines by where they must end.
fn balance(set: &Dataset, path: &Path) -> Option<BTreeMap<String, (f64, i64)>> {
    let lines = set.lines.replace("{file}", &path.display().to_string());
    let late = set.as_of.map_or_else(|| "false".to_owned(), |day| format!("CAST(moment AS DATE) > DATE '{day}'"));
    let sql = format!(
        "SELECT coalesce(refused, CASE WHEN {late} THEN 'out_of_window' ELSE 'accepted' END) AS place, \
         count(*), CAST(coalesce(sum(amount), 0) * 10000 AS BIGINT) FROM ({lines}) GROUP BY place"
    );
    let rows = duckdb(&sql)?;
    let parse = |r: &[String]| (r[0].clone(), (r[1].parse().expect("rows"), r[2].parse().expect("money")));
    Some(rows.iter().map(|r| parse(r)).collect())
}

/// Runs the data set and holds everything against SQL; gives the folder of the run, or nothing when it was skipped.
fn check(set: &Dataset) -> Option<tempfile::TempDir> {
    let path = shared(&format!("data/{}", set.file))?;
    let mut pipeline = String::from("[pipeline]\nname = \"real\"\ncurrency = \"GBP\"\n");
    if let Some(day) = set.as_of {
        pipeline.push_str(&format!("as_of = \"{day}\"\n"));
    }
    let mut source = |name: &str, file: &Path, columns: &str| {
        pipeline.push_str(&format!("[sources.{name}]\npath = \"{}\"\ncolumns = {{ {columns} }}\n", file.display()));
    };
    source("transactions", &path, set.columns);
    for (name, file, columns) in set.sources {
        source(name, &shared(&format!("data/{file}"))?, columns);
    }
    pipeline.push_str(set.sections);
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let frame = table(&run, "run_quality");
    let (checks, measured) = (texts(&frame, "check"), numbers(&frame, "measured"));
    let balances: Vec<f64> =
        checks.iter().zip(measured).filter(|(c, _)| c.ends_with("_unaccounted")).map(|(_, m)| m).collect();
    assert!(balances.len() >= 3 && balances.iter().all(|b| *b == 0.0), "{}: {balances:?}", set.file);
    let (Some(expected), Some(places)) = (theirs(set, &path), balance(set, &path)) else { return Some(folder) };
    compare(set.file, &ours(&run), &expected);
    let counted = |check: &str| quality(&run, "transactions", check);
    let has_money = set.columns.contains("amount") || set.columns.contains("unit_price");
    let money = |place: &str| if has_money { ten_thousandths(counted(&format!("money_{place}"))) } else { 0 };
    let mut quarantined = (0.0, 0);
    for (place, expected) in &places {
        if ["accepted", "out_of_window"].contains(&place.as_str()) {
            let found = (counted(&format!("rows_{place}")), money(place));
            assert_eq!(found, *expected, "{}: {place}", set.file);
        } else {
            assert_eq!(counted(&format!("quarantined_{place}")), expected.0, "{}: {place}", set.file);
            quarantined = (quarantined.0 + expected.0, quarantined.1 + expected.1);
        }
    }
    assert_eq!((counted("rows_quarantined"), money("quarantined")), quarantined, "{}", set.file);
    assert_eq!(table(&run, "quarantine").height() as f64, quarantined.0, "{}: each refused row is listed", set.file);
    let all: f64 = places.values().map(|(rows, _)| rows).sum();
    assert_eq!(quality(&run, "transactions", "rows_read"), all, "{}", set.file);
    println!("{}: {} customers, {all} rows, {} refused: all equal", set.file, expected.len(), quarantined.0);
    Some(folder)
}

#[track_caller]
fn compare(what: &str, got: &BTreeMap<String, Figures>, expected: &BTreeMap<String, Figures>) {
    let differ: Vec<_> = expected.iter().filter(|(id, figures)| got.get(*id) != Some(figures)).collect();
    let shown: Vec<_> =
        differ.iter().take(5).map(|(id, figures)| format!("{id}: {:?}, by SQL {figures:?}", got.get(*id))).collect();
    assert!(differ.is_empty(), "{what}: {} of {} customers differ\n{}", differ.len(), expected.len(), shown.join("\n"));
    assert_eq!(got.len(), expected.len(), "{what}: customers");
}

const RETAIL_LINES: &str = "SELECT CAST(CustomerID AS VARCHAR) AS id, Invoice AS tx, InvoiceDate AS moment, \
    CAST(Quantity AS DECIMAL(18,0)) * CAST(Price AS DECIMAL(18,4)) AS amount, \
    CASE WHEN CustomerID IS NULL THEN 'missing_customer_id' \
         WHEN upper(Invoice[1]) = 'C' AND Quantity * Price > 0 THEN 'positive_cancellation' END AS refused FROM '{file}'";

const RETAIL_COLUMNS: &str = "customer_id = \"CustomerID\", timestamp = \"InvoiceDate\", transaction_id = \"Invoice\", \
    product_id = \"StockCode\", quantity = \"Quantity\", unit_price = \"Price\"";

const CANCELLATIONS: &str = "[clean]\ncancellation_prefix = \"C\"\n";

/// Every analysis that knows customers, clusters by a mixture.
const ALL_ANALYSES: &str = "[patterns]\n[cohorts]\n[journey]\n[lifecycle]\n[satisfaction]\n[knowledge]\n\
    [clusters]\nmethod = \"mixture\"\ngap = true\noutliers = true\n";

/// The tables of a run with all analyses agree with the customers table and with each other.
fn analyses_agree(run: &Path) {
    let customers = table(run, "customers");
    let orders = numbers(&customers, "orders");
    let buyers = orders.iter().filter(|orders| **orders > 0.0).count() as f64;
    let lifecycle = table(run, "lifecycle");
    assert_eq!(texts(&lifecycle, "customer_id"), texts(&customers, "customer_id"));
    assert_eq!(texts(&lifecycle, "lifecycle"), texts(&customers, "lifecycle"), "copied to the profile");
    let cohorts = table(run, "cohorts");
    let (kinds, ages, sizes) =
        (texts(&cohorts, "cohort_by"), numbers(&cohorts, "period"), numbers(&cohorts, "cohort_customers"));
    let first = (0..cohorts.height()).filter(|row| kinds[*row] == "first_purchase" && ages[*row] == 0.0);
    assert_eq!(first.map(|row| sizes[row]).sum::<f64>(), buyers, "each buyer has a cohort");
    let clusters = table(run, "clusters");
    let probability = numbers(&clusters, "cluster_probability");
    assert_eq!(clusters.height() as f64, buyers);
    assert!(probability.iter().all(|p| p.is_nan() || (0.0..=1.0).contains(p)));
    let profiles = table(run, "cluster_profiles");
    assert_eq!(
        numbers(&profiles, "size").iter().sum::<f64>(),
        probability.iter().filter(|p| !p.is_nan()).count() as f64
    );
    let choice = table(run, "cluster_choice");
    for index in ["silhouette", "calinski_harabasz", "davies_bouldin", "gap", "bic"] {
        assert!(numbers(&choice, index).iter().all(|value| value.is_finite()), "{index} of every k");
    }
    let flows = table(run, "segment_flows");
    let [before, entered, left, now] =
        ["customers_before", "entered", "left", "customers"].map(|name| numbers(&flows, name));
    assert!((0..flows.height()).all(|row| before[row] + entered[row] - left[row] == now[row]));
    let moves = table(run, "category_moves");
    let [was, kept, lost, silent] =
        ["buyers_before", "kept", "lost_to_others", "lost_silent"].map(|name| numbers(&moves, name));
    assert!((0..moves.height()).all(|row| was[row] == kept[row] + lost[row] + silent[row]));
    for plot in ["lifecycle", "cluster_sizes", "cluster_choice", "cohort_retention", "trade_months", "basket_rules"] {
        assert!(run.join(format!("plots/{plot}.svg")).exists(), "{plot}");
    }
}

/// The rules of the highest lift by SQL over the same lines; `{items}` gives order and item of the lines that count.
fn rules_by_sql(run: &Path, level: &str, items: &str) {
    let path = run.join("basket_rules.parquet").display().to_string();
    let sql = format!(
        "SET enable_progress_bar = false; WITH items AS (SELECT DISTINCT tx, item FROM ({items})), \
         rules AS (SELECT if_items, then_items, orders, orders_if FROM read_parquet('{path}', hive_partitioning = false) \
           WHERE level = '{level}' AND NOT contains(if_items, ' + ') AND NOT contains(then_items, ' + ') \
           ORDER BY orders DESC, if_items, then_items LIMIT 8) \
         SELECT if_items, then_items, orders, orders_if, \
           (SELECT count(*) FROM items a JOIN items b USING (tx) WHERE a.item = if_items AND b.item = then_items), \
           (SELECT count(*) FROM items a WHERE a.item = if_items) FROM rules"
    );
    let Some(rows) = duckdb(&sql) else { return };
    assert!(!rows.is_empty(), "there are rules by {level}");
    for row in rows {
        let [ours, ours_if, theirs, theirs_if] = [2, 3, 4, 5].map(|at| row[at].parse::<f64>().expect("a count"));
        assert_eq!((ours, ours_if), (theirs, theirs_if), "{} → {}", row[0], row[1]);
    }
}

const RETAIL_ANALYSES: &str = "[clean]\ncancellation_prefix = \"C\"\n[patterns]\nmin_support = 0.01\n[cohorts]\n[journey]\n\
    [lifecycle]\n[satisfaction]\n[knowledge]\n[clusters]\nmethod = \"mixture\"\ngap = true\noutliers = true\n";

#[test]
fn online_retail() {
    let set = Dataset {
        file: "online_retail/online_retail.parquet",
        columns: RETAIL_COLUMNS,
        sections: RETAIL_ANALYSES,
        as_of: None,
        sources: &[],
        lines: RETAIL_LINES,
        positive: "> 0",
    };
    let Some(folder) = check(&set) else { return };
    let run = folder.path().join("out/latest");
    assert_eq!(table(&run, "customers").height(), 4372);
    assert_eq!(quality(&run, "transactions", "quarantined_missing_customer_id"), 135_080.0);
    assert!(run.canonicalize().expect("a run").ends_with("as_of=2011-12-09"), "the day of the newest line");
    analyses_agree(&run);
}

#[test]
fn online_retail_ii() {
    let set = Dataset {
        file: "online_retail_ii/online_retail_2009_2010.parquet",
        columns: RETAIL_COLUMNS,
        sections: CANCELLATIONS,
        as_of: Some("2010-11-30"),
        sources: &[],
        lines: RETAIL_LINES,
        positive: "> 0",
    };
    check(&set);
}

#[test]
fn grocery() {
    let set = Dataset {
        file: "grocery/grocery_elog.csv",
        columns: "customer_id = \"cust\", timestamp = \"date\"",
        sections: "",
        as_of: Some("2006-12-31"),
        sources: &[],
        lines: "SELECT cust AS id, NULL AS tx, CAST(date AS TIMESTAMP) AS moment, 0.0000 AS amount, NULL AS refused \
                FROM read_csv('{file}', all_varchar = true)",
        positive: ">= 0",
    };
    let Some(folder) = check(&set) else { return };
    let spend = texts(&table(&folder.path().join("out/latest"), "customers"), "spend_net");
    assert!(spend.len() == 1525 && spend.iter().all(String::is_empty), "a log without money has none");
}

#[test]
fn apparel() {
    let lines = "SELECT Id AS id, NULL AS tx, CAST(Date AS TIMESTAMP) AS moment, CAST(Price AS DECIMAL(18,4)) AS amount, \
                 NULL AS refused FROM read_csv('{file}', all_varchar = true)";
    for (sections, positive) in [("", "> 0"), ("[clean]\nzero_amount = \"purchase\"\n", ">= 0")] {
        let set = Dataset {
            file: "apparel/apparelTrans.csv",
            columns: "customer_id = \"Id\", timestamp = \"Date\", amount = \"Price\"",
            sections,
            as_of: None,
            sources: &[("customers", "apparel/apparelStaticCov.csv", "customer_id = \"Id\"")],
            lines,
            positive,
        };
        let Some(folder) = check(&set) else { return };
        let customers = table(&folder.path().join("out/latest"), "customers");
        for attribute in ["gender", "channel"] {
            assert!(numbers(&customers, attribute).iter().all(|v| *v == 0.0 || *v == 1.0), "{attribute}");
        }
    }
}

#[test]
fn the_complete_journey() {
    let set = Dataset {
        file: "complete_journey/transactions.parquet",
        columns: "customer_id = \"household_id\", timestamp = \"transaction_timestamp\", transaction_id = \"basket_id\", \
                  product_id = \"product_id\", amount = \"sales_value\"",
        sections: ALL_ANALYSES,
        as_of: Some("2017-12-31"),
        sources: &[
            (
                "products",
                "complete_journey/products.parquet",
                "product_id = \"product_id\", category = \"product_category\"",
            ),
            ("customers", "complete_journey/demographics.parquet", "customer_id = \"household_id\""),
        ],
        lines: "SELECT CAST(household_id AS VARCHAR) AS id, basket_id AS tx, transaction_timestamp AS moment, \
                CAST(sales_value AS DECIMAL(18,4)) AS amount, NULL AS refused FROM '{file}'",
        positive: "> 0",
    };
    let Some(folder) = check(&set) else { return };
    let run = folder.path().join("out/latest");
    assert_eq!(quality(&run, "transactions", "rows_out_of_window"), 534.0, "stamped on New Year's Day");
    favourites(&run);
    analyses_agree(&run);
    let data =
        |file: &str| shared(&format!("data/complete_journey/{file}")).expect("it was there").display().to_string();
    // an order of nothing is no order
    let lines = format!(
        "WITH lines AS (SELECT basket_id AS tx, product_id, sum(sales_value) OVER (PARTITION BY basket_id) AS total FROM '{}' \
           WHERE CAST(transaction_timestamp AS DATE) <= DATE '2017-12-31') \
         SELECT tx, product_category AS item FROM lines JOIN '{}' USING (product_id) \
         WHERE total > 0 AND product_category IS NOT NULL",
        data("transactions.parquet"),
        data("products.parquet")
    );
    rules_by_sql(&run, "category", &lines);
}

/// The favourite category of every household, by SQL.
fn favourites(run: &Path) {
    let data =
        |file: &str| shared(&format!("data/complete_journey/{file}")).expect("it was there").display().to_string();
    let sql = format!(
        "WITH counted AS (SELECT CAST(t.household_id AS VARCHAR) AS id, p.product_category AS category, count(*) AS lines \
           FROM '{}' t JOIN '{}' p USING (product_id) \
           WHERE CAST(transaction_timestamp AS DATE) <= DATE '2017-12-31' AND p.product_category IS NOT NULL GROUP BY ALL) \
         SELECT id, category FROM counted \
         QUALIFY row_number() OVER (PARTITION BY id ORDER BY lines DESC, encode(category)) = 1",
        data("transactions.parquet"),
        data("products.parquet")
    );
    let Some(rows) = duckdb(&sql) else { return };
    let expected: BTreeMap<String, String> = rows.into_iter().map(|r| (r[0].clone(), r[1].clone())).collect();
    let customers = table(run, "customers");
    let favourites: Vec<String> = texts(&customers, "favourite_category");
    let mut differ = 0;
    for (id, favourite) in texts(&customers, "customer_id").iter().zip(&favourites) {
        differ += usize::from(expected.get(id) != Some(favourite));
    }
    assert_eq!(differ, 0, "of {} households have another favourite category", expected.len());
}

#[test]
fn cdnow_of_all_customers() {
    let lines = "SELECT customer_id AS id, NULL AS tx, CAST(date AS TIMESTAMP) AS moment, CAST(spend AS DECIMAL(18,4)) AS amount, \
                 NULL AS refused FROM read_csv('{file}', all_varchar = true)";
    for (sections, positive) in [("", "> 0"), ("[clean]\nzero_amount = \"purchase\"\n", ">= 0")] {
        let set = Dataset {
            file: "cdnow/cdnow_master.csv",
            columns: "customer_id = \"customer_id\", timestamp = \"date\", amount = \"spend\"",
            sections,
            as_of: Some("1997-09-30"),
            sources: &[],
            lines,
            positive,
        };
        let Some(folder) = check(&set) else { return };
        let ids = texts(&table(&folder.path().join("out/latest"), "customers"), "customer_id");
        assert_eq!((ids.len(), ids[0].as_str()), (23_570, "00001"), "ids keep their zeros");
    }
}

/// The sample that ships is the published one.
#[test]
fn the_sample_that_ships_is_the_published_one() {
    let Some(path) = shared("data/cdnow/cdnow_sample.csv") else { return };
    let own = crate::support::root().join("data/cdnow/orders.csv");
    let read = |path: &Path| format!("SELECT * FROM read_csv('{}', all_varchar = true)", path.display());
    let sql = format!(
        "WITH ours AS (SELECT customer_id, date, CAST(cds AS INT) AS n, CAST(spend AS DECIMAL(18,4)) AS spend FROM ({})), \
         theirs AS (SELECT sample_id, date, CAST(n_cds AS INT) AS n, CAST(spend AS DECIMAL(18,4)) AS spend FROM ({})) \
         SELECT (SELECT count(*) FROM (FROM ours EXCEPT ALL FROM theirs)), (SELECT count(*) FROM (FROM theirs EXCEPT ALL FROM ours)), \
         (SELECT count(*) FROM ours)",
        read(&own),
        read(&path)
    );
    let Some(rows) = duckdb(&sql) else { return };
    assert_eq!(rows[0], ["0", "0", "6919"]);
}

/// A messy log: orders split over times and days, refunds on the day and later, free orders, rows without an id.
fn messy(seed: u64) -> Vec<(String, i32, i32, String, i64)> {
    let mut dice = Dice::new(seed);
    let mut rows = Vec::new();
    for customer in 0..150_u64 {
        for order in 0..dice.below(7) {
            let (day, minute) = (dice.below(300) as i32, dice.below(1440) as i32);
            // the id of an order is the customer's own: two customers share it
            let id = if dice.percent(15) { String::new() } else { format!("T{}", order + dice.below(2)) };
            let who = if dice.percent(4) { String::new() } else { format!("m{customer:03}") };
            let sign = if dice.percent(12) { -1 } else { 1 };
            for line in 0..=dice.below(3) as i32 {
                let later = if dice.percent(10) { 1 } else { 0 };
                let cents = if dice.percent(8) { 0 } else { sign * (1 + dice.below(9_999) as i64) };
                rows.push((who.clone(), day + later, (minute + 7 * line) % 1440, id.clone(), cents));
            }
            if dice.percent(10) {
                rows.push((who, day, minute, String::new(), -(dice.below(9_999) as i64)));
            }
        }
    }
    dice.shuffle(&mut rows);
    rows
}

/// The fold against polars' group-by on the same rows.
#[test]
fn the_fold_equals_a_group_by() {
    use polars::prelude::*;
    for seed in 0..3 {
        let rows = messy(seed);
        let mut text = String::from("customer_id,timestamp,transaction_id,amount\n");
        for (who, day, minute, order, cents) in &rows {
            let (hour, minute) = (minute / 60, minute % 60);
            let sign = if *cents < 0 { "-" } else { "" };
            let cents = cents.abs();
            text.push_str(&format!(
                "{who},{} {hour:02}:{minute:02},{order},{sign}{}.{:02}\n",
                day_of_2024(*day as u32),
                cents / 100,
                cents % 100
            ));
        }
        let (_keep, run) = {
            let folder = folder(&[
                ("orders.csv", &text),
                ("p.toml", "[pipeline]\nname = \"messy\"\n[sources.transactions]\npath = \"orders.csv\"\n"),
            ]);
            run_ok(folder.path(), &["run", "p.toml"]);
            let run = folder.path().join("out/latest");
            (folder, run)
        };
        let column = |f: &dyn Fn(&(String, i32, i32, String, i64)) -> i64| rows.iter().map(f).collect::<Vec<_>>();
        let order_key: Vec<String> =
            rows.iter().enumerate().map(|(n, r)| if r.3.is_empty() { format!("#{n}") } else { r.3.clone() }).collect();
        let frame = df!(
            "id" => rows.iter().map(|r| r.0.clone()).collect::<Vec<_>>(),
            "tx" => order_key,
            "at" => column(&|r| i64::from(r.1) * 1440 + i64::from(r.2)),
            "cents" => column(&|r| r.4)
        )
        .expect("a frame");
        let bought = || col("cents").gt(lit(0));
        let customers = frame
            .lazy()
            .filter(col("id").neq(lit("")))
            .group_by([col("id"), col("tx")])
            .agg([col("at").min(), col("cents").sum()])
            .with_column(col("at").floor_div(lit(1440)).alias("day"))
            .with_columns([
                when(bought()).then(lit(1)).otherwise(lit(0)).cast(DataType::Int64).alias("is_order"),
                when(bought()).then(lit(0)).otherwise(-col("cents")).alias("refund"),
            ])
            .group_by([col("id"), col("day")])
            .agg([col("cents").sum(), col("is_order").sum(), col("refund").sum()])
            .with_column(col("is_order").gt(lit(0)).and(col("cents").gt(lit(0))).cast(DataType::Int64).alias("is_day"))
            .with_column(when(col("is_order").gt(lit(0))).then(col("day")).otherwise(lit(NULL)).alias("order_day"))
            .group_by([col("id")])
            .agg([
                col("is_order").sum(),
                col("is_day").sum(),
                col("order_day").min().alias("first"),
                col("order_day").max().alias("last"),
                col("cents").sum(),
                col("refund").sum(),
            ])
            .collect()
            .expect("grouped");
        let whole = |name: &str| numbers(&customers, name);
        let day = |value: f64| if value.is_nan() { String::new() } else { day_of_2024(value as u32) };
        let expected: BTreeMap<String, Figures> = texts(&customers, "id")
            .into_iter()
            .enumerate()
            .map(|(at, id)| {
                let value = |name: &str| whole(name)[at];
                let (net, refunds) = (100 * value("cents") as i64, 100 * value("refund") as i64);
                let days = (day(value("first")), day(value("last")));
                (id, (value("is_order") as i64, value("is_day") as i64, days.0, days.1, net, refunds, net + refunds))
            })
            .collect();
        compare(&format!("messy log {seed}"), &ours(&run), &expected);
        let missing = rows.iter().filter(|r| r.0.is_empty()).count();
        assert_eq!(quality(&run, "transactions", "quarantined_missing_customer_id"), missing as f64);
    }
}
