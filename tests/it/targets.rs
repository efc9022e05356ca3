//! Target lists that compete: the same on every rerun, within their limits, and nobody whom consent, suppression or the
//! contact policy protect.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::{ByCustomer, Dice, acrm, day_of_2024, files, folder, numbers, quality, run_ok, table, texts};

const CUSTOMERS: u64 = 900;

const SOURCES: &str = "[pipeline]\nname = \"night\"\nas_of = \"2024-12-10\"\ncurrency = \"EUR\"\n\
    [sources.transactions]\npath = \"orders.csv\"\n[sources.customers]\npath = \"people.csv\"\n\
    [sources.interactions]\npath = \"touches.csv\"\n[sources.campaigns]\npath = \"campaigns.csv\"\n\
    [sources.contacts]\npath = \"contacts.csv\"\n[clv]\nmodel = \"bg_nbd\"\nmargin = 0.4\n[clusters]\nk = 3\n";

const LISTS: &str = "[[targets]]\nname = \"win_back\"\nuplift = \"assumed\"\nwhere = \"orders >= 1\"\nchannel = \"email\"\ncost_per_contact = 0.12\n\
    control_share = 0.2\n\
    [[targets]]\nname = \"thank_you\"\nuplift = \"assumed\"\nwhere = \"orders >= 2\"\nchannel = \"sms\"\ncost_per_contact = 0.35\nassumed_uplift = 0.09\n\
    control_share = 0.3\n\
    [[targets]]\nname = \"visit\"\nuplift = \"assumed\"\nwhere = \"orders >= 3\"\nchannel = \"call\"\ncost_per_contact = 2.5\nassumed_uplift = 0.2\n";

/// Who bought what, who they are, what passed between them and the shop.
fn shop() -> tempfile::TempDir {
    let mut dice = Dice::new(2024);
    let mut orders = String::from("customer_id,timestamp,amount\n");
    let mut people = String::from(
        "customer_id,name,email,phone,street,consent_email,consent_sms,consent_phone,do_not_contact,deceased,unsubscribed_sms\n",
    );
    let mut touches = String::from("customer_id,timestamp,touchpoint,direction,campaign_id\n");
    let mut contacts = String::from("campaign_id,customer_id,contacted_at,arm\n");
    for customer in 0..CUSTOMERS {
        let id = format!("c{customer:04}");
        for _ in 0..dice.below(7) {
            let day = day_of_2024(dice.below(330) as u32);
            orders.push_str(&format!("{id},{day},{}.{:02}\n", 5 + dice.below(90), dice.below(100)));
        }
        let mut yes = |percent| if dice.percent(percent) { "true" } else { "false" };
        let flags = [yes(75), yes(60), yes(50), yes(5), yes(2), yes(10)];
        let name = if customer % 7 == 0 { format!("=HYPERLINK({customer})") } else { format!("Person {customer}") };
        let email = if dice.percent(10) { String::new() } else { format!("p{customer}@example.com") };
        let phone = if dice.percent(10) { String::new() } else { format!("+49 170 {:07}", dice.below(10_000_000)) };
        people.push_str(&format!("{id},{name},{email},{phone},Road {customer},{}\n", flags.join(",")));
        if dice.percent(40) {
            let day = day_of_2024(310 + dice.below(34) as u32);
            touches.push_str(&format!("{id},{day} 10:00,email,outbound,\n"));
        }
        if dice.percent(20) {
            touches.push_str(&format!("{id},2024-12-09 09:00,store_visit,inbound,\n"));
        }
        match dice.below(10) {
            0 => contacts.push_str(&format!("autumn,{id},,control\n")),
            1 | 2 => {
                contacts.push_str(&format!("autumn,{id},2024-11-20 08:00,treatment\n"));
                touches.push_str(&format!("{id},2024-11-20 08:00,email,outbound,autumn\n"));
            }
            3 | 4 => contacts.push_str(&format!("spring,{id},,control\n")),
            5 | 6 => contacts.push_str(&format!("spring,{id},2024-03-01 08:00,treatment\n")),
            _ => {}
        }
    }
    let campaigns =
        "campaign_id,start,end,channel\nautumn,2024-11-20,2024-12-20,email\nspring,2024-03-01,2024-03-28,email\n";
    folder(&[
        ("orders.csv", &orders),
        ("people.csv", &people),
        ("touches.csv", &touches),
        ("contacts.csv", &contacts),
        ("campaigns.csv", campaigns),
    ])
}

fn run(folder: &Path, sections: &str, arguments: &[&str]) -> PathBuf {
    std::fs::write(folder.join("p.toml"), format!("{SOURCES}{sections}")).expect("a file");
    let mut all = vec!["run", "p.toml"];
    all.extend_from_slice(arguments);
    run_ok(folder, &all);
    folder.join("out/as_of=2024-12-10")
}

/// The rows of `targets`: list, customer, arm, cost, channel.
fn listed(run: &Path) -> Vec<(String, String, String, f64, String)> {
    let frame = table(run, "targets");
    let [target, id, arm, channel] = ["target", "customer_id", "arm", "channel"].map(|c| texts(&frame, c));
    let cost = numbers(&frame, "cost");
    (0..frame.height())
        .map(|r| (target[r].clone(), id[r].clone(), arm[r].clone(), cost[r], channel[r].clone()))
        .collect()
}

const TARGETING: &str = "[targeting]\nbudget = 150\ncapacity = { email = 300, call = 20 }\nstrata = [\"rfm_segment\"]\n\
    global_holdout_share = 0.05\ncontacts_per_window = 3\ncooldown_days = 3\nactivation = {}\n";

#[test]
fn a_rerun_is_the_same_with_any_number_of_threads() {
    let folder = shop();
    let without_manifest = |run: PathBuf| {
        let mut all = files(&run);
        all.remove("manifest.json");
        all
    };
    let sections = format!("{LISTS}{TARGETING}");
    let first = without_manifest(run(folder.path(), &sections, &["--threads", "1"]));
    let again = without_manifest(run(folder.path(), &sections, &["--threads", "3"]));
    assert!(first.keys().any(|name| name.contains("email.csv")), "{:?}", first.keys());
    crate::support::same_files("a rerun", &first, &again);
}

#[test]
fn control_groups_are_disjoint_and_balanced() {
    let folder = shop();
    let run = run(folder.path(), &format!("{LISTS}{TARGETING}"), &[]);
    let segments = ByCustomer::read(&run, "rfm");
    let mut seen = BTreeSet::new();
    let mut strata: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for (target, id, arm, ..) in listed(&run) {
        assert!(seen.insert(id.clone()), "{id} is on two lists");
        let counts = strata.entry((target, segments.text(&id, "rfm_segment"))).or_default();
        counts.0 += 1.0;
        counts.1 += f64::from(u8::from(arm == "control"));
    }
    assert!(strata.len() > 8, "{strata:?}");
    for ((target, segment), (all, control)) in strata {
        let share = if target == "win_back" {
            0.2
        } else if target == "thank_you" {
            0.3
        } else {
            0.1
        };
        assert!((control - share * all).abs() <= 0.5 + 1e-9, "{target}, {segment}: {control} of {all}");
    }
}

/// Where customers come and go, few others change their arm.
#[test]
fn groups_stay_when_customers_arrive() {
    let folder = shop();
    let sections = format!("{LISTS}[targeting]\nstrata = [\"consent_sms\"]\n");
    let arms = |run: &Path| -> BTreeMap<(String, String), String> {
        listed(run).into_iter().map(|(target, id, arm, ..)| ((target, id), arm)).collect()
    };
    let before = arms(&run(folder.path(), &sections, &[]));
    let path = folder.path().join("people.csv");
    let people = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, format!("{people}new1,New,n@example.com,,Road,true,true,true,false,false,false\n"))
        .expect("a file");
    let orders = std::fs::read_to_string(folder.path().join("orders.csv")).expect("text");
    std::fs::write(folder.path().join("orders.csv"), format!("{orders}new1,2024-12-01,40\n")).expect("a file");
    let after = arms(&run(folder.path(), &sections, &[]));
    let moved = before.iter().filter(|(key, arm)| after.get(*key).is_some_and(|now| now != *arm)).count();
    let kept = before.keys().filter(|key| after.contains_key(*key)).count();
    assert!(moved <= 6 && kept + 10 > before.len(), "{moved} moved, {kept} of {} kept", before.len());
}

/// Whatever the file says, nobody is contacted without consent, or who must not be.
#[test]
fn nothing_gets_past_consent_and_suppression() {
    let folder = shop();
    let list = |channel: &str, more: &str| {
        format!(
            "[[targets]]\nname = \"any\"\nwhere = \"orders >= 0 OR TRUE\"\n{channel}{more}cost_per_contact = 0.01\n"
        )
    };
    let mut sections = Vec::new();
    for channel in
        ["email", "E-Mail", "sms", "SMS", "call", "phone", "letter", "push", "emial", "email ", "name", "consent_email"]
    {
        sections.push(list(&format!("channel = \"{channel}\"\n"), "rank_by = \"orders\"\n"));
        sections.push(
            list(&format!("channel = \"{channel}\"\n"), "uplift = \"orders\"\n")
                + "[targeting]\nactivation = { show_arm = true, columns = [\"city\"] }\n"
                    .replace("[\"city\"]", "[\"orders\"]")
                    .as_str(),
        );
    }
    for more in
        ["suppression = []\n", "suppress_where = \"FALSE\"\n", "max_contacts = 5\n", "exclusive_controls = false\n"]
    {
        sections.push(list("channel = \"email\"\n", "uplift = \"orders\"\n") + "[targeting]\nactivation = {}\n" + more);
    }
    sections.push(list("", "rank_by = \"orders\"\n"));
    sections.push(list("channel = \"sms\"\n", "min_customers = 700\nuplift = \"orders\"\n") + "[targeting]\n");
    let mut contacted = 0;
    for sections in sections {
        let _ = std::fs::remove_dir_all(folder.path().join("out"));
        let run = run(folder.path(), &sections, &["--quiet"]);
        let people = table(&run, "customers");
        let ids = texts(&people, "customer_id");
        let is = |column: &str| -> BTreeSet<String> {
            texts(&people, column)
                .into_iter()
                .zip(&ids)
                .filter(|(v, _)| v == "true")
                .map(|(_, id)| id.clone())
                .collect()
        };
        let [email, sms, phone] = ["consent_email", "consent_sms", "consent_phone"].map(is);
        let [never, dead, no_sms] = ["do_not_contact", "deceased", "unsubscribed_sms"].map(is);
        for (_, id, arm, _, channel) in listed(&run) {
            let key = channel.trim().to_lowercase();
            let consents = match key.as_str() {
                "email" | "e-mail" => email.contains(&id),
                "sms" => sms.contains(&id) && !no_sms.contains(&id),
                "phone" | "call" => phone.contains(&id),
                "" => email.contains(&id) || sms.contains(&id) || phone.contains(&id),
                _ => false,
            };
            assert!(consents && !never.contains(&id) && !dead.contains(&id), "{id} by {channel:?}, {arm}: {sections}");
            contacted += 1;
        }
        for file in files(&run).into_iter().filter(|(name, _)| name.contains("activation")) {
            let text = String::from_utf8(file.1).expect("text");
            for line in text.lines().skip(1) {
                let id = line.split(',').next().expect("an id");
                assert!(!never.contains(id) && !dead.contains(id), "{}: {line}", file.0);
            }
        }
    }
    assert!(contacted > 3_000, "{contacted} are too few to show anything");
}

#[test]
fn limits_hold_and_exclusions_add_up() {
    let folder = shop();
    let sections = format!(
        "{}{TARGETING}",
        LISTS.replacen("control_share = 0.2", "control_share = 0.2\nbudget = 25\nmax_customers = 190", 1)
    );
    let run = run(folder.path(), &sections, &[]);
    let rows = listed(&run);
    let cost = |of: &dyn Fn(&str, &str) -> bool| -> f64 {
        rows.iter().filter(|(target, _, _, _, channel)| of(target, channel)).map(|r| r.3).sum()
    };
    let treated = |channel: &str| rows.iter().filter(|r| r.4 == channel && r.2 == "treatment").count();
    assert!(cost(&|_, _| true) <= 150.0 + 1e-9 && cost(&|_, _| true) > 60.0, "{}", cost(&|_, _| true));
    assert!(cost(&|target, _| target == "win_back") <= 25.0 + 1e-9);
    assert!(rows.iter().filter(|r| r.0 == "win_back").count() <= 190);
    assert!(treated("call") <= 20 && treated("call") > 10 && treated("email") <= 300);
    assert!(rows.iter().all(|r| (r.3 > 0.0) == (r.2 == "treatment")), "control costs nothing");
    let exclusions = table(&run, "target_exclusions");
    let (targets, outcomes) = (texts(&exclusions, "target"), texts(&exclusions, "outcome"));
    let (counts, matched) = (numbers(&exclusions, "customers"), numbers(&exclusions, "matched"));
    let candidates = table(&run, "target_candidates");
    let became = texts(&candidates, "target").into_iter().zip(texts(&candidates, "outcome")).collect::<Vec<_>>();
    for name in ["win_back", "thank_you", "visit"] {
        let own: Vec<usize> = (0..targets.len()).filter(|r| targets[*r] == name).collect();
        let sum: f64 = own.iter().map(|r| counts[*r]).sum();
        assert_eq!(sum, matched[own[0]], "{name}");
        assert_eq!(sum, quality(&run, "targets", &format!("{name}_matched")));
        for r in own {
            let found = became.iter().filter(|(t, o)| t == name && *o == outcomes[r]).count();
            assert_eq!(found as f64, counts[r], "{name}, {}", outcomes[r]);
        }
    }
    for expected in [
        "suppressed",
        "no_consent",
        "no_address",
        "global_holdout",
        "control_of_running_campaign",
        "cooldown",
        "other_list",
        "cut",
    ] {
        assert!(outcomes.iter().any(|o| o == expected), "{expected}: {outcomes:?}");
    }
    assert!(quality(&run, "targets", "optimality_gap") < 0.01);
    assert!(quality(&run, "targets", "budget_price") >= 0.0);
    let budgets = table(&run, "target_budgets");
    let scopes = texts(&budgets, "scope");
    let profits = numbers(&budgets, "expected_profit");
    for scope in ["all lists", "win_back"] {
        let own: Vec<f64> = (0..scopes.len()).filter(|r| scopes[*r] == scope).map(|r| profits[r]).collect();
        assert_eq!(own.len(), 7, "{scope}");
        assert!(own.windows(2).all(|pair| pair[1] >= pair[0]), "more budget earns no less: {own:?}");
    }
}

#[test]
fn the_contact_history_is_kept_to() {
    let folder = shop();
    let run = run(folder.path(), &format!("{LISTS}{TARGETING}"), &[]);
    let policy = ByCustomer::read(&run, "contact_policy");
    let on: BTreeSet<String> = listed(&run).into_iter().map(|r| r.1).collect();
    let mut held_out = 0;
    for id in policy.ids() {
        let last = policy.text(id, "last_contact");
        let is_held_out = policy.text(id, "global_holdout") == "true";
        held_out += usize::from(is_held_out);
        let barred = is_held_out
            || policy.text(id, "running_campaign") == "control"
            || policy.number(id, "contacts_in_window") >= 3.0
            || (!last.is_empty() && last.as_str() > "2024-12-07")
            || !policy.text(id, "suppressed_by").is_empty();
        assert!(!(barred && on.contains(id)), "{id} is listed");
    }
    let expected = 0.05 * policy.ids().len() as f64;
    assert!((held_out as f64 - expected).abs() < 4.0 * expected.sqrt(), "{held_out}");
    // the mail of a campaign is written down twice and counts once; a visit of the customer isn't a contact
    let people: Vec<&String> =
        policy.ids().iter().filter(|id| policy.text(id, "running_campaign") == "treatment").collect();
    assert!(people.len() > 100);
    let most = people.iter().map(|id| policy.number(id, "contacts_in_window")).fold(0.0, f64::max);
    assert!(most <= 2.0, "{most}");
    assert!(policy.ids().iter().all(|id| policy.text(id, "last_contact").as_str() <= "2024-12-09"));
}

#[test]
fn files_hold_what_the_channel_needs_and_nothing_else() {
    let folder = shop();
    let sections = format!(
        "{LISTS}[[targets]]\nname = \"card\"\nwhere = \"orders >= 0 OR TRUE\"\nchannel = \"letter\"\nuplift = \"orders\"\n[targeting]\nmax_contacts = 4\nactivation = {{}}\n"
    );
    let path = folder.path().join("people.csv");
    let people = std::fs::read_to_string(&path).expect("text");
    let mut lines = people.lines().map(|line| format!("{line},true"));
    let head = lines.next().expect("a head").replace(",true", ",consent_letter");
    std::fs::write(&path, std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n") + "\n").expect("a file");
    let first = run(folder.path(), &sections, &[]);
    let read =
        |run: &Path, name: &str| std::fs::read_to_string(run.join(format!("activation/{name}.csv"))).expect("a file");
    let head = |text: &str| text.lines().next().expect("a head").to_owned();
    assert_eq!(head(&read(&first, "email")), "customer_id,target,offer,send_window,email");
    assert_eq!(head(&read(&first, "sms")), "customer_id,target,offer,send_window,phone");
    assert_eq!(head(&read(&first, "call")), "customer_id,target,offer,send_window,phone");
    assert_eq!(head(&read(&first, "letter")), "customer_id,target,offer,send_window,name,street");
    let letters = read(&first, "letter");
    assert!(
        letters.contains(",'=HYPERLINK(") && !letters.contains(",=") && !letters.contains(",\"="),
        "a name is no formula"
    );
    let calls = read(&first, "call");
    assert!(calls.lines().skip(1).all(|line| line.contains(",+49170")), "numbers are dialled as they stand: {calls}");
    let treated = |channel: &str| {
        listed(&first)
            .into_iter()
            .filter(|r| r.4 == channel && r.2 == "treatment")
            .map(|r| r.1)
            .collect::<BTreeSet<_>>()
    };
    for channel in ["email", "sms", "call", "letter"] {
        let text = read(&first, channel);
        let in_file: BTreeSet<String> =
            text.lines().skip(1).map(|l| l.split(',').next().expect("an id").to_owned()).collect();
        assert_eq!(in_file, treated(channel), "{channel}: those to be contacted, and no control customer");
    }
    let manifest = std::fs::read_to_string(first.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("activation/email.csv"));
    let shown = run(
        folder.path(),
        &sections.replace("activation = {}", "activation = { show_arm = true, columns = [\"rfm_segment\"] }"),
        &[],
    );
    let email = read(&shown, "email");
    assert_eq!(head(&email), "customer_id,target,offer,send_window,arm,email,rfm_segment");
    assert!(email.contains(",control,") && email.contains(",treatment,"));
}

#[test]
fn a_size_that_cannot_be_reached_is_said_and_left() {
    let folder = shop();
    let sections = LISTS.replacen("cost_per_contact = 2.5", "cost_per_contact = 2.5\nmin_customers = 60", 1)
        + "[targeting]\ncapacity = { call = 20 }\n";
    let run = run(folder.path(), &sections, &[]);
    let lines = table(&run, "run_quality");
    let notes = texts(&lines, "note");
    let row = texts(&lines, "check").iter().position(|c| c == "visit_possible").expect("a line");
    assert_eq!(texts(&lines, "ok")[row], "false");
    assert!(
        notes[row].contains("min_customers of `visit` is 60") && notes[row].contains("the capacity of call"),
        "{}",
        notes[row]
    );
    assert!(listed(&run).iter().any(|r| r.0 == "visit"), "the list is made all the same");
    let design = table(&run, "target_design");
    assert!(texts(&design, "note").iter().all(|note| note.contains("held back") || note.contains("can't")), "{design}");
}

#[test]
fn each_number_is_explained() {
    let folder = shop();
    let run = run(folder.path(), &format!("{LISTS}{TARGETING}"), &[]);
    let candidates = table(&run, "target_candidates");
    let (ids, outcomes) = (texts(&candidates, "customer_id"), texts(&candidates, "outcome"));
    let explained = |id: &str| run_ok(folder.path(), &["explain", "out/latest", "--customer", id]).stdout;
    for (outcome, words) in [
        ("treatment", "to be contacted"),
        ("no_consent", "no true consent_CHANNEL"),
        ("cut", "worth less than others"),
        ("suppressed", "an attribute such as"),
    ] {
        let row = outcomes.iter().position(|o| o == outcome).unwrap_or_else(|| panic!("{outcome}"));
        let text = explained(&ids[row]);
        assert!(text.contains(&format!("→ {outcome}: {words}")), "{text}");
        assert!(text.contains("assumed: 0.05 × clv_365d") || text.contains("assumed: 0.09 × clv_365d"), "{text}");
        assert!(text.contains("expected profit") && text.contains("× margin 1 − cost"), "{text}");
    }
}

/// The loop closes: what the finished campaign did is what tonight's list expects, and the explanation names it.
#[test]
fn measured_lifts_are_used_and_named() {
    let folder = shop();
    let list = "[[targets]]\nname = \"mail\"\nwhere = \"orders >= 1\"\nchannel = \"email\"\ncost_per_contact = 0.1\nuplift = \"measured\"\n";
    let run = run(folder.path(), &format!("{list}[targeting]\n"), &[]);
    let lifts = table(&run, "campaign_lifts");
    let effects = numbers(&lifts, "revenue_effect_shrunk");
    let candidates = table(&run, "target_candidates");
    let (sources, froms) = (texts(&candidates, "uplift_source"), texts(&candidates, "uplift_from"));
    let [revenue, margin, profit] = ["expected_revenue", "margin", "expected_profit"].map(|c| numbers(&candidates, c));
    assert!(candidates.height() > 500);
    for row in 0..candidates.height() {
        assert_eq!(sources[row], "measured", "{}", froms[row]);
        assert!(froms[row].contains("campaign"), "{}", froms[row]);
        assert!(effects.iter().any(|effect| *effect == revenue[row]), "{} is no measured effect", revenue[row]);
        assert!((profit[row] - (revenue[row] * margin[row] - 0.1)).abs() < 1e-9 && margin[row] == 0.4);
    }
    let id = &texts(&candidates, "customer_id")[0];
    let text = run_ok(folder.path(), &["explain", "out/latest", "--customer", id]).stdout;
    assert!(text.contains(&format!("measured: {}", froms[0])), "{text}");
}

#[test]
fn wrong_options_are_named() {
    let folder = shop();
    for (sections, words) in [
        ("[targeting]\nbudgt = 5\n", "did you mean `budget`?"),
        ("[targeting]\nglobal_holdout_share = 1.5\n", "`global_holdout_share` is out of range"),
        ("[targeting]\nmax_contacts = 0\n", "`max_contacts` is out of range"),
        ("[targeting]\nstrata = [\"rfm_segmnt\"]\n", "did you mean `rfm_segment`?"),
        ("[targeting]\nsuppress_where = \"ordrs > 3\"\n", "no customer table has a column `ordrs`"),
        (
            "[[targets]]\nname = \"a\"\nwhere = \"orders > 1\"\nuplift = \"uplift_x\"\n",
            "no customer table has a column `uplift_x`",
        ),
        (
            "[[targets]]\nname = \"a\"\nwhere = \"orders > 1\"\nuplift = \"rfm_segment\"\n",
            "`rfm_segment` holds no numbers",
        ),
        (
            "[[targets]]\nname = \"a\"\nwhere = \"orders > 1\"\nmin_customers = 5\nmax_customers = 2\n",
            "more than `max_customers`",
        ),
        ("[[targets]]\nname = \"a\"\nwhere = \"orders > 1\"\nmargin = 2\n", "`margin` is 2"),
    ] {
        std::fs::write(folder.path().join("p.toml"), format!("{SOURCES}{sections}")).expect("a file");
        let ended = acrm(folder.path(), &["check", "p.toml"]);
        assert_eq!(ended.code, 2, "{sections}");
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
}
