//! What could spoil a comparison.

use arrow::array::{Float64Array, StringArray};

use crate::numerics::experiments::{Difference, Estimate, Moments, independence, pool, sample_ratio, trend};
use crate::numerics::surveys::inference::Confidence;
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::contract::CAMPAIGN_CHECKS;
use super::groupings::Grouping;
use super::outcomes::{CONVERSION, REVENUE};
use super::results::ResultRow;
use super::study::Study;
use super::weeks::{WeekRow, in_window};

/// A chance below this says that something is wrong with the lot; usual for sample ratios (Fabijan et al. 2019).
const LEAST_P: f64 = 0.001;

/// Standardised difference before the start above which groups count as unlike (Austin 2009, "Balance diagnostics", Statistics
/// in Medicine 28).
const MOST_DIFFERENCE: f64 = 0.1;

/// Share of the customers whom other campaigns may reach at the same time.
const MOST_OVERLAP: f64 = 0.1;

/// The check that there is a control group.
pub(super) const CONTROL_SIZE: &str = "customers_control";

/// A row of `campaign_checks`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CheckRow {
    pub(super) campaign_id: String,
    pub(super) check: String,
    pub(super) measured: Option<f64>,
    pub(super) limit: Option<f64>,
    pub(super) ok: bool,
    pub(super) note: String,
}

/// Collects the checks of one campaign.
pub(super) struct Checks<'a> {
    study: &'a Study,
    rows: Vec<CheckRow>,
}

impl<'a> Checks<'a> {
    pub(super) fn new(study: &'a Study) -> Self {
        Self { study, rows: Vec::new() }
    }

    pub(super) fn into_rows(self) -> Vec<CheckRow> {
        self.rows
    }

    fn add(
        &mut self,
        check: impl Into<String>,
        measured: Option<f64>,
        limit: Option<f64>,
        ok: bool,
        note: impl Into<String>,
    ) {
        let campaign_id = self.study.id.clone();
        self.rows.push(CheckRow { campaign_id, check: check.into(), measured, limit, ok, note: note.into() });
    }

    fn count(&mut self, check: &str, measured: u64, note: impl Into<String>) {
        self.add(check, Some(measured as f64), None, true, note);
    }

    fn at_most(&mut self, check: &str, measured: f64, limit: f64, note: impl Into<String>) {
        self.add(check, Some(measured), Some(limit), measured <= limit, note);
    }

    fn at_least(&mut self, check: impl Into<String>, measured: f64, limit: f64, note: impl Into<String>) {
        self.add(check, Some(measured), Some(limit), measured >= limit, note);
    }

    fn sizes(&self) -> (u64, u64) {
        let control = self.study.members.iter().filter(|member| self.study.is_control(member)).count() as u64;
        (self.study.members.len() as u64 - control, control)
    }

    /// Sizes of the groups, customers who don't fit in, the window, other campaigns.
    pub(super) fn groups(&mut self, expected_share: Option<f64>, log_begins: Option<i32>) {
        let study = self.study;
        let (treated, control) = self.sizes();
        self.count("customers_treated", treated, "customers assigned to a treatment, and to no other group");
        let note = if control > 0 {
            "customers assigned to the control group"
        } else {
            "no control group: what the treated did is shown, what the campaign did can't be"
        };
        self.at_least(CONTROL_SIZE, control as f64, 1.0, note);
        let shares = expected_share.map(|share| [share, 1.0 - share]);
        match shares.map(|shares| sample_ratio(&[treated, control], &shares)) {
            _ if control == 0 || treated == 0 => {}
            Some(Ok(test)) => {
                let note = format!(
                    "chance of {treated} treated and {control} control if {:.1} % were to be treated; below the limit customers \
                     got lost or the lot was not drawn as meant",
                    100.0 * expected_share.unwrap_or_default()
                );
                self.at_least("sample_ratio_p", test.p, LEAST_P, note);
            }
            Some(Err(reason)) => self.add("sample_ratio_p", None, None, true, reason.to_string()),
            None => {
                let note = format!(
                    "{:.1} % are treated; `[campaigns] expected_treated_share` would test that",
                    100.0 * treated as f64 / (treated + control) as f64
                );
                self.add("sample_ratio_p", None, None, true, note);
            }
        }
        self.at_most(
            "in_both_groups",
            study.in_both as f64,
            0.0,
            "customers in several groups; left out of every figure",
        );
        self.at_most(
            "without_arm",
            study.without_arm as f64,
            0.0,
            "customers whose arm is not told; left out of every figure",
        );
        let note = "customers of the control group with a time of contact; they stay in it (intention to treat)";
        self.at_most("contacted_controls", study.contacted_controls as f64, 0.0, note);
        self.window(log_begins);
        self.overlaps(treated, control);
    }

    fn window(&mut self, log_begins: Option<i32>) {
        let Some(window) = self.study.window else {
            let note = "nobody tells the start, so purchases can't be counted: add the campaign to the campaigns source, or map \
                        contacted_at";
            return self.add("window_days_seen", None, None, true, note);
        };
        let note = match window.seen_days {
            0 => "the campaign has not begun".to_owned(),
            seen if seen < window.days => format!("of {} days: figures are not final", window.days),
            _ => "days; the window is over".to_owned(),
        };
        self.at_least("window_days_seen", f64::from(window.seen_days), f64::from(window.days), note);
        if let Some(first) = log_begins.filter(|first| window.start < *first) {
            let note = "days of the window before the first purchase of the log: what was bought then is not known";
            self.at_most("window_days_before_log", f64::from(first - window.start), 0.0, note);
        }
    }

    fn overlaps(&mut self, treated: u64, control: u64) {
        let study = self.study;
        let all = treated + control;
        if all == 0 {
            return;
        }
        let shared = |is_control: bool| {
            let own = study.members.iter().filter(|m| m.overlaps && study.is_control(m) == is_control);
            own.count() as u64
        };
        let (first, second) = (shared(false), shared(true));
        let named = study.overlapping.iter().map(|(id, count)| format!("{id} {count}")).collect::<Vec<_>>().join(", ");
        let note = match named.as_str() {
            "" => "share of the customers whom another campaign treated in the same days".to_owned(),
            named => format!("share of the customers whom another campaign treated in the same days: {named}"),
        };
        self.at_most("overlap_share", (first + second) as f64 / all as f64, MOST_OVERLAP, note);
        if let Ok(test) = independence(&[(first, second), (treated - first, control - second)]) {
            let note = "chance of so unequal a share of such customers in both groups if the lot was drawn; other campaigns \
                        don't bias the effect while it is not below the limit";
            self.at_least("overlap_balance_p", test.p, LEAST_P, note);
        }
    }

    /// Whether the groups were alike before the start.
    pub(super) fn balance(&mut self, groupings: &[Grouping], refused: &[(String, &'static str)], covariate: &[f64]) {
        let study = self.study;
        for grouping in groupings {
            let mut sizes = vec![(0, 0); grouping.labels.len()];
            for (member, code) in study.members.iter().zip(&grouping.codes) {
                let own: &mut (u64, u64) = &mut sizes[*code as usize];
                if study.is_control(member) { own.1 += 1 } else { own.0 += 1 }
            }
            if let Ok(test) = independence(&sizes) {
                let note = "chance of such shares of the treated over the segments if the lot was drawn";
                self.at_least(format!("balance_{}_p", grouping.name), test.p, LEAST_P, note);
            }
        }
        for (name, reason) in refused {
            self.add(format!("segments_by_{name}"), None, None, true, *reason);
        }
        if covariate.is_empty() {
            return;
        }
        let values = |is_control: bool| -> Vec<f64> {
            let own = study.members.iter().zip(covariate).filter(|(m, _)| study.is_control(m) == is_control);
            own.map(|(_, value)| *value).collect()
        };
        let (Ok(first), Ok(second)) = (Moments::of(&values(false)), Moments::of(&values(true))) else { return };
        let spread = first.and_then(|m| m.variance()).zip(second.and_then(|m| m.variance()));
        let test = Difference::of(first.as_ref(), second.as_ref(), Confidence::default());
        if let (Ok(difference), Some((a, b))) = (test, spread.filter(|(a, b)| a + b > 0.0)) {
            let standardised = difference.effect / (0.5 * (a + b)).sqrt();
            let p = difference.test.map_or_else(|_| String::new(), |test| format!(" (p {:.3})", test.p));
            let note = format!(
                "standardised difference of the covariate before the start{p}; the adjusted (CUPED) effect takes it out"
            );
            self.at_most("difference_before", standardised.abs(), MOST_DIFFERENCE, note);
        }
    }

    /// Whether segments differ, and whether the effect wears off.
    pub(super) fn effects(&mut self, rows: &[ResultRow], weeks: &[WeekRow], groupings: &[Grouping]) {
        let Some(comparison) = self.study.comparisons().into_iter().next_back() else { return };
        for grouping in groupings {
            for outcome in [CONVERSION, REVENUE] {
                let own = rows.iter().filter(|row| {
                    row.variant == comparison.name
                        && row.outcome == outcome
                        && row.segment.is_some()
                        && row.segment_by.as_ref() == Some(&grouping.name)
                });
                let estimates: Vec<Estimate> = own.filter_map(estimate).collect();
                if let Some(p) = pool(&estimates).and_then(|pooled| pooled.p_same) {
                    let note =
                        "chance of effects as far apart over these segments if they were all the same (Cochran's Q)";
                    self.add(format!("segments_differ_{}_{outcome}_p", grouping.name), Some(p), None, true, note);
                }
            }
        }
        for outcome in [CONVERSION, REVENUE] {
            if let Some(found) = trend(&in_window(weeks, &comparison, outcome)) {
                let way = if found.slope < 0.0 { "falls" } else { "rises" };
                let note = format!(
                    "chance of such a trend if there were none: the effect {way} by {:.4} a week within the window",
                    found.slope.abs()
                );
                self.add(format!("effect_trend_{outcome}_p"), Some(found.p), None, true, note);
            }
        }
    }
}

/// The effect of a row with its error, if it has one.
pub(super) fn estimate(row: &ResultRow) -> Option<Estimate> {
    let (effect, standard_error) = row.figures.effect.zip(row.figures.standard_error)?;
    Some(Estimate { effect, standard_error })
}

/// The table of checks.
pub(super) fn checks_table(rows: &[CheckRow]) -> Result<Table, TableError> {
    let checks = rows.iter().map(|row| Some(row.check.as_str())).collect::<Vec<_>>();
    TableBuilder::new(&CAMPAIGN_CHECKS)
        .text("campaign_id", StringArray::from_iter_values(rows.iter().map(|row| row.campaign_id.as_str())))
        .category("check", Categories::from_words(&checks))
        .real("measured", rows.iter().map(|row| row.measured).collect::<Float64Array>())
        .real("limit", rows.iter().map(|row| row.limit).collect::<Float64Array>())
        .with("ok", Column::Flag(rows.iter().map(|row| Some(row.ok)).collect()))
        .text("note", StringArray::from_iter_values(rows.iter().map(|row| row.note.as_str())))
        .build()
}
