//! Pairs of records with what speaks for and against one person: exact rules first, then the match weight.

use rayon::prelude::*;

use super::blocking::{Blocking, Pass};
use super::compare::{EQUAL, Field, Pattern, compare};
use super::model::{FittedLinkage, Weights};
use super::options::{ExactRule, IdentityOptions};
use super::prepared::Prepared;
use super::symbols::NONE;

/// Why two records are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkReason {
    /// They were one person's before.
    Known,
    /// An exact rule.
    Exact(ExactRule),
    /// The probability of the model.
    Model,
}

impl LinkReason {
    /// The reason as tables write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Exact(rule) => rule.as_str(),
            Self::Model => "model",
        }
    }
}

/// A weighed pair of ranks, the smaller first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: f64,
    pub(crate) pattern: Pattern,
    pub(crate) rule: Option<ExactRule>,
}

/// All pairs that may matter, and how many were compared.
pub(crate) fn weigh(
    p: &Prepared,
    blocking: &Blocking,
    weights: &Weights<'_>,
    rules: &[ExactRule],
    least: f64,
    wanted: impl Fn(usize, usize) -> bool + Sync,
) -> (Vec<Pair>, u64) {
    let mut pairs = Vec::new();
    let mut compared = 0;
    for pass in 0..Pass::ALL.len() {
        let chunk = |chunk: &[(u32, u32)]| {
            let mut found = Vec::new();
            let mut compared = 0_u64;
            blocking.new_pairs(pass, chunk, |a, b| {
                if !wanted(a, b) {
                    return;
                }
                compared += 1;
                let pattern = compare(p, a, b);
                let weight = weights.weight(pattern, a, b);
                let rule = rules.iter().copied().find(|rule| holds(*rule, p, pattern, a, b));
                if rule.is_some() || weight >= least {
                    found.push(Pair { a: a as u32, b: b as u32, weight, pattern, rule });
                }
            });
            (found, compared)
        };
        let chunks: Vec<(Vec<Pair>, u64)> = blocking.chunks(pass).map(chunk).collect();
        for (found, count) in chunks {
            pairs.extend(found);
            compared += count;
        }
    }
    (pairs, compared)
}

/// Whether a rule links a pair.
fn holds(rule: ExactRule, p: &Prepared, pattern: Pattern, a: usize, b: usize) -> bool {
    let equal = |field| pattern.level(field) == EQUAL;
    if pattern.contradicts() {
        return rule == ExactRule::Email
            && equal(Field::Email)
            && pattern.level(Field::BirthDate) != Field::BirthDate.different();
    }
    match rule {
        ExactRule::Email => equal(Field::Email),
        ExactRule::EmailAndName => equal(Field::Email) && pattern.names_compatible(),
        ExactRule::PhoneAndName => equal(Field::Phone) && pattern.names_compatible(),
        ExactRule::NameAndBirthDateAndPostcode => {
            let postcode = p.postcode.codes[a];
            equal(Field::GivenName)
                && equal(Field::FamilyName)
                && equal(Field::BirthDate)
                && postcode != NONE
                && postcode == p.postcode.codes[b]
        }
    }
}

/// A link between two ranks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: f64,
    pub(crate) reason: LinkReason,
}

/// What the thresholds make of the pairs.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// Exact links first, then by falling weight.
    pub(crate) links: Vec<Link>,
    /// Pairs for a person to look at.
    pub(crate) doubtful: Vec<Pair>,
}

/// Decides over the pairs. A model that had nothing to learn from links nobody: its pairs are for review.
pub(crate) fn decide(pairs: &[Pair], model: &FittedLinkage, options: &IdentityOptions) -> Decided {
    let (link, review) = (model.weight_of(options.link_probability), model.weight_of(options.review_probability));
    let mut decided = Decided::default();
    for pair in pairs {
        let contradicts = pair.pattern.contradicts();
        if let Some(rule) = pair.rule {
            decided.links.push(pair.link(LinkReason::Exact(rule)));
        } else if pair.weight >= link && !contradicts && model.has_learned() {
            decided.links.push(pair.link(LinkReason::Model));
        } else if pair.weight >= review && (!contradicts || pair.pattern.half_contradicts()) {
            decided.doubtful.push(*pair);
        }
    }
    let order = |x: &Link, y: &Link| {
        let exact = |link: &Link| link.reason == LinkReason::Model;
        exact(x).cmp(&exact(y)).then(y.weight.total_cmp(&x.weight)).then((x.a, x.b).cmp(&(y.a, y.b)))
    };
    decided.links.par_sort_unstable_by(order);
    decided
}

impl Pair {
    fn link(&self, reason: LinkReason) -> Link {
        Link { a: self.a, b: self.b, weight: self.weight, reason }
    }
}
