//! The cleaning rules: what each keeps apart, how much of it, and that nothing is lost.

use crate::support::{ByCustomer, acrm, folder, quality, run_ok, table, texts};

/// A run over `orders.csv`; the folder and the published run.
fn run_with(orders: &str, source: &str, clean: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let pipeline = format!(
        "[pipeline]\nname = \"case\"\ncurrency = \"EUR\"\n[sources.transactions]\npath = \"orders*.csv\"\n{source}[clean]\n{clean}"
    );
    let folder = folder(&[("orders.csv", orders), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(quality(&run, "transactions", "rows_unaccounted"), 0.0);
    assert_eq!(quality(&run, "transactions", "money_unaccounted"), 0.0);
    (folder, run)
}

fn spend(run: &std::path::Path, customer: &str) -> f64 {
    ByCustomer::read(run, "customers").number(customer, "spend_net")
}

const SHOP: &str = "Name,Email,Financial Status,Created at,Currency,Total,Refunded Amount,Lineitem quantity,Lineitem price\n\
    #1,ann@example.com,paid,2024-05-03 09:10:00 +0200,EUR,58.00,0.00,2,14.00\n\
    #1,ann@example.com,,,,,,1,30.00\n\
    #2,bob@example.com,refunded,2024-05-04 10:00:00 +0200,EUR,70.00,70.00,1,70.00\n\
    #3,bob@example.com,partially_refunded,2024-05-05 23:50:00 +0200,EUR,25.00,5.00,1,25.00\n\
    #4,cleo@example.com,voided,2024-05-06 08:00:00 +0200,EUR,99.00,0.00,1,99.00\n\
    #4,cleo@example.com,,,,,,3,1.00\n";

#[test]
fn an_order_on_several_rows_is_one_order() {
    let lines = "columns = { customer_id = \"Email\", timestamp = \"Created at\", transaction_id = \"Name\", status = \"Financial Status\", \
        quantity = \"Lineitem quantity\", unit_price = \"Lineitem price\", refunded = \"Refunded Amount\", currency = \"Currency\" }\n";
    let total = "columns = { customer_id = \"Email\", timestamp = \"Created at\", transaction_id = \"Name\", status = \"Financial Status\", \
        amount = \"Total\", refunded = \"Refunded Amount\", currency = \"Currency\" }\n";
    let clean = "carry_down = true\nrevenue_statuses = [\"Paid\", \"partially_refunded\"]\n";
    for (source, extra) in [(lines, ""), (total, "amount_is_order_total = true\n")] {
        let (_folder, run) = run_with(SHOP, source, &format!("{clean}{extra}"));
        let customers = ByCustomer::read(&run, "customers");
        assert_eq!(customers.ids(), ["ann@example.com", "bob@example.com"]);
        assert_eq!(customers.line("ann@example.com", &["orders", "spend_net", "refunds"]), "1 58.0 0.0");
        assert_eq!(customers.line("bob@example.com", &["orders", "spend_net", "refunds"]), "1 20.0 5.0");
        assert_eq!(texts(&table(&run, "quarantine"), "reason"), ["no_revenue", "no_revenue", "no_revenue"]);
        assert_eq!(quality(&run, "transactions", "quarantined_no_revenue"), 3.0);
    }
}

#[test]
fn lines_that_are_no_products_and_accounts_that_are_no_customers() {
    let orders = "customer_id,timestamp,transaction_id,product_id,amount\nK1,2024-01-01,1,70101,20\nK1,2024-01-01,1,post,18\n\
        K2,2024-01-02,2,PADS,4\nK2,2024-01-03,3,GIFT_50,50\nqa@shop.example,2024-01-03,4,70101,9\nGUEST,2024-01-04,5,70101,8\n,2024-01-05,6,70101,7\n";
    let clean =
        "non_products = [\"POST\", \"GIFT_*\"]\ntest_accounts = [\"*@shop.example\"]\nguest_ids = [\"guest\"]\n";
    let (_folder, run) = run_with(orders, "", clean);
    assert_eq!((spend(&run, "K1"), spend(&run, "K2")), (20.0, 4.0));
    assert_eq!(table(&run, "customers").height(), 2);
    let mut reasons = texts(&table(&run, "quarantine"), "reason");
    reasons.sort();
    assert_eq!(reasons, ["guest", "missing_customer_id", "no_product", "no_product", "test_account"]);
    let frame = table(&run, "run_quality");
    let at = texts(&frame, "check").iter().position(|c| c == "quarantined_no_product").expect("a line");
    assert_eq!(texts(&frame, "note")[at], "rows; their money is 68.00");
    let (_folder, all) = run_with(orders, "", "");
    assert_eq!((spend(&all, "K1"), spend(&all, "K2"), spend(&all, "GUEST")), (38.0, 54.0, 8.0));
}

#[test]
fn overlapping_windows_merge_and_equal_sales_stay() {
    let first = "customer_id,timestamp,amount\nA,2024-01-01,5\nA,2024-01-31,5\nA,2024-01-31,5\n";
    let second = "customer_id,timestamp,amount\nA,2024-01-31,5\nA,2024-01-31,5\nA,2024-02-01,5\n";
    for (duplicates, spent, merged) in [("keep", 30.0, 0.0), ("merge", 15.0, 3.0), ("overlaps", 20.0, 2.0)] {
        let pipeline = format!(
            "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders*.csv\"\n[clean]\nduplicates = \"{duplicates}\"\n"
        );
        let folder = folder(&[("orders_1.csv", first), ("orders_2.csv", second), ("p.toml", &pipeline)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        assert_eq!(spend(&run, "A"), spent, "{duplicates}");
        assert_eq!(quality(&run, "transactions", "rows_merged"), merged, "{duplicates}");
    }
}

/// The measured value and the note of a line of `run_quality`.
fn line_of(run: &std::path::Path, check: &str) -> Option<(f64, String)> {
    let frame = table(run, "run_quality");
    let at = texts(&frame, "check").iter().position(|c| c == check)?;
    Some((quality(run, "transactions", check), texts(&frame, "note").swap_remove(at)))
}

#[test]
fn a_limit_is_derived_from_the_amounts_whatever_their_order() {
    let mut lines: Vec<String> = (0..400).map(|at| format!("A{},2024-01-01,{}.50", at % 50, 10 + at % 41)).collect();
    lines.extend(["B,2024-01-02,70000".to_owned(), "B,2024-01-03,-90000".to_owned()]);
    let orders = |lines: &[String]| format!("customer_id,timestamp,amount\n{}\n", lines.join("\n"));
    let (_folder, run) = run_with(&orders(&lines), "", "");
    let (rows, unset) = line_of(&run, "unusual_amounts").expect("a line");
    assert!(rows == 2.0 && unset.contains("their money is -20000.00; they are used as they are"), "{unset}");
    assert_eq!(spend(&run, "B"), -20_000.0);
    let (_folder, run) = run_with(&orders(&lines), "", "largest_amount = \"auto\"\n");
    let (rows, flagged) = line_of(&run, "outliers").expect("a line");
    assert!(rows == 2.0 && flagged.ends_with("their money is -20000.00"), "{flagged}");
    assert_eq!((spend(&run, "B"), line_of(&run, "unusual_amounts")), (-20_000.0, None));
    let capped = "largest_amount = \"auto\"\noutliers = \"cap\"\n";
    let (_folder, run) = run_with(&orders(&lines), "", capped);
    let (rows, note) = line_of(&run, "outliers").expect("a line");
    assert!(rows == 2.0 && note.starts_with(&flagged) && note.contains("; -20000.00 of it is cut"), "{note}");
    assert_eq!((spend(&run, "B"), quality(&run, "transactions", "rows_accepted")), (0.0, 402.0));
    lines.reverse();
    let (_folder, again) = run_with(&orders(&lines), "", capped);
    assert_eq!(line_of(&again, "outliers"), Some((2.0, note)));
    let few = "customer_id,timestamp,amount\nA,2024-01-01,50\nA,2024-01-02,70000\n";
    let (_folder, run) = run_with(few, "", capped);
    assert_eq!(line_of(&run, "outliers").expect("a line").0, 0.0);
    assert_eq!(spend(&run, "A"), 70_050.0);
}

#[test]
fn outliers_are_flagged_or_capped_and_never_dropped() {
    let orders = "customer_id,timestamp,amount\nA,2024-01-01,50\nA,2024-01-02,70000\nB,2024-01-03,-9000\n";
    let (_folder, run) = run_with(orders, "", "largest_amount = 1000\n");
    assert_eq!((spend(&run, "A"), quality(&run, "transactions", "outliers")), (70_050.0, 2.0));
    let (_folder, run) = run_with(orders, "", "largest_amount = 1000\noutliers = \"cap\"\n");
    assert_eq!((spend(&run, "A"), spend(&run, "B")), (1050.0, -1000.0));
    let frame = table(&run, "run_quality");
    let at = texts(&frame, "check").iter().position(|c| c == "outliers").expect("a line");
    assert!(texts(&frame, "note")[at].contains("61000.00 of it is cut"), "{}", texts(&frame, "note")[at]);
}

#[test]
fn several_currencies_are_refused_or_converted() {
    let orders = "customer_id,timestamp,amount,unit\nT,2024-04-01,12500000,IRR\nT,2024-04-02,1250000,toman\nU,2024-04-03,۴۵۰٬۰۰۰,تومان\nV,2024-04-04,7,USD\n";
    let source = "columns = { customer_id = \"customer_id\", timestamp = \"timestamp\", amount = \"amount\", currency = \"unit\" }\n";
    let head = "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders.csv\"\n";
    let folder = folder(&[("orders.csv", orders), ("p.toml", &format!("{head}{source}"))]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("orders.csv, line 3") && ended.stderr.contains("IRT"), "{}", ended.stderr);
    let rated = format!("{head}{source}[clean]\nrates = {{ IRR = 1, Toman = 10 }}\n");
    std::fs::write(folder.path().join("p.toml"), rated).expect("written");
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!((spend(&run, "T"), spend(&run, "U")), (25_000_000.0, 4_500_000.0));
    assert_eq!(texts(&table(&run, "quarantine"), "reason"), ["unknown_currency"]);
    // signs beside the amounts tell as well, and a table of rates by day
    let signs = "customer_id,timestamp,amount\nA,2024-01-05,€ 10.50\nA,2024-01-06,$ 10.00\nA,2024-01-12,$ 10.00\n";
    let by_day = "[pipeline]\nname = \"case\"\ncurrency = \"EUR\"\n[sources.transactions]\npath = \"orders.csv\"\n[clean]\nrates_by_day = \"rates.csv\"\n";
    let rates = "day,currency,rate\n2024-01-01,$,0.5\n2024-01-10,$,0.9\n";
    let folder = crate::support::folder(&[("orders.csv", signs), ("p.toml", by_day), ("rates.csv", rates)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(spend(&run, "A"), 10.5 + 5.0 + 9.0);
}

#[test]
fn the_other_tables_balance_too() {
    let pipeline = "[pipeline]\nname = \"case\"\nas_of = \"2024-02-01\"\n[sources.transactions]\npath = \"orders.csv\"\n\
        [sources.interactions]\npath = \"calls.csv\"\n[sources.feedback]\npath = \"answers.csv\"\n\
        [sources.campaigns]\npath = \"campaigns.csv\"\n[sources.contacts]\npath = \"contacts.csv\"\n";
    let folder = folder(&[
        ("p.toml", pipeline),
        ("orders.csv", "customer_id,timestamp,amount\nA,2024-01-01,5\nB,2024-01-02,5\n"),
        (
            "calls.csv",
            "customer_id,timestamp,touchpoint,cost\nA,2024-01-03,call,1.50\nA,2024-01-04,e-mail,\nC,2024-01-05,call,2.25\nA,2024-03-01,call,9\n,2024-01-05,call,1\nA,2024-01-05,,1\n",
        ),
        (
            "answers.csv",
            "customer_id,timestamp,score,scale,instrument\nA,2024-01-03,9,10,nps\nB,2024-01-03,11,10,nps\nB,2024-01-04,,10,nps\n\
             C,2024-01-05,9.5,,NPS\nC,2024-01-05,11,,nps\nC,2024-01-05,4.5,5,review\n",
        ),
        ("campaigns.csv", "campaign_id,start\nspring,2024-01-01\n,2024-01-02\nsummer,soon\n"),
        ("contacts.csv", "campaign_id,customer_id,contacted_at\nspring,A,2024-01-02\nspring,B,\nspring,,2024-01-02\n"),
    ]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let counts = |source: &str| {
        ["read", "accepted", "out_of_window", "quarantined"]
            .map(|place| quality(&run, source, &format!("rows_{place}")))
    };
    assert_eq!(counts("interactions"), [6.0, 3.0, 1.0, 2.0]);
    assert_eq!(counts("feedback"), [6.0, 2.0, 0.0, 4.0]);
    assert_eq!(counts("campaigns"), [3.0, 1.0, 0.0, 2.0]);
    assert_eq!(counts("contacts"), [3.0, 2.0, 0.0, 1.0]);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("A", &["interactions", "interaction_cost"]), "2 1.5");
    assert_eq!(customers.line("B", &["interactions", "interaction_cost"]), "0 0.0");
}
