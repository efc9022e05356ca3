//! From contacts to expected effects.

use arrow::array::{Array, Float64Array, StringArray};
use rayon::prelude::*;

use crate::clean::{Cleaned, id_hash};
use crate::numerics::uplift::{Term, Trial, UpliftError, UpliftKind};
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Quality, Table, TableBuilder};

use super::contacts::{Chosen, Member, Window, campaigns, members};
use super::contract::UPLIFT;
use super::design::{Design, Designed, Seen};
use super::expected::Expected;
use super::features::FeatureSet;
use super::learn::{Learned, Taught, learn, learners};
use super::options::{LearnerChoice, ModelChoice, UpliftOptions};
use super::past::{Outcome, Past};
use super::tables::{curve_table, deciles_table, models_table, spoken};

/// Parts of the people that are left out in turn.
const PARTS: u64 = 5;

/// Customers that are scored at once.
const CHUNK: usize = 1 << 16;

/// Attributes that the reader of the sources adds.
const NO_FEATURES: [&str; 1] = ["source_file"];

/// A checked section.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) options: UpliftOptions,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(super) struct UpliftStep {
    pub(super) models: Vec<Model>,
}

/// A section and what came of it.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) model: &'a Model,
    pub(super) campaigns: Vec<String>,
    pub(super) learner: LearnerChoice,
    pub(super) sizes: (usize, usize),
    /// Cost of a contact that counts against the outcome.
    pub(super) cost: f64,
    /// Why nothing was learned, if so.
    pub(super) learned: Result<Learned, String>,
    /// What was left out.
    pub(super) notes: Vec<String>,
    /// What changes the effect, in words; empty where the chosen model doesn't tell.
    pub(super) drivers: String,
    pub(super) effects: Float64Array,
}

/// What all sections share.
struct Shared<'a> {
    cleaned: &'a Cleaned,
    customers: &'a Table,
    ids: &'a StringArray,
    keys: Vec<Option<u64>>,
    past: Past,
    as_of: i32,
}

impl Step for UpliftStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        self.models.iter().map(|model| (UPLIFT.name, column(model))).collect()
    }

    fn is_idle(&self) -> bool {
        self.models.is_empty()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        if self.models.is_empty() {
            return Ok(Output::default());
        }
        let cleaned = inputs.cleaned;
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let keys = (0..ids.len()).into_par_iter().map(|row| cleaned.customers.find(ids.value(row))).collect();
        let chosen = self.models.iter().map(|model| campaigns(&cleaned.outreach, &model.options));
        let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
        let lists = chosen.iter().map(Vec::as_slice).collect::<Vec<_>>();
        let past = Past::of(cleaned, &lists, inputs.run.as_of)?;
        let shared = Shared { cleaned, customers, ids, keys, past, as_of: inputs.run.as_of };
        let told = self.models.iter().zip(chosen).map(|(model, chosen)| shared.tell(model, chosen));
        let told = told.collect::<Result<Vec<_>, StageError>>()?;
        let mut table = TableBuilder::new(&UPLIFT).text("customer_id", ids.clone());
        for one in &told {
            table = table.real(&column(one.model), one.effects.clone());
        }
        let tables = vec![table.build()?, models_table(&told)?, deciles_table(&told)?, curve_table(&told)?];
        let quality = told.iter().flat_map(quality).collect();
        Ok(Output { tables, quality, summary: told.iter().map(spoken).collect(), ..Output::default() })
    }
}

fn column(model: &Model) -> String {
    format!("uplift_{}", model.options.name)
}

/// The people of a trial, in the order of a hash of their ids, so that equal scores stand in no order that means anything.
struct People {
    members: Vec<Member>,
    treated: Vec<bool>,
    outcomes: Vec<f64>,
    campaigns: Vec<u32>,
    people: Vec<u32>,
    parts: Vec<u32>,
}

impl Shared<'_> {
    fn tell<'m>(&self, model: &'m Model, chosen: Vec<Chosen>) -> Result<Told<'m>, StageError> {
        let mut told = Told {
            model,
            campaigns: chosen.iter().map(|campaign| campaign.id.clone()).collect(),
            learner: model.options.learner.unwrap_or(LearnerChoice::Linear),
            sizes: (0, 0),
            cost: 0.0,
            learned: Err(String::new()),
            notes: Vec::new(),
            drivers: String::new(),
            effects: Float64Array::new_null(self.ids.len()),
        };
        let people = match self.people(model, &chosen, &mut told)? {
            Ok(people) => people,
            Err(reason) => {
                told.learned = Err(reason);
                return Ok(told);
            }
        };
        match self.learn(model, &chosen, &people, &mut told) {
            Ok(learned) => told.learned = Ok(learned),
            Err(error) => told.learned = Err(error.to_string()),
        }
        Ok(told)
    }

    /// Who was in the campaigns that can be learned from, or why there is nothing to learn.
    fn people(
        &self,
        model: &Model,
        chosen: &[Chosen],
        told: &mut Told<'_>,
    ) -> Result<Result<People, String>, StageError> {
        if !self.cleaned.outreach.known {
            return Ok(Err("there is no source of contacts: add `[sources.contacts]`".to_owned()));
        }
        let (mut members, in_both) = members(self.cleaned, &self.keys, chosen, &model.options);
        if members.is_empty() {
            return Ok(Err("no contact of these campaigns tells its arm".to_owned()));
        }
        if in_both > 0 {
            told.notes.push(format!("{in_both} customers are left out: they are in both arms of a campaign"));
        }
        let usable = self.usable(model, chosen, &members, told);
        members.retain(|member| usable[member.campaign as usize]);
        told.campaigns = chosen.iter().zip(&usable).filter(|(_, ok)| **ok).map(|(c, _)| c.id.clone()).collect();
        let outcomes = self.outcomes(model, chosen, &members)?;
        let unknown = outcomes.iter().filter(|outcome| outcome.is_nan()).count();
        if unknown > 0 {
            told.notes.push(format!("{unknown} contacts are left out: their outcome is not known"));
        }
        let mut rows = members.into_iter().zip(outcomes).filter(|(_, outcome)| !outcome.is_nan()).collect::<Vec<_>>();
        if rows.is_empty() {
            return Ok(Err(told.notes.last().cloned().unwrap_or_else(|| "nobody is left".to_owned())));
        }
        let hash = |row: u32| id_hash(self.ids.value(row as usize));
        rows.sort_by_cached_key(|(member, _)| (hash(member.row), member.row, member.campaign));
        let mut people = People {
            members: rows.iter().map(|(member, _)| *member).collect(),
            treated: rows.iter().map(|(member, _)| member.treated).collect(),
            outcomes: rows.iter().map(|(_, outcome)| *outcome).collect(),
            campaigns: numbered(rows.iter().map(|(member, _)| member.campaign)),
            people: Vec::with_capacity(rows.len()),
            parts: rows.iter().map(|(member, _)| ((hash(member.row) >> 32) % PARTS) as u32).collect(),
        };
        let mut last = None;
        let mut number = 0;
        for member in &people.members {
            if last.is_some_and(|last| last != member.row) {
                number += 1;
            }
            last = Some(member.row);
            people.people.push(number);
        }
        Ok(Ok(people))
    }

    /// Which campaigns can be learned from: those with a window that is over, and with somebody in both arms.
    fn usable(&self, model: &Model, chosen: &[Chosen], members: &[Member], told: &mut Told<'_>) -> Vec<bool> {
        let mut sizes = vec![[0_usize; 2]; chosen.len()];
        members.iter().for_each(|member| sizes[member.campaign as usize][usize::from(member.treated)] += 1);
        let needs_window = model.outcome.is_of_purchases();
        let one = |(campaign, [control, treated]): (&Chosen, [usize; 2])| {
            let why = match campaign.window {
                None if needs_window => "its start is not known",
                Some(window) if needs_window && window.last > self.as_of => "its window is not over yet",
                _ if treated == 0 => "nobody is in its treatment arm",
                _ if control == 0 => "nobody is in its control arm",
                _ => return true,
            };
            told.notes.push(format!("{} is left out: {why}", campaign.id));
            false
        };
        chosen.iter().zip(sizes).map(one).collect()
    }

    /// What came of each contact; NaN where that is not known.
    fn outcomes(&self, model: &Model, chosen: &[Chosen], members: &[Member]) -> Result<Vec<f64>, StageError> {
        if let Outcome::Column(name) = &model.outcome {
            let column = self.customers.column(name)?;
            let number = |member: &Member| column.number(member.row as usize).unwrap_or(f64::NAN);
            return Ok(members.iter().map(number).collect());
        }
        let margin = model.options.margin.unwrap_or_else(|| self.past.margin());
        let one = |member: &Member| {
            let campaign = &chosen[member.campaign as usize];
            let (Some(key), Some(window)) = (self.keys[member.row as usize], campaign.window) else { return f64::NAN };
            let outcome = self.past.outcome(&model.outcome, key, window, margin);
            let paid = model.outcome == Outcome::Profit && member.treated;
            if paid { outcome - campaign.cost } else { outcome }
        };
        Ok(members.iter().map(one).collect())
    }

    /// Learns from the people, and gives tonight's customers their expected effects.
    fn learn(
        &self,
        model: &Model,
        chosen: &[Chosen],
        people: &People,
        told: &mut Told<'_>,
    ) -> Result<Learned, UpliftError> {
        let trial = Trial::new(&people.treated, &people.outcomes)?;
        told.sizes = trial.sizes();
        let costs = people.members.iter().map(|member| chosen[member.campaign as usize].cost).collect::<Vec<_>>();
        let mut trial = trial.with_campaigns(&people.campaigns)?.with_people(&people.people)?;
        if model.outcome == Outcome::Profit {
            trial = trial.with_costs(&costs)?;
        }
        told.cost = if model.outcome == Outcome::Revenue { cost(chosen, &people.members) } else { 0.0 };
        let (learners, taken) = learners(model.options.learner, trial.is_yes_no());
        told.learner = taken;
        let mut kinds = model.options.model.kinds();
        if model.options.model == ModelChoice::Auto && !trial.is_yes_no() {
            kinds.retain(|kind| *kind != UpliftKind::ClassTransformation);
        }
        let mut seen = people.members.iter().map(|member| self.seen(*member, chosen)).collect::<Vec<_>>();
        let set = self.features(model);
        let expected = match set.has_expected() {
            true => Expected::fit(&seen, chosen, model.outcome.is_of_purchases()),
            false => Expected::NOTHING,
        };
        expected.complete(&mut seen);
        let Designed { design, matrix, doubts } = Design::fit(set, &seen, &trial, &people.campaigns)?;
        for (names, doubt) in [
            (&doubts.with_outcome, "not learned from, as it only comes with the outcome"),
            (
                &doubts.arms_differ,
                "not learned from, as the arms differ in it: it was not known before, or no lot drew them",
            ),
            (&doubts.uneven, "the arms were not alike before the campaign"),
        ] {
            if !names.is_empty() {
                told.notes.push(format!("{doubt}: {}", names.join(", ")));
            }
        }
        let covariates = expected.covariates(matrix, &seen)?.with_effect_columns(&design.effect_columns());
        let learned = learn(&trial, &covariates, &people.parts, &kinds, learners, told.cost)?;
        told.effects = self.effects(&design, &learned, &expected)?;
        told.drivers = learned.chosen.as_ref().map_or_else(String::new, |(_, taught)| drivers(&design, taught));
        Ok(learned)
    }

    /// A member on the day before the campaign.
    fn seen(&self, member: Member, chosen: &[Chosen]) -> Seen {
        let campaign = &chosen[member.campaign as usize];
        let key = self.keys[member.row as usize].unwrap_or_default();
        let day = campaign.window.map_or(self.as_of, |window: Window| window.start - 1);
        (member.row, self.past.before(key, campaign.place), day)
    }

    /// What a section learns from.
    fn features(&self, model: &Model) -> FeatureSet<'_> {
        let options = &model.options;
        let wanted = |name: &str| {
            let listed = options.features.as_ref().is_none_or(|features| features.iter().any(|f| f == name));
            let excluded = options.exclude.iter().any(|n| n == name) || name == model.outcome.name();
            listed && !excluded && !NO_FEATURES.contains(&name)
        };
        let attributes = self.cleaned.attributes.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
        FeatureSet::of(self.customers, &attributes, wanted)
    }

    /// Expected effects of all customers tonight.
    fn effects(
        &self,
        design: &Design<'_>,
        learned: &Learned,
        expected: &Expected,
    ) -> Result<Float64Array, UpliftError> {
        let Some(taught) = learned.taught() else {
            return Ok(vec![learned.average.effect; self.ids.len()].into());
        };
        let rows = (0..self.ids.len() as u32).collect::<Vec<_>>();
        let mut effects = Vec::with_capacity(rows.len());
        for rows in rows.chunks(CHUNK) {
            let seen = rows.iter().map(|row| (*row, self.past.tonight(self.keys[*row as usize]), self.as_of));
            let mut seen = seen.collect::<Vec<_>>();
            expected.complete(&mut seen);
            let people = expected.covariates(design.matrix(&seen), &seen)?;
            effects.extend(taught.effects(&people));
        }
        Ok(effects.into())
    }
}

/// What changes the effect, in words.
fn drivers(design: &Design<'_>, taught: &Taught) -> String {
    let one = |(term, gamma): &(Term, f64)| {
        let way = match (term, *gamma > 0.0) {
            (Term::Slope(_), true) => "rises",
            (Term::Slope(_), false) => "falls",
            (Term::Step(..), true) => "is higher",
            (Term::Step(..), false) => "is lower",
        };
        format!("{way} {}", design.spelled(*term))
    };
    let all = taught.drivers().iter().map(one).collect::<Vec<_>>();
    if all.is_empty() { String::new() } else { format!("the effect {}", all.join(", ")) }
}

/// Mean cost of a contact over the treated.
fn cost(chosen: &[Chosen], members: &[Member]) -> f64 {
    let treated = members.iter().filter(|member| member.treated);
    let (count, sum) =
        treated.fold((0_u64, 0.0), |(count, sum), member| (count + 1, sum + chosen[member.campaign as usize].cost));
    if count > 0 { sum / count as f64 } else { 0.0 }
}

/// Numbers without gaps, in the same order.
fn numbered(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let values = values.collect::<Vec<_>>();
    let mut distinct = values.clone();
    distinct.sort_unstable();
    distinct.dedup();
    values.iter().map(|value| distinct.binary_search(value).unwrap_or_default() as u32).collect()
}

/// What was found, for `run_quality`.
fn quality(told: &Told<'_>) -> Vec<Quality> {
    let name = &told.model.options.name;
    let learned = match &told.learned {
        Err(reason) => {
            let line = Quality::measured("uplift", &format!("{name}_contacts"), 0.0, reason.clone());
            return vec![Quality { ok: false, ..line }];
        }
        Ok(learned) => learned,
    };
    let mut lines = Vec::new();
    let count = (told.sizes.0 + told.sizes.1) as f64;
    lines.push(Quality::measured("uplift", &format!("{name}_contacts"), count, "contacts learned from"));
    let effect = learned.average.effect;
    let note = "outcome that a contact adds on average";
    lines.push(Quality::measured("uplift", &format!("{name}_average_effect"), effect, note));
    let lower = learned.clearest().map_or(0.0, |(_, judged)| judged.quality.qini.lower);
    let check = format!("{name}_qini_lower");
    let line = match &learned.chosen {
        Some((at, _)) => {
            let used = learned.models[*at].0.name();
            let note = format!("highest lower end of a Qini coefficient; above 0 it beats chance; used is {used}");
            Quality::measured("uplift", &check, lower, note)
        }
        None => Quality {
            ok: false,
            ..Quality::measured(
                "uplift",
                &check,
                lower,
                format!("no model ranks customers better than chance: {}", learned.instead_of_an_order()),
            )
        },
    };
    lines.push(Quality { limit: Some(0.0), ..line });
    if !told.notes.is_empty() {
        let line =
            Quality::measured("uplift", &format!("{name}_notes"), told.notes.len() as f64, told.notes.join("; "));
        lines.push(line);
    }
    lines
}
