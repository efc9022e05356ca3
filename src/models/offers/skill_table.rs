//! The table of skill.

use arrow::array::Float64Array;

use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::choose::Tested;
use super::contract::OFFER_SKILL;
use super::options::Level;

/// The table; `has_margin` by level says whether margins are known.
pub(super) fn skill_table(tested: &[(Level, bool, Tested)]) -> Result<Table, TableError> {
    let real = |value: &dyn Fn(&Tested) -> f64| tested.iter().map(|(.., t)| value(t)).collect::<Vec<_>>();
    let some = |value: &dyn Fn(&Tested) -> Option<f64>| tested.iter().map(|(.., t)| value(t)).collect::<Float64Array>();
    let levels = tested.iter().map(|(level, ..)| Some(level.name())).collect::<Vec<_>>();
    let models = tested.iter().map(|(.., t)| Some(t.candidate.name())).collect::<Vec<_>>();
    let setting = |t: &Tested| match (t.by_margin, t.candidate.setting()) {
        (true, Some(setting)) => Some(format!("{setting}, by expected margin")),
        (true, None) => Some("by expected margin".to_owned()),
        (false, setting) => setting,
    };
    let settings = tested.iter().map(|(.., t)| setting(t)).collect::<Vec<_>>();
    let settings = settings.iter().map(Option::as_deref).collect::<Vec<_>>();
    let gain = |at: usize| some(&|t: &Tested| t.skill.gain.map(|gain| gain[at]));
    let flag = |value: &dyn Fn(&Tested) -> bool| {
        Column::Flag(tested.iter().map(|(.., t)| value(t)).collect::<Vec<_>>().into())
    };
    let value = |(_, has_margin, t): &(Level, bool, Tested)| has_margin.then_some(t.skill.value);
    TableBuilder::new(&OFFER_SKILL)
        .category("level", Categories::from_words(&levels))
        .category("model", Categories::from_words(&models))
        .category("setting", Categories::from_words(&settings))
        .score("list_length", tested.iter().map(|(.., t)| t.list_length as i32).collect::<Vec<_>>())
        .count("customers", tested.iter().map(|(.., t)| t.skill.customers as i64).collect::<Vec<_>>())
        .real("hit_rate", some(&|t| t.skill.hit_rate.map(|p| p.share)))
        .real("hit_rate_lower", some(&|t| t.skill.hit_rate.map(|p| p.lower)))
        .real("hit_rate_upper", some(&|t| t.skill.hit_rate.map(|p| p.upper)))
        .real("ndcg", real(&|t| t.skill.ndcg))
        .real("ndcg_lower", real(&|t| t.skill.ndcg_lower))
        .real("ndcg_upper", real(&|t| t.skill.ndcg_upper))
        .real("ndcg_gain", gain(0))
        .real("ndcg_gain_lower", gain(1))
        .real("ndcg_gain_upper", gain(2))
        .real("coverage", real(&|t| t.coverage))
        .real("margin_per_customer", tested.iter().map(value).collect::<Float64Array>())
        .with("is_baseline", flag(&|t| t.candidate.is_baseline()))
        .with("is_chosen", flag(&|t| t.is_chosen))
        .build()
}
