//! Rules of what lies in one basket, as a model.

use crate::numerics::patterns::{
    Baskets, ItemsetOptions, PatternError, RuleOptions, association_rules, frequent_itemsets,
};

use super::Model;
use super::RecommendError;
use super::item_to_item::FILL;

/// Which rules count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleSearch {
    /// Fewest baskets that hold both items.
    pub min_count: u32,
    /// Most pairs, and most rules. Where more reach the minimum, it is raised by half again and again.
    pub most: usize,
    /// Most rules that speak for an item: those of the highest confidence.
    pub neighbours: usize,
}

/// Relevance is the sum of the confidences of the rules `held item → item` with a lift above 1; `base` is the popularity
/// of each item, which decides where no rule applies. Gives the minimum count that was used too.
///
/// # Errors
/// [`RecommendError::Rules`] when the baskets don't fit together.
pub fn co_purchase_rules(
    baskets: &Baskets<'_>,
    popularity: &[f64],
    search: RuleSearch,
) -> Result<(Model, u32), RecommendError> {
    let mut min_count = search.min_count.max(1);
    let rules = loop {
        let wanted = ItemsetOptions { min_count, max_length: 2, most: search.most };
        let made = frequent_itemsets(baskets, &wanted).and_then(|sets| {
            let wanted = RuleOptions { min_confidence: 0.0, single_consequent: true, most: search.most };
            let rules = association_rules(&sets, &wanted)?;
            let one = |at: usize| sets.sets()[at].items.first().copied();
            let pairs = rules.iter().filter(|rule| rule.lift() > 1.0);
            let pairs =
                pairs.filter_map(|rule| Some((one(rule.antecedent)?, one(rule.consequent)?, rule.confidence())));
            Ok(pairs.collect::<Vec<_>>())
        });
        match made {
            Err(PatternError::TooMany { .. }) if min_count < u32::MAX / 2 => min_count += min_count.div_ceil(2),
            made => break made?,
        }
    };
    let mut sources: Vec<Vec<(u32, f64)>> = vec![Vec::new(); popularity.len()];
    for (held, target, confidence) in rules {
        if let Some(own) = sources.get_mut(target as usize) {
            own.push((held, confidence));
        }
    }
    for own in &mut sources {
        own.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        own.truncate(search.neighbours);
    }
    let base = popularity.iter().map(|share| FILL * share).collect();
    Ok((Model::of_sources(base, &sources), min_count))
}
