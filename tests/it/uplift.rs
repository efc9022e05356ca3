//! Uplift: planted effects are found and worth something in truth; where there are none it says so; real trials.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use acrm::numerics::surveys::inference::Confidence;
use acrm::numerics::uplift::{Order, OrderQuality, Ties, Trial};
use polars::prelude::DataFrame;

use crate::support::{
    Dice, acrm, close, day_of_2024, folder, numbers, run_ok, same_files, shared, table, table_bytes, texts,
};

const TABLES: [&str; 4] = ["uplift", "uplift_models", "uplift_deciles", "uplift_curve"];

/// Everything finite, whatever there was to measure.
fn check_tables(run: &Path) {
    for name in TABLES {
        let frame = table(run, name);
        for column in frame.columns().iter().filter(|c| c.dtype().is_float()) {
            let all = numbers(&frame, column.name());
            assert!(all.iter().all(|v| !v.is_infinite()), "{name}.{}", column.name());
        }
    }
}

/// The row of a model, by column.
struct Models(DataFrame);

impl Models {
    fn of(run: &Path) -> Self {
        check_tables(run);
        Self(table(run, "uplift_models"))
    }

    fn row(&self, name: &str, model: &str) -> usize {
        let (names, models) = (texts(&self.0, "name"), texts(&self.0, "model"));
        let found = (0..names.len()).find(|row| names[*row] == name && models[*row] == model);
        found.unwrap_or_else(|| panic!("{name}, {model} among {names:?} {models:?}"))
    }

    fn number(&self, name: &str, model: &str, column: &str) -> f64 {
        numbers(&self.0, column)[self.row(name, model)]
    }

    fn note(&self, name: &str, model: &str) -> String {
        texts(&self.0, "note").swap_remove(self.row(name, model))
    }

    /// The chosen model of a section.
    fn chosen(&self, name: &str) -> Option<String> {
        let (names, flags) = (texts(&self.0, "name"), texts(&self.0, "is_chosen"));
        let row = (0..names.len()).find(|row| names[*row] == name && flags[*row] == "true")?;
        Some(texts(&self.0, "model").swap_remove(row))
    }
}

/// A trial in files: customers of any age, orders before and in the window of a campaign that starts on day 150 of 2024.
/// `lift` is the additional chance to buy of a treated customer of an age.
fn trial(customers: u64, seed: u64, lift: impl Fn(u64) -> f64) -> Vec<(&'static str, String)> {
    let mut dice = Dice::new(seed);
    let mut orders = String::from("customer_id,timestamp,transaction_id,amount\n");
    let mut people = String::from("customer_id,age,city,nickname\n");
    let mut contacts = String::from("campaign_id,customer_id,arm,contacted_at\n");
    let mut number = 0;
    for customer in 0..customers {
        let id = format!("k{customer:05}");
        let (age, city) = (18 + dice.below(60), ["Bonn", "Kiel", "Mainz"][dice.below(3) as usize]);
        writeln!(people, "{id},{age},{city},n{}", dice.next()).expect("text");
        let mut buy = |day: u64, cents: u64| {
            number += 1;
            writeln!(orders, "{id},{},o{number},{}.{:02}", day_of_2024(day as u32), cents / 100, cents % 100)
                .expect("text");
        };
        for _ in 0..=dice.below(4) {
            buy(dice.below(150), 1_000 + dice.below(4_000));
        }
        let treated = dice.percent(50);
        let chance = 0.25 + if treated { lift(age) } else { 0.0 };
        if (dice.below(1_000_000) as f64) < chance * 1e6 {
            buy(150 + dice.below(14), 2_000 + dice.below(2_000));
        }
        if dice.percent(30) {
            buy(164 + dice.below(30), 5_000);
        }
        let arm = if treated { "mail" } else { "control" };
        writeln!(contacts, "MAY,{id},{arm},{}", day_of_2024(150)).expect("text");
    }
    let campaigns =
        format!("campaign_id,start,end,cost_per_contact\nMAY,{},{},0.5\n", day_of_2024(150), day_of_2024(163));
    vec![("orders.csv", orders), ("people.csv", people), ("contacts.csv", contacts), ("campaigns.csv", campaigns)]
}

const SOURCES: &str = "[pipeline]\nname = \"t\"\ncurrency = \"EUR\"\n[sources.transactions]\npath = \"orders.csv\"\n\
    [sources.customers]\npath = \"people.csv\"\n[sources.contacts]\npath = \"contacts.csv\"\n[sources.campaigns]\npath = \"campaigns.csv\"\n";

fn laid_out(files: &[(&'static str, String)], sections: &str) -> tempfile::TempDir {
    let pipeline = format!("{SOURCES}{sections}");
    let mut all: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    all.push(("p.toml", &pipeline));
    folder(&all)
}

fn latest(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("out/latest")
}

/// The old are moved by 0.4, the young not at all. Found by every model, with all that is told about it.
#[test]
fn an_effect_that_depends_on_age_is_found() {
    let files = trial(6_000, 3, |age| if age >= 48 { 0.4 } else { 0.0 });
    let sections = "[[uplift]]\nname = \"buys\"\noutcome = \"conversion\"\n[[uplift]]\nname = \"money\"\n\
        [[uplift]]\nname = \"gain\"\noutcome = \"profit\"\nmargin = 0.4\nmodel = \"x_learner\"\n\
        [[uplift]]\nname = \"wood\"\noutcome = \"conversion\"\nlearner = \"forest\"\nmodel = \"two_model\"\n";
    let folder = laid_out(&files, sections);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stdout.contains("uplift buys") && ended.stdout.contains("ranks customers"), "{}", ended.stdout);
    let run = latest(&folder);
    let models = Models::of(&run);
    let ages = numbers(&table(&run, "customers"), "age");
    let uplift = table(&run, "uplift");
    for (name, unit, kinds) in [("buys", 1.0, 4), ("money", 30.0, 3), ("gain", 0.4 * 30.0, 1), ("wood", 1.0, 1)] {
        assert_eq!(texts(&models.0, "name").iter().filter(|n| *n == name).count(), kinds, "{name}");
        let model = models.chosen(name).unwrap_or_else(|| panic!("{name}: {:?}", models.0));
        let figure = |column: &str| models.number(name, &model, column);
        assert!(figure("qini_lower") > 0.0 && figure("qini_lower") < figure("qini_coefficient"), "{name}");
        assert!(figure("qini_coefficient") < figure("qini_upper"), "{name}");
        let paid = if name == "gain" { 0.5 } else { 0.0 };
        let average = figure("average_effect");
        assert!((average + paid - 0.2 * unit).abs() < 0.06 * unit, "{name}: {average}");
        // what is published has the measured average over the people of the trial, and tells old from young
        let expected = numbers(&uplift, &format!("uplift_{name}"));
        let mean = |old: bool| {
            let own = expected.iter().zip(&ages).filter(|(_, age)| (**age >= 48.0) == old).map(|(u, _)| u + paid);
            let own = own.collect::<Vec<_>>();
            own.iter().sum::<f64>() / own.len() as f64
        };
        assert!(mean(true) > 0.25 * unit && mean(false) < 0.15 * unit, "{name}: {} {}", mean(true), mean(false));
        let all = expected.iter().sum::<f64>() / expected.len() as f64;
        assert!((all - average).abs() < 0.1 * unit, "{name}: {all} {average}");
        // contacting the old is worth most, and where contacts cost something the young are not worth it
        let (most, cost) = if unit > 1.0 { (0.9, 0.5 - paid) } else { (1.0, 0.0) };
        assert!((0.3..=most).contains(&figure("best_share")), "{name}: {}", figure("best_share"));
        assert!(figure("policy_gain") >= average - cost - 1e-9 && figure("policy_gain_lower") > 0.0, "{name}");
    }
    let deciles = table(&run, "uplift_deciles");
    assert_eq!(deciles.height(), 40);
    let (effects, expected) = (numbers(&deciles, "uplift"), numbers(&deciles, "predicted_mean"));
    assert!(effects[0] > 0.25 && effects[9] < 0.15 && expected[0] > expected[9], "{effects:?} {expected:?}");
    let curve = table(&run, "uplift_curve");
    assert_eq!(curve.height(), 9 * 101);
    assert_eq!((numbers(&curve, "share")[100], numbers(&curve, "qini")[0]), (1.0, 0.0));
    close("end", numbers(&curve, "qini")[100], numbers(&curve, "qini_random")[100], 1e-9);
}

/// Where no model orders customers it is said, and the same push is assumed for everybody: figures differ as chances do, their
/// mean is the measured average. Where a contact adds nothing on average, everybody gets that.
#[test]
fn without_an_order_the_same_push_is_assumed() {
    for (effect, what) in [
        (0.2, "it is assumed that a contact moves everybody's odds alike"),
        (-0.2, "everybody gets the average effect"),
    ] {
        let folder = laid_out(&trial(3_000, 5, |_| effect), "[[uplift]]\nname = \"buys\"\noutcome = \"conversion\"\n");
        let ended = run_ok(folder.path(), &["run", "p.toml"]);
        let said = format!("no model ranks customers better than chance: {what}");
        assert!(ended.stdout.contains(&said), "{}", ended.stdout);
        let run = latest(&folder);
        let models = Models::of(&run);
        assert_eq!(models.chosen("buys"), None);
        let average = models.number("buys", "two_model", "average_effect");
        assert!((average - effect).abs() < 0.05, "{average}");
        let uplift = numbers(&table(&run, "uplift"), "uplift_buys");
        let mean = uplift.iter().sum::<f64>() / 3_000.0;
        assert!(uplift.len() == 3_000 && (mean - average).abs() < 0.01, "{mean} {average}");
        let spread = uplift.iter().map(|u| (u - average).abs()).fold(0.0, f64::max);
        assert!(if effect > 0.0 { spread > 0.0 && spread < 0.1 } else { spread == 0.0 }, "{spread}");
        assert!(models.note("buys", "x_learner").contains(what));
        let quality = table(&run, "run_quality");
        let row = texts(&quality, "check").iter().position(|check| check == "buys_qini_lower").expect("a line");
        assert_eq!(texts(&quality, "ok")[row], "false");
    }
}

/// Counted by hand: who bought in the window, by arm; money and margin of it.
#[test]
fn outcomes_are_the_purchases_of_the_window() {
    let files = trial(400, 9, |_| 0.3);
    let sections = "[[uplift]]\nname = \"whole\"\noutcome = \"conversion\"\n[[uplift]]\nname = \"week\"\nwindow_days = 7\n\
        outcome = \"conversion\"\n[[uplift]]\nname = \"money\"\n[[uplift]]\nname = \"profit\"\noutcome = \"profit\"\nmargin = 0.5\n";
    let folder = laid_out(&files, sections);
    run_ok(folder.path(), &["run", "p.toml"]);
    let models = Models::of(&latest(&folder));
    let rows = |name: &str| files.iter().find(|(file, _)| *file == name).expect("a file").1.lines().skip(1);
    let treated = |id: &str| rows("contacts.csv").any(|line| line.contains(id) && line.contains("mail"));
    let by_hand = |days: std::ops::Range<u32>, value: &dyn Fn(f64) -> f64| {
        let days = days.map(day_of_2024).collect::<Vec<_>>();
        let mut sums = [[0.0; 2]; 2];
        for line in rows("people.csv") {
            let id = line.split(',').next().expect("an id");
            let own =
                rows("orders.csv").filter(|order| order.starts_with(id) && days.iter().any(|d| order.contains(d)));
            let money: f64 = own.map(|o| o.rsplit(',').next().expect("money").parse::<f64>().expect("money")).sum();
            let arm = usize::from(treated(id));
            sums[arm][0] += value(money);
            sums[arm][1] += 1.0;
        }
        sums[1][0] / sums[1][1] - sums[0][0] / sums[0][1]
    };
    let bought = |money: f64| f64::from(u8::from(money > 0.0));
    let got = |name: &str| models.number(name, "two_model", "average_effect");
    close("whole", got("whole"), by_hand(150..164, &bought), 1e-9);
    close("week", got("week"), by_hand(150..157, &bought), 1e-9);
    let revenue = by_hand(150..164, &|money| money);
    close("money", got("money"), revenue, 1e-9);
    close("profit", got("profit"), 0.5 * revenue - 0.5, 1e-9);
}

/// The same tables with any number of threads and any order of rows.
#[test]
fn nothing_depends_on_threads_or_order() {
    let mut files = trial(1_500, 4, |age| if age >= 48 { 0.5 } else { 0.0 });
    let sections = "[[uplift]]\nname = \"buys\"\noutcome = \"conversion\"\n[[uplift]]\nname = \"wood\"\n\
        outcome = \"conversion\"\nlearner = \"forest\"\nmodel = \"two_model\"\n";
    let bytes = |files: &[(&'static str, String)], threads: &str| {
        let folder = laid_out(files, sections);
        run_ok(folder.path(), &["run", "p.toml", "--threads", threads]);
        let mut all = table_bytes(&latest(&folder), &[]);
        all.retain(|name, _| TABLES.iter().any(|table| *name == format!("{table}.parquet")));
        assert_eq!(all.len(), 4);
        all
    };
    let expected = bytes(&files, "1");
    for (_, text) in &mut files {
        let (head, rows) = text.split_once('\n').expect("a head");
        let mut rows: Vec<&str> = rows.lines().collect();
        Dice::new(1).shuffle(&mut rows);
        *text = format!("{head}\n{}\n", rows.join("\n"));
    }
    same_files("two threads, shuffled", &expected, &bytes(&files, "2"));
}

/// What can't be measured has its reason, and the run goes on.
#[test]
fn what_can_not_be_learned_is_said() {
    let mut files = trial(300, 6, |_| 0.2);
    let contacts = &mut files[2].1;
    *contacts = contacts.replace("control", "mail");
    contacts.push_str("LATE,k00001,mail,2024-05-30\nLATE,k00002,control,2024-05-30\n");
    files[3].1.push_str("LATE,2024-07-01,2024-12-31,\n");
    let sections = "[[uplift]]\nname = \"all_treated\"\ncampaigns = [\"MAY\"]\n[[uplift]]\nname = \"running\"\ncampaigns = [\"LATE\"]\n\
        [[uplift]]\nname = \"words\"\ncampaigns = [\"LATE\"]\noutcome = \"age\"\nmodel = \"class_transformation\"\n";
    let folder = laid_out(&files, sections);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = latest(&folder);
    let models = Models::of(&run);
    assert!(models.note("all_treated", "two_model").contains("nobody is in its control arm"));
    assert!(models.note("running", "x_learner").contains("its window is not over yet"));
    assert!(!models.note("words", "class_transformation").is_empty());
    let uplift = table(&run, "uplift");
    for name in ["uplift_all_treated", "uplift_running"] {
        assert!(numbers(&uplift, name).iter().all(|u| u.is_nan()), "{name}");
    }
    // without contacts
    let alone = folder_without_contacts(&files);
    run_ok(alone.path(), &["run", "p.toml"]);
    assert!(Models::of(&latest(&alone)).note("a", "two_model").contains("[sources.contacts]"));
}

fn folder_without_contacts(files: &[(&'static str, String)]) -> tempfile::TempDir {
    let pipeline =
        "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n[[uplift]]\nname = \"a\"\n";
    folder(&[("orders.csv", files[0].1.as_str()), ("p.toml", pipeline)])
}

#[test]
fn wrong_options_are_named() {
    let files = trial(40, 1, |_| 0.0);
    for (section, message) in [
        ("[[uplift]]\n", "a `[[uplift]]` without `name`"),
        ("[[uplift]]\nname = \"a\"\n[[uplift]]\nname = \"a\"\n", "two sections `[[uplift]]` are called `a`"),
        ("[[uplift]]\nname = \"a\"\noutcome = \"convrsion\"\n", "did you mean `conversion`?"),
        ("[[uplift]]\nname = \"a\"\nexclude = [\"agee\"]\n", "did you mean `age`?"),
        ("[[uplift]]\nname = \"a\"\nwindow_days = 0\n", "`window_days` is out of range"),
        ("[[uplift]]\nname = \"a\"\nmodel = \"s_learner\"\n", "`model`"),
    ] {
        let folder = laid_out(&files, section);
        let ended = acrm(folder.path(), &["check", "p.toml"]);
        assert!(ended.code == 2 && ended.stderr.contains(message), "{section}: {}", ended.stderr);
    }
    let folder = laid_out(&files, "[[uplift]]\nname = \"a\"\ncampaigns = [\"JUNE\"]\n");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert!(ended.code != 0 && ended.stderr.contains("`JUNE`; there are: MAY"), "{}", ended.stderr);
}

/// Hillstrom's two e-mails against none: published effects, a Qini coefficient in its interval, and nothing that came
/// after the e-mail is learned from.
#[test]
fn the_email_challenge() {
    let Some(file) = shared("data/hillstrom/hillstrom.csv") else { return };
    let pipeline = format!(
        "[pipeline]\nname = \"t\"\nas_of = \"2008-03-20\"\n[sources.customers]\npath = \"{0}\"\n\
         columns = {{ customer_id = \"#row\" }}\n[sources.contacts]\npath = \"{0}\"\n\
         columns = {{ customer_id = \"#row\", campaign_id = \"=email\", arm = \"segment\" }}\n[clean]\ncontrol_arms = [\"No E-Mail\"]\n\
         [[uplift]]\nname = \"mens\"\nvariant = \"Mens E-Mail\"\noutcome = \"visit\"\n\
         [[uplift]]\nname = \"womens\"\nvariant = \"Womens E-Mail\"\noutcome = \"visit\"\n\
         [[uplift]]\nname = \"spend\"\noutcome = \"spend\"\n",
        file.display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = latest(&folder);
    let models = Models::of(&run);
    for (name, effect, lower, upper) in [
        ("mens", 0.076_589_563_651_5, 0.069_953_147_609_8, 0.083_225_979_693_3),
        ("spend", 0.596_796_066_728, 0.376_185_270_153, 0.817_406_863_302),
    ] {
        let figure = |column: &str| models.number(name, "two_model", column);
        close(name, figure("average_effect"), effect, 1e-9);
        close(name, figure("average_effect_lower"), lower, 1e-6);
        close(name, figure("average_effect_upper"), upper, 1e-6);
    }
    assert_eq!(
        (models.number("mens", "two_model", "treated"), models.number("spend", "two_model", "treated")),
        (21_307.0, 42_694.0)
    );
    for (name, kinds) in [("mens", 4), ("womens", 4), ("spend", 3)] {
        for model in ["interactions", "two_model", "x_learner", "class_transformation"].into_iter().take(kinds) {
            let figure = |column: &str| models.number(name, model, column);
            let qini = figure("qini_coefficient");
            assert!(figure("qini_lower") < qini && qini < figure("qini_upper"), "{name} {model}");
            let note = models.note(name, model);
            let other = if name == "spend" { "visit" } else { "spend" };
            let (_, left_out) = note.split_once("not learned from").expect("a note");
            assert!(["segment", "conversion", other].iter().all(|word| left_out.contains(word)), "{note}");
            assert!(!left_out.contains("history") && !left_out.contains("womens"), "{note}");
        }
    }
    // the women's e-mail moves those who bought women's goods
    let model = models.chosen("womens").expect("a model that beats chance");
    assert!(models.number("womens", &model, "qini_lower") > 0.0);
    assert!(models.note("womens", &model).starts_with("the effect rises with womens"));
    let (customers, uplift) = (table(&run, "customers"), numbers(&table(&run, "uplift"), "uplift_womens"));
    let bought = numbers(&customers, "womens");
    let mean = |wanted: f64| {
        let own = uplift.iter().zip(&bought).filter(|(_, b)| **b == wanted).map(|(u, _)| *u).collect::<Vec<_>>();
        own.iter().sum::<f64>() / own.len() as f64
    };
    assert!(mean(1.0) > mean(0.0) + 0.01, "{} {}", mean(1.0), mean(0.0));
}

/// Learned on the training half, worth as much on the other half, which no model has seen.
#[test]
fn the_insurance_mailing() {
    let Some(data) = shared("data/uplift_insurance") else { return };
    let pipeline = format!(
        "[pipeline]\nname = \"t\"\nas_of = \"2015-01-01\"\n[sources.customers]\npath = \"{0}/*.parquet\"\n\
         columns = {{ customer_id = \"UNIQUE_ID\" }}\n[sources.contacts]\npath = \"{0}/train.parquet\"\n\
         columns = {{ customer_id = \"UNIQUE_ID\", campaign_id = \"=mailing\", arm = \"TREATMENT\" }}\n\
         [[uplift]]\nname = \"mailing\"\noutcome = \"PURCHASE\"\nexclude = [\"treatment\"]\n",
        data.display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = latest(&folder);
    let models = Models::of(&run);
    let model = models.chosen("mailing").expect("a model that beats chance");
    assert_eq!(models.number("mailing", &model, "treated") + models.number("mailing", &model, "control"), 10_000.0);
    let (customers, uplift) = (table(&run, "customers"), numbers(&table(&run, "uplift"), "uplift_mailing"));
    let ids = texts(&customers, "customer_id");
    let valid = (0..ids.len()).filter(|row| ids[*row].parse::<f64>().expect("a number") > 60_000.0).collect::<Vec<_>>();
    assert_eq!(valid.len(), 10_000);
    let pick = |values: &[f64]| valid.iter().map(|row| values[*row]).collect::<Vec<_>>();
    let (outcomes, scores) = (pick(&numbers(&customers, "purchase")), pick(&uplift));
    let treated = pick(&numbers(&customers, "treatment")).iter().map(|t| *t == 1.0).collect::<Vec<_>>();
    let trial = Trial::new(&treated, &outcomes).expect("a trial");
    let order = Order::of(&scores, &trial, Ties::Merged).expect("an order");
    let unseen = OrderQuality::of(&trial, &order, 200, 1, Confidence::default()).expect("an interval").qini;
    assert!(unseen.lower > 0.0, "{unseen:?}");
    let told = models.number("mailing", &model, "qini_coefficient");
    assert!(told > 0.004 && unseen.estimate > told - 3.0 * unseen.std_error, "{told} {unseen:?}");
}
