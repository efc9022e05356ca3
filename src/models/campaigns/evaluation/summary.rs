//! A campaign in small tables and plain sentences.

use crate::models::campaigns::checks::{CONTROL_SIZE, CheckRow};
use crate::models::campaigns::outcomes::{CONVERSION, PROFIT, REVENUE};
use crate::models::campaigns::results::ResultRow;
use crate::models::campaigns::step::{CampaignsStep, Measured};
use crate::models::campaigns::study::Comparison;
use crate::stage::SummaryTable;
use crate::table::format_day;

use super::words::{Unit, chance, grouped};

/// Segments that a table shows at most.
const SHOWN_SEGMENTS: usize = 24;

/// The tables of a campaign: effects with what follows from them, and segments.
pub(super) fn summary(own: &Measured, step: &CampaignsStep, currency: &str) -> Vec<SummaryTable> {
    let mut tables = vec![effects(own, step, currency)];
    tables.extend(segments(own, step, currency));
    tables
}

fn title(own: &Measured) -> String {
    let study = &own.study;
    let campaign = study.campaign.as_ref();
    let name = campaign.and_then(|campaign| campaign.name.as_deref());
    let told = [study.offer(), study.channel()].into_iter().flatten();
    let days = study.window.map(|window| format!("{} to {}", format_day(window.start), format_day(window.last_day())));
    let all = told.map(str::to_owned).chain(days).collect::<Vec<_>>().join(", ");
    let head = name.map_or_else(|| study.id.clone(), |name| format!("{} ({name})", study.id));
    if all.is_empty() { head } else { format!("{head}: {all}") }
}

fn effects(own: &Measured, step: &CampaignsStep, currency: &str) -> SummaryTable {
    let whole: Vec<&ResultRow> = own.rows.iter().filter(|row| row.segment_by.is_none()).collect();
    let several = own.study.comparisons().len() > 1;
    let rows = whole.iter().map(|row| {
        let (unit, figures) = (Unit::of(row, &step.options, currency), &row.figures);
        let name = if several { format!("{}, {}", row.outcome, row.variant) } else { row.outcome.clone() };
        let lift = figures.relative_lift.map_or_else(String::new, |lift| format!("{:+.1} %", 100.0 * lift));
        vec![
            name,
            grouped(figures.treated),
            grouped(figures.control),
            unit.mean(figures.mean_treated),
            unit.mean(figures.mean_control),
            unit.change(figures.effect),
            unit.interval(figures.lower, figures.upper),
            unit.interval(figures.cuped_lower, figures.cuped_upper),
            lift,
            chance(figures.p_value),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let per_cent = format!("{:.0} % interval", 100.0 * step.options.confidence);
    let header = [
        "outcome",
        "treated",
        "control",
        "mean treated",
        "mean control",
        "effect",
        &per_cent,
        "adjusted (CUPED)",
        "lift",
        "p",
    ];
    let mut notes: Vec<String> =
        own.study.comparisons().iter().map(|comparison| verdict(own, comparison, step, currency)).collect();
    notes.extend(reasons(&whole));
    let told = |check: &&CheckRow| !check.ok && check.check != CONTROL_SIZE;
    notes.extend(own.checks.iter().filter(told).map(|check| {
        let measured =
            check.measured.map_or_else(String::new, |measured| format!(" {}", crate::table::display_real(measured)));
        format!("mind {}{measured}: {}", check.check, check.note)
    }));
    SummaryTable { title: title(own), header: header.map(str::to_owned).to_vec(), rows, notes }
}

/// Notes of rows, each once.
fn reasons(rows: &[&ResultRow]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in rows {
        for note in row.figures.notes.iter().filter(|note| note.as_str() != "no control") {
            let line = format!("{}: {note}", row.outcome);
            if !found.iter().any(|known| known.ends_with(note.as_str())) {
                found.push(line);
            }
        }
    }
    found
}

/// The outcome that a campaign is judged by: revenue, else conversion, else the first.
pub(super) fn main_row<'a>(own: &'a Measured, comparison: &Comparison, step: &CampaignsStep) -> Option<&'a ResultRow> {
    let rows = || own.rows.iter().filter(|row| row.segment_by.is_none() && row.variant == comparison.name);
    let named = |name: &str| rows().find(|row| row.outcome == name);
    step.options
        .revenue()
        .and_then(named)
        .or_else(|| named(REVENUE))
        .or_else(|| named(CONVERSION))
        .or_else(|| rows().next())
}

/// Whether it worked, in a sentence.
pub(super) fn verdict(own: &Measured, comparison: &Comparison, step: &CampaignsStep, currency: &str) -> String {
    let named = if own.study.comparisons().len() > 1 { format!("{}: ", comparison.name) } else { String::new() };
    let Some(row) = main_row(own, comparison, step) else {
        return format!("{named}can't tell: nothing is known of what came of it");
    };
    let (unit, figures) = (Unit::of(row, &step.options, currency), &row.figures);
    let outcome = &row.outcome;
    let Some(effect) = figures.effect else {
        let reason = if figures.control == 0 { "there is no control group" } else { "nobody was treated" };
        let shown = figures.mean_treated.or(figures.mean_control);
        let mean = shown.map_or_else(String::new, |mean| {
            format!(
                "; {outcome} was {}{}, which it may have been without the campaign",
                unit.mean(Some(mean)),
                if unit == Unit::Share { "" } else { " a head" }
            )
        });
        return format!("{named}can't tell: {reason}{mean}");
    };
    // the adjusted effect is the more exact one, and estimates the same
    let adjusted = figures.cuped_effect.zip(figures.cuped_lower.zip(figures.cuped_upper));
    let plain = figures.lower.zip(figures.upper).map(|ends| (effect, ends));
    let Some((effect, (lower, upper))) = adjusted.or(plain) else {
        return format!("{named}can't tell: {}", figures.notes.join("; "));
    };
    let figure = format!("{outcome} {} ({})", unit.said(effect), unit.interval(Some(lower), Some(upper)));
    let verdict = if lower > 0.0 {
        format!("worked: {figure}")
    } else if upper < 0.0 {
        format!("did harm: {figure}")
    } else {
        let needed = figures.customers_needed.map_or_else(String::new, |needed| {
            let had = grouped(figures.treated + figures.control);
            format!("; an effect of the measured size would need about {} customers, it had {had}", grouped(needed))
        });
        format!("can't tell: {figure}{needed}")
    };
    format!("{named}{verdict}{}{}", earned(own, comparison, currency), unfinished(row))
}

fn unfinished(row: &ResultRow) -> &'static str {
    if row.is_final { "" } else { "; the window is not over, so this is not final" }
}

/// What it earned beyond its cost.
fn earned(own: &Measured, comparison: &Comparison, currency: &str) -> String {
    let profit =
        own.rows.iter().find(|row| row.segment_by.is_none() && row.variant == comparison.name && row.outcome == PROFIT);
    let Some(row) = profit else { return String::new() };
    let (Some(profit), figures) = (row.incremental_profit, &row.figures) else { return String::new() };
    // without a cost there is nothing that it had to earn
    let Some(cost) = row.contact_cost.filter(|cost| *cost > 0.0) else { return String::new() };
    let cost = format!(" after {cost:.2} for contacts");
    let roi = row.roi.map_or_else(String::new, |roi| format!(", return {roi:.1}"));
    let doubt = match (figures.lower, figures.upper) {
        (Some(_), Some(upper)) if upper < 0.0 => "; it did not pay",
        (Some(lower), _) if lower > 0.0 => "; it paid",
        _ => "; whether it paid can't be told",
    };
    format!("; profit {profit:+.2} {currency}").trim_end().to_owned() + &cost + &roi + doubt
}

/// The main outcome by segment, for all treatments together.
fn segments(own: &Measured, step: &CampaignsStep, currency: &str) -> Option<SummaryTable> {
    let comparison = own.study.comparisons().into_iter().next_back()?;
    let main = main_row(own, &comparison, step)?;
    let unit = Unit::of(main, &step.options, currency);
    let of_main =
        |row: &&ResultRow| row.variant == comparison.name && row.outcome == main.outcome && row.segment_by.is_some();
    let rows: Vec<&ResultRow> = own.rows.iter().filter(of_main).filter(|row| row.segment.is_some()).collect();
    if rows.is_empty() || main.figures.effect.is_none() {
        return None;
    }
    let shown = rows.iter().take(SHOWN_SEGMENTS).map(|row| {
        let figures = &row.figures;
        vec![
            row.segment.clone().unwrap_or_default(),
            grouped(figures.treated),
            grouped(figures.control),
            unit.change(figures.effect),
            unit.interval(figures.lower, figures.upper),
            chance(figures.p_value_adjusted),
            row.segment_by.clone().unwrap_or_default(),
        ]
    });
    let limit = 1.0 - step.options.confidence;
    let sure = rows.iter().filter(|row| row.figures.p_value_adjusted.is_some_and(|p| p < limit));
    let sure: Vec<&str> = sure.filter_map(|row| row.segment.as_deref()).collect();
    let mut notes = vec![match sure.as_slice() {
        [] => "no segment has an effect that stands when all are corrected for".to_owned(),
        some => format!("an effect that stands when all are corrected for: {}", some.join(", ")),
    }];
    notes.extend(own.checks.iter().filter(|check| check.check.starts_with("segments_differ")).filter_map(|check| {
        let p = check.measured.filter(|p| *p < limit && check.check.contains(&main.outcome))?;
        let by = check.check.trim_start_matches("segments_differ_").trim_end_matches("_p");
        let by = by.trim_end_matches(&main.outcome).trim_end_matches('_');
        Some(format!("the effect differs by {by} (p {})", chance(Some(p))))
    }));
    Some(SummaryTable {
        title: format!("{}: {} by segment", own.study.id, main.outcome),
        header: ["segment", "treated", "control", "effect", "interval", "p corrected", "by"]
            .map(str::to_owned)
            .to_vec(),
        rows: shown.collect(),
        notes,
    })
}

/// A campaign in one line, for the summary of a run.
pub(in crate::models::campaigns) fn line(own: &Measured, step: &CampaignsStep, currency: &str) -> String {
    let sentences = own.study.comparisons().iter().map(|c| verdict(own, c, step, currency)).collect::<Vec<_>>();
    sentences.join(" | ")
}
