//! What each list can show: the smallest effect that its control group finds, and the size that it would need.

use arrow::array::{BooleanArray, Float64Array, Int64Array, StringArray};

use crate::numerics::experiments::{Design, DesignAnswer, Group};
use crate::numerics::surveys::inference::Confidence;
use crate::stage::customer_column;
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, Tables};

use super::contract::TARGET_DESIGN;
use super::outcome::Outcome;
use super::tables::Lists;
use super::worth::Basis;

/// Chances of a purchase without a contact.
struct Baseline {
    /// Within the horizon; one a customer, NaN where unknown.
    chance: Vec<f64>,
    horizon_days: f64,
    /// Expected money of a purchase; NaN where unknown.
    spend: Vec<f64>,
}

/// What a list can show.
struct Line {
    treatment: u64,
    control: u64,
    profit: Option<f64>,
    cost: i64,
    window_days: Option<f64>,
    baseline: Option<f64>,
    hoped: Option<f64>,
    answer: Option<DesignAnswer>,
    note: String,
}

impl Baseline {
    /// By the shortest horizon of the purchase model.
    fn of(tables: &Tables) -> Result<Option<Self>, TableError> {
        let Ok(clv) = tables.get("clv") else { return Ok(None) };
        let horizon = |name: &str| name.strip_prefix("p_purchase_")?.strip_suffix('d')?.parse::<u32>().ok();
        let Some(days) = clv.columns().iter().filter_map(|(name, _)| horizon(name)).min() else { return Ok(None) };
        Ok(Some(Self {
            chance: customer_column(tables, &format!("p_purchase_{days}d"))?.numbers(),
            horizon_days: f64::from(days),
            spend: customer_column(tables, "expected_spend")?.numbers(),
        }))
    }

    /// Chance within a window, at a constant rate: 1 − (1 − p)^(window ÷ horizon).
    fn within(&self, row: usize, window_days: f64) -> f64 {
        1.0 - (1.0 - self.chance[row]).powf(window_days / self.horizon_days)
    }
}

/// The mean of the finite numbers.
fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = numbers.filter(|v| v.is_finite()).fold((0_u64, 0.0), |(n, sum), v| (n + 1, sum + v));
    (count > 0).then(|| sum / count as f64)
}

/// The table, and a line of `run_quality` for every list that can't show what it hopes for.
pub(super) fn design(lists: &Lists<'_>) -> Result<(Table, Vec<Quality>), TableError> {
    let baseline = Baseline::of(lists.tables)?;
    let lines: Vec<Line> = (0..lists.targets.len()).map(|list| line(lists, list, baseline.as_ref())).collect();
    let quality = lines.iter().zip(lists.targets).filter_map(|(line, target)| {
        let answer = line.answer.filter(|answer| !answer.can_show)?;
        let hoped = line.hoped?.abs();
        let check = format!("{}_minimum_detectable", target.name);
        Some(Quality::at_most("targets", &check, answer.minimum_detectable, hoped, line.note.clone()))
    });
    let quality = quality.collect();
    let real = |value: &dyn Fn(&Line) -> Option<f64>| lines.iter().map(value).collect::<Float64Array>();
    let count = |value: &dyn Fn(&Line) -> Option<i64>| lines.iter().map(value).collect::<Int64Array>();
    let names: Vec<String> = lists.targets.iter().map(|t| t.name.clone()).collect();
    let can_show: BooleanArray = lines.iter().map(|l| l.answer.map(|a| a.can_show)).collect();
    let table = TableBuilder::new(&TARGET_DESIGN)
        .category("target", Categories::from_codes((0..names.len() as i32).collect(), names))
        .count("treatment", lines.iter().map(|l| l.treatment as i64).collect::<Vec<_>>())
        .count("control", lines.iter().map(|l| l.control as i64).collect::<Vec<_>>())
        .real("expected_profit", real(&|l| l.profit))
        .money("cost", lines.iter().map(|l| l.cost).collect::<Vec<_>>())
        .count("window_days", count(&|l| l.window_days.map(|days| days as i64)))
        .real("baseline", real(&|l| l.baseline))
        .real("hoped_effect", real(&|l| l.hoped))
        .real("minimum_detectable", real(&|l| l.answer.map(|a| a.minimum_detectable)))
        .count("needed_customers", count(&|l| l.answer.and_then(|a| a.needed_customers).map(|n| n as i64)))
        .count("needed_campaigns", count(&|l| l.answer.and_then(|a| a.needed_campaigns).map(i64::from)))
        .with("can_show", Column::Flag(can_show))
        .text("note", StringArray::from_iter_values(lines.iter().map(|l| l.note.as_str())))
        .build()?;
    Ok((table, quality))
}

fn line(lists: &Lists<'_>, list: usize, baseline: Option<&Baseline>) -> Line {
    let (target, matched) = (&lists.targets[list], &lists.matched[list]);
    let places: Vec<usize> = (0..matched.rows.len()).filter(|at| matched.outcomes[*at].is_listed()).collect();
    let treatment = matched.count(Outcome::Treatment) as u64;
    let control = matched.count(Outcome::Control) as u64;
    let treated = places.iter().filter(|at| matched.outcomes[**at] == Outcome::Treatment);
    let profits: Vec<f64> = treated.filter_map(|at| matched.worth[*at].profit(target.contact_cost())).collect();
    let mut line = Line {
        treatment,
        control,
        profit: (!profits.is_empty()).then(|| profits.iter().sum()),
        cost: target.cost.saturating_mul(treatment as i64),
        window_days: None,
        baseline: None,
        hoped: None,
        answer: None,
        note: String::new(),
    };
    let Some(model) = baseline else {
        line.note = "no purchase model tells how many would buy without a contact".to_owned();
        return line;
    };
    let measured = places.iter().filter_map(|at| matched.source(*at)?.window_days);
    let window = measured.max().map_or(model.horizon_days, |days| days as f64);
    line.window_days = Some(window);
    line.baseline = mean(places.iter().map(|at| model.within(matched.rows[*at] as usize, window)));
    line.hoped = mean(places.iter().filter_map(|at| hoped(lists, list, *at, model, window)));
    line.note = note(&mut line);
    line
}

/// The effect on the chance of a purchase that is hoped for of a customer.
fn hoped(lists: &Lists<'_>, list: usize, at: usize, model: &Baseline, window: f64) -> Option<f64> {
    let matched = &lists.matched[list];
    let (worth, source, row) = (matched.worth[at], matched.source(at)?, matched.rows[at] as usize);
    let by_money = || {
        let spend = model.spend[row];
        (spend > 0.0).then(|| (worth.revenue / spend).clamp(-1.0, 1.0))
    };
    let effect = match source.basis {
        // so much more of what is bought anyway
        Basis::Assumed => Some(worth.uplift * model.within(row, window)),
        Basis::Modelled if lists.targets[list].conversion_value.is_some() => Some(worth.uplift),
        Basis::Measured if source.conversion.is_some() => source.conversion,
        Basis::Measured | Basis::Modelled => by_money(),
    };
    effect.filter(|effect| effect.is_finite())
}

/// Fills in what the groups can show, and says it in words.
fn note(line: &mut Line) -> String {
    let (Some(baseline), Some(hoped)) = (line.baseline, line.hoped) else {
        return "nobody on the list has an expected effect".to_owned();
    };
    let variance = |share: f64| {
        let share = share.clamp(0.0, 1.0);
        share * (1.0 - share)
    };
    let group = |customers, share| Group { customers, variance: variance(share) };
    let design =
        Design { treated: group(line.treatment, baseline + hoped), control: group(line.control, baseline), hoped };
    match design.answer(Confidence::default()) {
        Err(error) => format!("the effect can't be measured: {error}"),
        Ok(answer) => {
            line.answer = Some(answer);
            let points = |share: f64| crate::table::display_real((share * 1e4).round() / 100.0);
            let groups = format!(
                "{} contacted against {} held back find a difference of {} points or more in the share of buyers; {} are hoped for",
                line.treatment,
                line.control,
                points(answer.minimum_detectable),
                points(hoped)
            );
            match (answer.can_show, answer.needed_customers) {
                (true, _) => groups,
                (false, Some(needed)) => {
                    format!("can't show what it hopes for: {groups}; it would take {needed} customers")
                }
                (false, None) => format!("can't show what it hopes for: {groups}"),
            }
        }
    }
}
