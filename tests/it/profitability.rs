//! What customers contribute: exact sums, every cost once, reasons, tiers, and the edges.

use std::path::{Path, PathBuf};

use crate::support::{ByCustomer, folder, numbers, quality, run_ok, table, ten_thousandths, texts};

const SOURCES: &str =
    "[pipeline]\nname = \"profit\"\nas_of = \"2024-12-31\"\n[sources.transactions]\npath = \"orders.csv\"\n";

/// A run over `orders.csv` with further files, source sections and options.
fn run(orders: &str, more: &[(&str, &str)], sections: &str) -> (tempfile::TempDir, PathBuf) {
    let pipeline = format!("{SOURCES}{sections}");
    let mut files = vec![("orders.csv", orders), ("p.toml", pipeline.as_str())];
    files.extend_from_slice(more);
    let folder = folder(&files);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    (folder, run)
}

const COSTS: [&str; 4] = ["cost_of_returns", "cost_of_service", "cost_of_contacts", "cost_of_acquisition"];

/// Every contribution is the margin less the four costs, to the last digit, and the report has their sum.
fn adds_up(run: &Path) {
    let frame = table(run, "profitability");
    let money = |name: &str| numbers(&frame, name).into_iter().map(ten_thousandths).collect::<Vec<_>>();
    let (margin, contribution) = (money("profit_margin"), money("contribution"));
    let costs = COSTS.map(money);
    for row in 0..frame.height() {
        let spent: i64 = costs.iter().map(|cost| cost[row]).sum();
        assert_eq!(contribution[row], margin[row] - spent, "row {row}");
    }
    let total: i64 = contribution.iter().sum();
    assert_eq!(ten_thousandths(quality(run, "profitability", "contribution")), total);
    let parts = table(run, "profit_deciles");
    let sums: i64 = numbers(&parts, "contribution").into_iter().map(ten_thousandths).sum();
    assert_eq!(sums, total);
    assert_eq!(numbers(&parts, "customers").iter().sum::<f64>() as usize, frame.height());
}

const ORDERS: &str = "customer_id,timestamp,transaction_id,amount,cost\n\
    good,2024-01-05,g1,100,60\ngood,2024-06-05,g2,80,50\n\
    back,2024-02-01,b1,100,55\nback,2024-02-20,b1r,-60,-33\n\
    calls,2024-03-01,c1,40,20\n\
    new,2024-11-01,n1,50,30\n\
    low,2024-04-01,l1,30,38\n\
    half,2024-05-01,h1,90,\nhalf,2024-05-02,h2,10,4\n";
const PEOPLE: &str = "customer_id,acquisition_cost,service_cost\ngood,5,1.5\nnew,35,\nnobody,4,\nback,,\n";
const TOUCHES: &str = "customer_id,timestamp,touchpoint,cost,campaign_id\n\
    calls,2024-03-05,call,9.25,\ncalls,2024-03-06,call,9.25,\ncalls,2024-03-09,call,9.25,\n\
    good,2024-06-01,sms,0.20,spring\nback,2024-06-01,letter,1.10,autumn\nstranger,2024-01-01,call,7,\ngood,2024-07-01,web,,\n";
const CAMPAIGNS: &str = "campaign_id,start,cost_per_contact\nspring,2024-06-01,0.30\nautumn,2024-09-01,\n";
const CONTACTS: &str = "campaign_id,customer_id,contacted_at,arm\nspring,good,2024-06-01,treatment\nspring,calls,,control\n\
    spring,new,,treatment\nautumn,back,2024-09-02,treatment\nspring,stranger,,treatment\n";

const ALL: &str = "[sources.customers]\npath = \"people.csv\"\n[sources.interactions]\npath = \"touches.csv\"\n\
    [sources.campaigns]\npath = \"campaigns.csv\"\n[sources.contacts]\npath = \"contacts.csv\"\n";

fn run_all(options: &str) -> (tempfile::TempDir, PathBuf) {
    let files =
        [("people.csv", PEOPLE), ("touches.csv", TOUCHES), ("campaigns.csv", CAMPAIGNS), ("contacts.csv", CONTACTS)];
    run(ORDERS, &files, &format!("{ALL}{options}"))
}

/// Each account worked out by hand.
#[test]
fn accounts_by_hand() {
    let (_folder, run) = run_all("[profitability]\nmargin = 0.5\nreturn_handling_cost = 2.5\n");
    adds_up(&run);
    let found = ByCustomer::read(&run, "profitability");
    let columns = ["profit_revenue", "profit_returned", "profit_margin", "contribution"];
    for (id, money, costs, basis, largest) in [
        // the sms of spring is the contact of 0.30, not a second cost
        ("good", [180.0, 0.0, 70.0, 63.2], [0.0, 1.5, 0.3, 5.0], "known", "acquisition"),
        // 27 of margin go back, and 2.50 for handling; autumn tells no cost, its letter does
        ("back", [40.0, 60.0, 45.0, 14.4], [29.5, 0.0, 1.1, 0.0], "known", "returns"),
        ("calls", [40.0, 0.0, 20.0, -7.75], [0.0, 27.75, 0.0, 0.0], "known", "service"),
        ("new", [50.0, 0.0, 20.0, -15.3], [0.0, 0.0, 0.3, 35.0], "known", "acquisition"),
        ("low", [30.0, 0.0, -8.0, -8.0], [0.0; 4], "known", ""),
        // half of 90, and 6 that are known
        ("half", [100.0, 0.0, 51.0, 51.0], [0.0; 4], "both", ""),
        ("nobody", [0.0, 0.0, 0.0, -4.0], [0.0, 0.0, 0.0, 4.0], "", "acquisition"),
    ] {
        assert_eq!(columns.map(|c| found.number(id, c)), money, "{id}");
        assert_eq!(COSTS.map(|c| found.number(id, c)), costs, "{id}");
        assert_eq!(
            (found.text(id, "margin_basis").as_str(), found.text(id, "largest_cost").as_str()),
            (basis, largest)
        );
        assert_eq!(found.text(id, "is_profitable"), (money[3] >= 0.0).to_string(), "{id}");
    }
    assert!(!found.has("stranger"), "who is in no table of ours has no account");
    let counted = |check: &str| quality(&run, "profitability", check);
    assert_eq!(counted("interactions_of_unknown_customers"), 1.0);
    assert_eq!(counted("contacts_of_unknown_customers"), 1.0);
    assert_eq!(counted("interactions_charged_as_contacts"), 1.0);
    assert_eq!(counted("contacts_without_cost"), 1.0);
    assert_eq!(counted("unprofitable_customers"), 4.0);
    // 90 of the 500 sold have no known margin; 60 were returned
    assert!((counted("money_with_known_margin") - 470.0 / 560.0).abs() < 1e-12);
}

#[test]
fn losses_have_a_reason_and_a_remedy() {
    let (_folder, run) = run_all("[profitability]\nmargin = 0.5\n");
    let found = ByCustomer::read(&run, "profitability");
    for (id, reason, remedy) in [
        (
            "calls",
            "service costs more than the margin",
            "1 further order at a margin of 20.00, or at most 2 service contacts instead of 3",
        ),
        ("new", "not yet paid back acquisition: 56 % of 35.00", "1 further order at a margin of 20.00"),
        ("low", "sold below cost: a margin of -8.00 on 30.00", "prices above cost"),
        ("nobody", "bought nothing, and acquisition costs 4.00", "an order at a margin of 4.00"),
        ("good", "", ""),
    ] {
        assert_eq!(found.text(id, "profit_reason"), reason, "{id}");
        assert!(found.text(id, "profit_remedy").starts_with(remedy), "{id}: {}", found.text(id, "profit_remedy"));
    }
    assert_eq!(found.line("calls", &["further_orders_needed", "affordable_service_contacts"]), "1 2");
    assert_eq!(
        found.line("good", &["further_orders_needed", "affordable_service_contacts", "pays_back_in_days"]),
        "  "
    );
}

/// A window leaves out what lies before it; acquisition counts where it fell into it.
#[test]
fn a_window_looks_at_its_days_only() {
    let (_folder, run) = run_all("[profitability]\nmargin = 0.5\nwindow_days = 220\n");
    adds_up(&run);
    let found = ByCustomer::read(&run, "profitability");
    // 26 May 2024 is the first day
    let line = ["profit_revenue", "cost_of_contacts", "cost_of_acquisition", "contribution"];
    assert_eq!(line.map(|c| found.number("good", c)), [80.0, 0.3, 0.0, 28.2], "acquired before");
    assert_eq!(line.map(|c| found.number("new", c)), [50.0, 0.3, 35.0, -15.3]);
    assert_eq!(line.map(|c| found.number("calls", c)), [0.0; 4]);
}

/// The rate is that of the customer values unless it is given; known margins win over both.
#[test]
fn margins_that_are_not_known_are_taken_at_a_rate() {
    let orders = "customer_id,timestamp,amount\na,2024-01-05,100\na,2024-03-05,50\nb,2024-02-05,40\nb,2024-05-01,-10\n";
    for (sections, rate) in [
        ("[profitability]\n", 1.0),
        ("[clv]\nmargin = 0.3\n[profitability]\n", 0.3),
        ("[clv]\nmargin = 0.3\n[profitability]\nmargin = 0.6\n", 0.6),
    ] {
        let (_folder, run) = run(orders, &[], sections);
        adds_up(&run);
        let found = ByCustomer::read(&run, "profitability");
        let line = ["profit_margin", "cost_of_returns"].map(|c| found.number("b", c));
        assert_eq!(line, [rate * 40.0, rate * 10.0], "{sections}");
        assert_eq!(found.text("a", "margin_basis"), "rate");
    }
}

#[test]
fn nobody_one_all_alike_all_at_a_loss_and_no_money() {
    let section = "[profitability]\nmargin = 0.4\n";
    let none = "customer_id,timestamp,amount\nv,2024-03-01,-5\n";
    let (_folder, run_none) = run(none, &[], section);
    adds_up(&run_none);
    let found = ByCustomer::read(&run_none, "profitability");
    assert_eq!(found.number("v", "contribution"), -2.0, "nothing sold, and margin given back");
    let (_folder, one) = run("customer_id,timestamp,amount\nonly,2024-03-01,5\n", &[], section);
    let found = ByCustomer::read(&one, "profitability");
    assert_eq!(found.line("only", &["contribution", "value_tier", "contribution_percentile"]), "2.0 top 50.0");
    let alike: String = (0..30).map(|n| format!("a{n:02},2024-03-01,5\n")).collect();
    let (_folder, alike) = run(&format!("customer_id,timestamp,amount\n{alike}"), &[], section);
    adds_up(&alike);
    assert!(texts(&table(&alike, "profitability"), "value_tier").iter().all(|tier| tier == "top"));
    let figures = table(&alike, "profit_concentration");
    let gini = texts(&figures, "figure").iter().position(|f| f == "gini").expect("a Gini coefficient");
    assert_eq!(numbers(&figures, "value")[gini], 0.0);
    let orders: String = (0..12).map(|n| format!("l{n:02},2024-03-01,5,9\n")).collect();
    let (_folder, losses) = run(&format!("customer_id,timestamp,amount,cost\n{orders}"), &[], section);
    adds_up(&losses);
    assert!(texts(&table(&losses, "profitability"), "value_tier").iter().all(|tier| tier == "unprofitable"));
    assert!(numbers(&table(&losses, "profit_deciles"), "cumulative_contribution_share").iter().all(|v| v.is_nan()));
    let (keep, moneyless) = run("customer_id,timestamp\nm,2024-03-01\n", &[], section);
    assert_eq!(table(&moneyless, "profitability").height(), 0);
    let said = run_ok(keep.path(), &["run", "p.toml"]).stderr;
    assert!(said.contains("the transactions have no money"), "{said}");
}

/// Without the section there is no table; rules can use the columns where there is.
#[test]
fn the_section_makes_the_tables_and_rules_see_them() {
    let (folder, run_without) = run(ORDERS, &[], "");
    assert!(!run_without.join("profitability.parquet").exists());
    drop(folder);
    let rule = "[profitability]\nmargin = 0.5\n[[segments]]\nname = \"dear\"\nwhere = \"NOT is_profitable\"\n\
                [[segments]]\nname = \"best\"\nwhere = \"value_tier = 'top' AND contribution > 50\"\n";
    let (_folder, run) = run_all(rule);
    let segments = ByCustomer::read(&run, "segments");
    let members =
        |name: &str| segments.ids().iter().filter(|id| segments.text(id, name) == "true").cloned().collect::<Vec<_>>();
    assert_eq!(members("in_dear"), ["calls", "low", "new", "nobody"]);
    assert_eq!(members("in_best"), ["good"]);
}

#[test]
fn wrong_options_are_named() {
    let wrong = "[profitability]\nwindow_days = 0\nmargin = 1.5\nreturn_handling_cost = -1\ntier_cuts = [0.5, 0.2, 0.9]\ntier = 3\n";
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &format!("{SOURCES}{wrong}"))]);
    let ended = crate::support::acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 2);
    for words in
        ["window_days", "`margin` is a share", "return_handling_cost", "three rising shares", "did you mean `tiers`?"]
    {
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
}

/// On a shop of six thousand: revenue is the net money of the customers table, margins too, and every cost of an
/// interaction is charged once or told.
#[test]
fn sums_of_a_shop_equal_the_other_tables() {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "6000", "--out", "shop", "--seed", "12"]);
    let path = folder.path().join("shop/pipeline.toml");
    let text = std::fs::read_to_string(&path).expect("the pipeline file");
    std::fs::write(&path, text + "\n[profitability]\ntiers = \"cumulative\"\n").expect("written");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet", "--threads", "1"]);
    let run = folder.path().join("shop/out/latest");
    adds_up(&run);
    let (found, customers) = (table(&run, "profitability"), table(&run, "customers"));
    assert_eq!(texts(&found, "customer_id"), texts(&customers, "customer_id"));
    let cents = |frame: &polars::prelude::DataFrame, name: &str| {
        numbers(frame, name).into_iter().map(|v| if v.is_nan() { 0 } else { ten_thousandths(v) }).collect::<Vec<_>>()
    };
    assert_eq!(cents(&found, "profit_revenue"), cents(&customers, "spend_net"));
    assert_eq!(cents(&found, "profit_returned"), cents(&customers, "refunds"), "plain refunds, all of them");
    assert_eq!(cents(&found, "cost_of_acquisition"), cents(&customers, "acquisition_cost"));
    let sum = |values: Vec<i64>| values.into_iter().sum::<i64>();
    // every line of the shop tells its cost
    let basis = texts(&found, "margin_basis");
    let [margins, back] = ["profit_margin", "cost_of_returns"].map(|name| cents(&found, name));
    for (row, margin) in cents(&customers, "margin").into_iter().enumerate().filter(|(row, _)| basis[*row] == "known") {
        assert_eq!(margins[row] - back[row], margin, "row {row}");
    }
    assert!(basis.iter().filter(|basis| *basis == "known").count() > 5000);
    let charged = sum(cents(&found, "cost_of_service"));
    let told = |check: &str| {
        let quality = table(&run, "run_quality");
        let at = texts(&quality, "check").iter().position(|c| c == check)?;
        let note = texts(&quality, "note").swap_remove(at);
        note.rsplit(' ').next()?.parse::<f64>().ok().map(ten_thousandths)
    };
    let covered = told("interactions_charged_as_contacts").expect("the shop's own campaigns");
    let of_contacts = sum(cents(&found, "cost_of_contacts"));
    let per_contact = contacts(&folder.path().join("shop"), &texts(&found, "customer_id"));
    let uncovered = of_contacts - per_contact;
    assert_eq!(charged + covered + uncovered, sum(cents(&customers, "interaction_cost")), "each interaction once");
    let tiers = texts(&found, "value_tier");
    let contributions = cents(&found, "contribution");
    assert!(tiers.iter().zip(&contributions).all(|(tier, c)| (tier == "unprofitable") == (*c < 0)));
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet", "--threads", "3", "--out", "again"]);
    for name in ["profitability", "profit_deciles", "profit_concentration"] {
        let bytes =
            |out: &str| std::fs::read(folder.path().join(out).join(format!("{name}.parquet"))).expect("a table");
        assert!(bytes("shop/out/latest") == bytes("again/latest"), "{name} with other threads");
    }
}

/// What the shop's contacts of known customers cost by their campaigns.
fn contacts(shop: &Path, ids: &[String]) -> i64 {
    use polars::prelude::*;
    let read = |name: &str| {
        let path = PlRefPath::try_from_path(&shop.join(format!("{name}.parquet"))).expect("a path");
        LazyFrame::scan_parquet(path, ScanArgsParquet::default()).expect("a table")
    };
    let known: std::collections::BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let frame = read("contacts").join(
        read("campaigns"),
        [col("campaign_id")],
        [col("campaign_id")],
        JoinArgs::new(JoinType::Left),
    );
    let frame = frame.collect().expect("joined");
    let (arms, costs) = (texts(&frame, "arm"), numbers(&frame, "cost_per_contact"));
    let people = texts(&frame, "customer_id");
    let counts = |row: &usize| arms[*row] != "control" && known.contains(people[*row].as_str());
    (0..frame.height()).filter(counts).map(|row| ten_thousandths(costs[row])).sum()
}
