//! Where the journeys of two groups differ.

use super::error::JourneyError;
use super::sequence::Journeys;
use super::tally::Tally;
use super::transitions::Node;
use crate::numerics::surveys::inference::{Confidence, Proportion, ShareDifference, q_values};

/// One of the two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// The first.
    A,
    /// The second.
    B,
}

/// What a customer's journey has or hasn't got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trait {
    /// A state.
    State(u32),
    /// A transition.
    Transition(Node, Node),
}

/// One trait in both groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// What.
    pub what: Trait,
    /// Customers of A who have it at least once, of all of A.
    pub a: Proportion,
    /// Customers of B who have it at least once, of all of B.
    pub b: Proportion,
    /// Share in A less share in B, with interval and test.
    pub difference: ShareDifference,
    /// Benjamini and Hochberg's q-value among all traits compared.
    pub q: f64,
}

/// Two groups side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Customers of A.
    pub customers_a: u64,
    /// Customers of B.
    pub customers_b: u64,
    /// What differs most comes first.
    pub differences: Vec<Difference>,
}

/// Compares, trait by trait, the share of each group's customers who have it.
///
/// `groups` says of each customer which group they are in, `None` for neither; `silent` whether they have fallen
/// silent. A customer counts once, however often they pass a transition, so that the test's units are independent.
/// Traits that nobody has are left out. Sorted: traits with a q-value of at most 1 − level first, then the others, each
/// by the size of the difference. Nothing is compared if a group is empty.
///
/// # Errors
///
/// [`JourneyError::Length`] if `groups` or `silent` has another number of rows than there are customers.
pub fn compare(
    journeys: &Journeys<'_>,
    groups: &[Option<Group>],
    silent: &[bool],
    confidence: Confidence,
) -> Result<Comparison, JourneyError> {
    for (column, found) in [("groups", groups.len()), ("silent", silent.len())] {
        if found != journeys.customers() {
            return Err(JourneyError::Length { column, found, expected: journeys.customers() });
        }
    }
    let states = journeys.states();
    let [a, b] = journeys.gather(
        || [Tally::new(states), Tally::new(states)],
        |[a, b], customer, journey| match groups[customer] {
            Some(Group::A) => a.add(journey, silent[customer]),
            Some(Group::B) => b.add(journey, silent[customer]),
            None => (),
        },
        |[a, b], [c, d]| [a.merge(&c), b.merge(&d)],
    );
    let visited = (0..states).map(|state| (Trait::State(state as u32), a.visitors[state], b.visitors[state]));
    let moved = (0..=states).flat_map(|from| (0..states + 2).map(move |to| (from, to))).map(|(from, to)| {
        let pair = a.pair(from, to);
        (Trait::Transition(Node::of(from, states), Node::of(to, states)), a.movers[pair], b.movers[pair])
    });
    let had = visited.chain(moved).filter(|(_, in_a, in_b)| in_a + in_b > 0);
    let mut differences: Vec<Difference> = had
        .filter_map(|(what, in_a, in_b)| {
            let a = Proportion::of(in_a, a.customers, confidence)?;
            let b = Proportion::of(in_b, b.customers, confidence)?;
            let difference = ShareDifference::of(&a, &b);
            Some(Difference { what, a, b, difference, q: difference.p })
        })
        .collect();
    let p: Vec<f64> = differences.iter().map(|row| row.difference.p).collect();
    differences.iter_mut().zip(q_values(&p)).for_each(|(row, q)| row.q = q);
    let called = |row: &Difference| row.q <= 1.0 - confidence.level();
    differences.sort_by(|x, y| {
        let size = y.difference.difference.abs().total_cmp(&x.difference.difference.abs());
        called(y).cmp(&called(x)).then(size).then(x.what.cmp(&y.what))
    });
    Ok(Comparison { customers_a: a.customers, customers_b: b.customers, differences })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Customers with journeys over the states 0, 1 and 2.
    fn run(rows: &[(Vec<u32>, Option<Group>)]) -> Comparison {
        let mut offsets = vec![0];
        let mut states = Vec::new();
        for (journey, _) in rows {
            states.extend_from_slice(journey);
            offsets.push(states.len());
        }
        let seconds = vec![0; states.len()];
        let all = Journeys::new(&offsets, &states, &seconds, &[false, false, true], 0).unwrap();
        let groups: Vec<Option<Group>> = rows.iter().map(|(_, group)| *group).collect();
        compare(&all, &groups, &vec![false; rows.len()], Confidence::default()).unwrap()
    }

    fn times(count: usize, journey: &[u32], group: Option<Group>) -> Vec<(Vec<u32>, Option<Group>)> {
        vec![(journey.to_vec(), group); count]
    }

    #[test]
    fn the_planted_difference_comes_first_and_customers_count_once() {
        let rows = [
            times(60, &[0, 1, 0, 1, 0, 1], Some(Group::A)),
            times(40, &[0], Some(Group::A)),
            times(20, &[0, 1], Some(Group::B)),
            times(80, &[0], Some(Group::B)),
            times(50, &[2, 2, 2], None),
        ]
        .concat();
        let found = run(&rows);
        assert_eq!((found.customers_a, found.customers_b), (100, 100));
        let first = &found.differences[0];
        assert_eq!(first.what, Trait::Transition(Node::State(1), Node::State(0)));
        assert_eq!((first.a.successes, first.b.successes), (60, 0));
        let second = &found.differences[1];
        assert_eq!((second.what, second.a.successes, second.b.successes), (Trait::State(1), 60, 20));
        // (0.6 − 0.2)/√(0.4 · 0.6 · 2/100)
        assert!((second.difference.z - 0.4 / 0.0048f64.sqrt()).abs() < 1e-12);
        assert!(second.q < 1e-6, "{second:?}");
        let same = found.differences.last().unwrap();
        assert_eq!((same.difference.difference.abs() < 1e-15, same.q >= 1.0), (true, true));
        assert!(found.differences.iter().all(|row| row.what != Trait::State(2)));
    }

    #[test]
    fn chance_differences_are_not_called() {
        let rows = [
            times(52, &[0, 1], Some(Group::A)),
            times(48, &[0], Some(Group::A)),
            times(50, &[0, 1], Some(Group::B)),
            times(50, &[0], Some(Group::B)),
        ];
        assert!(run(&rows.concat()).differences.iter().all(|row| row.q > 0.5));
    }

    #[test]
    fn an_empty_group_differs_in_nothing() {
        let found = run(&times(5, &[0, 1], Some(Group::A)));
        assert_eq!((found.customers_a, found.customers_b, found.differences.len()), (5, 0, 0));
        let nobody = Journeys::new(&[], &[], &[], &[], 0).unwrap();
        assert!(matches!(
            compare(&nobody, &[None], &[], Confidence::default()),
            Err(JourneyError::Length { column: "groups", .. })
        ));
        assert!(matches!(
            compare(&nobody, &[], &[true], Confidence::default()),
            Err(JourneyError::Length { column: "silent", .. })
        ));
    }

    proptest! {
        #[test]
        fn swapping_the_groups_turns_the_sign(rows in prop::collection::vec((prop::collection::vec(0u32..3, 0..6), any::<bool>()), 1..40)) {
            let of = |first: Group, second: Group| {
                let group = |is_first: bool| Some(if is_first { first } else { second });
                run(&rows.iter().map(|(journey, side)| (journey.clone(), group(*side))).collect::<Vec<_>>())
            };
            let (found, swapped) = (of(Group::A, Group::B), of(Group::B, Group::A));
            prop_assert_eq!(found.differences.len(), swapped.differences.len());
            for (x, y) in found.differences.iter().zip(&swapped.differences) {
                prop_assert_eq!(x.what, y.what);
                prop_assert!((x.difference.difference + y.difference.difference).abs() < 1e-15);
                prop_assert!(x.difference.lower <= x.difference.difference && x.difference.difference <= x.difference.upper);
                prop_assert!((0.0..=1.0).contains(&x.q));
            }
        }
    }
}
