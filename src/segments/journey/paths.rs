//! Paths, transitions and attribution as tables.

use arrow::array::{Float64Array, Int64Array};

use crate::clean::Experience;
use crate::numerics::journeys::{
    Attribution, Before, ChannelCredit, Credit, Lift, Node, PathContrast, PathCount, Transition,
};
use crate::numerics::surveys::inference::Proportion;
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::contract::{JOURNEY_ATTRIBUTION, JOURNEY_PATHS, JOURNEY_TRANSITIONS};
use super::states::States;

/// What an empty path is called.
const NO_TOUCH: &str = "no touch";

/// The events that paths lead to.
pub(super) const BEFORE: [(Before, &str); 3] = [
    (Before::FirstConversion, "first purchase"),
    (Before::RepeatConversion, "repeat purchase"),
    (Before::Silence, "silence"),
];

/// Ways to credit touchpoints.
const METHODS: [(&str, fn(&ChannelCredit) -> Credit); 5] = [
    ("last", |channel| channel.last),
    ("first", |channel| channel.first),
    ("linear", |channel| channel.linear),
    ("position", |channel| channel.position),
    ("markov", |channel| channel.markov),
];

/// Kinds of experience, none where there is none.
pub(super) fn experiences(rows: impl Iterator<Item = Option<Experience>>) -> Categories {
    let codes = rows.map(|kind| kind.map_or(-1, |kind| kind as i32)).collect();
    Categories::from_codes(codes, Experience::ALL.map(|kind| kind.name().to_owned()).to_vec())
}

impl States {
    pub(super) fn node(&self, node: Node) -> &str {
        match node {
            Node::Start => "start",
            Node::State(state) => &self.names[state as usize],
            Node::Silence => "silence",
        }
    }

    fn experience(&self, node: Node) -> Option<Experience> {
        match node {
            Node::State(state) => self.experiences[state as usize],
            Node::Start | Node::Silence => None,
        }
    }

    fn path(&self, path: &[u32]) -> String {
        if path.is_empty() {
            return NO_TOUCH.to_owned();
        }
        path.iter().map(|state| self.names[*state as usize].as_str()).collect::<Vec<_>>().join(" → ")
    }
}

/// The transitions.
pub(super) fn transitions_table(found: &[Transition], states: &States) -> Result<Table, TableError> {
    let words = |node: fn(&Transition) -> Node| {
        Categories::from_words(&found.iter().map(|row| Some(states.node(node(row)))).collect::<Vec<_>>())
    };
    let kinds = |node: fn(&Transition) -> Node| experiences(found.iter().map(|row| states.experience(node(row))));
    TableBuilder::new(&JOURNEY_TRANSITIONS)
        .category("from_state", words(|row| row.from))
        .category("from_experience", kinds(|row| row.from))
        .category("to_state", words(|row| row.to))
        .category("to_experience", kinds(|row| row.to))
        .count("transitions", found.iter().map(|row| row.count as i64).collect::<Vec<_>>())
        .count("customers", found.iter().map(|row| row.customers as i64).collect::<Vec<_>>())
        .real("probability", found.iter().map(|row| row.probability).collect::<Vec<_>>())
        .build()
}

/// The paths before each event.
pub(super) fn paths_table(found: &[PathContrast], states: &States) -> Result<Table, TableError> {
    let rows = found.iter().enumerate().flat_map(|(at, contrast)| contrast.paths.iter().map(move |path| (at, path)));
    let rows = rows.collect::<Vec<_>>();
    let count = |value: fn(&PathCount) -> u64| rows.iter().map(|(_, path)| value(path) as i64).collect::<Vec<_>>();
    let real = |value: fn(&PathCount) -> f64| rows.iter().map(|(_, path)| value(path)).collect::<Vec<_>>();
    let lift =
        |part: fn(&Lift) -> f64| rows.iter().map(|(_, path)| path.lift.as_ref().map(part)).collect::<Float64Array>();
    let rate = |part: fn(&Proportion) -> f64| {
        rows.iter().map(|(_, path)| path.case_rate.as_ref().map(part)).collect::<Float64Array>()
    };
    let before = BEFORE.map(|(_, name)| name.to_owned()).to_vec();
    TableBuilder::new(&JOURNEY_PATHS)
        .category("before", Categories::from_codes(rows.iter().map(|(at, _)| *at as i32).collect(), before))
        .text("path", rows.iter().map(|(_, path)| states.path(&path.path)).collect::<Vec<_>>())
        .count("touches", rows.iter().map(|(_, path)| path.path.len() as i64).collect::<Vec<_>>())
        .count("cases", count(|path| path.cases))
        .count("controls", count(|path| path.controls))
        .real("case_share", real(|path| path.case_share))
        .real("control_share", real(|path| path.control_share))
        .real("lift", lift(|lift| lift.ratio))
        .real("lift_lower", lift(|lift| lift.lower))
        .real("lift_upper", lift(|lift| lift.upper))
        .real("case_rate", rate(|rate| rate.share))
        .real("case_rate_lower", rate(|rate| rate.lower))
        .real("case_rate_upper", rate(|rate| rate.upper))
        .build()
}

/// Who shares the purchases, purchases without a touch last.
pub(super) fn attribution_table(found: &Attribution, states: &States, has_money: bool) -> Result<Table, TableError> {
    let none = Credit { conversions: found.unattributed_conversions as f64, value: found.unattributed_value };
    let total = (found.conversions + found.unattributed_conversions).max(1) as f64;
    let channels = found.channels.iter().map(Some).chain([None]);
    let rows = channels.flat_map(|channel| (0..METHODS.len()).map(move |method| (channel, method))).collect::<Vec<_>>();
    let credit = |(channel, method): &(Option<&ChannelCredit>, usize)| channel.map_or(none, METHODS[*method].1);
    let name = |channel: &Option<&ChannelCredit>| {
        channel.map_or(NO_TOUCH, |channel| states.names[channel.channel as usize].as_str())
    };
    let kind = |channel: &Option<&ChannelCredit>| channel.and_then(|c| states.experiences[c.channel as usize]);
    let methods = METHODS.map(|(name, _)| name.to_owned()).to_vec();
    let is_markov = |method: usize| METHODS[method].0 == "markov";
    let effect = |(channel, method): &(Option<&ChannelCredit>, usize)| {
        channel.filter(|_| is_markov(*method)).map(|channel| channel.removal_effect)
    };
    let words = rows.iter().map(|(channel, _)| Some(name(channel))).collect::<Vec<_>>();
    TableBuilder::new(&JOURNEY_ATTRIBUTION)
        .category("state", Categories::from_words(&words))
        .category("experience", experiences(rows.iter().map(|(channel, _)| kind(channel))))
        .category("method", Categories::from_codes(rows.iter().map(|(_, at)| *at as i32).collect(), methods))
        .real("purchases", rows.iter().map(|row| credit(row).conversions).collect::<Vec<_>>())
        .real("share", rows.iter().map(|row| credit(row).conversions / total).collect::<Vec<_>>())
        .money("revenue", rows.iter().map(|row| has_money.then_some(credit(row).value)).collect::<Int64Array>())
        .real("removal_effect", rows.iter().map(effect).collect::<Float64Array>())
        .build()
}
