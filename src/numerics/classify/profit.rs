//! Whom contacting pays for.
//!
//! # Formula
//! Contacting a customer with probability p of the outcome is expected to bring `p · s · b − c`: the contact turns the
//! outcome (a loss averted, a sale made) into the benefit b with the success share s, and costs c. It pays from
//! `p* = c ÷ (s · b)` on (Elkan 2001, "The foundations of cost-sensitive learning"; the maximum profit measure of
//! Verbraken, Verbeke & Baesens 2013, IEEE TKDE 25, with a fixed success share).

use super::metrics::falling;

/// What a contact costs and brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// Money that a success is worth (b).
    pub benefit: f64,
    /// Money that a contact costs (c).
    pub contact_cost: f64,
    /// Share of the contacted customers with the outcome among whom it succeeds (s).
    pub success_share: f64,
}

impl Offer {
    /// The probability from which a contact pays; above 1 when it never does, 0 when it always does.
    pub fn threshold(&self) -> f64 {
        let worth = self.success_share * self.benefit;
        if worth > 0.0 { self.contact_cost / worth } else { f64::INFINITY }
    }

    /// Money expected of a contact.
    pub fn expected(&self, probability: f64) -> f64 {
        probability * self.success_share * self.benefit - self.contact_cost
    }
}

/// Contacting everyone from a probability on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitPoint {
    /// The lowest probability that is contacted; infinite when nobody is.
    pub cutoff: f64,
    /// Share of the rows that are contacted.
    pub contacted: f64,
    /// Money per row, contacted or not.
    pub profit_per_row: f64,
}

impl ProfitPoint {
    /// What contacting from `cutoff` on would have brought, given what came.
    pub fn at(cutoff: f64, probabilities: &[f64], outcomes: &[bool], offer: &Offer) -> Self {
        let rows = outcomes.len().max(1) as f64;
        let contacted = probabilities.iter().zip(outcomes).filter(|(p, _)| **p >= cutoff);
        let (count, profit) = contacted.fold((0.0, 0.0), |(count, profit), (_, y)| {
            (count + 1.0, profit + offer.expected(f64::from(u8::from(*y))))
        });
        Self { cutoff, contacted: count / rows, profit_per_row: profit / rows }
    }
}

/// The cutoff that would have brought most, given what came; nobody when nothing pays.
pub fn best_cutoff(probabilities: &[f64], outcomes: &[bool], offer: &Offer) -> ProfitPoint {
    let order = falling(probabilities);
    let rows = order.len().max(1) as f64;
    let mut best = ProfitPoint { cutoff: f64::INFINITY, contacted: 0.0, profit_per_row: 0.0 };
    let mut profit = 0.0;
    for (at, row) in order.iter().enumerate() {
        profit += offer.expected(f64::from(u8::from(outcomes[*row])));
        let is_step = order.get(at + 1).is_none_or(|next| probabilities[*next] < probabilities[*row]);
        if is_step && profit / rows > best.profit_per_row {
            let contacted = (at + 1) as f64 / rows;
            best = ProfitPoint { cutoff: probabilities[*row], contacted, profit_per_row: profit / rows };
        }
    }
    best
}
