//! Removal effects of an absorbing Markov chain.
//!
//! The states are the start, the channels (first order) or pairs of a channel and the one before it (second order),
//! conversion and null; probabilities are the shares of the steps made (Anderl, Becker, von Wangenheim & Schumann 2016,
//! "Mapping the customer journey: lessons learned from graph-based online attribution modeling", IJRM 33, p. 457).
//!
//! # Formula
//! With the probabilities Q between transient states and r from them to conversion, the fundamental matrix is
//! `N = (I − Q)⁻¹` and the chance to convert `h = N r` (Kemeny & Snell 1960, "Finite Markov Chains", chapter III).
//! Removing a channel sends every step into it to null. Its states are S; from the start s the chain first enters S in
//! each of them with the chances `N[s,S] N[S,S]⁻¹`, so of the conversions it loses
//!
//! `R = N[s,S] N[S,S]⁻¹ h[S] / h[s]`,
//!
//! the removal effect; for a single state `N[s,c] h[c] / (N[c,c] h[s])`. One inverse serves all channels; nothing is
//! simulated.

use linfa_linalg::LinalgError;
use linfa_linalg::qr::{QR, QRInto};
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use super::super::error::JourneyError;

/// Most transient states of a chain, so that its inverse takes two seconds or so at most.
pub const MAX_CHAIN_STATES: usize = 1_000;
/// Most cells of the table of steps.
const MAX_CELLS: usize = 1 << 22;

/// Memory of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkovOrder {
    /// The next step depends on the last touchpoint.
    First,
    /// The next step depends on the last two touchpoints.
    Second,
}

/// Steps counted: from each state to each channel, conversion and null.
///
/// State 0 is the start. First order: state 1 + c is channel c. Second order, with n channels: state 1 + c is channel c
/// after nothing, state 1 + (p + 1) n + c is c after p.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    channels: usize,
    order: MarkovOrder,
    counts: Vec<u64>,
}

/// What the chain comes to.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// Per channel, 0..1.
    pub(super) removal_effects: Vec<f64>,
}

impl Steps {
    /// No steps yet.
    pub(super) fn new(channels: usize, order: MarkovOrder) -> Result<Self, JourneyError> {
        let states = match order {
            MarkovOrder::First => 1 + channels,
            MarkovOrder::Second => 1 + (channels + 1) * channels,
        };
        let cells = states * (channels + 2);
        if cells > MAX_CELLS {
            return Err(JourneyError::TooManyStates { states, limit: MAX_CHAIN_STATES });
        }
        Ok(Self { channels, order, counts: vec![0; cells] })
    }

    /// Adds a path of channels; one without any is no path.
    pub(super) fn add(&mut self, path: impl ExactSizeIterator<Item = usize>, converts: bool) {
        if path.len() == 0 {
            return;
        }
        let mut state = 0;
        for channel in path {
            self.count(state, channel);
            state = self.enter(state, channel);
        }
        self.count(state, self.channels + usize::from(!converts));
    }

    /// Adds the steps of other paths.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, part)| *sum += part);
        self
    }

    fn count(&mut self, state: usize, to: usize) {
        self.counts[state * (self.channels + 2) + to] += 1;
    }

    /// Channel of a state; none for the start.
    fn channel(&self, state: usize) -> Option<usize> {
        state.checked_sub(1).map(|state| state % self.channels)
    }

    /// State after a step into a channel.
    fn enter(&self, state: usize, channel: usize) -> usize {
        match (self.order, self.channel(state)) {
            (MarkovOrder::Second, Some(before)) => 1 + (before + 1) * self.channels + channel,
            _ => 1 + channel,
        }
    }

    /// Removal effects of all channels; all 0 if nothing converts.
    pub(super) fn solve(&self) -> Result<Solution, JourneyError> {
        let width = self.channels + 2;
        let total = |state: usize| self.counts[state * width..(state + 1) * width].iter().sum::<u64>();
        let states: Vec<usize> = (0..self.counts.len() / width).filter(|state| total(*state) > 0).collect();
        if states.len() > MAX_CHAIN_STATES {
            return Err(JourneyError::TooManyStates { states: states.len(), limit: MAX_CHAIN_STATES });
        }
        let mut matrix = identity(states.len());
        let mut converting = Array1::<f64>::zeros(states.len());
        for (row, state) in states.iter().enumerate() {
            let all = total(*state) as f64;
            let counts = &self.counts[state * width..(state + 1) * width];
            converting[row] = counts[self.channels] as f64 / all;
            for (channel, count) in counts[..self.channels].iter().enumerate().filter(|(_, count)| **count > 0) {
                let column = states.partition_point(|other| *other < self.enter(*state, channel));
                matrix[(row, column)] -= *count as f64 / all;
            }
        }
        if !converting.iter().any(|chance| *chance > 0.0) {
            return Ok(Solution { removal_effects: vec![0.0; self.channels] });
        }
        let failed =
            |reason: LinalgError| JourneyError::Unsolvable { states: states.len(), reason: reason.to_string() };
        let visits = matrix.qr_into().and_then(|factors| factors.solve_into(identity(states.len()))).map_err(failed)?;
        let chances = visits.dot(&converting);
        let mut entered = vec![Vec::new(); self.channels];
        for (row, state) in states.iter().enumerate() {
            if let Some(channel) = self.channel(*state) {
                entered[channel].push(row);
            }
        }
        let effect = |rows: &Vec<usize>| lost(&visits, &chances, rows).map_err(failed);
        Ok(Solution { removal_effects: entered.par_iter().map(effect).collect::<Result<_, _>>()? })
    }
}

/// The identity, stored column by column, along which the factorisation works.
fn identity(size: usize) -> Array2<f64> {
    Array2::eye(size).reversed_axes()
}

/// Share of the conversions that pass any of the states in `rows`.
fn lost(visits: &Array2<f64>, chances: &Array1<f64>, rows: &[usize]) -> Result<f64, LinalgError> {
    if rows.is_empty() {
        return Ok(0.0);
    }
    let from_start = visits.row(0).select(Axis(0), rows);
    let within = visits.select(Axis(0), rows).select(Axis(1), rows);
    let onwards = chances.select(Axis(0), rows).insert_axis(Axis(1));
    let first_entries = within.qr()?.solve(&onwards)?;
    let lost = from_start.dot(&first_entries.column(0)) / chances[0];
    Ok(lost.clamp(0.0, 1.0))
}
