//! Baskets against trying every set, and what other miners got wrong.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const MANY: usize = 100_000;

/// Baskets in the flat form.
struct Flat {
    items: Vec<u32>,
    offsets: Vec<u32>,
}

impl Flat {
    fn new<B: AsRef<[u32]>>(baskets: &[B]) -> Self {
        let (mut items, mut offsets) = (Vec::new(), vec![0]);
        for basket in baskets {
            items.extend_from_slice(basket.as_ref());
            offsets.push(items.len() as u32);
        }
        Self { items, offsets }
    }

    fn baskets(&self) -> Baskets<'_> {
        Baskets::new(&self.items, &self.offsets).unwrap()
    }

    fn mine(&self, min_count: u32, max_length: usize) -> Itemsets {
        frequent_itemsets(&self.baskets(), &ItemsetOptions { min_count, max_length, most: MANY }).unwrap()
    }
}

fn listed(itemsets: &Itemsets) -> Vec<(&[u32], u32)> {
    itemsets.sets().iter().map(|set| (set.items.as_slice(), set.count)).collect()
}

fn rules(itemsets: &Itemsets, min_confidence: f64, single_consequent: bool) -> Vec<Rule> {
    association_rules(itemsets, &RuleOptions { min_confidence, single_consequent, most: MANY }).unwrap()
}

/// Antecedent and consequent of a rule.
fn sides<'a>(itemsets: &'a Itemsets, rule: &Rule) -> (&'a [u32], &'a [u32]) {
    (&itemsets.sets()[rule.antecedent].items, &itemsets.sets()[rule.consequent].items)
}

/// Every set of items below 6 with its count, if frequent.
fn all_sets(baskets: &[Vec<u32>], min_count: u32, max_length: usize) -> Vec<(Vec<u32>, u32)> {
    let mut sets: Vec<(Vec<u32>, u32)> = (1..64_u32)
        .map(|mask| (0..6).filter(|i| mask >> i & 1 == 1).collect::<Vec<u32>>())
        .filter(|set| set.len() <= max_length)
        .map(|set| {
            let holders = baskets.iter().filter(|basket| set.iter().all(|item| basket.contains(item)));
            let count = holders.count() as u32;
            (set, count)
        })
        .filter(|(_, count)| *count >= min_count)
        .collect();
    sets.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(a.0.cmp(&b.0)));
    sets
}

fn some_baskets() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(0..6_u32, 0..7), 0..25)
}

proptest! {
    #[test]
    fn itemsets_and_flags_equal_those_of_trying_every_set(
        baskets in some_baskets(), min_count in 1..5_u32, max_length in 1..7_usize
    ) {
        let found = Flat::new(&baskets).mine(min_count, max_length);
        let every = all_sets(&baskets, min_count, max_length);
        prop_assert_eq!(found.baskets() as usize, baskets.len());
        let want: Vec<(&[u32], u32)> = every.iter().map(|(set, count)| (set.as_slice(), *count)).collect();
        prop_assert_eq!(listed(&found), want);
        let longer = all_sets(&baskets, min_count, 6);
        for set in found.sets() {
            let inside = |other: &&(Vec<u32>, u32)| {
                other.0.len() > set.items.len() && set.items.iter().all(|item| other.0.contains(item))
            };
            let cut = set.items.len() == max_length;
            prop_assert_eq!(set.maximal, cut || !longer.iter().any(|other| inside(&other)));
            prop_assert_eq!(set.closed, cut || !longer.iter().filter(inside).any(|other| other.1 == set.count));
            prop_assert_eq!(found.sets()[found.position(&set.items).unwrap()].clone(), set.clone());
        }
    }

    #[test]
    fn rules_equal_those_of_trying_every_split(
        baskets in some_baskets(), min_count in 1..4_u32, min_confidence in 0.0..1.0_f64, single in any::<bool>()
    ) {
        let found = Flat::new(&baskets).mine(min_count, 5);
        let counts: BTreeMap<Vec<u32>, u32> = all_sets(&baskets, min_count, 5).into_iter().collect();
        let mut want = BTreeSet::new();
        for (a, antecedent) in &counts {
            for b in counts.keys().filter(|b| b.iter().all(|item| !a.contains(item)) && (!single || b.len() == 1)) {
                let mut both = [a.clone(), b.clone()].concat();
                both.sort_unstable();
                if let Some(count) = counts.get(&both).filter(|c| f64::from(**c) / f64::from(*antecedent) >= min_confidence) {
                    want.insert((a.clone(), b.clone(), *count, *antecedent, counts[b]));
                }
            }
        }
        let rules = rules(&found, min_confidence, single);
        let got: BTreeSet<_> = rules.iter().map(|rule| {
            let (a, b) = sides(&found, rule);
            (a.to_vec(), b.to_vec(), rule.count, rule.antecedent_count, rule.consequent_count)
        }).collect();
        prop_assert_eq!(got.len(), rules.len());
        prop_assert_eq!(got, want);
        for pair in rules.windows(2) {
            let key = |r: &Rule| (-r.confidence(), -f64::from(r.count), r.antecedent, r.consequent);
            prop_assert!(key(&pair[0]) < key(&pair[1]));
        }
        for rule in &rules {
            let all = [Some(rule.lift()), Some(rule.leverage()), rule.conviction(), rule.chi_squared(), rule.p_value()];
            prop_assert!(all.into_iter().flatten().all(f64::is_finite));
            prop_assert_eq!(rule.conviction().is_none(), rule.count == rule.antecedent_count);
        }
    }

    #[test]
    fn customers_equal_those_counted_one_by_one(
        baskets in some_baskets(), steps in prop::collection::vec(0..3_u32, 25), min_count in 1..3_u32
    ) {
        let flat = Flat::new(&baskets);
        let found = flat.mine(min_count, 4);
        let customers: Vec<u32> = steps.iter().scan(0, |c, step| { *c += step; Some(*c) }).take(baskets.len()).collect();
        let want: Vec<u32> = found.sets().iter().map(|set| {
            let holders = baskets.iter().zip(&customers).filter(|(b, _)| set.items.iter().all(|item| b.contains(item)));
            holders.map(|(_, c)| c).collect::<BTreeSet<_>>().len() as u32
        }).collect();
        prop_assert_eq!(count_customers(&flat.baskets(), &customers, &found).unwrap(), want);
    }

    #[test]
    fn neither_the_order_of_baskets_nor_the_number_of_threads_matters(baskets in some_baskets(), turn in 0..25_usize) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| Flat::new(&baskets).mine(1, 6));
        let mut turned = baskets.clone();
        turned.rotate_left(turn.min(baskets.len()));
        let three = pool(3).install(|| Flat::new(&turned).mine(1, 6));
        prop_assert_eq!(&one, &three);
        let both = [pool(1).install(|| rules(&one, 0.3, false)), pool(3).install(|| rules(&three, 0.3, false))];
        prop_assert_eq!(&both[0], &both[1]);
    }
}

/// A miner once gave a pair the count of one of its parts: bread and jam are
/// together in 3 baskets, bread alone in 5.
#[test]
fn a_pair_has_its_own_count_and_maximal_sets_are_those_in_no_other() {
    let [bread, jam, milk, salt] = [0, 1, 2, 3];
    let flat = Flat::new(&[
        vec![bread, jam],
        vec![jam, bread, milk],
        vec![bread, milk],
        vec![bread, jam],
        vec![bread],
        vec![salt],
        vec![salt, milk],
    ]);
    let found = flat.mine(2, 9);
    let want: [(&[u32], u32); 6] =
        [(&[bread], 5), (&[jam], 3), (&[milk], 3), (&[salt], 2), (&[bread, jam], 3), (&[bread, milk], 2)];
    assert_eq!(listed(&found), want);
    let maximal: Vec<&[u32]> = found.sets().iter().filter(|s| s.maximal).map(|s| s.items.as_slice()).collect();
    assert_eq!(maximal, [&[salt][..], &[bread, jam], &[bread, milk]]);
    // Whoever has jam has bread.
    let open: Vec<&[u32]> = found.sets().iter().filter(|s| !s.closed).map(|s| s.items.as_slice()).collect();
    assert_eq!(open, [&[jam][..]]);
}

/// A rule that always holds: 1 − confidence is 0, and conviction has no number.
#[test]
fn a_rule_that_never_fails_has_no_conviction_and_comes_first() {
    let [printer, paper, ink] = [4, 7, 9];
    let flat = Flat::new(&[
        vec![printer, paper],
        vec![printer, paper, ink],
        vec![paper],
        vec![paper, ink],
        vec![ink],
        vec![],
        vec![paper],
        vec![ink],
        vec![ink],
        vec![],
    ]);
    let found = flat.mine(1, 2);
    let rules = rules(&found, 0.0, false);
    let names: Vec<(u32, u32)> = rules.iter().map(|r| (sides(&found, r).0[0], sides(&found, r).1[0])).collect();
    assert_eq!(names, [(printer, paper), (printer, ink), (paper, printer), (paper, ink), (ink, paper), (ink, printer)]);
    let first = rules[0];
    let measures = [first.support(), first.confidence(), first.lift(), first.leverage()];
    for (got, want) in measures.iter().zip([0.2, 1.0, 2.0, 0.1]) {
        assert!((got - want).abs() < 1e-15, "{measures:?}");
    }
    assert_eq!(first.conviction(), None);
    // The table (2 0 / 3 5): 10 · (2·5 − 0·3)² / (2 · 8 · 5 · 5).
    assert!((first.chi_squared().unwrap() - 2.5).abs() < 1e-14);
    assert!((first.p_value().unwrap() - 0.113_846_298_006_658).abs() < 1e-15);
    // (1 − 0.5) / (1 − 0.5), independent.
    assert_eq!((rules[1].conviction(), rules[1].lift(), rules[1].chi_squared()), (Some(1.0), 1.0, Some(0.0)));
    assert_eq!(rules[2].conviction(), Some(4.0 / 3.0));
}

#[test]
fn what_is_in_every_basket_has_no_chi_squared() {
    let found = Flat::new(&[[1, 2], [1, 2], [1, 3]]).mine(1, 2);
    let rules = rules(&found, 0.9, true);
    assert_eq!(rules.len(), 2);
    assert!(
        rules
            .iter()
            .all(|r| r.chi_squared().is_none() && r.p_value().is_none() && r.lift().to_bits() == 1.0_f64.to_bits()),
        "{rules:?}"
    );
}

#[test]
fn nothing_one_and_all_alike() {
    for baskets in [&[][..], &[vec![]], &[vec![], vec![]]] {
        let flat = Flat::new(baskets);
        let found = flat.mine(1, 3);
        assert!(found.sets().is_empty() && rules(&found, 0.0, false).is_empty());
        assert!(count_customers(&flat.baskets(), &vec![0; baskets.len()], &found).unwrap().is_empty());
    }
    let alike = Flat::new(&vec![[5, 2, 8]; 1000]);
    let found = alike.mine(1000, 3);
    assert_eq!((found.sets().len(), found.sets().iter().filter(|s| s.closed && s.maximal).count()), (7, 1));
    assert_eq!(count_customers(&alike.baskets(), &[3; 1000], &found).unwrap(), [1; 7]);
    assert!(alike.mine(1001, 3).sets().is_empty());
}

/// Customers are never cut in two where baskets are taken in parts.
#[test]
fn customers_with_more_baskets_than_are_taken_at_once_count_once() {
    let flat = Flat::new(&vec![[0, 1]; 100_000]);
    let found = flat.mine(1, 2);
    for (per_customer, want) in [(1, 100_000), (3, 33_334), (60_000, 2), (100_000, 1)] {
        let customers: Vec<u32> = (0..100_000).map(|basket| basket / per_customer).collect();
        assert_eq!(count_customers(&flat.baskets(), &customers, &found).unwrap(), [want; 3]);
    }
}

#[test]
fn too_many_and_impossible_options_are_errors_that_say_so() {
    let flat = Flat::new(&[(0..20).collect::<Vec<u32>>()]);
    let mine = |min_count, max_length, most| {
        frequent_itemsets(&flat.baskets(), &ItemsetOptions { min_count, max_length, most })
    };
    let error = mine(1, 20, 5000).unwrap_err().to_string();
    assert_eq!(error, "more than 5000 frequent itemsets; raise the minimum support, or shorten the maximum length");
    assert_eq!(mine(1, 2, 210).unwrap().sets().len(), 210);
    assert!(mine(1, 2, 209).is_err());
    assert_eq!(mine(0, 2, 9).unwrap_err().to_string(), "min_count = 0, it must be at least 1");
    assert_eq!(mine(1, 0, 9).unwrap_err().to_string(), "max_length = 0, it must be at least 1");
    let found = mine(1, 4, MANY).unwrap();
    let made = |min_confidence, most| {
        association_rules(&found, &RuleOptions { min_confidence, single_consequent: false, most })
    };
    assert!(matches!(made(0.5, 100), Err(PatternError::TooMany { most: 100, .. })));
    assert!(matches!(made(1.5, 100), Err(PatternError::Confidence { .. })));
    assert!(matches!(made(f64::NAN, 100), Err(PatternError::Confidence { .. })));
    let count = |customers: &[u32]| count_customers(&flat.baskets(), customers, &found);
    assert_eq!(count(&[1, 2]).unwrap_err().to_string(), "2 customers for 1 baskets");
    let two = Flat::new(&[[1], [2]]);
    let error = count_customers(&two.baskets(), &[4, 3], &two.mine(1, 1)).unwrap_err();
    assert!(matches!(error, PatternError::Order { what: "customer", row: 1, .. }));
}
