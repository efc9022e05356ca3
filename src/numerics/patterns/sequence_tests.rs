//! Sequences against trying every embedding, and what other miners got wrong.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const MANY: usize = 1_000_000;

/// An element of a history: its day and its items.
type Bought = (i32, Vec<u32>);

type Elements = Vec<Vec<u32>>;

/// Sequences in the flat form.
#[derive(Default)]
struct Flat {
    items: Vec<u32>,
    elements: Vec<u32>,
    customers: Vec<u32>,
    days: Vec<i32>,
}

impl Flat {
    fn new(histories: &[Vec<Bought>]) -> Self {
        let mut flat = Self { elements: vec![0], customers: vec![0], ..Self::default() };
        for history in histories {
            for (day, items) in history {
                flat.items.extend_from_slice(items);
                flat.elements.push(flat.items.len() as u32);
                flat.days.push(*day);
            }
            flat.customers.push(flat.days.len() as u32);
        }
        flat
    }

    /// One item per element and day, as letters.
    fn letters(histories: &[&str]) -> Self {
        let history = |text: &&str| (0..).zip(text.bytes().map(|b| vec![u32::from(b)])).collect();
        Self::new(&histories.iter().map(history).collect::<Vec<_>>())
    }

    fn sequences(&self) -> Sequences<'_> {
        Sequences::new(&self.items, &self.elements, &self.customers, &self.days).unwrap()
    }

    fn mine(&self, options: &SequenceOptions) -> Vec<SequencePattern> {
        frequent_sequences(&self.sequences(), options).unwrap()
    }
}

const ALL: SequenceOptions = SequenceOptions {
    min_customers: 1,
    max_elements: 9,
    max_items: 9,
    gaps: Gaps { min_days: 0, max_days: None, max_elements: None },
    median_gaps: false,
    most: MANY,
};

/// A pattern of single items as letters, customers, closed.
fn letters(patterns: &[SequencePattern]) -> Vec<(String, u32, bool)> {
    let name = |p: &SequencePattern| p.elements.iter().map(|e| char::from(e[0] as u8)).collect();
    patterns.iter().map(|p| (name(p), p.customers, p.closed)).collect()
}

fn allowed(gaps: &Gaps, history: &[Bought], from: usize, to: usize) -> bool {
    let days = i64::from(history[to].0) - i64::from(history[from].0);
    days >= i64::from(gaps.min_days)
        && gaps.max_days.is_none_or(|max| days <= i64::from(max))
        && gaps.max_elements.is_none_or(|max| to - from <= max as usize)
}

/// Every pattern a history holds, with its earliest places.
fn embed(
    history: &[Bought],
    options: &SequenceOptions,
    pattern: &mut Elements,
    places: &mut Vec<usize>,
    found: &mut BTreeMap<Elements, Vec<usize>>,
) {
    if !pattern.is_empty() {
        let earliest = found.entry(pattern.clone()).or_insert_with(|| places.clone());
        if *places < *earliest {
            earliest.clone_from(places);
        }
    }
    let room = options.max_items - pattern.iter().map(Vec::len).sum::<usize>();
    if pattern.len() == options.max_elements {
        return;
    }
    for to in places.last().map_or(0, |last| last + 1)..history.len() {
        if places.last().is_some_and(|from| !allowed(&options.gaps, history, *from, to)) {
            continue;
        }
        let items = &history[to].1;
        for mask in 1..1_usize << items.len() {
            let part: Vec<u32> = (0..items.len()).filter(|i| mask >> i & 1 == 1).map(|i| items[i]).collect();
            if part.len() <= room {
                pattern.push(part);
                places.push(to);
                embed(history, options, pattern, places, found);
                pattern.pop();
                places.pop();
            }
        }
    }
}

/// Every frequent pattern with its customers and median gaps.
fn every_pattern(histories: &[Vec<Bought>], options: &SequenceOptions) -> BTreeMap<Elements, (u32, Vec<f64>)> {
    let mut days: BTreeMap<Elements, Vec<Vec<i32>>> = BTreeMap::new();
    for history in histories {
        let mut found = BTreeMap::new();
        embed(history, options, &mut Vec::new(), &mut Vec::new(), &mut found);
        for (pattern, places) in found {
            let gaps = places.windows(2).map(|w| history[w[1]].0 - history[w[0]].0).collect();
            days.entry(pattern).or_default().push(gaps);
        }
    }
    days.retain(|_, customers| customers.len() >= options.min_customers as usize);
    let medians = |customers: &Vec<Vec<i32>>| {
        let columns = 0..customers[0].len();
        let sorted = columns.map(|c| {
            let mut column: Vec<i32> = customers.iter().map(|gaps| gaps[c]).collect();
            column.sort_unstable();
            column
        });
        sorted.map(|c| f64::from(c[(c.len() - 1) / 2] + c[c.len() / 2]) / 2.0).collect()
    };
    days.iter().map(|(pattern, customers)| (pattern.clone(), (customers.len() as u32, medians(customers)))).collect()
}

/// Whether `long` holds `short`, under a maximum gap in neighbouring elements.
fn extends(long: &Elements, short: &Elements, contiguous: bool) -> bool {
    let holds = |set: &Vec<u32>, part: &Vec<u32>| part.iter().all(|item| set.contains(item));
    if contiguous {
        long.windows(short.len()).any(|w| w.iter().zip(short).all(|(set, part)| holds(set, part)))
    } else {
        let mut rest = long.iter();
        short.iter().all(|part| rest.any(|set| holds(set, part)))
    }
}

fn some_histories(items: usize) -> impl Strategy<Value = Vec<Vec<Bought>>> {
    let element = (0..4_i32, prop::collection::btree_set(0..4_u32, 0..=items));
    let history = prop::collection::vec(element, 0..6).prop_map(|elements| {
        let walk = elements.into_iter().scan(0, |day, (step, items)| {
            *day += step;
            Some((*day, items.into_iter().collect::<Vec<u32>>()))
        });
        walk.collect::<Vec<Bought>>()
    });
    prop::collection::vec(history, 0..9)
}

fn some_options() -> impl Strategy<Value = SequenceOptions> {
    let gaps = (0..3_u32, prop::option::of(0..6_u32), prop::option::of(1..4_u32));
    let gaps = gaps.prop_map(|(min_days, max_days, max_elements)| Gaps { min_days, max_days, max_elements });
    let gaps = prop_oneof![Just(Gaps::default()), gaps];
    (1..4_u32, 1..5_usize, 1..6_usize, gaps).prop_map(|(min_customers, max_elements, max_items, gaps)| {
        SequenceOptions { min_customers, max_elements, max_items, gaps, median_gaps: true, most: MANY }
    })
}

fn compare(histories: &[Vec<Bought>], options: &SequenceOptions) -> Result<(), TestCaseError> {
    let found = Flat::new(histories).mine(options);
    let got: BTreeMap<Elements, (u32, Vec<f64>)> =
        found.iter().map(|p| (p.elements.clone(), (p.customers, p.median_gap_days.clone()))).collect();
    prop_assert_eq!(got.len(), found.len());
    prop_assert_eq!(got, every_pattern(histories, options));
    for p in &found {
        let same = found.iter().filter(|q| q.customers == p.customers && q.elements != p.elements);
        let covered = same.filter(|q| extends(&q.elements, &p.elements, options.gaps.limited())).count() > 0;
        prop_assert_eq!(p.closed, !covered, "{:?} among {:?}", p, found);
    }
    let size = |p: &SequencePattern| (p.elements.len(), p.elements.iter().map(Vec::len).sum::<usize>());
    prop_assert!(found.windows(2).all(|w| (size(&w[0]), &w[0].elements) < (size(&w[1]), &w[1].elements)));
    let plain = Flat::new(histories).mine(&SequenceOptions { median_gaps: false, ..*options });
    prop_assert!(plain.iter().zip(&found).all(|(a, b)| (&a.elements, a.customers) == (&b.elements, b.customers)));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn patterns_of_itemsets_equal_those_of_trying_every_embedding(
        histories in some_histories(3), options in some_options()
    ) {
        compare(&histories, &options)?;
    }

    #[test]
    fn patterns_of_single_items_equal_those_of_trying_every_embedding(
        histories in some_histories(1), options in some_options()
    ) {
        compare(&histories, &options)?;
    }

    #[test]
    fn neither_the_order_of_customers_nor_the_number_of_threads_matters(
        histories in some_histories(2), options in some_options()
    ) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| Flat::new(&histories).mine(&options));
        let turned: Vec<_> = histories.into_iter().rev().collect();
        prop_assert_eq!(one, pool(3).install(|| Flat::new(&turned).mine(&options)));
    }

    #[test]
    fn paths_equal_the_beginnings_counted_one_by_one(
        histories in some_histories(2), depth in 0..4_usize, min_customers in 1..3_u32
    ) {
        let flat = Flat::new(&histories);
        let nodes = purchase_paths(&flat.sequences(), depth, min_customers);
        let mut want: BTreeMap<Elements, (u32, u32)> = BTreeMap::new();
        for history in &histories {
            for length in 0..=depth.min(history.len()) {
                let begin = history[..length].iter().map(|b| b.1.clone()).collect();
                let node = want.entry(begin).or_default();
                node.0 += 1;
                node.1 += u32::from(length == history.len());
            }
        }
        want.retain(|_, node| node.0 >= min_customers);
        // A rising map is the order of the tree: a path comes before what begins with it.
        let got: Vec<_> = nodes.iter().map(|n| (n.path.clone(), (n.customers, n.stopped))).collect();
        prop_assert_eq!(got, want.clone().into_iter().collect::<Vec<_>>());
        for node in &nodes {
            let parent = node.path.split_last().map_or(node.customers, |(_, rest)| want[rest].0);
            prop_assert_eq!(node.share.to_bits(), (f64::from(node.customers) / f64::from(parent)).to_bits());
        }
    }
}

/// Other items may lie in between, a customer counts once however often the
/// pattern comes, and what an equally frequent longer pattern says is not closed.
#[test]
fn gaps_are_allowed_customers_count_once_and_closed_is_closed() {
    let flat = Flat::letters(&["PQPRS", "QPSP", "PRPTS", "RPQQ", "PPPP", "TUT"]);
    let found = flat.mine(&SequenceOptions { min_customers: 3, ..ALL });
    let want = [("P", 5, true), ("Q", 3, true), ("R", 3, true), ("S", 3, false), ("PP", 4, true), ("PS", 3, true)];
    assert_eq!(letters(&found), want.map(|(name, customers, closed)| (name.to_owned(), customers, closed)));
    // "PPP" comes in one history only.
    let all = letters(&flat.mine(&ALL));
    assert!(all.contains(&("PPP".to_owned(), 1, false)) && all.contains(&("PPPP".to_owned(), 1, true)), "{all:?}");
    // Neighbours only.
    let gaps = Gaps { max_elements: Some(1), ..Gaps::default() };
    let next = letters(&flat.mine(&SequenceOptions { gaps, ..ALL }));
    let count = |name: &str| next.iter().find(|p| p.0 == name).map_or(0, |p| p.1);
    assert_eq!([count("PP"), count("QP"), count("PS"), count("PPP"), count("QS")], [1, 2, 1, 1, 0]);
}

/// From the first `A` nothing is in reach; from the second one `B` is, and from
/// the second `B` so is `C`.
#[test]
fn under_a_maximum_gap_later_ends_count() {
    let history = vec![(0, vec![1]), (50, vec![1]), (51, vec![2]), (58, vec![2]), (60, vec![3])];
    let flat = Flat::new(&[history]);
    let near = Gaps { max_days: Some(8), ..Gaps::default() };
    let found = flat.mine(&SequenceOptions { gaps: near, median_gaps: true, ..ALL });
    let pattern = found.iter().find(|p| p.elements == [[1], [2], [3]]).expect("within 8 days each");
    // 50 → 58 → 60: 51 would be earlier, but 60 is 9 days from there.
    assert_eq!((pattern.customers, pattern.median_gap_days.as_slice()), (1, &[8.0, 2.0][..]));
    let nearer = Gaps { max_days: Some(7), ..Gaps::default() };
    let found = flat.mine(&SequenceOptions { gaps: nearer, ..ALL });
    assert!(found.iter().all(|p| p.elements != [[1], [2], [3]]));
    assert!(found.iter().any(|p| p.elements == [[1], [2], [2], [3]]));
}

#[test]
fn elements_of_one_day_follow_each_other_unless_a_day_must_pass() {
    let flat = Flat::new(&[vec![(5, vec![1]), (5, vec![2]), (6, vec![3])]]);
    let patterns = |min_days| {
        let gaps = Gaps { min_days, ..Gaps::default() };
        let found = flat.mine(&SequenceOptions { gaps, max_elements: 2, ..ALL });
        found.iter().filter(|p| p.elements.len() == 2).map(|p| p.elements.concat()).collect::<Vec<_>>()
    };
    assert_eq!(patterns(0), [[1, 2], [1, 3], [2, 3]]);
    assert_eq!(patterns(1), [[1, 3], [2, 3]]);
    assert!(patterns(2).is_empty());
}

#[test]
fn median_gaps_are_those_of_the_earliest_places() {
    let days = |days: &[i32]| days.iter().zip([1, 2, 1, 2]).map(|(day, item)| (*day, vec![item])).collect();
    let flat = Flat::new(&[days(&[0, 10, 12, 90]), days(&[3, 7]), days(&[-5, i32::MAX - 5])]);
    let found = flat.mine(&SequenceOptions { min_customers: 3, median_gaps: true, ..ALL });
    assert_eq!((found[2].elements.concat(), found[2].median_gap_days[0]), (vec![1, 2], 10.0));
    let far = Flat::new(&[vec![(i32::MIN, vec![1]), (i32::MAX, vec![1])]]);
    let found = far.mine(&SequenceOptions { median_gaps: true, ..ALL });
    assert_eq!(found[1].median_gap_days, [4_294_967_295.0]);
}

#[test]
fn nothing_one_and_all_alike() {
    for histories in [&[][..], &[vec![]], &[vec![(1, vec![])], vec![]]] {
        assert!(Flat::new(histories).mine(&ALL).is_empty());
    }
    let none = Sequences::new(&[], &[], &[], &[]).unwrap();
    assert!(none.is_empty() && frequent_sequences(&none, &ALL).unwrap().is_empty());
    assert!(purchase_paths(&none, 3, 1).is_empty());
    let alike = Flat::new(&vec![vec![(1, vec![4, 6]), (2, vec![4])]; 500]);
    let found = alike.mine(&SequenceOptions { min_customers: 500, ..ALL });
    assert_eq!((found.len(), found.iter().filter(|p| p.closed).count()), (6, 1));
    assert!(alike.mine(&SequenceOptions { min_customers: 501, ..ALL }).is_empty());
    let nodes = purchase_paths(&alike.sequences(), 1, 1);
    assert_eq!((nodes.len(), nodes[0].stopped, nodes[1].customers, nodes[1].stopped), (2, 0, 500, 0));
}

#[test]
fn too_many_and_impossible_input_are_errors_that_say_so() {
    let flat = Flat::letters(&["ABCDEFGHIJKLMNOP"]);
    let error = frequent_sequences(&flat.sequences(), &SequenceOptions { most: 3000, ..ALL }).unwrap_err();
    let want =
        "more than 3000 frequent sequences; raise the minimum number of customers, or shorten the maximum length";
    assert_eq!(error.to_string(), want);
    let zero = [
        SequenceOptions { min_customers: 0, ..ALL },
        SequenceOptions { max_elements: 0, ..ALL },
        SequenceOptions { max_items: 0, ..ALL },
        SequenceOptions { gaps: Gaps { max_elements: Some(0), ..Gaps::default() }, ..ALL },
    ];
    let named: BTreeSet<String> =
        zero.iter().map(|options| frequent_sequences(&flat.sequences(), options).unwrap_err().to_string()).collect();
    assert_eq!(named.len(), 4, "{named:?}");
    let message = |items: &[u32], elements: &[u32], customers: &[u32], days: &[i32]| {
        Sequences::new(items, elements, customers, days).unwrap_err().to_string()
    };
    assert_eq!(
        message(&[1, 2], &[0, 1], &[0, 1], &[0]),
        "offsets of elements must rise from 0 to 2, the number of items"
    );
    assert_eq!(
        message(&[1], &[0, 1], &[0, 2], &[0]),
        "offsets of customers must rise from 0 to 1, the number of elements"
    );
    assert_eq!(message(&[1], &[0, 1], &[0, 1], &[]), "0 days for 1 elements");
    assert_eq!(
        message(&[3, 3], &[0, 2], &[0, 1], &[0]),
        "item number 1 is out of order, each item must be greater than the one before it in the same element"
    );
    assert_eq!(
        message(&[3, 3], &[0, 1, 2], &[0, 2], &[1, 0]),
        "day number 1 is out of order, each day must come no earlier than that of the customer's element before"
    );
    assert!(message(&[u32::MAX], &[0, 1], &[0, 1], &[0]).starts_with("item id 4294967295, allowed are"));
}
