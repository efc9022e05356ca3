//! What came of the sections, as tables and in words.

use arrow::array::{BooleanArray, Float64Array};

use crate::numerics::uplift::{PolicyValue, UpliftGroup, UpliftKind};
use crate::table::{Categories, Column, Table, TableBuilder, TableError, display_real};

use super::contract::{UPLIFT_CURVE, UPLIFT_DECILES, UPLIFT_MODELS};
use super::learn::{Judged, Learned};
use super::options::LearnerChoice;
use super::step::Told;

/// Points of a curve after the first.
const POINTS: usize = 100;

/// A model of a section.
struct Row<'a, 'm> {
    told: &'a Told<'m>,
    kind: UpliftKind,
    learned: Option<&'a Learned>,
    judged: Option<&'a Judged>,
    is_chosen: bool,
    note: String,
}

impl Row<'_, '_> {
    fn learner(&self) -> &'static str {
        let learner = if self.kind == UpliftKind::Interactions { LearnerChoice::Logistic } else { self.told.learner };
        learner.name()
    }
}

fn rows<'a, 'm>(told: &'a [Told<'m>]) -> Vec<Row<'a, 'm>> {
    let mut rows = Vec::new();
    for one in told {
        let left_out = one.notes.join("; ");
        match &one.learned {
            Err(reason) => {
                for kind in one.model.options.model.kinds() {
                    let note = if left_out.contains(reason.as_str()) {
                        left_out.clone()
                    } else {
                        joined(&[reason, &left_out])
                    };
                    rows.push(Row { told: one, kind, learned: None, judged: None, is_chosen: false, note });
                }
            }
            Ok(learned) => {
                for (at, (kind, judged)) in learned.models.iter().enumerate() {
                    let is_chosen = learned.chosen.as_ref().is_some_and(|(chosen, _)| *chosen == at);
                    let why = judged.as_ref().err().map(ToString::to_string).unwrap_or_default();
                    let verdict = match judged {
                        Ok(_) if learned.chosen.is_none() => {
                            format!("no better than targeting at random: {}", learned.instead_of_an_order())
                        }
                        _ => String::new(),
                    };
                    let note = joined(&[&verdict, &why, &left_out]);
                    let note = if is_chosen { joined(&[&one.drivers, &instead(learned), &note]) } else { note };
                    let judged = judged.as_ref().ok();
                    rows.push(Row { told: one, kind: *kind, learned: Some(learned), judged, is_chosen, note });
                }
            }
        }
    }
    rows
}

/// Why the chosen model is used though it is not the one that beats chance.
fn instead(learned: &Learned) -> String {
    let chosen = learned.chosen.as_ref().and_then(|(at, _)| learned.models[*at].1.as_ref().ok());
    match (chosen, learned.clearest()) {
        (Some(chosen), Some((kind, _))) if chosen.quality.qini.lower <= 0.0 => {
            format!("{} beats chance; this model is not clearly worse, and simpler", kind.name())
        }
        _ => String::new(),
    }
}

fn joined(notes: &[&str]) -> String {
    notes.iter().copied().filter(|note| !note.is_empty()).collect::<Vec<_>>().join("; ")
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Categories {
    Categories::from_words(&words.map(Some).collect::<Vec<_>>())
}

/// `uplift_models`.
pub(super) fn models_table(told: &[Told<'_>]) -> Result<Table, TableError> {
    let rows = rows(told);
    let judged = |value: &dyn Fn(&Judged) -> Option<f64>| -> Float64Array {
        rows.iter().map(|row| row.judged.and_then(value).filter(|v| v.is_finite())).collect()
    };
    let average = |value: &dyn Fn(&Learned) -> Option<f64>| -> Float64Array {
        rows.iter().map(|row| row.learned.and_then(value).filter(|v| v.is_finite())).collect()
    };
    let policy = |value: &dyn Fn(&PolicyValue, f64) -> Option<f64>| -> Float64Array {
        let one = |row: &Row<'_, '_>| value(row.judged?.policy.as_ref()?, row.told.cost).filter(|v| v.is_finite());
        rows.iter().map(one).collect()
    };
    let paid = |policy: &PolicyValue, cost: f64| policy.share * cost;
    TableBuilder::new(&UPLIFT_MODELS)
        .category("name", words(rows.iter().map(|row| row.told.model.options.name.as_str())))
        .category("model", words(rows.iter().map(|row| row.kind.name())))
        .category("learner", words(rows.iter().map(Row::learner)))
        .text("outcome", rows.iter().map(|row| row.told.model.outcome.name()).collect::<Vec<_>>())
        .text("campaigns", rows.iter().map(|row| row.told.campaigns.join(", ")).collect::<Vec<_>>())
        .count("treated", rows.iter().map(|row| row.told.sizes.0 as i64).collect::<Vec<_>>())
        .count("control", rows.iter().map(|row| row.told.sizes.1 as i64).collect::<Vec<_>>())
        .real("average_effect", average(&|learned| Some(learned.average.effect)))
        .real("average_effect_lower", average(&|learned| learned.average.lower))
        .real("average_effect_upper", average(&|learned| learned.average.upper))
        .real("qini_coefficient", judged(&|judged| Some(judged.quality.qini.estimate)))
        .real("qini_lower", judged(&|judged| Some(judged.quality.qini.lower)))
        .real("qini_upper", judged(&|judged| Some(judged.quality.qini.upper)))
        .real("qini_over_random", judged(&|judged| judged.quality.qini_over_random))
        .real("auuc", judged(&|judged| Some(judged.quality.auuc.estimate)))
        .real("auuc_lower", judged(&|judged| Some(judged.quality.auuc.lower)))
        .real("auuc_upper", judged(&|judged| Some(judged.quality.auuc.upper)))
        .real("calibration_slope", judged(&|judged| Some(judged.calibration.slope)))
        .real("calibration_slope_se", judged(&|judged| Some(judged.calibration.slope_std_error)))
        .real("best_share", policy(&|policy, _| Some(policy.share)))
        .real("policy_value", policy(&|policy, _| Some(policy.hajek)))
        .real("policy_gain", policy(&|policy, cost| Some(policy.net(cost))))
        .real("policy_gain_lower", policy(&|policy, cost| policy.gain_lower.map(|gain| gain - paid(policy, cost))))
        .real("policy_gain_upper", policy(&|policy, cost| policy.gain_upper.map(|gain| gain - paid(policy, cost))))
        .with("is_chosen", Column::Flag(BooleanArray::from(rows.iter().map(|row| row.is_chosen).collect::<Vec<_>>())))
        .text("note", rows.iter().map(|row| row.note.as_str()).collect::<Vec<_>>())
        .build()
}

/// The best model of each section that has one.
fn best<'a>(told: &'a Told<'_>) -> Option<(UpliftKind, &'a Judged)> {
    let learned = told.learned.as_ref().ok()?;
    let (kind, judged) = &learned.models[learned.best?];
    Some((*kind, judged.as_ref().ok()?))
}

/// `uplift_deciles`.
pub(super) fn deciles_table(told: &[Told<'_>]) -> Result<Table, TableError> {
    let rows = told.iter().filter_map(|one| Some((one, best(one)?))).flat_map(|(one, (kind, judged))| {
        let tenths = judged.tenths.iter().enumerate();
        tenths.map(move |(at, tenth)| (one.model.options.name.as_str(), kind, at as i64 + 1, tenth))
    });
    let rows = rows.collect::<Vec<_>>();
    let measured = |value: &dyn Fn(&crate::numerics::uplift::Effect) -> Option<f64>| -> Float64Array {
        rows.iter().map(|(.., tenth)| value(tenth.measured.as_ref().ok()?).filter(|v| v.is_finite())).collect()
    };
    let size =
        |own: &dyn Fn(&UpliftGroup) -> usize| rows.iter().map(|(.., tenth)| own(tenth) as i64).collect::<Vec<_>>();
    TableBuilder::new(&UPLIFT_DECILES)
        .category("name", words(rows.iter().map(|row| row.0)))
        .category("model", words(rows.iter().map(|row| row.1.name())))
        .count("decile", rows.iter().map(|row| row.2).collect::<Vec<_>>())
        .count("treated", size(&|tenth| tenth.treated))
        .count("control", size(&|tenth| tenth.control))
        .real("treated_mean", measured(&|effect| Some(effect.treated_mean)))
        .real("control_mean", measured(&|effect| Some(effect.control_mean)))
        .real("uplift", measured(&|effect| Some(effect.effect)))
        .real("uplift_lower", measured(&|effect| effect.lower))
        .real("uplift_upper", measured(&|effect| effect.upper))
        .real("predicted_mean", rows.iter().map(|(.., tenth)| tenth.predicted_mean).collect::<Float64Array>())
        .build()
}

/// `uplift_curve`.
pub(super) fn curve_table(told: &[Told<'_>]) -> Result<Table, TableError> {
    let models = told.iter().filter_map(|one| Some((one, one.learned.as_ref().ok()?)));
    let judged = models.flat_map(|(one, learned)| {
        let name = one.model.options.name.as_str();
        learned.models.iter().filter_map(move |(kind, judged)| Some((name, *kind, judged.as_ref().ok()?)))
    });
    let rows = judged.flat_map(|(name, kind, judged)| (0..=POINTS).map(move |at| (name, kind, judged, at)));
    let rows = rows.collect::<Vec<_>>();
    let share = |at: usize| at as f64 / POINTS as f64;
    let point = |value: &dyn Fn(&Judged, f64) -> f64| -> Float64Array {
        rows.iter().map(|(_, _, judged, at)| Some(value(judged, share(*at)) / judged.curves.areas().rows)).collect()
    };
    TableBuilder::new(&UPLIFT_CURVE)
        .category("name", words(rows.iter().map(|row| row.0)))
        .category("model", words(rows.iter().map(|row| row.1.name())))
        .real("share", rows.iter().map(|row| share(row.3)).collect::<Float64Array>())
        .real("qini", point(&|judged, share| judged.curves.qini_at(share * judged.curves.areas().rows)))
        .real("qini_random", point(&|judged, share| share * judged.curves.areas().qini_end))
        .real("uplift", point(&|judged, share| judged.curves.uplift_at(share * judged.curves.areas().rows)))
        .build()
}

/// A line for the console.
pub(super) fn spoken(told: &Told<'_>) -> (String, String) {
    let name = format!("uplift {}", told.model.options.name);
    let learned = match &told.learned {
        Ok(learned) => learned,
        Err(reason) => return (name, format!("nothing learned: {reason}")),
    };
    let effect = &learned.average;
    let shown = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), display_real);
    let average = format!(
        "a contact adds {} {} on average ({} to {})",
        display_real(effect.effect),
        told.model.outcome.name(),
        shown(effect.lower),
        shown(effect.upper)
    );
    let order = match (&learned.chosen, best(told)) {
        (Some(_), Some((kind, judged))) => {
            let qini = &judged.quality.qini;
            format!(
                "{} ranks customers, Qini coefficient {} ({} to {})",
                kind.name(),
                display_real(qini.estimate),
                display_real(qini.lower),
                display_real(qini.upper)
            )
        }
        _ => format!("no model ranks customers better than chance: {}", learned.instead_of_an_order()),
    };
    (name, joined(&[&average, &order, &told.drivers, &instead(learned)]))
}
