//! Offers: what may never be offered isn't, models beat popularity on made and on real shops, thin evidence on channels is
//! pooled, and the day stands in the window of the expected purchase.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use acrm::numerics::recommend::rank_scores;
use polars::prelude::DataFrame;

use crate::support::{ByCustomer, folder, numbers, quality, run_ok, shared, table, texts};

/// Runs a pipeline over files; gives the folder and the run.
fn run(files: &[(&str, &str)], pipeline: &str) -> (tempfile::TempDir, PathBuf) {
    let pipeline = format!("[pipeline]\nname = \"t\"\n{pipeline}");
    let mut files = files.to_vec();
    files.push(("p.toml", &pipeline));
    let folder = folder(&files);
    run_ok(folder.path(), &["run", "p.toml"]);
    let latest = folder.path().join("out/latest").canonicalize().expect("a run");
    (folder, latest)
}

/// `customer: item item ...` of a level.
fn lists(run: &Path, level: &str) -> BTreeMap<String, Vec<String>> {
    let frame = table(run, "offers");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let ranks = numbers(&frame, "rank");
    let rows = texts(&frame, "customer_id").into_iter().zip(texts(&frame, "level")).zip(texts(&frame, "item"));
    for (((customer, own), item), rank) in rows.zip(ranks) {
        if own == level {
            let list = found.entry(customer).or_default();
            list.push(item);
            assert_eq!(list.len() as f64, rank, "ranks count from 1");
        }
    }
    found
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

const SHELF: &str = "product_id,name,category,status,stock\n\
    tea,Green tea,drinks,active,9\n\
    pot,Tea pot,kitchen,,3\n\
    mug,Mug,kitchen,Active,1\n\
    jam,Jam,food,active,0\n\
    fan,Fan,kitchen,Discontinued,7\n\
    nut,Nuts,food,active,in stock\n";

/// Anna has tea and a pot; Ben all that is sold; Cleo nothing; Dora a mug. `old` is in no catalogue.
const BOUGHT: &str = "customer_id,timestamp,transaction_id,product_id,amount\n\
    anna,2024-01-05,1,tea,4\nanna,2024-01-05,1,pot,20\n\
    ben,2024-01-06,2,tea,4\nben,2024-01-06,2,pot,20\nben,2024-01-20,3,mug,7\nben,2024-01-20,3,nut,3\n\
    ben,2024-01-20,3,jam,3\nben,2024-02-20,4,fan,30\n\
    dora,2024-02-01,5,mug,7\ndora,2024-02-01,5,old,2\n\
    emil,2024-02-02,6,fan,30\nemil,2024-02-02,6,jam,3\nemil,2024-02-02,6,old,2\n";

const PEOPLE: &str = "customer_id\nanna\nben\ncleo\ndora\nemil\n";

fn shelf_sources() -> String {
    "[sources.transactions]\npath = \"orders.csv\"\n[sources.products]\npath = \"shelf.csv\"\n\
     [sources.customers]\npath = \"people.csv\"\n"
        .to_owned()
}

fn shelf(orders: &str, options: &str) -> (tempfile::TempDir, PathBuf) {
    let files = [("orders.csv", orders), ("shelf.csv", SHELF), ("people.csv", PEOPLE)];
    run(&files, &format!("{}[offers]\n{options}", shelf_sources()))
}

/// Owned, discontinued, out of stock and unlisted items never come; nobody gets more than asked or anything made up.
#[test]
fn what_may_not_be_offered_is_not() {
    let (_folder, run) = shelf(BOUGHT, "top = 2\nmodel = \"popularity\"\n");
    let products = lists(&run, "product");
    // two bought each of tea, pot and mug; one bought nuts
    assert_eq!(products["anna"], words("mug nut"));
    assert!(!products.contains_key("ben"), "he has everything");
    assert_eq!(products["cleo"], words("mug pot"), "no purchase: what is popular, equal ones by id");
    assert_eq!(products["dora"], words("pot tea"));
    assert_eq!(quality(&run, "offers", "product_customers_without_offer"), 1.0);
    assert_eq!(quality(&run, "offers", "product_items_not_in_catalogue"), 1.0);
    assert_eq!(quality(&run, "offers", "product_items_unavailable"), 2.0);
    let next = ByCustomer::read(&run, "next_best");
    assert_eq!(next.line("anna", &["next_product", "next_product_name", "next_category"]), "mug Mug food");
    assert_eq!(next.text("ben", "next_product"), "");
    assert_eq!(next.ids(), words("anna ben cleo dora emil"));
}

/// Every model keeps the same rules, and another order of rows changes nothing.
#[test]
fn every_model_keeps_them() {
    let (header, rows) = BOUGHT.split_once('\n').expect("a header");
    let reversed = format!("{header}\n{}\n", rows.lines().rev().collect::<Vec<_>>().join("\n"));
    for model in ["auto", "popularity", "recent_popularity", "item_to_item", "rules", "item_regression"] {
        let options = format!("top = 5\nmodel = \"{model}\"\nholdout_days = 20\n");
        let (_folder, run) = shelf(BOUGHT, &options);
        let products = lists(&run, "product");
        assert!(!products.contains_key("ben"), "{model}");
        for (customer, list) in &products {
            let owned: &[&str] = match customer.as_str() {
                "anna" => &["tea", "pot"],
                "dora" => &["mug"],
                _ => &[],
            };
            let never = ["fan", "jam", "old"];
            assert!(
                list.iter().all(|item| !owned.contains(&item.as_str()) && !never.contains(&item.as_str())),
                "{model}: {list:?}"
            );
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "{model}: each once");
        }
        assert_eq!(products["cleo"].len(), 4, "{model}: tea, pot, mug, nut");
        let (_folder, again) = shelf(&reversed, &options);
        assert!(table(&run, "offers").equals_missing(&table(&again, "offers")), "{model}");
    }
}

/// Goods that are used up come again after a time, where that is asked for.
#[test]
fn what_is_used_up_is_offered_again_after_a_time() {
    let as_of = "2024-03-01";
    let run_with = |options: &str| {
        let files = [("orders.csv", BOUGHT), ("shelf.csv", SHELF), ("people.csv", PEOPLE)];
        let pipeline =
            format!("as_of = \"{as_of}\"\n{}[offers]\nmodel = \"popularity\"\ntop = 9\n{options}", shelf_sources());
        run(&files, &pipeline)
    };
    let (_folder, run) = run_with("repeat_after_days = 50\n");
    let products = lists(&run, "product");
    assert_eq!(
        products["ben"].iter().collect::<BTreeSet<_>>(),
        words("pot tea").iter().collect::<BTreeSet<_>>(),
        "bought 55 days ago"
    );
    let (_folder, run) = run_with("repeat_after_days = 50\nrepeat_categories = [\"drinks\"]\n");
    assert_eq!(lists(&run, "product")["ben"], words("tea"));
    assert_eq!(lists(&run, "category")["ben"], words("drinks"));
    let (_folder, run) = run_with("repeat_after_days = 56\n");
    assert!(!lists(&run, "product").contains_key("ben"));
}

#[test]
fn excluded_categories_and_products_are_left_out() {
    let (_folder, run) = shelf(BOUGHT, "top = 9\nexclude_categories = [\"kitchen\"]\nexclude_products = [\"nut\"]\n");
    assert_eq!(lists(&run, "product")["cleo"], words("tea"));
    assert_eq!(lists(&run, "category")["cleo"], words("drinks food"));
}

/// With margins known, an offer is worth its relevance times its margin.
#[test]
fn margins_are_in_the_score() {
    let orders = "customer_id,timestamp,transaction_id,product_id,amount,cost\n\
        1,2024-01-01,1,dear,100,40\n2,2024-01-02,2,cheap,10,8\n3,2024-01-03,3,cheap,10,8\n4,2024-01-04,4,cheap,10,8\n";
    let sources = "[sources.transactions]\npath = \"o.csv\"\n[sources.customers]\npath = \"c.csv\"\n";
    let files = [("o.csv", orders), ("c.csv", "customer_id\n9\n")];
    let (_folder, by_margin) = run(&files, &format!("{sources}[offers]\nmodel = \"popularity\"\n"));
    assert_eq!(lists(&by_margin, "product")["9"], words("dear cheap"));
    let offers = table(&by_margin, "offers");
    let row = texts(&offers, "customer_id").iter().position(|id| id == "9").expect("an offer");
    assert_eq!((numbers(&offers, "score")[row], numbers(&offers, "margin")[row]), (15.0, 60.0), "a quarter bought it");
    let (_folder, by_relevance) =
        run(&files, &format!("{sources}[offers]\nmodel = \"popularity\"\nrank_by = \"relevance\"\n"));
    assert_eq!(lists(&by_relevance, "product")["9"], words("cheap dear"));
}

#[test]
fn wrong_options_are_told_with_their_remedy() {
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"o.csv\"\n[offers]\nlevel = []\ntop = 0\n\
        holdout_days = 0\nrepeat_categories = [\"food\"]\nsegment_by = \"favourite_chanel\"\nmodel = \"als\"\n";
    let folder = folder(&[("o.csv", "customer_id,timestamp,amount\n1,2024-01-01,5\n"), ("p.toml", pipeline)]);
    let ended = crate::support::acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2);
    for part in
        ["`level`", "`top`", "`holdout_days`", "repeat_after_days = 30", "favourite_channel", "unknown variant `als`"]
    {
        assert!(ended.stderr.contains(part), "{part} in {}", ended.stderr);
    }
}

/// No section, no table.
#[test]
fn nothing_is_made_without_the_section() {
    let (_folder, run) = run(&[("o.csv", BOUGHT)], "[sources.transactions]\npath = \"o.csv\"\n");
    for name in ["offers", "next_best", "offer_skill", "channel_response"] {
        assert!(!run.join(format!("{name}.parquet")).exists(), "{name}");
    }
}

/// E-mail: a fifth responds, text messages: a tenth. One response of one doesn't make a text message the best channel.
#[test]
fn thin_evidence_on_channels_is_pooled_and_consent_kept() {
    let mut contacts = String::from("campaign_id,customer_id,contacted_at,arm,responded_at\n");
    let mut people = String::from("customer_id,consent_email,consent_sms\n");
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for customer in 0..200 {
        people.push_str(&format!("c{customer:03},{},true\n", customer != 7));
        orders.push_str(&format!("c{customer:03},2024-03-{:02} 10:00,20\n", 1 + customer % 28));
        for campaign in 0..4 {
            let answers = |share: usize| (customer * 7 + campaign * 3) % 20 < share;
            let email = if answers(4) { "2024-02-02 18:00" } else { "" };
            contacts.push_str(&format!("mail{campaign},c{customer:03},2024-02-01,treatment,{email}\n"));
            let sms = if answers(2) || (customer == 9 && campaign == 0) { "2024-02-03 12:00" } else { "" };
            if customer != 9 || campaign == 0 {
                contacts.push_str(&format!("text{campaign},c{customer:03},2024-02-02,treatment,{sms}\n"));
            }
        }
        contacts.push_str(&format!("mail9,c{customer:03},2024-02-01,control,\n"));
    }
    let mut campaigns = String::from("campaign_id,start,channel,cost_per_contact\nmail9,2024-02-01,email,0.1\n");
    for campaign in 0..4 {
        campaigns.push_str(&format!("mail{campaign},2024-02-01,Email,0.1\ntext{campaign},2024-02-02,sms,0.3\n"));
    }
    let sources = "[sources.transactions]\npath = \"o.csv\"\n[sources.customers]\npath = \"c.csv\"\n\
        [sources.campaigns]\npath = \"k.csv\"\n[sources.contacts]\npath = \"t.csv\"\n[offers]\n";
    let files = [("o.csv", &*orders), ("c.csv", &*people), ("k.csv", &*campaigns), ("t.csv", &*contacts)];
    let (_folder, run) = run(&files, sources);
    let rates = table(&run, "channel_response");
    let all = |channel: &str| {
        let by = texts(&rates, "segment_by").into_iter().zip(texts(&rates, "channel"));
        by.into_iter().position(|(by, own)| by == "all" && own == channel).expect("a channel")
    };
    let [email, sms] = ["email", "sms"].map(all);
    let (contacts, rate) = (numbers(&rates, "contacts"), numbers(&rates, "rate"));
    assert_eq!((contacts[email], contacts[sms]), (800.0, 797.0), "control groups are not contacted");
    assert!((rate[email] - 0.2).abs() < 0.02 && (rate[sms] - 0.1).abs() < 0.02, "{rate:?}");
    let per_response = numbers(&rates, "cost_per_response");
    assert!((per_response[email] - 0.1 / rate[email]).abs() < 1e-9);
    let next = ByCustomer::read(&run, "next_best");
    assert_eq!(next.text("c009", "best_channel"), "email");
    assert_eq!(next.text("c007", "best_channel"), "sms", "no consent for e-mail");
    let response = next.number("c009", "channel_response");
    assert!(response > 0.0 && response < 0.5, "{response}");
    assert!(
        next.text("c009", "channel_response_note").contains("of 1 own contacts")
            || next.text("c009", "channel_response_note").contains("of 4 own contacts")
    );
}

/// Outbound interactions are contacts where their touchpoint ever brings a response; rows of one campaign are one.
#[test]
fn interactions_with_an_outcome_count_as_contacts() {
    let touches = "customer_id,timestamp,touchpoint,direction,outcome,campaign_id\n\
        1,2024-01-01,email,outbound,sent,k\n1,2024-01-01,email,outbound,opened,k\n1,2024-01-02,email,outbound,Clicked,k\n\
        2,2024-01-01,email,outbound,sent,k\n2,2024-01-05,call,outbound,no answer,\n1,2024-01-05,call,inbound,resolved,\n\
        1,2024-01-06,delivery,outbound,on_time,\n";
    let orders = "customer_id,timestamp,amount\n1,2024-01-07,5\n2,2024-01-08,5\n3,2024-01-08,5\n";
    let sources = "[sources.transactions]\npath = \"o.csv\"\n[sources.interactions]\npath = \"i.csv\"\n[offers]\n";
    let (_folder, run) = run(&[("o.csv", orders), ("i.csv", touches)], sources);
    let rates = table(&run, "channel_response");
    assert_eq!(texts(&rates, "channel"), ["email", "email"], "for everyone, and for those without a favourite channel");
    assert_eq!((numbers(&rates, "contacts")[0], numbers(&rates, "responses")[0]), (2.0, 1.0));
    let next = ByCustomer::read(&run, "next_best");
    assert_eq!(next.text("3", "best_channel"), "email");
    assert_eq!(next.text("3", "channel_response_note"), "no contact of their own: the rate of the segment");
}

/// Friday evenings, every four weeks: the next send day is the Friday in the window of the next purchase.
#[test]
fn the_time_is_that_of_own_habits() {
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for day in ["2024-01-05", "2024-02-02", "2024-03-01", "2024-03-29"] {
        orders.push_str(&format!("fri,{day} 18:20,9\nfri,{day} 19:10,9\n"));
    }
    for customer in 0..40 {
        let day = if customer % 2 == 0 { "04" } else { "18" };
        orders.push_str(&format!("mon{customer},2024-03-{day} 09:30,9\nmon{customer},2024-03-{day} 09:50,9\n"));
    }
    let sources = "as_of = \"2024-04-10\"\n[sources.transactions]\npath = \"o.csv\"\n[offers]\n";
    let (_folder, run) = run(&[("o.csv", &orders)], sources);
    let next = ByCustomer::read(&run, "next_best");
    let time = ["send_weekday", "send_hour", "send_window", "send_day"];
    assert_eq!(next.line("fri", &time), "Friday 18 Friday 18:00-20:00 2024-04-26");
    // 2024-04-15 is the Monday after the as-of day
    assert_eq!(next.line("mon3", &time), "Monday 8 Monday 08:00-10:00 2024-04-15");
    assert_eq!(next.text("fri", "next_product"), "", "there are no products");
}

/// The chosen model and popularity, lists of a length: hit rate and NDCG.
fn chosen_and_popular(skill: &DataFrame, level: &str, length: f64) -> [(f64, f64); 2] {
    let (levels, models) = (texts(skill, "level"), texts(skill, "model"));
    let [lengths, hits, ndcg] = ["list_length", "hit_rate", "ndcg"].map(|name| numbers(skill, name));
    let (chosen, settings) = (texts(skill, "is_chosen"), texts(skill, "setting"));
    let row = |wanted: &dyn Fn(usize) -> bool| {
        let found = (0..levels.len()).find(|row| levels[*row] == level && lengths[*row] == length && wanted(*row));
        let row = found.unwrap_or_else(|| panic!("{level} {length}"));
        (hits[row], ndcg[row])
    };
    let popular = row(&|row| models[row] == "popularity" && settings[row].is_empty());
    let best = row(&|row| chosen[row] == "true");
    println!(
        "{level}, lists of {length}: hit rate {:.4} against {:.4}, NDCG {:.4} against {:.4}",
        best.0, popular.0, best.1, popular.1
    );
    [best, popular]
}

/// The made shop has a taste per customer and goods that follow others; a model finds more of it than popularity.
#[test]
fn the_synthetic_shop_is_served_better_than_by_popularity() {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "12000", "--out", "shop", "--seed", "11"]);
    let pipeline = folder.path().join("shop/pipeline.toml");
    let text = std::fs::read_to_string(&pipeline).expect("the pipeline file");
    let offers = "\n[offers]\nlevel = \"product\"\nrank_by = \"relevance\"\n";
    std::fs::write(&pipeline, format!("{text}{offers}")).expect("written");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet"]);
    let run = folder.path().join("shop/out/latest");
    let [best, popular] = chosen_and_popular(&table(&run, "offer_skill"), "product", 10.0);
    assert!(best.0 > popular.0 && best.1 > popular.1, "{best:?} {popular:?}");
    let truth = std::fs::read_to_string(folder.path().join("shop/truth.json")).expect("the truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    let offers = table(&run, "offers");
    let (items, because) = (texts(&offers, "item"), texts(&offers, "because"));
    // who is offered the second because of the first
    for sequence in truth["sequences"].as_array().expect("sequences").iter().take(1) {
        let [first, second] = [0, 1].map(|at| sequence["products"][at].as_str().expect("an id"));
        let count = items.iter().zip(&because).filter(|(item, by)| *item == second && *by == first).count();
        assert!(count > 0, "{second} is offered to buyers of {first}");
    }
    let next = ByCustomer::read(&run, "next_best");
    assert_eq!(next.ids().len(), ByCustomer::read(&run, "customers").ids().len());
}

/// Case 74 of the shared ones: the numerics of ranking over its files give its table.
#[test]
fn scores_of_the_shared_case_are_ranked_as_it_says() {
    let Some(case) = shared("cases/74-next-offer-owned-items") else { return };
    let rows = |name: &str| {
        let text = std::fs::read_to_string(case.join(name)).expect("a table");
        let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        rows.collect::<Vec<_>>()
    };
    let catalogue: BTreeMap<String, bool> =
        rows("catalog.csv").into_iter().map(|row| (row[0].clone(), row[1] == "active")).collect();
    let offerable = catalogue.values().copied().collect::<Vec<_>>();
    let number = |item: &str| catalogue.keys().position(|id| id == item).unwrap_or(catalogue.len()) as u32;
    let customers: BTreeSet<String> =
        rows("owned.csv").into_iter().chain(rows("scores.csv")).map(|row| row[0].clone()).collect();
    let (mut found, mut unknown, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for customer in &customers {
        let own = |name: &str| rows(name).into_iter().filter(|row| row[0] == *customer).collect::<Vec<_>>();
        let held = own("owned.csv").iter().map(|row| number(&row[1])).collect::<Vec<_>>();
        let scores = own("scores.csv");
        let scores = scores.iter().map(|row| (number(&row[1]), row[2].parse().expect("a score"))).collect::<Vec<_>>();
        let (offers, strange) = rank_scores(&scores, &offerable, &held, 2);
        unknown.extend(strange);
        if offers.is_empty() {
            without.push(customer.as_str());
        }
        for (at, (item, score)) in offers.into_iter().enumerate() {
            let id = catalogue.keys().nth(item as usize).expect("known");
            found.push(vec![customer.clone(), (at + 1).to_string(), id.clone(), format!("{score:.2}")]);
        }
    }
    assert_eq!(found, rows("expected/offers.csv"));
    assert_eq!((without, unknown.len()), (vec!["N2"], 1));
}

/// Case 39 of the shared ones: what is no product is offered to nobody.
#[test]
fn postage_is_never_offered() {
    let Some(case) = shared("cases/39-non-product-lines/lines.csv") else { return };
    let text = std::fs::read_to_string(case).expect("lines");
    let dated = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 0 { format!("day,{line}\n") } else { format!("2024-01-{:02},{line}\n", 1 + at) });
    let sources = "[sources.transactions]\npath = \"o.csv\"\ncolumns = { customer_id = \"customer_id\", timestamp = \"day\", \
        transaction_id = \"invoice\", product_id = \"stock_code\", quantity = \"qty\", unit_price = \"price\" }\n\
        [sources.products]\npath = \"p.csv\"\n\
        [clean]\nnon_products = [\"POST\", \"M\", \"D\", \"B\", \"BANK CHARGES\", \"GIFT_50\"]\n[offers]\ntop = 20\n";
    // the products source lists postage too
    let shelf = "product_id\n70101\n70102\n70103\nPADS\nPOST\nM\n";
    let (_folder, run) = run(&[("o.csv", &dated.collect::<String>()), ("p.csv", shelf)], sources);
    let offered = lists(&run, "product").into_values().flatten().collect::<BTreeSet<_>>();
    assert_eq!(offered.into_iter().collect::<Vec<_>>(), words("70101 70102 PADS"));
}

#[test]
fn online_retail_is_served_better_than_by_popularity() {
    let Some(lines) = shared("data/online_retail/online_retail.parquet") else { return };
    let sources = format!(
        "[sources.transactions]\npath = \"{}\"\ncolumns = {{ customer_id = \"CustomerID\", timestamp = \"InvoiceDate\", \
         transaction_id = \"Invoice\", product_id = \"StockCode\", quantity = \"Quantity\", unit_price = \"Price\" }}\n\
         [clean]\ncancellation_prefix = \"C\"\nnon_products = [\"POST\", \"M\", \"D\", \"DOT\", \"BANK CHARGES\", \"C2\", \
         \"CRUK\", \"AMAZONFEE\", \"S\", \"B\"]\n[offers]\n",
        lines.display()
    );
    let (_folder, run) = run(&[], &sources);
    for length in [3.0, 10.0] {
        let [best, popular] = chosen_and_popular(&table(&run, "offer_skill"), "product", length);
        assert!(best.0 > 1.5 * popular.0 && best.1 > 2.0 * popular.1, "{best:?} {popular:?}");
    }
    let offered = lists(&run, "product");
    assert!(offered.values().all(|list| list.len() <= 3 && list.iter().all(|item| item != "POST")));
}

#[test]
fn the_complete_journey_is_served_better_than_by_popularity() {
    let Some(folder) = shared("data/complete_journey") else { return };
    let source = |name: &str, file: &str, columns: &str| {
        format!("[sources.{name}]\npath = \"{}\"\ncolumns = {{ {columns} }}\n", folder.join(file).display())
    };
    let sources = source(
        "transactions",
        "transactions.parquet",
        "customer_id = \"household_id\", timestamp = \"transaction_timestamp\", transaction_id = \"basket_id\", \
         amount = \"sales_value\", product_id = \"product_id\", quantity = \"quantity\"",
    ) + &source(
        "products",
        "products.parquet",
        "product_id = \"product_id\", name = \"product_type\", category = \"product_category\", brand = \"brand\"",
    );
    let (_folder, run) = run(&[], &format!("{sources}[offers]\nmodel = \"item_regression\"\nmin_customers = 20\n"));
    for level in ["category", "product"] {
        let [best, popular] = chosen_and_popular(&table(&run, "offer_skill"), level, 3.0);
        assert!(best.0 > popular.0 && best.1 > popular.1, "{level}: {best:?} {popular:?}");
    }
    assert!(quality(&run, "offers", "product_items_not_in_catalogue") > 0.0);
}
