//! Control groups, and lifts looked up.

use arrow::array::{Float64Array, Int64Array, StringArray};

use super::control::{draw, stratified};
use super::measured::Lifts;
use super::{is_control, is_held_out};
use crate::table::{Categories, ColumnSpec, Kind, TableBuilder, TableSpec, Tables};

fn group(pipeline: &str, target: &str, share: f64) -> Vec<usize> {
    (0..20_000).filter(|n| is_control(pipeline, target, &n.to_string(), share)).collect()
}

#[test]
fn the_share_is_kept_and_larger_shares_hold_smaller_ones() {
    let small = group("nightly", "win_back", 0.1);
    let large = group("nightly", "win_back", 0.25);
    // four standard deviations of a binomial of 20,000
    assert!(small.len().abs_diff(2_000) < 170, "{}", small.len());
    assert!(small.iter().all(|n| large.contains(n)));
    assert_eq!(group("nightly", "win_back", 0.0), Vec::<usize>::new());
    assert_eq!(group("nightly", "win_back", 1.0).len(), 20_000);
}

#[test]
fn lists_and_pipelines_draw_independently() {
    let a = group("nightly", "win_back", 0.5);
    for other in [group("nightly", "thank_you", 0.5), group("weekly", "win_back", 0.5)] {
        let both = a.iter().filter(|n| other.binary_search(n).is_ok()).count();
        assert!(both.abs_diff(5_000) < 250, "{both}");
    }
}

/// Names that run together must not draw the same numbers.
#[test]
fn names_do_not_run_together() {
    let a = (0..64).map(|n| is_control("ab", "c", &n.to_string(), 0.5)).collect::<Vec<_>>();
    let b = (0..64).map(|n| is_control("a", "bc", &n.to_string(), 0.5)).collect::<Vec<_>>();
    assert_ne!(a, b);
}

/// Members with strata of very different sizes.
fn members(count: usize) -> (Vec<u32>, Vec<f64>) {
    let strata = (0..count).map(|n| (n % 97 / 12) as u32).collect();
    (strata, (0..count).map(|n| draw("nightly", "win_back", &n.to_string())).collect())
}

#[test]
fn the_share_holds_in_every_stratum() {
    for (count, share) in [(0, 0.1), (1, 0.5), (1_000, 0.1), (1_000, 0.33), (777, 0.0), (777, 1.0)] {
        let (strata, draws) = members(count);
        let control = stratified(&strata, &draws, share);
        for stratum in 0..9 {
            let own: Vec<bool> =
                strata.iter().zip(&control).filter(|(s, _)| **s == stratum).map(|(_, control)| *control).collect();
            let held = own.iter().filter(|control| **control).count() as f64;
            assert!((held - share * own.len() as f64).abs() <= 0.5, "{count}, {share}, {stratum}: {held}");
        }
        let smaller = stratified(&strata, &draws, share / 2.0);
        assert!(
            smaller.iter().zip(&control).all(|(small, large)| *large || !small),
            "a larger share keeps who was in it"
        );
    }
}

#[test]
fn a_newcomer_moves_one_other_at_most() {
    let (strata, draws) = members(600);
    for leaver in [0, 13, 599] {
        let all = stratified(&strata, &draws, 0.2);
        let without =
            |values: &[f64]| values.iter().enumerate().filter(|(n, _)| *n != leaver).map(|(_, v)| *v).collect();
        let fewer: Vec<f64> = without(&draws);
        let mut groups = strata.clone();
        groups.remove(leaver);
        let rest = stratified(&groups, &fewer, 0.2);
        let before = all.iter().enumerate().filter(|(n, _)| *n != leaver).map(|(_, control)| *control);
        assert!(before.zip(rest).filter(|(before, after)| before != after).count() <= 1);
    }
}

#[test]
fn the_global_holdout_is_independent_of_the_lists() {
    let held: Vec<usize> = (0..20_000).filter(|n| is_held_out("nightly", &n.to_string(), 0.1)).collect();
    assert!(held.len().abs_diff(2_000) < 170, "{}", held.len());
    let control = group("nightly", "win_back", 0.5);
    let both = held.iter().filter(|n| control.binary_search(n).is_ok()).count();
    assert!(both.abs_diff(held.len() / 2) < 100, "{both}");
    assert!(!is_held_out("nightly", "7", 0.0));
}

const PEOPLE: TableSpec = TableSpec {
    name: "customers",
    row: "a customer",
    about: "",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", ""),
        ColumnSpec::new("rfm_segment", Kind::Category, "", "").nullable(),
        ColumnSpec::new("days_since_last", Kind::Count, "", "").nullable(),
    ],
    example: "",
};

const MEASURED: TableSpec = TableSpec {
    name: "campaign_lifts",
    row: "a lift",
    about: "",
    columns: &[
        ColumnSpec::new("offer", Kind::Category, "", "").nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "").nullable(),
        ColumnSpec::new("segment_by", Kind::Category, "", "").nullable(),
        ColumnSpec::new("segment", Kind::Category, "", "").nullable(),
        ColumnSpec::new("campaigns", Kind::Count, "", ""),
        ColumnSpec::new("window_days", Kind::Count, "", "").nullable(),
        ColumnSpec::new("conversion_effect_shrunk", Kind::Real, "", "").nullable(),
        ColumnSpec::new("revenue_effect_shrunk", Kind::Real, "", "").nullable(),
        ColumnSpec::new("evidence_weight", Kind::Real, "", ""),
    ],
    example: "",
};

/// Four customers, and lifts of an offer, of a channel, of segments of two kinds, and of everything.
fn measured() -> Tables {
    let words = |words: &[&str]| {
        Categories::from_words(&words.iter().map(|w| Some(*w).filter(|w| !w.is_empty())).collect::<Vec<_>>())
    };
    let mut tables = Tables::default();
    let people = TableBuilder::new(&PEOPLE)
        .text("customer_id", StringArray::from(vec!["a", "b", "c", "d"]))
        .category("rfm_segment", words(&["At risk", "Loyal", "", "At risk"]))
        .count("days_since_last", Int64Array::from(vec![Some(100), Some(10), None, Some(40)]));
    tables.insert(people.build().expect("people"));
    let lifts = TableBuilder::new(&MEASURED)
        .category("offer", words(&["mug", "mug", "", "", "", "", ""]))
        .category("channel", words(&["email", "", "email", "email", "", "", "sms"]))
        .category("segment_by", words(&["rfm_segment", "", "", "days_since_last", "rfm_segment", "", ""]))
        .category("segment", words(&["At risk", "", "", "31-90 days", "Loyal", "", ""]))
        .count("campaigns", vec![1; 7])
        .count("window_days", vec![28; 7])
        .real("conversion_effect_shrunk", Float64Array::from(vec![None, None, None, None, None, None, Some(0.02)]))
        .real(
            "revenue_effect_shrunk",
            Float64Array::from(vec![Some(5.0), Some(4.0), Some(3.0), Some(3.5), Some(2.0), Some(1.0), None]),
        )
        .real("evidence_weight", vec![0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]);
    tables.insert(lifts.build().expect("lifts"));
    tables
}

#[test]
fn the_most_specific_lift_holds() {
    let tables = measured();
    let lifts = Lifts::of(&tables).expect("lifts");
    let found = |offer: Option<&str>, channel: Option<&str>| {
        let finder = lifts.finder(offer, channel, |lift| lift.revenue.is_some());
        (0..4).map(|row| finder.find(row).and_then(|at| lifts.lifts[at].revenue).unwrap_or(0.0)).collect::<Vec<_>>()
    };
    assert_eq!(found(Some("mug"), Some("email")), [5.0, 4.0, 4.0, 5.0], "offer, channel and segment, else the offer");
    assert_eq!(found(Some("cup"), Some("E-Mail")), [1.0, 2.0, 1.0, 1.0], "another spelling is another channel");
    assert_eq!(found(Some("cup"), Some("Email")), [3.0, 3.0, 3.0, 3.5], "the channel, and days in bands");
    assert_eq!(found(None, None), [1.0, 2.0, 1.0, 1.0], "a segment, else all");
    let sms = lifts.finder(None, Some("sms"), |_| true);
    assert_eq!(sms.find(0).map(|at| lifts.lifts[at].conversion), Some(Some(0.02)));
    assert_eq!(lifts.lifts[0].from, "offer mug, channel email, rfm_segment At risk (1 campaign)");
    assert!(Lifts::of(&Tables::default()).expect("none").lifts.is_empty());
}
