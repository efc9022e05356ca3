//! Association rules: who has these items in a basket has those too.
//!
//! Sources: Agrawal, Imieliński & Swami (1993) for support and confidence; Brin,
//! Motwani, Ullman & Tsur (1997) for lift (their "interest") and conviction;
//! Piatetsky-Shapiro (1991) for leverage; Brin, Motwani & Silverstein (1997) for
//! chi-squared. Rules grow by their consequent (Agrawal & Srikant 1994, section
//! 3): where one fails the confidence, so do all with a larger consequent of
//! the same itemset.

use super::PatternError;
use super::itemsets::{Itemsets, Positions};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which rules are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleOptions {
    /// Smallest confidence, 0 to 1.
    pub min_confidence: f64,
    /// Only rules whose consequent is one item.
    pub single_consequent: bool,
    /// Most rules; more are an error.
    pub most: usize,
}

/// Baskets with the antecedent also hold the consequent: the counts, and all that follows from them.
///
/// With n baskets, a of them with the antecedent A, b with the consequent B and
/// c with both. Each measure is worked out of these integers and rounded once
/// or twice, no difference of rounded numbers is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Place of the antecedent among the itemsets.
    pub antecedent: usize,
    /// Place of the consequent among the itemsets.
    pub consequent: usize,
    /// Place of both together among the itemsets.
    pub both: usize,
    /// n, number of baskets.
    pub baskets: u32,
    /// a, baskets with the antecedent.
    pub antecedent_count: u32,
    /// b, baskets with the consequent.
    pub consequent_count: u32,
    /// c, baskets with both.
    pub count: u32,
}

impl Rule {
    /// c / n, the share of baskets that hold both.
    pub fn support(&self) -> f64 {
        f64::from(self.count) / f64::from(self.baskets)
    }

    /// c / a, the share of the antecedent's baskets that hold the consequent too.
    pub fn confidence(&self) -> f64 {
        f64::from(self.count) / f64::from(self.antecedent_count)
    }

    /// c n / (a b), how many times more often both come together than if they were independent.
    pub fn lift(&self) -> f64 {
        let [n, a, b, c] = self.wide();
        (c * n) as f64 / (a * b) as f64
    }

    /// c / n − a b / n², the share of baskets beyond independence.
    pub fn leverage(&self) -> f64 {
        let n = f64::from(self.baskets);
        self.excess() / (n * n)
    }

    /// (1 − b/n) / (1 − c/a), how many times more often the rule would fail if
    /// antecedent and consequent were independent.
    ///
    /// `None` if the rule never fails (confidence 1): conviction is infinite then.
    pub fn conviction(&self) -> Option<f64> {
        let [n, a, b, c] = self.wide();
        (c < a).then(|| ((n - b) * a) as f64 / (n * (a - c)) as f64)
    }

    /// Pearson's chi-squared of the table of antecedent by consequent, one
    /// degree of freedom: n (c n − a b)² / (a b (n − a) (n − b)).
    ///
    /// `None` if all baskets hold the antecedent, or all the consequent: such
    /// a table says nothing about dependence.
    pub fn chi_squared(&self) -> Option<f64> {
        let [n, a, b, _] = self.wide();
        let excess = self.excess();
        (a < n && b < n).then(|| (excess / (a * b) as f64) * (excess / ((n - a) * (n - b)) as f64) * n as f64)
    }

    /// Probability of a chi-squared at least as large if both were independent,
    /// erfc(√(χ²/2)); approximate where a cell of the table expects fewer than
    /// 5 baskets, and not corrected for the number of rules looked at.
    pub fn p_value(&self) -> Option<f64> {
        self.chi_squared().map(|x| libm::erfc((x / 2.0).sqrt()))
    }

    /// c n − a b, exact before it is rounded.
    fn excess(&self) -> f64 {
        let [n, a, b, c] = self.wide().map(i128::from);
        (c * n - a * b) as f64
    }

    /// n, a, b and c, whose products of two fit.
    fn wide(&self) -> [u64; 4] {
        [self.baskets, self.antecedent_count, self.consequent_count, self.count].map(u64::from)
    }
}

/// All rules of the itemsets that reach the confidence.
///
/// Order: confidence from high to low, then count from high to low, then items
/// of antecedent and of consequent (shorter ones first).
///
/// # Errors
///
/// [`PatternError::Confidence`] unless it lies in 0 to 1,
/// [`PatternError::TooMany`] if there are more than `most` rules.
pub fn association_rules(itemsets: &Itemsets, options: &RuleOptions) -> Result<Vec<Rule>, PatternError> {
    if !(0.0..=1.0).contains(&options.min_confidence) {
        return Err(PatternError::Confidence { found: options.min_confidence });
    }
    let positions = itemsets.positions();
    let found = AtomicUsize::new(0);
    let rules: Result<Vec<Vec<Rule>>, PatternError> = (0..itemsets.sets().len())
        .into_par_iter()
        .filter(|both| itemsets.sets()[*both].items.len() > 1)
        .map(|both| {
            let mut split = Split { itemsets, positions: &positions, options, found: &found, both, rules: Vec::new() };
            split.grow(&mut Vec::new(), 0)?;
            Ok(split.rules)
        })
        .collect();
    let mut rules: Vec<Rule> = rules?.into_iter().flatten().collect();
    rules.par_sort_unstable_by(|x, y| {
        // c/a against c'/a' without rounding; places are in the order of items.
        let (confidence_x, confidence_y) = (cross(x.count, y.antecedent_count), cross(y.count, x.antecedent_count));
        confidence_y
            .cmp(&confidence_x)
            .then(y.count.cmp(&x.count))
            .then(x.antecedent.cmp(&y.antecedent))
            .then(x.consequent.cmp(&y.consequent))
    });
    Ok(rules)
}

fn cross(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

/// The splits of one itemset.
struct Split<'a> {
    itemsets: &'a Itemsets,
    positions: &'a Positions<'a>,
    options: &'a RuleOptions,
    found: &'a AtomicUsize,
    both: usize,
    rules: Vec<Rule>,
}

impl Split<'_> {
    /// Adds to the consequent, in turn, each item from the place `from` on.
    fn grow(&mut self, consequent: &mut Vec<u32>, from: usize) -> Result<(), PatternError> {
        let items = &self.itemsets.sets()[self.both].items;
        if consequent.len() + 1 == items.len() || (self.options.single_consequent && consequent.len() == 1) {
            return Ok(());
        }
        for (place, item) in items.iter().enumerate().skip(from) {
            consequent.push(*item);
            if let Some(rule) = self.rule(consequent)
                && rule.confidence() >= self.options.min_confidence
            {
                self.note(rule)?;
                self.grow(consequent, place + 1)?;
            }
            consequent.pop();
        }
        Ok(())
    }

    /// The rule with this consequent. All parts of an itemset are itemsets.
    fn rule(&self, consequent: &[u32]) -> Option<Rule> {
        let sets = self.itemsets.sets();
        let rest = sets[self.both].items.iter().copied().filter(|i| !consequent.contains(i));
        let antecedent = *self.positions.get(rest.collect::<Vec<u32>>().as_slice())?;
        let consequent = *self.positions.get(consequent)?;
        Some(Rule {
            antecedent,
            consequent,
            both: self.both,
            baskets: self.itemsets.baskets(),
            antecedent_count: sets[antecedent].count,
            consequent_count: sets[consequent].count,
            count: sets[self.both].count,
        })
    }

    fn note(&mut self, rule: Rule) -> Result<(), PatternError> {
        let most = self.options.most;
        if self.found.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(PatternError::TooMany { what: "association rules", most, remedy: "confidence or support" });
        }
        self.rules.push(rule);
        Ok(())
    }
}
