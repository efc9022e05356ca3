//! Runs the searches and puts items into words.

use crate::clean::Cleaned;
use crate::purchases::Names;
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Categories, Quality};

use super::analysis::PatternsOptions;
use super::baskets::{rules_table, sets_table, together};
use super::collect::{Level, histories};
use super::moves::{category_moves, moves_table};
use super::seasons::{seasons, seasons_table};
use super::sequences::{following, paths_table, sequences_table};

#[derive(Debug)]
pub(super) struct PatternsStep {
    /// None when the section is not there.
    pub(super) options: Option<PatternsOptions>,
}

impl Step for PatternsStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        let cleaned = inputs.cleaned;
        let scratch = |source| StageError::Scratch { path: "transaction lines".into(), source };
        let names = Names::of(cleaned);
        let wordings = [Level::Category, Level::Product].map(|level| Wording::of(level, &names, cleaned));
        let (mut sets, mut following_found, mut quality) = (Vec::new(), Vec::new(), Vec::new());
        for (level, wording) in [Level::Category, Level::Product].into_iter().zip(&wordings) {
            if level.items(&names).is_empty() {
                continue;
            }
            let histories = histories(cleaned, &names, level).map_err(scratch)?;
            let fail = |error| StageError::Data(format!("[patterns], by {}: {error}", Level::NAMES[level as usize]));
            sets.push(together(level, &histories, wording, options).map_err(fail)?);
            following_found.push(following(level, &histories, wording, options).map_err(fail)?);
        }
        if sets.is_empty() {
            let note = "neither categories nor products are known: map `category` or `product_id`";
            quality.push(Quality { ok: false, ..Quality::measured("patterns", "levels", 0.0, note) });
        }
        let moves = category_moves(cleaned, &names, inputs.run.as_of).map_err(scratch)?;
        let seasons = seasons(cleaned, &names).map_err(scratch)?;
        let tables = vec![
            sets_table(&sets)?,
            rules_table(&sets)?,
            sequences_table(&following_found)?,
            paths_table(&following_found)?,
            moves_table(&moves, &names, cleaned.has_money)?,
            seasons_table(&seasons, &names, inputs.run.as_of, cleaned)?,
        ];
        for table in &tables[..3] {
            quality.push(Quality::measured("patterns", table.spec().name, table.rows() as f64, "rows"));
        }
        Ok(Output { tables, quality, ..Output::default() })
    }
}

/// The levels of rows.
pub(super) fn levels(rows: impl Iterator<Item = Level>) -> Categories {
    Categories::from_codes(rows.map(|level| level as i32).collect(), Level::NAMES.map(str::to_owned).to_vec())
}

/// Items in words.
pub(super) struct Wording<'a> {
    items: &'a [String],
    names: Vec<&'a str>,
}

impl<'a> Wording<'a> {
    fn of(level: Level, names: &'a Names, cleaned: &'a Cleaned) -> Self {
        let items = level.items(names);
        let named = |id: &'a String| {
            let product = cleaned.products.ids().find(id).filter(|_| level == Level::Product);
            product.and_then(|product| cleaned.products.name(product)).unwrap_or(id)
        };
        Self { items, names: items.iter().map(named).collect() }
    }

    /// A set of items by their ids.
    pub(super) fn items(&self, set: &[u32]) -> String {
        set.iter().map(|item| self.items[*item as usize].as_str()).collect::<Vec<_>>().join(" + ")
    }

    /// A set of items by their names.
    pub(super) fn names(&self, set: &[u32]) -> String {
        set.iter().map(|item| self.names[*item as usize]).collect::<Vec<_>>().join(" + ")
    }

    /// Sets one after the other, by ids.
    pub(super) fn steps(&self, steps: &[Vec<u32>]) -> String {
        steps.iter().map(|set| self.items(set)).collect::<Vec<_>>().join(" → ")
    }

    /// Sets one after the other, by names.
    pub(super) fn named_steps(&self, steps: &[Vec<u32>]) -> String {
        steps.iter().map(|set| self.names(set)).collect::<Vec<_>>().join(" → ")
    }
}
