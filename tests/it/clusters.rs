//! Clusters from night to night, with soft membership, and the plots and profile columns of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use crate::support::{
    ByCustomer, acrm, day_of_2024, files, folder, numbers, quality, run_ok, same_files, table, table_bytes, texts,
};

const HEAD: &str = "[pipeline]\nname = \"nights\"\n[sources.transactions]\npath = \"orders.csv\"\n";

/// Nights on which a run is made.
const NIGHTS: [u32; 3] = [200, 230, 260];

/// Customers of one kind: a letter, how many from the start, how many more arrive before each night, days between orders,
/// and the amount.
const KINDS: [(char, u32, u32, u32, u32); 3] = [('a', 40, 9, 7, 120), ('b', 60, 12, 31, 35), ('c', 50, 0, 400, 9)];

/// Orders of three kinds of customers: weekly and dear, monthly and middling, once in January and cheap.
fn orders() -> String {
    let mut text = String::from("customer_id,timestamp,amount\n");
    for (kind, start, arriving, gap, amount) in KINDS {
        for customer in 0..start + 2 * arriving {
            let wave = customer.saturating_sub(start).checked_div(arriving).map_or(0, |wave| wave + 1);
            let wave = if customer < start { 0 } else { wave };
            let first = if wave == 0 { customer % 13 } else { NIGHTS[wave as usize - 1] + 1 + customer % 5 };
            for order in 0..(280 - first) / gap + 1 {
                let day = day_of_2024(first + order * gap + (customer + order) % 3);
                text.push_str(&format!("{kind}{customer:03},{day},{}\n", amount + (customer * 7 + order) % 9));
            }
        }
    }
    text
}

/// A run of one night.
fn night(folder: &Path, pipeline: &str, day: u32) -> PathBuf {
    let day = day_of_2024(day);
    std::fs::write(folder.join("p.toml"), format!("{HEAD}{pipeline}")).expect("written");
    run_ok(folder, &["run", "p.toml", "--as-of", &day, "--quiet"]);
    folder.join(format!("out/as_of={day}"))
}

fn three_kinds() -> tempfile::TempDir {
    folder(&[("orders.csv", &orders())])
}

/// The cluster of each customer: number and name.
fn placed(run: &Path) -> BTreeMap<String, (String, String)> {
    let frame = table(run, "clusters");
    let labels = texts(&frame, "cluster").into_iter().zip(texts(&frame, "cluster_name"));
    texts(&frame, "customer_id").into_iter().zip(labels).collect()
}

fn profiles(run: &Path) -> DataFrame {
    table(run, "cluster_profiles")
}

fn line(run: &Path, check: &str) -> (f64, bool, String) {
    let frame = table(run, "run_quality");
    let checks = texts(&frame, "check");
    let row = checks.iter().position(|c| c == check).unwrap_or_else(|| panic!("{check} among {checks:?}"));
    (numbers(&frame, "measured")[row], texts(&frame, "ok")[row] == "true", texts(&frame, "note").swap_remove(row))
}

const K3: &str = "[clusters]\nk = 3\n";

#[test]
fn clusters_keep_their_labels_while_customers_arrive() {
    let folder = three_kinds();
    let runs = NIGHTS.map(|day| night(folder.path(), K3, day));
    let first = placed(&runs[0]);
    for (kind, start, ..) in KINDS {
        let of_kind = |n: u32| first[&format!("{kind}{n:03}")].clone();
        assert!((1..start).all(|n| of_kind(n) == of_kind(0)), "the {kind} are one cluster");
    }
    for (run, day) in runs.iter().zip(NIGHTS).skip(1) {
        let now = placed(run);
        assert!(now.len() > first.len(), "customers have arrived");
        for (id, label) in &first {
            assert_eq!(now[id], *label, "{id} on {}", day_of_2024(day));
        }
        let (count, ok, note) = line(run, "clusters_not_kept");
        assert!(count == 0.0 && ok && note.contains("3 keep number and name"), "{note}");
        let (agreement, ok, _) = line(run, "agreement_with_run_before");
        assert!(agreement > 0.9 && ok, "{agreement}");
        let profiles = profiles(run);
        assert_eq!(texts(&profiles, "cluster"), ["0", "1", "2"]);
        assert!(texts(&profiles, "since").iter().all(|day| *day == day_of_2024(NIGHTS[0])));
        assert!(numbers(&profiles, "overlap").iter().all(|overlap| *overlap > 0.7));
        let moves = table(run, "segment_moves");
        let (ids, groupings) = (texts(&moves, "customer_id"), texts(&moves, "grouping"));
        let (reasons, to) = (texts(&moves, "reason"), texts(&moves, "to_segment"));
        let of_clusters = (0..moves.height()).filter(|row| groupings[*row] == "cluster_name").collect::<Vec<_>>();
        assert!(of_clusters.iter().all(|row| !first.contains_key(&ids[*row]) && !to[*row].is_empty()));
        let new = of_clusters.iter().filter(|row| reasons[**row] == "new customer").count();
        assert_eq!(new, 21, "who arrived");
        let flows = table(run, "segment_flows");
        let [before, entered, left, customers] =
            ["customers_before", "entered", "left", "customers"].map(|name| numbers(&flows, name));
        assert!((0..flows.height()).all(|row| before[row] + entered[row] - left[row] == customers[row]));
    }
}

/// A rerun of a night, with later ones there already, gives the same bytes; and so does any number of threads.
#[test]
fn a_night_can_be_made_again() {
    let folder = three_kinds();
    for sections in [K3, "[clusters]\nmethod = \"mixture\"\ngap = true\n"] {
        let runs = NIGHTS.map(|day| night(folder.path(), sections, day));
        let before = runs.each_ref().map(|run| table_bytes(run, &[]));
        for at in [1, 2, 0] {
            let run = night(folder.path(), sections, NIGHTS[at]);
            same_files(&day_of_2024(NIGHTS[at]), &before[at], &table_bytes(&run, &[]));
        }
        let day = day_of_2024(NIGHTS[2]);
        run_ok(folder.path(), &["run", "p.toml", "--as-of", &day, "--threads", "1", "--quiet"]);
        same_files("one thread", &before[2], &table_bytes(&runs[2], &[]));
        std::fs::remove_dir_all(folder.path().join("out")).expect("removed");
    }
}

#[test]
fn the_number_of_a_vanished_cluster_is_not_used_again() {
    let folder = three_kinds();
    let first = placed(&night(folder.path(), K3, NIGHTS[0]));
    let second = night(folder.path(), "[clusters]\nk = 2\n", NIGHTS[1]);
    let (count, ok, note) = line(&second, "clusters_not_kept");
    assert!(!ok && count >= 1.0 && note.contains("gone: "), "{note}");
    let kept = placed(&second);
    assert_eq!(kept["c000"], first["c000"], "those who came once stay who they were");
    let new = numbers(&profiles(&second), "cluster").iter().filter(|number| **number > 2.0).count();
    assert_eq!(numbers(&profiles(&second), "numbers_used"), [3.0 + new as f64; 2]);
    let third = night(folder.path(), K3, NIGHTS[2]);
    let used =
        |run: &Path| texts(&profiles(run), "cluster").into_iter().map(|n| n.parse().expect("a number")).collect();
    let [old, now]: [Vec<u32>; 2] = [used(&second), used(&third)];
    let fresh = now.iter().filter(|number| !old.contains(number)).collect::<Vec<_>>();
    assert!(!fresh.is_empty() && fresh.iter().all(|number| **number > 2), "{old:?}, then {now:?}");
    let names = texts(&profiles(&third), "cluster_name");
    let mut apart = names.clone();
    apart.sort();
    apart.dedup();
    assert_eq!(apart.len(), names.len());
    let ended = acrm(folder.path(), &["run", "p.toml", "--as-of", &day_of_2024(NIGHTS[2])]);
    assert!(ended.stderr.contains("clusters_not_kept"), "and it is a warning: {}", ended.stderr);
}

#[test]
fn other_features_make_other_clusters() {
    let folder = three_kinds();
    let first = night(folder.path(), K3, NIGHTS[0]);
    let other = "[clusters]\nk = 3\nfeatures = [\"days_since_last\", \"orders\"]\n";
    let second = night(folder.path(), other, NIGHTS[1]);
    assert_eq!(texts(&profiles(&second), "cluster"), ["3", "4", "5"]);
    let old = texts(&profiles(&first), "cluster_name");
    assert!(texts(&profiles(&second), "cluster_name").iter().all(|name| !old.contains(name)));
    let (count, ok, note) = line(&second, "clusters_not_kept");
    assert!(count == 3.0 && !ok && note.contains("made otherwise") && note.contains("spend_net"), "{note}");
    // the same features in another order are the same
    let turned = "[clusters]\nk = 3\nfeatures = [\"orders\", \"days_since_last\"]\n";
    let third = night(folder.path(), turned, NIGHTS[2]);
    assert_eq!(texts(&profiles(&third), "cluster"), ["3", "4", "5"]);
    assert!(line(&third, "clusters_not_kept").1);
}

#[test]
fn a_mixture_says_how_much_everyone_belongs() {
    let folder = three_kinds();
    let run = night(folder.path(), "[clusters]\nmethod = \"mixture\"\ngap = true\n", NIGHTS[0]);
    let clusters = table(&run, "clusters");
    let [first, second] = ["cluster_probability", "second_cluster_probability"].map(|name| numbers(&clusters, name));
    let (own, other) = (texts(&clusters, "cluster"), texts(&clusters, "second_cluster"));
    for row in 0..clusters.height() {
        assert!(first[row] >= second[row] && first[row] + second[row] <= 1.0 + 1e-9 && own[row] != other[row]);
    }
    let choice = table(&run, "cluster_choice");
    let [k, bic, gap, silhouette] = ["k", "bic", "gap", "silhouette"].map(|name| numbers(&choice, name));
    assert!(k.len() > 3 && [&bic, &gap, &silhouette].iter().all(|values| values.iter().all(|v| v.is_finite())));
    let chosen = texts(&choice, "chosen").iter().position(|c| c == "true").expect("one is chosen");
    assert!(bic.iter().all(|other| *other >= bic[chosen]));
    assert_eq!(profiles(&run).height() as f64, k[chosen]);
    assert!(quality(&run, "clusters", "mean_cluster_probability") > 0.9);
    assert_eq!(texts(&profiles(&run), "method")[0], "mixture");
    let plain = night(folder.path(), K3, NIGHTS[1]);
    for column in ["cluster_probability", "second_cluster", "second_cluster_probability"] {
        assert!(texts(&table(&plain, "clusters"), column).iter().all(String::is_empty), "{column}");
    }
    assert!(!line(&plain, "clusters_not_kept").1, "another method makes other clusters");
}

/// Six equal rows and one near them, three far away: a component shrinks onto the equal ones.
#[test]
fn collapsed_customers_do_not_break_a_mixture() {
    let rows: Vec<(u32, u32, f64)> =
        (0..6).map(|_| (30, 1, 25.0)).chain([(31, 1, 26.0), (5, 9, 400.0), (6, 10, 420.0), (4, 8, 390.0)]).collect();
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for (n, (recency, frequency, monetary)) in rows.iter().enumerate() {
        for order in 0..*frequency {
            let amount = monetary / f64::from(*frequency);
            orders.push_str(&format!("m{n:02},{},{amount:.2}\n", day_of_2024(300 - recency - 2 * order)));
        }
    }
    let pipeline = |k: &str| format!("{HEAD}[clusters]\nmethod = \"mixture\"\nk = {k}\n");
    let folder = folder(&[("orders.csv", &orders)]);
    for k in ["2", "4", "10", "\"auto\""] {
        std::fs::write(folder.path().join("p.toml"), pipeline(k)).expect("written");
        run_ok(folder.path(), &["run", "p.toml", "--as-of", &day_of_2024(300), "--quiet"]);
        let run = folder.path().join("out/latest");
        let clusters = table(&run, "clusters");
        let first = numbers(&clusters, "cluster_probability");
        assert!(first.iter().all(|p| (0.0..=1.0).contains(p)), "k = {k}: {first:?}");
        assert!(quality(&run, "clusters", "bic").is_finite());
        if k == "2" {
            let label = texts(&clusters, "cluster");
            assert!(label[..7].iter().all(|l| *l == label[0]) && label[7..].iter().all(|l| *l == label[7]));
            assert!(label[0] != label[7] && first.iter().all(|p| *p > 0.999));
            assert!(line(&run, "variance_floor").2.contains("variance floor"), "{:?}", line(&run, "variance_floor"));
        }
    }
    std::fs::write(folder.path().join("p.toml"), pipeline("11")).expect("written");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert!(ended.code == 3 && ended.stderr.contains("11 clusters asked for 10 customers"), "{}", ended.stderr);
}

#[test]
fn what_is_no_method_is_said() {
    let folder = folder(&[("orders.csv", &orders()), ("p.toml", &format!("{HEAD}[clusters]\nmethod = \"dbscan\"\n"))]);
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert!(ended.code == 2 && ended.stderr.contains("kmeans") && ended.stderr.contains("mixture"), "{}", ended.stderr);
}

#[test]
fn words_take_part_in_a_mixture() {
    let folder = three_kinds();
    let words =
        "[clusters]\nmethod = \"mixture\"\nk = 3\nfeatures = [\"orders\", \"spend_net\", \"favourite_weekday\"]\n";
    let first = night(folder.path(), words, NIGHTS[0]);
    let clusters = table(&first, "clusters");
    assert!(numbers(&clusters, "cluster_probability").iter().all(|p| (0.0..=1.0).contains(p)));
    assert_eq!(numbers(&profiles(&first), "size").iter().sum::<f64>(), clusters.height() as f64);
    let second = night(folder.path(), words, NIGHTS[1]);
    assert!((-1.0..=1.0).contains(&line(&second, "agreement_with_run_before").0));
}

const SURVEYED: &str = "[sources.customers]\npath = \"people.csv\"\n[sources.feedback]\npath = \"answers.csv\"\n";

fn surveyed(sections: &str) -> tempfile::TempDir {
    folder(&[
        ("orders.csv", &orders()),
        ("people.csv", "customer_id,name,satisfaction\na000,Ann,9\nz000,Zoe,2\n"),
        ("answers.csv", "customer_id,timestamp,score,instrument\na000,2024-03-01,9,nps\nb001,2024-04-01,2,nps\n"),
        ("p.toml", &format!("{HEAD}{SURVEYED}{sections}")),
    ])
}

/// The customer table holds what later analyses say, and a rule reads it there.
#[test]
fn customers_hold_what_later_analyses_say() {
    let rule = "[[segments]]\nname = \"pleased\"\nwhere = \"satisfaction > 80 AND knowledge_coverage > 0 AND lifecycle <> 'lost'\"\n";
    let folder = surveyed(rule);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2024-07-01"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    for (name, column) in
        [("lifecycle", "lifecycle"), ("satisfaction", "satisfaction"), ("knowledge", "knowledge_coverage")]
    {
        let maker = ByCustomer::read(&run, name);
        assert_eq!(maker.ids(), customers.ids());
        for id in ["a000", "b001", "b002", "z000"] {
            assert_eq!(customers.text(id, column), maker.text(id, column), "{column} of {id}");
        }
    }
    assert_eq!(customers.number("a000", "satisfaction"), 90.0);
    assert_eq!(customers.text("a000", "source_satisfaction"), "9", "an attribute of that name keeps apart");
    let segments = ByCustomer::read(&run, "segments");
    assert_eq!(["a000", "b001", "z000"].map(|id| segments.text(id, "in_pleased")), ["true", "false", "false"]);
    let told = run_ok(folder.path(), &["explain", "out/latest", "--customer", "a000"]).stdout;
    assert!(told.contains("pleased: matches"), "{told}");
}

#[test]
fn without_feedback_satisfaction_is_empty() {
    let folder = three_kinds();
    let run = night(folder.path(), K3, NIGHTS[0]);
    let customers = table(&run, "customers");
    assert!(texts(&customers, "satisfaction").iter().all(String::is_empty));
    assert!(texts(&customers, "knowledge_coverage").iter().all(String::is_empty));
    assert!(texts(&customers, "lifecycle").iter().all(|stage| !stage.is_empty()));
}

#[test]
fn plots_are_drawn_for_the_sections_that_are_there() {
    let plots = |folder: &Path| {
        let mut found = files(&folder.join("out/latest"));
        found.retain(|name, _| name.starts_with("plots/"));
        found
    };
    let bare = surveyed("");
    run_ok(bare.path(), &["run", "p.toml", "--as-of", "2024-07-01"]);
    assert!(plots(bare.path()).is_empty() && !bare.path().join("out/latest/plots").exists());
    let all = surveyed("[clusters]\n[lifecycle]\n[satisfaction]\n[cohorts]\n[patterns]\n");
    run_ok(all.path(), &["run", "p.toml", "--as-of", "2024-07-01"]);
    let found = plots(all.path());
    let names = found.keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        names,
        [
            "plots/cluster_choice.svg",
            "plots/cluster_sizes.svg",
            "plots/cohort_retention.svg",
            "plots/lifecycle.svg",
            "plots/satisfaction_nps.svg",
            "plots/trade_months.svg"
        ]
    );
    run_ok(all.path(), &["run", "p.toml", "--as-of", "2024-07-01", "--threads", "1"]);
    same_files("plots made again", &found, &plots(all.path()));
    for (name, svg) in &found {
        let text = String::from_utf8_lossy(svg);
        assert!(text.contains("<svg") && !text.contains("NaN"), "{name}");
    }
}
