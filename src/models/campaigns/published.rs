//! Rows to the published table, and those of the run before back.

use arrow::array::{Array, Date32Array, Float64Array, Int64Array, StringArray};

use crate::history::History;
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::contract::CAMPAIGN_RESULTS;
use super::measure::Figures;
use super::results::ResultRow;

/// What notes of a row begin with that the sources no longer give.
const KEPT: &str = "kept from an earlier run";

/// The table of results.
pub(super) fn results_table(rows: &[ResultRow]) -> Result<Table, TableError> {
    let word =
        |value: fn(&ResultRow) -> Option<&str>| Categories::from_words(&rows.iter().map(value).collect::<Vec<_>>());
    let real = |value: fn(&ResultRow) -> Option<f64>| rows.iter().map(value).collect::<Float64Array>();
    let figure =
        |value: fn(&Figures) -> Option<f64>| rows.iter().map(|row| value(&row.figures)).collect::<Float64Array>();
    let count = |value: fn(&Figures) -> u64| rows.iter().map(|row| value(&row.figures) as i64).collect::<Vec<_>>();
    let day = |value: fn(&ResultRow) -> Option<i32>| rows.iter().map(value).collect::<Date32Array>();
    let flag = |value: fn(&ResultRow) -> bool| Column::Flag(rows.iter().map(|row| Some(value(row))).collect());
    let needed = rows.iter().map(|row| row.figures.customers_needed.and_then(|n| i64::try_from(n).ok()));
    let notes = rows.iter().map(|row| row.figures.notes.join("; "));
    TableBuilder::new(&CAMPAIGN_RESULTS)
        .text("campaign_id", StringArray::from_iter_values(rows.iter().map(|row| row.campaign_id.as_str())))
        .category("offer", word(|row| row.offer.as_deref()))
        .category("channel", word(|row| row.channel.as_deref()))
        .category("variant", word(|row| Some(&row.variant)))
        .category("segment_by", word(|row| row.segment_by.as_deref()))
        .category("segment", word(|row| row.segment.as_deref()))
        .category("outcome", word(|row| Some(&row.outcome)))
        .day("start", day(|row| row.start))
        .day("window_end", day(|row| row.window_end))
        .count("window_days", rows.iter().map(|row| row.window_days).collect::<Int64Array>())
        .with("is_final", flag(|row| row.is_final))
        .count("treated", count(|figures| figures.treated))
        .count("control", count(|figures| figures.control))
        .real("mean_treated", figure(|figures| figures.mean_treated))
        .real("mean_control", figure(|figures| figures.mean_control))
        .real("effect", figure(|figures| figures.effect))
        .real("standard_error", figure(|figures| figures.standard_error))
        .real("degrees_of_freedom", figure(|figures| figures.degrees))
        .real("lower", figure(|figures| figures.lower))
        .real("upper", figure(|figures| figures.upper))
        .real("bootstrap_lower", figure(|figures| figures.bootstrap_lower))
        .real("bootstrap_upper", figure(|figures| figures.bootstrap_upper))
        .real("p_value", figure(|figures| figures.p_value))
        .real("p_value_adjusted", figure(|figures| figures.p_value_adjusted))
        .real("z_pooled", figure(|figures| figures.z_pooled))
        .real("p_value_pooled", figure(|figures| figures.p_value_pooled))
        .real("p_value_exact", figure(|figures| figures.p_value_exact))
        .real("relative_lift", figure(|figures| figures.relative_lift))
        .real("cuped_theta", figure(|figures| figures.cuped_theta))
        .real("cuped_effect", figure(|figures| figures.cuped_effect))
        .real("cuped_standard_error", figure(|figures| figures.cuped_standard_error))
        .real("cuped_lower", figure(|figures| figures.cuped_lower))
        .real("cuped_upper", figure(|figures| figures.cuped_upper))
        .real("minimum_detectable_effect", figure(|figures| figures.minimum_detectable_effect))
        .count("customers_needed", needed.collect::<Int64Array>())
        .real("contact_cost", real(|row| row.contact_cost))
        .real("incremental_profit", real(|row| row.incremental_profit))
        .real("roi", real(|row| row.roi))
        .with("is_tiny", flag(|row| row.figures.is_tiny))
        .text("note", StringArray::from_iter_values(notes))
        .build()
}

/// The columns of the run before that [`kept`] reads: all of them.
pub(super) fn remembered() -> Vec<(&'static str, String)> {
    CAMPAIGN_RESULTS.columns.iter().map(|column| (CAMPAIGN_RESULTS.name, column.name.to_owned())).collect()
}

/// Final rows of campaigns that the sources no longer hold, from the run before.
pub(super) fn kept(history: &History, is_here: impl Fn(&str) -> bool) -> Vec<ResultRow> {
    let Some(Column::Text(ids)) = history.column(CAMPAIGN_RESULTS.name, "campaign_id") else { return Vec::new() };
    let old = Old { history };
    let gone = (0..ids.len()).filter(|row| !is_here(ids.value(*row)));
    gone.filter_map(|row| old.row(ids.value(row), row)).collect()
}

/// The table of the run before.
struct Old<'a> {
    history: &'a History,
}

impl Old<'_> {
    fn number(&self, name: &str, row: usize) -> Option<f64> {
        self.history.column(CAMPAIGN_RESULTS.name, name)?.number(row)
    }

    fn word(&self, name: &str, row: usize) -> Option<String> {
        match self.history.column(CAMPAIGN_RESULTS.name, name)? {
            Column::Category(words) => words.get(row).map(str::to_owned),
            other => (!other.is_null(row)).then(|| other.display(row)),
        }
    }

    /// A row of a campaign; none when it is not final or not whole.
    fn row(&self, campaign: &str, row: usize) -> Option<ResultRow> {
        let number = |name: &str| self.number(name, row);
        let is = |name: &str| number(name).is_some_and(|flag| flag > 0.5);
        if !is("is_final") {
            return None;
        }
        let mut notes: Vec<String> = self.word("note", row).filter(|note| !note.is_empty()).into_iter().collect();
        if !notes.iter().any(|note| note.contains(KEPT)) {
            notes.push(format!("{KEPT}: the sources no longer hold the campaign"));
        }
        Some(ResultRow {
            campaign_id: campaign.to_owned(),
            offer: self.word("offer", row),
            channel: self.word("channel", row),
            variant: self.word("variant", row)?,
            segment_by: self.word("segment_by", row),
            segment: self.word("segment", row),
            outcome: self.word("outcome", row)?,
            start: number("start").map(|day| day as i32),
            window_end: number("window_end").map(|day| day as i32),
            window_days: number("window_days").map(|days| days as i64),
            is_final: true,
            contact_cost: number("contact_cost"),
            incremental_profit: number("incremental_profit"),
            roi: number("roi"),
            figures: Figures {
                treated: number("treated")? as u64,
                control: number("control")? as u64,
                mean_treated: number("mean_treated"),
                mean_control: number("mean_control"),
                effect: number("effect"),
                standard_error: number("standard_error"),
                degrees: number("degrees_of_freedom"),
                lower: number("lower"),
                upper: number("upper"),
                bootstrap_lower: number("bootstrap_lower"),
                bootstrap_upper: number("bootstrap_upper"),
                p_value: number("p_value"),
                p_value_adjusted: number("p_value_adjusted"),
                z_pooled: number("z_pooled"),
                p_value_pooled: number("p_value_pooled"),
                p_value_exact: number("p_value_exact"),
                relative_lift: number("relative_lift"),
                cuped_theta: number("cuped_theta"),
                cuped_effect: number("cuped_effect"),
                cuped_standard_error: number("cuped_standard_error"),
                cuped_lower: number("cuped_lower"),
                cuped_upper: number("cuped_upper"),
                minimum_detectable_effect: number("minimum_detectable_effect"),
                customers_needed: number("customers_needed").map(|needed| needed as u64),
                is_tiny: is("is_tiny"),
                notes,
            },
        })
    }
}
