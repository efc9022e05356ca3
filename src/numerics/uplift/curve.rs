//! Qini and uplift curves, and the areas below them.
//!
//! # Formula
//!
//! Put everybody in falling order of the score. Among the first n, let N_t and N_c be the treated and the control, Y_t and
//! Y_c the sums of their outcomes. Then
//!
//! ```text
//! Qini curve     Q(n) = Y_t − Y_c N_t / N_c
//! uplift curve   U(n) = (Y_t / N_t − Y_c / N_c) n
//! ```
//!
//! A mean over nobody counts as 0. Q counts what the treated among the first n brought more than they would have brought
//! (Radcliffe 2007, "Using control groups to target on predicted lift", Direct Marketing Analytics Journal 1, p. 14–21,
//! for yes/no outcomes; the same of money); U what treating all the first n would bring (Gutierrez & Gérardy 2017,
//! "Causal inference and uplift modelling: a review of the literature", PMLR 67, section 4). Areas are trapezoids over 0 ≤ n ≤ N.
//!
//! The scales that these areas are told in have names:
//!
//! | name | is | unit |
//! |---|---|---|
//! | Qini coefficient | (area below Q − area below the line to its end) ÷ N² | outcome per person |
//! | Qini over random | (area below Q − area below the line to its end) ÷ area below the line | ratio |
//! | Qini of the perfect | the same ÷ the same of the best order that yes/no outcomes allow | ratio, at most 1 |
//! | AUUC | area below U ÷ N² | outcome per person |
//!
//! Targeting at random has a Qini coefficient of 0 and an AUUC of half the average effect.
//!
//! Rows have weights, see [`Trial`]; N_t, N_c, Y_t and Y_c are then weighted sums, n stays a count.

use super::error::UpliftError;
use super::trial::{Trial, finite, same_length};

/// What becomes of equal scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// They stay in the order of the rows as given.
    #[default]
    AsGiven,
    /// They are treated together: the curve has no point inside a tie and is straight there.
    Merged,
}

/// Rows in falling order of their scores.
#[derive(Debug, Clone)]
pub struct Order {
    pub(super) rows: Vec<u32>,
    /// Where a point of the curve may be: the end of each tie, or none when it may be everywhere.
    ends: Option<Vec<u32>>,
}

impl Order {
    /// Puts the rows of a trial in order.
    ///
    /// # Errors
    /// Scores of another length, that are not finite, or all the same.
    pub fn of(scores: &[f64], trial: &Trial<'_>, ties: Ties) -> Result<Self, UpliftError> {
        same_length("scores", scores.len(), trial.len())?;
        finite("scores", scores)?;
        if scores.iter().all(|score| *score == scores[0]) {
            return Err(UpliftError::ScoresAlike { rows: scores.len() });
        }
        let mut rows: Vec<u32> = (0..scores.len() as u32).collect();
        // −0 and 0 are one score
        let key = |row: u32| scores[row as usize] + 0.0;
        rows.sort_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
        let ends = (ties == Ties::Merged).then(|| {
            let mut end = 0;
            let sizes = rows.chunk_by(|a, b| key(*a).total_cmp(&key(*b)).is_eq()).map(<[u32]>::len);
            sizes
                .map(|size| {
                    end += size as u32;
                    end
                })
                .collect()
        });
        Ok(Self { rows, ends })
    }

    /// The rows, best first.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.rows.iter().map(|row| *row as usize)
    }
}

/// Sums over the first rows of an order.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// How many rows, and of which arm by weight.
    reach: f64,
    treated: f64,
    control: f64,
    /// Outcomes by weight.
    treated_outcome: f64,
    control_outcome: f64,
}

impl Sums {
    fn add(&mut self, trial: &Trial<'_>, row: usize, copies: f64) {
        let weight = copies * trial.weight(row);
        let outcome = weight * trial.outcomes()[row];
        self.reach += copies;
        if trial.treated()[row] {
            self.treated += weight;
            self.treated_outcome += outcome;
        } else {
            self.control += weight;
            self.control_outcome += outcome;
        }
    }

    fn qini(&self) -> f64 {
        let expected = if self.control > 0.0 { self.control_outcome * self.treated / self.control } else { 0.0 };
        self.treated_outcome - expected
    }

    fn uplift(&self) -> f64 {
        let mean = |sum: f64, weight: f64| if weight > 0.0 { sum / weight } else { 0.0 };
        (mean(self.treated_outcome, self.treated) - mean(self.control_outcome, self.control)) * self.reach
    }
}

/// Walks down an order and shows the sums at each point of the curve.
fn walk(trial: &Trial<'_>, order: &Order, copies: impl Fn(usize) -> f64, mut at: impl FnMut(&Sums)) {
    let mut sums = Sums::default();
    let mut ends = order.ends.iter().flatten().copied().peekable();
    for (place, row) in order.rows().enumerate() {
        sums.add(trial, row, copies(row));
        if order.ends.is_none() || ends.next_if_eq(&(place as u32 + 1)).is_some() {
            at(&sums);
        }
    }
}

/// Areas below the curves, and where they end.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Areas {
    /// Number of rows.
    pub rows: f64,
    /// Area below the Qini curve.
    pub qini: f64,
    /// Its last value: what the treated brought more than they would have.
    pub qini_end: f64,
    /// Area below the uplift curve.
    pub uplift: f64,
    /// Its last value: what treating everybody would bring.
    pub uplift_end: f64,
}

impl Areas {
    /// Of a trial in an order; `copies` tells how often a row counts.
    pub(super) fn of(trial: &Trial<'_>, order: &Order, copies: impl Fn(usize) -> f64) -> Self {
        let mut areas = Self::default();
        walk(trial, order, copies, |sums| {
            let (qini, uplift, width) = (sums.qini(), sums.uplift(), sums.reach - areas.rows);
            areas.qini += 0.5 * (areas.qini_end + qini) * width;
            areas.uplift += 0.5 * (areas.uplift_end + uplift) * width;
            (areas.rows, areas.qini_end, areas.uplift_end) = (sums.reach, qini, uplift);
        });
        areas
    }

    /// Area below the straight line to the end of the Qini curve: targeting at random.
    pub fn random(&self) -> f64 {
        0.5 * self.qini_end * self.rows
    }

    /// The Qini coefficient: outcome per person, 0 at random.
    pub fn qini_coefficient(&self) -> f64 {
        if self.rows > 0.0 { (self.qini - self.random()) / (self.rows * self.rows) } else { 0.0 }
    }

    /// The Qini coefficient as a ratio to the area of targeting at random. `None` unless that is above 0: a ratio to an
    /// effect of 0 or less says nothing.
    pub fn qini_over_random(&self) -> Option<f64> {
        let random = self.random();
        (random > 0.0).then(|| (self.qini - random) / random)
    }

    /// The area under the uplift curve: outcome per person.
    pub fn auuc(&self) -> f64 {
        if self.rows > 0.0 { self.uplift / (self.rows * self.rows) } else { 0.0 }
    }
}

/// The curves of a trial.
#[derive(Debug, Clone)]
pub struct Curves {
    reach: Vec<f64>,
    qini: Vec<f64>,
    uplift: Vec<f64>,
    areas: Areas,
}

impl Curves {
    /// The curves of a trial whose rows are put in order by scores.
    ///
    /// # Errors
    /// Scores that are not finite or all the same, outcomes that are all the same.
    pub fn of(scores: &[f64], trial: &Trial<'_>, ties: Ties) -> Result<Self, UpliftError> {
        Self::in_order(trial, &Order::of(scores, trial, ties)?)
    }

    /// The curves of a trial in an order.
    ///
    /// # Errors
    /// Outcomes that are all the same.
    pub fn in_order(trial: &Trial<'_>, order: &Order) -> Result<Self, UpliftError> {
        trial.check_outcomes_vary()?;
        let (mut reach, mut qini, mut uplift) = (vec![0.0], vec![0.0], vec![0.0]);
        walk(
            trial,
            order,
            |_| 1.0,
            |sums| {
                reach.push(sums.reach);
                qini.push(sums.qini());
                uplift.push(sums.uplift());
            },
        );
        Ok(Self { reach, qini, uplift, areas: Areas::of(trial, order, |_| 1.0) })
    }

    /// The areas below them.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// The Qini curve where the first `rows` are targeted; straight between its points.
    pub fn qini_at(&self, rows: f64) -> f64 {
        self.between(&self.qini, rows)
    }

    /// The uplift curve where the first `rows` are targeted; straight between its points.
    pub fn uplift_at(&self, rows: f64) -> f64 {
        self.between(&self.uplift, rows)
    }

    fn between(&self, curve: &[f64], rows: f64) -> f64 {
        let after = self.reach.partition_point(|reach| *reach < rows);
        let Some(right) = self.reach.get(after) else { return curve.last().copied().unwrap_or_default() };
        let Some(left) = after.checked_sub(1) else { return curve[0] };
        let part = (rows - self.reach[left]) / (right - self.reach[left]);
        curve[left] + part * (curve[after] - curve[left])
    }
}

/// The Qini coefficient as a share of the best that yes/no outcomes allow: the treated who responded first, then all who
/// did not respond, the control who responded last. At most 1.
///
/// # Errors
/// As [`Curves::of`], and for outcomes other than 0 and 1.
pub fn qini_of_perfect(scores: &[f64], trial: &Trial<'_>, ties: Ties) -> Result<f64, UpliftError> {
    let other = trial.outcomes().iter().position(|y| *y != 0.0 && *y != 1.0);
    if let Some(row) = other {
        let outcome = trial.outcomes()[row];
        return Err(UpliftError::NotYesNo { method: "the perfect order", row, outcome });
    }
    let curves = Curves::of(scores, trial, ties)?;
    let sign = |(outcome, treated): (&f64, &bool)| if *treated { *outcome } else { -outcome };
    let best = trial.outcomes().iter().zip(trial.treated()).map(sign).collect::<Vec<_>>();
    let perfect = Curves::of(&best, trial, ties)?;
    let above = |areas: &Areas| areas.qini - areas.random();
    Ok(above(curves.areas()) / above(perfect.areas()))
}
