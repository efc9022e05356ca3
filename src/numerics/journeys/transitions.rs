//! From where to where customers go, one step at a time.

use std::cmp::Ordering;

use super::error::JourneyError;
use super::sequence::Journeys;
use super::tally::Tally;

/// Where a transition starts or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// Before the first event.
    Start,
    /// A state: a touchpoint or a conversion.
    State(u32),
    /// After the last event of a customer who has fallen silent.
    Silence,
}

impl Node {
    pub(super) fn of(number: usize, states: usize) -> Self {
        match number.cmp(&states) {
            Ordering::Less => Self::State(number as u32),
            Ordering::Equal => Self::Start,
            Ordering::Greater => Self::Silence,
        }
    }
}

/// One transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// From where.
    pub from: Node,
    /// To where.
    pub to: Node,
    /// How often.
    pub count: u64,
    /// By how many customers at least once.
    pub customers: u64,
    /// Share of the transitions from there, 0..1: the transition matrix of a first order chain.
    pub probability: f64,
}

/// All transitions that were made, in the order of their nodes.
///
/// `silent` says of each customer whether they have fallen silent. The last event of the others leads nowhere yet and
/// is no transition, so the probabilities aren't biased by where the observation ends.
///
/// # Errors
///
/// [`JourneyError::Length`] if `silent` has another number of rows than there are customers.
pub fn transitions(journeys: &Journeys<'_>, silent: &[bool]) -> Result<Vec<Transition>, JourneyError> {
    if silent.len() != journeys.customers() {
        return Err(JourneyError::Length { column: "silent", found: silent.len(), expected: journeys.customers() });
    }
    let states = journeys.states();
    let tally = journeys.gather(
        || Tally::new(states),
        |tally, customer, journey| tally.add(journey, silent[customer]),
        |a, b| a.merge(&b),
    );
    let mut found = Vec::new();
    for from in 0..=states {
        let total: u64 = (0..states + 2).map(|to| tally.moves[tally.pair(from, to)]).sum();
        for to in 0..states + 2 {
            let pair = tally.pair(from, to);
            let count = tally.moves[pair];
            if count > 0 {
                found.push(Transition {
                    from: Node::of(from, states),
                    to: Node::of(to, states),
                    count,
                    customers: tally.movers[pair],
                    probability: count as f64 / total as f64,
                });
            }
        }
    }
    found.sort_by_key(|transition| (transition.from, transition.to));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn start_and_silence_are_nodes_and_an_open_end_is_not() {
        let offsets = [0, 3, 5, 5, 6];
        let states = [0, 0, 1, 0, 0, 1];
        let all = Journeys::new(&offsets, &states, &[1, 2, 3, 1, 2, 7], &[false, true], 9).unwrap();
        let found = transitions(&all, &[true, false, true, false]).unwrap();
        let row = |from, to, count, customers, probability| Transition { from, to, count, customers, probability };
        let (start, visit, buy) = (Node::Start, Node::State(0), Node::State(1));
        let want = [
            row(start, visit, 2, 2, 2.0 / 3.0),
            row(start, buy, 1, 1, 1.0 / 3.0),
            row(visit, visit, 2, 2, 2.0 / 3.0),
            row(visit, buy, 1, 1, 1.0 / 3.0),
            row(buy, Node::Silence, 1, 1, 1.0),
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn nobody_goes_nowhere() {
        let all = Journeys::new(&[], &[], &[], &[], 0).unwrap();
        assert_eq!(transitions(&all, &[]), Ok(Vec::new()));
        assert!(matches!(transitions(&all, &[true]), Err(JourneyError::Length { column: "silent", .. })));
    }

    proptest! {
        #[test]
        fn shares_of_each_node_sum_to_one(rows in prop::collection::vec((prop::collection::vec(0u32..4, 0..9), any::<bool>()), 0..30)) {
            let mut offsets = vec![0];
            let mut states = Vec::new();
            for (journey, _) in &rows {
                states.extend_from_slice(journey);
                offsets.push(states.len());
            }
            let seconds = vec![0; states.len()];
            let all = Journeys::new(&offsets, &states, &seconds, &[false, false, true, false], 0).unwrap();
            let silent: Vec<bool> = rows.iter().map(|(_, silent)| *silent).collect();
            let found = transitions(&all, &silent).unwrap();
            for node in [Node::Start, Node::State(0), Node::State(1), Node::State(2), Node::State(3)] {
                let rows: Vec<&Transition> = found.iter().filter(|row| row.from == node).collect();
                let sum: f64 = rows.iter().map(|row| row.probability).sum();
                prop_assert!(rows.is_empty() || (sum - 1.0).abs() < 1e-12);
                prop_assert!(rows.iter().all(|row| row.customers <= row.count));
            }
            let ends = rows.iter().filter(|(journey, silent)| *silent && !journey.is_empty()).count();
            let counts: u64 = found.iter().map(|row| row.count).sum();
            prop_assert_eq!(counts, (states.len() + ends) as u64);
        }
    }
}
