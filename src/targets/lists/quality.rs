//! Where the matching customers went, as lines of `run_quality`.

use crate::table::{Money, Quality};

use super::compete::Competition;
use super::matched::Matched;
use super::outcome::Outcome;
use super::target::{Policy, Target};

/// How far a plan may be from the best possible before a line says so.
const LARGEST_GAP: f64 = 0.01;

/// The lines of a list.
pub(super) fn of_list(target: &Target, matched: &Matched) -> Vec<Quality> {
    let line = |check: &str, count: usize, note: &str| {
        Quality::measured("targets", &format!("{}_{check}", target.name), count as f64, note)
    };
    let count = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| matched.count(*outcome)).sum::<usize>();
    let listed = [Outcome::Treatment, Outcome::Control, Outcome::Cut, Outcome::NoConsent, Outcome::ConsentUnknown];
    let unknown = matched.count(Outcome::ConsentUnknown);
    let without_consent = match unknown {
        0 => "matched, but gave no consent for the channel".to_owned(),
        _ => format!("no attribute consent_CHANNEL tells consent for this channel, so {unknown} are not contacted"),
    };
    let name = format!("{}_cost", target.name);
    let spent = target.cost.saturating_mul(matched.count(Outcome::Treatment) as i64);
    let units = Money(spent).to_f64();
    let cost = match target.budget {
        Some(budget) => Quality::at_most("targets", &name, units, Money(budget).to_f64(), "cost against budget"),
        None => Quality::measured("targets", &name, units, "cost of the contacts"),
    };
    let consent = line("without_consent", count(&listed[3..]), &without_consent);
    let mut lines = vec![
        line("matched", matched.rows.len(), target.rule.text()),
        Quality { ok: unknown == 0, ..consent },
        line("cut", matched.count(Outcome::Cut), "ranked below what budget, capacity or size allow"),
        line("treatment", matched.count(Outcome::Treatment), "to be contacted"),
        line("control", matched.count(Outcome::Control), "held back, to measure the effect"),
        cost,
    ];
    let others = matched.rows.len() - count(&listed);
    if others > 0 {
        lines.push(line("left_out", others, "left out for other reasons; target_exclusions counts each"));
    }
    let listed = count(&listed[..2]);
    if target.min_customers > listed as u64 {
        let note = format!("{listed} customers on the list, min_customers is {}", target.min_customers);
        let missing = target.min_customers as usize - listed;
        lines.push(Quality { ok: false, ..line("missing", missing, &note) });
    }
    lines
}

/// The lines of the competition.
pub(super) fn of_night(targets: &[Target], policy: &Policy, competition: &Competition, spent: i64) -> Vec<Quality> {
    let won = &competition.won;
    let gap = "(upper bound of the expected profit − the plan's) ÷ bound; 0 is the best plan there is";
    let mut lines = vec![Quality::at_most("targets", "optimality_gap", won.gap(), LARGEST_GAP, gap)];
    let price = |check: String, price: f64, unit: &str| {
        let note = format!("shadow price: expected profit of one {unit} more");
        Quality::measured("targets", &check, price, note)
    };
    if let Some(budget) = policy.budget {
        let limit = Money(budget).to_f64();
        lines.push(Quality::at_most(
            "targets",
            "cost",
            Money(spent).to_f64(),
            limit,
            "cost of all lists against budget",
        ));
        lines.push(price("budget_price".into(), won.prices.budget, "unit of the budget of all lists"));
    }
    for (list, target) in targets.iter().enumerate().filter(|(_, t)| t.budget.is_some()) {
        let check = format!("{}_budget_price", target.name);
        lines.push(price(check, won.prices.list_budgets[list], "unit of the list's budget"));
    }
    for (channel, (name, _)) in policy.capacity.iter().enumerate() {
        lines.push(price(format!("{name}_capacity_price"), won.prices.channels[channel], "contact of the channel"));
    }
    for (list, possible, note) in &competition.short {
        let check = format!("{}_possible", targets[*list].name);
        lines.push(Quality { ok: false, ..Quality::measured("targets", &check, *possible as f64, note) });
    }
    lines
}
