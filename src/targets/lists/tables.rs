//! The lists, their candidates and their exclusions as tables.

use std::collections::BTreeMap;

use arrow::array::{Float64Array, StringArray, StringBuilder};

use crate::table::{Categories, Table, TableBuilder, TableError, Tables};

use super::contract::{TARGET_CANDIDATES, TARGET_EXCLUSIONS, TARGETS};
use super::matched::Matched;
use super::outcome::Outcome;
use super::said::Said;
use super::send_window::SendWindows;
use super::target::Target;
use super::why::Why;
use super::worth::Basis;

/// A customer on a list: the list, and the place among its matched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) list: usize,
    pub(super) at: usize,
    /// From 1.
    pub(super) rank: i64,
}

/// The lists of a run.
pub(super) struct Lists<'a> {
    pub(super) targets: &'a [Target],
    pub(super) matched: &'a [Matched],
    /// The listed, by list and rank.
    pub(super) listed: Vec<Listed>,
    pub(super) tables: &'a Tables,
    pub(super) ids: &'a StringArray,
}

impl<'a> Lists<'a> {
    /// Puts the places of each list in rank order together.
    pub(super) fn new(
        targets: &'a [Target],
        matched: &'a [Matched],
        places: &[Vec<usize>],
        tables: &'a Tables,
        ids: &'a StringArray,
    ) -> Self {
        let ranked = |(list, own): (usize, &Vec<usize>)| {
            own.iter()
                .enumerate()
                .map(move |(place, at)| Listed { list, at: *at, rank: place as i64 + 1 })
                .collect::<Vec<_>>()
        };
        let listed = places.iter().enumerate().flat_map(ranked).collect();
        Self { targets, matched, listed, tables, ids }
    }

    pub(super) fn row(&self, list: usize, at: usize) -> usize {
        self.matched[list].rows[at] as usize
    }

    pub(super) fn is_control(&self, listed: &Listed) -> bool {
        self.matched[listed.list].outcomes[listed.at] == Outcome::Control
    }

    fn profit(&self, list: usize, at: usize) -> Option<f64> {
        self.matched[list].worth[at].profit(self.targets[list].contact_cost())
    }

    /// The words of pairs of list and place.
    pub(super) fn words(&self, pairs: &[(usize, usize)], said: impl Fn(&Matched) -> &Said) -> Categories {
        let mut names: Vec<String> = self.matched.iter().flat_map(|m| said(m).names().iter().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        let place = |name: &String| names.binary_search(name).map_or(-1, |place| place as i32);
        let codes: Vec<Vec<i32>> = self.matched.iter().map(|m| said(m).names().iter().map(place).collect()).collect();
        let code = |(list, at): &(usize, usize)| {
            said(&self.matched[*list]).place(self.row(*list, *at)).map_or(-1, |place| codes[*list][place])
        };
        Categories::from_codes(pairs.iter().map(code).collect(), names)
    }

    /// Where the figures of pairs come from.
    fn froms(&self, pairs: &[(usize, usize)]) -> Categories {
        let all = self.matched.iter().flat_map(|m| m.sources.iter().map(|source| source.from.as_str()));
        let mut places: BTreeMap<&str, i32> = all.map(|from| (from, 0)).collect();
        places.values_mut().zip(0..).for_each(|(place, next)| *place = next);
        let code = |(list, at): &(usize, usize)| {
            self.matched[*list].source(*at).map_or(-1, |source| places[source.from.as_str()])
        };
        let codes = pairs.iter().map(code).collect();
        Categories::from_codes(codes, places.into_keys().map(str::to_owned).collect::<Vec<_>>())
    }

    fn bases(&self, pairs: &[(usize, usize)]) -> Categories {
        let code =
            |(list, at): &(usize, usize)| self.matched[*list].source(*at).map_or(-1, |source| source.basis as i32);
        let names = Basis::ALL.map(|basis| basis.name().to_owned());
        Categories::from_codes(pairs.iter().map(code).collect(), names.to_vec())
    }

    fn names(&self) -> Vec<String> {
        self.targets.iter().map(|t| t.name.clone()).collect()
    }

    /// The columns of what a contact brings, the same in both tables.
    fn worth(&self, builder: TableBuilder, pairs: &[(usize, usize)]) -> TableBuilder {
        let real = |value: &dyn Fn(usize, usize) -> Option<f64>| {
            let cell = |(list, at): &(usize, usize)| value(*list, *at).filter(|v| v.is_finite());
            pairs.iter().map(cell).collect::<Float64Array>()
        };
        let worth = |list: usize, at: usize| self.matched[list].worth[at];
        builder
            .real("uplift", real(&|list, at| Some(worth(list, at).uplift)))
            .category("uplift_source", self.bases(pairs))
            .category("uplift_from", self.froms(pairs))
            .real("expected_revenue", real(&|list, at| Some(worth(list, at).revenue)))
            .real("margin", real(&|list, at| Some(worth(list, at).margin)))
            .real("expected_profit", real(&|list, at| self.profit(list, at)))
            .category("offer", self.words(pairs, |m| &m.offers))
            .category("channel", self.words(pairs, |m| &m.channels))
    }

    /// Who is listed, in rank order.
    pub(super) fn targets(&self) -> Result<Table, TableError> {
        let listed = || self.listed.iter();
        let pairs: Vec<(usize, usize)> = listed().map(|l| (l.list, l.at)).collect();
        let row = |l: &Listed| self.row(l.list, l.at);
        let arms = ["treatment", "control"].map(str::to_owned).to_vec();
        let cost = |l: &Listed| if self.is_control(l) { 0 } else { self.targets[l.list].cost };
        let evidence = |l: &Listed| self.matched[l.list].source(l.at).and_then(|source| source.evidence);
        let builder = TableBuilder::new(&TARGETS)
            .category("target", Categories::from_codes(listed().map(|l| l.list as i32).collect(), self.names()))
            .count("rank", listed().map(|l| l.rank).collect::<Vec<_>>())
            .text("customer_id", StringArray::from_iter_values(listed().map(|l| self.ids.value(row(l)))))
            .category("send_window", SendWindows::of(self.tables)?.of_rows(listed().map(row)))
            .money("cost", listed().map(cost).collect::<Vec<_>>())
            .category("arm", Categories::from_codes(listed().map(|l| i32::from(self.is_control(l))).collect(), arms))
            .real("evidence", listed().map(evidence).collect::<Float64Array>())
            .text("why", self.reasons()?);
        self.worth(builder, &pairs).build()
    }

    /// Why each customer is listed.
    fn reasons(&self) -> Result<StringArray, TableError> {
        let why = self.targets.iter().map(|t| Why::new(&t.rule, self.tables)).collect::<Result<Vec<_>, _>>()?;
        let mut reasons = StringBuilder::with_capacity(self.listed.len(), self.listed.len() * 32);
        let mut text = String::new();
        for l in &self.listed {
            text.clear();
            why[l.list].write(self.row(l.list, l.at), &mut text);
            reasons.append_value(&text);
        }
        Ok(reasons.finish())
    }

    /// Everybody who matched, by customer.
    pub(super) fn candidates(&self) -> Result<Table, TableError> {
        let all = self.matched.iter().enumerate().flat_map(|(list, m)| (0..m.rows.len()).map(move |at| (list, at)));
        let mut pairs: Vec<(usize, usize)> = all.collect();
        pairs.sort_by_key(|(list, at)| (self.row(*list, *at), *list));
        let outcome = |(list, at): &(usize, usize)| {
            let outcome = self.matched[*list].outcomes[*at];
            Outcome::ALL.iter().position(|o| *o == outcome).map_or(-1, |place| place as i32)
        };
        let names = Outcome::ALL.map(|outcome| outcome.name().to_owned()).to_vec();
        let ids = pairs.iter().map(|(list, at)| self.ids.value(self.row(*list, *at)));
        let builder = TableBuilder::new(&TARGET_CANDIDATES)
            .text("customer_id", StringArray::from_iter_values(ids))
            .category(
                "target",
                Categories::from_codes(pairs.iter().map(|(list, _)| *list as i32).collect(), self.names()),
            )
            .category("outcome", Categories::from_codes(pairs.iter().map(outcome).collect(), names))
            .money("contact_cost", pairs.iter().map(|(list, _)| self.targets[*list].cost).collect::<Vec<_>>());
        self.worth(builder, &pairs).build()
    }

    /// Where the matched customers of each list went.
    pub(super) fn exclusions(&self) -> Result<Table, TableError> {
        let mut lines: Vec<(usize, usize, Outcome, usize)> = Vec::new();
        for (list, matched) in self.matched.iter().enumerate() {
            for (step, outcome) in Outcome::ALL.into_iter().enumerate() {
                let count = matched.count(outcome);
                if count > 0 || outcome.is_listed() {
                    lines.push((list, step, outcome, count));
                }
            }
        }
        let outcomes: Vec<Option<&str>> = lines.iter().map(|(.., outcome, _)| Some(outcome.name())).collect();
        TableBuilder::new(&TARGET_EXCLUSIONS)
            .category("target", Categories::from_codes(lines.iter().map(|l| l.0 as i32).collect(), self.names()))
            .count("step", lines.iter().map(|l| l.1 as i64 + 1).collect::<Vec<_>>())
            .category("outcome", Categories::from_words(&outcomes))
            .count("customers", lines.iter().map(|l| l.3 as i64).collect::<Vec<_>>())
            .count("matched", lines.iter().map(|l| self.matched[l.0].rows.len() as i64).collect::<Vec<_>>())
            .text("meaning", StringArray::from_iter_values(lines.iter().map(|l| l.2.meaning())))
            .build()
    }
}
