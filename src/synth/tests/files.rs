//! The files: the same every time, balanced with the truth, whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::read::{Table, bytes, csv, shop};
use crate::synth::{SynthError, SynthOptions, write};

#[test]
fn same_options_give_the_same_bytes_with_any_number_of_threads() {
    for format in [csv as fn(&mut SynthOptions), |_| ()] {
        let adjust = |options: &mut SynthOptions| {
            format(options);
            options.duplicate_people = 0.1;
        };
        let first = shop(300, adjust);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let second = pool.install(|| shop(300, adjust));
        assert!(bytes(first.folder.path()) == bytes(second.folder.path()));
    }
}

#[test]
fn chunks_come_in_order_with_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(shop(17_000, |_| ()).folder.path()))
    };
    assert!(run(1) == run(3));
}

#[test]
fn the_shop_of_seed_one_is_the_same_on_every_machine() {
    let report = shop(1_000, |_| ()).report;
    let found = (report.buyers, report.orders, report.order_lines, report.amount_cents, report.dirty_rows);
    assert_eq!(found, (972, 4_228, 9_668, 24_228_403, 396));
}

#[test]
fn another_seed_gives_another_shop() {
    let first = shop(50, csv);
    let second = shop(50, |options| {
        csv(options);
        options.seed = 2;
    });
    assert!(bytes(first.folder.path())["customers.csv"] != bytes(second.folder.path())["customers.csv"]);
}

#[test]
fn a_larger_shop_holds_the_customers_of_a_smaller_one_unchanged() {
    let small = bytes(shop(250, csv).folder.path());
    let large = bytes(shop(400, csv).folder.path());
    for (name, content) in small.iter().filter(|(name, _)| !name.contains("truth.json") && !name.contains("pipeline")) {
        let mut left: HashMap<&[u8], i64> = HashMap::new();
        large[name].split(|byte| *byte == b'\n').for_each(|line| *left.entry(line).or_default() += 1);
        for line in content.split(|byte| *byte == b'\n') {
            let count =
                left.get_mut(line).unwrap_or_else(|| panic!("{name} lacks {:?}", String::from_utf8_lossy(line)));
            *count -= 1;
            assert!(*count >= 0, "{name} holds a row less often");
        }
    }
}

/// Which kind of row this is, judged by its cells alone; duplicates are not told apart here.
fn kind(row: usize, columns: &BTreeMap<&str, Vec<Option<&str>>>) -> &'static str {
    let time = columns["timestamp"][row].unwrap();
    let amount = columns["amount"][row].unwrap();
    let bad_date = !time.starts_with("20") || time.contains("-13-") || time.contains("02-30");
    match columns["customer_id"][row] {
        None => "anonymous",
        Some(id) if id.starts_with("TEST-") => "test_account",
        Some(_) if bad_date => "bad_date",
        Some(_) if time >= "2026" => "future",
        Some(_) if amount.parse::<f64>().is_err() => "bad_amount",
        Some(_) if columns["status"][row] == Some("refunded") => {
            if columns["original_transaction_id"][row].is_some() {
                "refund_linked"
            } else {
                "refund_unlinked"
            }
        }
        Some(_) if amount == "0.00" || amount == "0.0" => "zero_amount",
        Some(_) => "genuine",
    }
}

#[test]
fn the_truth_counts_what_is_in_the_files() {
    for format in [csv as fn(&mut SynthOptions), |_| ()] {
        let shop = shop(1_500, |options| {
            format(options);
            options.dirt = 5.0;
        });
        let table = shop.table("transactions");
        let names = ["timestamp", "amount", "customer_id", "status", "original_transaction_id"];
        let columns: BTreeMap<&str, Vec<Option<&str>>> = names.map(|name| (name, table.column(name))).into();
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        (0..table.rows.len()).for_each(|row| *found.entry(kind(row, &columns)).or_default() += 1);

        let rows = &shop.truth["transaction_rows"];
        let count = |kind: &str, what: &str| rows["by_kind"][kind][what].as_u64().unwrap();
        let both = |kind: &str| count(kind, "rows") + count(kind, "overlap_rows");
        for (kind, number) in &found {
            let duplicates = if *kind == "genuine" { both("exact_duplicate") } else { 0 };
            assert_eq!(*number, both(kind) + duplicates, "{kind}");
        }
        let total = table.rows.len() as u64;
        assert_eq!(total, rows["total"].as_u64().unwrap());
        assert_eq!(total, shop.reported_rows("transactions"));
        assert_eq!(total - count("genuine", "rows"), shop.report.dirty_rows);
        let distinct = table.rows.iter().collect::<HashSet<_>>().len() as u64;
        assert_eq!(total - distinct, count("exact_duplicate", "rows") + rows["overlap_rows"].as_u64().unwrap());
    }
}

#[test]
fn the_truth_counts_every_table() {
    let shop = shop(600, |options| options.duplicate_people = 0.05);
    for file in shop.truth["files"].as_array().unwrap() {
        assert!(shop.folder.path().join(file["path"].as_str().unwrap()).is_file());
    }
    for table in
        ["customers", "interactions", "feedback", "contacts", "truth_customers", "truth_pairs", "products", "campaigns"]
    {
        assert_eq!(shop.table(table).rows.len() as u64, shop.reported_rows(table), "{table}");
    }
    let customers = &shop.truth["customers"];
    let people =
        ["buyers", "prospects", "second_records", "test_accounts"].map(|name| customers[name].as_u64().unwrap());
    assert_eq!(people[0] + people[1], 600);
    assert_eq!(people.iter().sum::<u64>(), shop.reported_rows("customers"));
    assert_eq!(people[0], shop.reported_rows("truth_customers"));
    assert_eq!(people[2], shop.reported_rows("truth_pairs"));
}

#[test]
fn lines_and_money_add_up_to_the_cent() {
    let shop = shop(800, |options| options.dirt = 0.0);
    let table = shop.table("transactions");
    let [price, discount, amount] = ["unit_price", "discount", "amount"].map(|name| table.cents(name));
    let quantity = table.numbers("quantity");
    for row in 0..table.rows.len() {
        assert_eq!(quantity[row] as i64 * price[row] - discount[row], amount[row]);
        assert!(amount[row] > 0 && discount[row] >= 0);
    }
    assert_eq!(amount.iter().sum::<i64>(), shop.report.amount_cents);
    assert_eq!(shop.report.dirty_rows, 0);
    let orders: HashSet<&str> = table.full("transaction_id").into_iter().collect();
    assert_eq!(orders.len() as u64, shop.report.orders);
}

#[test]
fn the_clean_rows_are_the_same_whatever_the_dirt() {
    let dirty = shop(200, |_| ()).table("transactions");
    let clean = shop(200, |options| options.dirt = 0.0).table("transactions");
    let rows: HashSet<_> = dirty.rows.iter().collect();
    assert!(clean.rows.iter().all(|row| rows.contains(row)));
}

fn assert_within(inner: &Table, column: &str, outer: &Table, key: &str) {
    let known: HashSet<&str> = outer.full(key).into_iter().collect();
    assert_eq!(known.len(), outer.rows.len(), "{key} repeats");
    assert!(inner.column(column).into_iter().flatten().all(|value| known.contains(value)), "{column} dangles");
}

#[test]
fn references_hold_but_for_the_planted_dirt() {
    let shop = shop(1_000, |options| options.duplicate_people = 0.05);
    let (customers, products, campaigns) = (shop.table("customers"), shop.table("products"), shop.table("campaigns"));
    let (transactions, pairs) = (shop.table("transactions"), shop.table("truth_pairs"));
    let (interactions, contacts) = (shop.table("interactions"), shop.table("contacts"));
    for table in
        [&transactions, &interactions, &contacts, &shop.table("feedback"), &shop.table("truth_customers"), &pairs]
    {
        assert_within(table, "customer_id", &customers, "customer_id");
    }
    assert_within(&pairs, "second_customer_id", &customers, "customer_id");
    assert_within(&transactions, "product_id", &products, "product_id");
    assert_within(&interactions, "campaign_id", &campaigns, "campaign_id");
    assert_within(&contacts, "campaign_id", &campaigns, "campaign_id");
    let orders: HashSet<&str> = transactions.full("transaction_id").into_iter().collect();
    assert!(transactions.column("original_transaction_id").into_iter().flatten().all(|id| orders.contains(id)));
}

#[test]
fn everything_happens_by_day_and_within_the_two_years() {
    let shop = shop(1_000, |options| options.dirt = 3.0);
    for (table, column) in [
        ("transactions", "timestamp"),
        ("interactions", "timestamp"),
        ("feedback", "timestamp"),
        ("contacts", "responded_at"),
    ] {
        let rows = shop.table(table);
        for time in rows.column(column).into_iter().flatten() {
            let hour: u32 = time[11..13].parse().unwrap();
            assert!((7..22).contains(&hour), "{table} {time}");
            assert!(time >= "2024-01-01" && (table == "transactions" || time < "2026"), "{table} {time}");
        }
    }
}

#[test]
fn the_smallest_shop_has_every_file() {
    let shop = shop(1, csv);
    let tables = ["customers", "interactions", "feedback", "contacts", "truth_customers", "products", "campaigns"];
    for table in tables {
        assert!(shop.folder.path().join(format!("{table}.csv")).is_file(), "{table}");
    }
    assert_eq!(shop.table("customers").rows.len(), 1);
    assert_eq!(shop.report.files.len(), 8 + tables.len());
}

#[test]
fn the_pipeline_file_names_files_that_exist() {
    let shop = shop(20, csv);
    let text = std::fs::read_to_string(shop.folder.path().join("pipeline.toml")).unwrap();
    let paths: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"')).collect();
    assert_eq!(paths.len(), 7);
    for path in paths {
        assert!(shop.folder.path().join(path.replace('*', "2024q1")).is_file(), "{path}");
    }
}

#[test]
fn an_option_out_of_range_is_named_with_what_is_legal() {
    let refused = |adjust: fn(&mut SynthOptions)| {
        let mut options = SynthOptions::new(10, "/nowhere");
        adjust(&mut options);
        write(&options, &|_, _, _| ()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(|options| options.customers = 0),
        "option `customers` is 0, which must be between 1 and 99999999"
    );
    assert_eq!(refused(|options| options.dirt = f64::NAN), "option `dirt` is NaN, which must be between 0 and 10");
    assert!(refused(|options| options.seasonality = -1.0).contains("`seasonality` is -1"));
    assert!(refused(|options| options.duplicate_people = 0.6).contains("`duplicate_people` is 0.6"));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let error = write(&SynthOptions::new(10, blocked.join("shop")), &|_, _, _| ()).unwrap_err();
    assert!(matches!(error, SynthError::Write { .. }) && error.to_string().contains("shop"));
}
