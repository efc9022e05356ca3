//! What folding goes by, from the cleaned sources.

use crate::clean::{Cleaned, Duplicates, ZeroAmount};

use super::one::FoldRules;

/// The rules with the tables they point into.
#[derive(Debug)]
pub(super) struct Rules {
    zero_amount: ZeroAmount,
    merge_duplicates: bool,
    has_money: bool,
    category_ranks: Vec<u32>,
    channel_ranks: Vec<u32>,
}

impl Rules {
    pub(super) fn of(cleaned: &Cleaned) -> Self {
        Self {
            zero_amount: cleaned.options.zero_amount,
            merge_duplicates: cleaned.options.duplicates != Duplicates::Keep,
            has_money: cleaned.has_money,
            category_ranks: cleaned.categories.ranks().1,
            channel_ranks: cleaned.channels.ranks().1,
        }
    }

    pub(super) fn fold(&self) -> FoldRules<'_> {
        FoldRules {
            zero_amount: self.zero_amount,
            merge_duplicates: self.merge_duplicates,
            has_money: self.has_money,
            category_ranks: &self.category_ranks,
            channel_ranks: &self.channel_ranks,
        }
    }
}
