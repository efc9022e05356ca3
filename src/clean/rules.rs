//! Which lines the `[clean]` section keeps apart, and why.

use crate::notation::letters::{Folding, fold};

use super::options::CleanOptions;
use super::reject::Reason;

/// The lists of the `[clean]` section, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct LineRules {
    revenue: Vec<String>,
    non_products: Patterns,
    tests: Patterns,
    guests: Patterns,
}

impl LineRules {
    /// The rules of a section.
    pub(super) fn new(options: &CleanOptions) -> Self {
        Self {
            revenue: options.revenue_statuses.iter().map(|s| folded(s)).collect(),
            non_products: Patterns::new(&options.non_products),
            tests: Patterns::new(&options.test_accounts),
            guests: Patterns::new(&options.guest_ids),
        }
    }

    /// Whether any rule looks at customer ids.
    pub(super) fn looks_at_customers(&self) -> bool {
        !self.tests.0.is_empty() || !self.guests.0.is_empty()
    }

    /// Why rows of a customer are kept apart, if they are.
    pub(super) fn of_customer(&self, id: &str) -> Option<Reason> {
        if self.guests.matches(id) {
            return Some(Reason::Guest);
        }
        self.tests.matches(id).then_some(Reason::TestAccount)
    }

    /// Whether any rule looks at product ids.
    pub(super) fn looks_at_products(&self) -> bool {
        !self.non_products.0.is_empty()
    }

    /// Whether an id is that of no product.
    pub(super) fn is_no_product(&self, id: &str) -> bool {
        self.non_products.matches(id)
    }

    /// Whether any rule looks at states.
    pub(super) fn looks_at_statuses(&self) -> bool {
        !self.revenue.is_empty()
    }

    /// Whether orders in a state are revenue.
    pub(super) fn is_revenue(&self, status: &str) -> bool {
        self.revenue.contains(&folded(status))
    }
}

fn folded(text: &str) -> String {
    fold(text.trim(), Folding::NAMES).into_owned()
}

/// Ids with `*` for any text, in any case.
#[derive(Debug, Default)]
struct Patterns(Vec<Vec<String>>);

impl Patterns {
    fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().map(|p| folded(p).split('*').map(str::to_owned).collect()).collect())
    }

    fn matches(&self, id: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let id = folded(id);
        self.0.iter().any(|parts| matches_parts(parts, &id))
    }
}

/// Whether a text is these parts in order with anything between them.
fn matches_parts(parts: &[String], text: &str) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = rest.split_last() else { return text.is_empty() };
    for part in middle {
        let Some(at) = text.find(part.as_str()) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_stars_and_any_case() {
        let patterns = Patterns::new(&["POST".into(), "GIFT_*".into(), "*@shop.example".into(), "a*b*c".into()]);
        for id in ["post", " POST ", "gift_50", "Ann@Shop.Example", "abc", "a1b2c", "abbc"] {
            assert!(patterns.matches(id), "{id}");
        }
        for id in ["POSTAGE", "PADS", "ann@shop.example.org", "", "acb"] {
            assert!(!patterns.matches(id), "{id}");
        }
    }
}
