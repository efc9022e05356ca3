//! Where the journeys of two groups differ.

use crate::numerics::journeys::{Comparison, Difference, Group, JourneyError, Trait, compare};
use crate::numerics::surveys::inference::Confidence;
use crate::stage::{Rule, StageError};
use crate::table::{Categories, Table, TableBuilder, TableError, Tables};

use super::contract::JOURNEY_DIFFERENCES;
use super::events::Events;
use super::silence::{Standing, after_last};
use super::states::States;

/// What is compared.
const KINDS: [&str; 2] = ["state", "transition"];

/// Two groups and how they differ.
pub(super) struct Compared {
    names: [String; 2],
    pub(super) found: Comparison,
}

/// Compares the whole journeys of two groups of customers. Who is in both is in neither.
///
/// # Errors
/// When a rule can't be evaluated.
pub(super) fn by_rules(
    events: &Events,
    conversions: &[bool],
    groups: &[(String, Rule); 2],
    tables: &Tables,
    silent: &[bool],
    confidence: Confidence,
) -> Result<Compared, StageError> {
    let evaluate = |rule: &Rule| {
        let members = rule.evaluate(tables, silent.len());
        members.map_err(|e| StageError::Rule { rule: rule.text().to_owned(), reason: e.to_string() })
    };
    let members = [evaluate(&groups[0].1)?, evaluate(&groups[1].1)?];
    let group = |(a, b): (&bool, &bool)| match (a, b) {
        (true, false) => Some(Group::A),
        (false, true) => Some(Group::B),
        _ => None,
    };
    let of = members[0].iter().zip(&members[1]).map(group).collect::<Vec<_>>();
    let found = events.journeys(conversions).and_then(|all| compare(&all, &of, silent, confidence));
    let names = [groups[0].0.clone(), groups[1].0.clone()];
    Ok(Compared { names, found: found.map_err(failed)? })
}

/// Compares what followed a purchase of those who fell silent with what followed one of those who are active: the last
/// purchase that is at least so many seconds old. Leaves all other events out.
///
/// # Errors
/// When the numerics refuse.
pub(super) fn by_silence(
    events: &mut Events,
    conversions: &[bool],
    standings: &[Standing],
    purchase: u32,
    within: i64,
    confidence: Confidence,
) -> Result<Compared, StageError> {
    let until = events.until;
    events.keep(|_, states, seconds| after_last(states, seconds, purchase, within, until));
    let has = |row: usize| events.offsets[row + 1] > events.offsets[row];
    let group = |(row, standing): (usize, &Standing)| match standing {
        Standing::Silent if has(row) => Some(Group::A),
        Standing::Active if has(row) => Some(Group::B),
        _ => None,
    };
    let of = standings.iter().enumerate().map(group).collect::<Vec<_>>();
    let nobody = vec![false; of.len()];
    let found = events.journeys(conversions).and_then(|all| compare(&all, &of, &nobody, confidence));
    Ok(Compared { names: ["silent", "active"].map(str::to_owned), found: found.map_err(failed)? })
}

/// What the numerics refused.
pub(super) fn failed(error: JourneyError) -> StageError {
    StageError::Data(format!("[journey]: {error}"))
}

/// The table.
pub(super) fn table(compared: &Compared, states: &States) -> Result<Table, TableError> {
    let rows = &compared.found.differences;
    let what = |row: &Difference| match row.what {
        Trait::State(state) => states.names[state as usize].clone(),
        Trait::Transition(from, to) => format!("{} → {}", states.node(from), states.node(to)),
    };
    let kind = |row: &Difference| i32::from(matches!(row.what, Trait::Transition(..)));
    let word = |at: usize| Categories::from_codes(vec![0; rows.len()], vec![compared.names[at].clone()]);
    let count = |value: fn(&Difference) -> u64| rows.iter().map(|row| value(row) as i64).collect::<Vec<_>>();
    let real = |value: fn(&Difference) -> f64| rows.iter().map(value).collect::<Vec<_>>();
    TableBuilder::new(&JOURNEY_DIFFERENCES)
        .category("group_a", word(0))
        .category("group_b", word(1))
        .category("kind", Categories::from_codes(rows.iter().map(kind).collect(), KINDS.map(str::to_owned).to_vec()))
        .text("what", rows.iter().map(what).collect::<Vec<_>>())
        .count("customers_a", count(|row| row.a.successes))
        .count("customers_b", count(|row| row.b.successes))
        .real("share_a", real(|row| row.a.share))
        .real("share_b", real(|row| row.b.share))
        .real("difference", real(|row| row.difference.difference))
        .real("difference_lower", real(|row| row.difference.lower))
        .real("difference_upper", real(|row| row.difference.upper))
        .real("q_value", real(|row| row.q))
        .build()
}
