//! Counts of states and transitions, in events and in customers.

use super::sequence::Journey;

/// Counts over some customers, for `states` states, the start and silence.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    states: usize,
    /// Times each transition was made, `from` after `from`.
    pub(super) moves: Vec<u64>,
    /// Customers who made it.
    pub(super) movers: Vec<u64>,
    /// Customers who had each state.
    pub(super) visitors: Vec<u64>,
    /// Customers counted.
    pub(super) customers: u64,
    last_mover: Vec<u64>,
    last_visitor: Vec<u64>,
}

impl Tally {
    /// Nothing counted.
    pub(super) fn new(states: usize) -> Self {
        let pairs = (states + 2) * (states + 2);
        Self {
            states,
            moves: vec![0; pairs],
            movers: vec![0; pairs],
            visitors: vec![0; states],
            customers: 0,
            last_mover: vec![0; pairs],
            last_visitor: vec![0; states],
        }
    }

    /// Position of a transition between two numbers of nodes: the states, then the start, then silence.
    pub(super) fn pair(&self, from: usize, to: usize) -> usize {
        from * (self.states + 2) + to
    }

    /// Counts a customer; one who has fallen silent makes a last transition to silence.
    pub(super) fn add(&mut self, journey: Journey<'_>, silent: bool) {
        self.customers += 1;
        let mut from = self.states;
        for state in journey.states {
            let to = *state as usize;
            if self.last_visitor[to] != self.customers {
                self.last_visitor[to] = self.customers;
                self.visitors[to] += 1;
            }
            self.step(from, to);
            from = to;
        }
        if silent && from != self.states {
            self.step(from, self.states + 1);
        }
    }

    fn step(&mut self, from: usize, to: usize) {
        let pair = self.pair(from, to);
        self.moves[pair] += 1;
        if self.last_mover[pair] != self.customers {
            self.last_mover[pair] = self.customers;
            self.movers[pair] += 1;
        }
    }

    /// Adds the counts of other customers; no customer may be added afterwards.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        let add = |sums: &mut [u64], parts: &[u64]| sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        add(&mut self.moves, &other.moves);
        add(&mut self.movers, &other.movers);
        add(&mut self.visitors, &other.visitors);
        self.customers += other.customers;
        self
    }
}
