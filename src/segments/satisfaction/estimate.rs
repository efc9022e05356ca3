//! An estimate for those who never answered.

use crate::clean::{Cleaned, DAY_MINUTES, NO_NAME, id_hash};
use crate::numerics::surveys::{Estimate, EstimateOptions, MIN_ANSWERED, SurveyError, Verdict, estimate};
use crate::table::Table;

use super::answers::Answers;

/// Columns of the customers table that the estimate goes by.
const BEHAVIOUR: &[&str] = &[
    "orders",
    "days_since_last",
    "tenure_days",
    "spend_mean",
    "spend_trend",
    "discount_share",
    "gap_median_days",
    "days_overdue",
    "lines_per_order",
];

/// Kinds of contact that the estimate goes by: the most frequent.
const MOST_CONTACTS: usize = 16;

/// Contacts that count: those of the last year.
const CONTACT_DAYS: i32 = 365;

/// What the estimate came to.
pub(super) struct Estimated {
    pub(super) names: Vec<String>,
    pub(super) estimate: Estimate,
}

impl Estimated {
    /// Whether it is worth more than the mean of those who answered.
    pub(super) fn has_skill(&self) -> bool {
        self.estimate.verdict == Verdict::Skill
    }

    /// The model as it is published.
    pub(super) fn content(&self) -> serde_json::Value {
        let estimate = &self.estimate;
        let rounded = |value: f64| (value * 1e6).round() / 1e6;
        let drivers = estimate.coefficients.iter().map(|c| {
            serde_json::json!({
                "feature": self.names[c.feature], "points_per_unit": rounded(c.per_unit),
                "points_per_standard_deviation": rounded(c.per_deviation),
            })
        });
        let shifts = estimate.shift.iter().zip(&self.names).filter(|(shift, _)| shift.is_notable());
        let shifts = shifts.map(|(shift, name)| {
            serde_json::json!({
                "feature": name, "mean_answered": shift.mean_answered.map(rounded),
                "mean_unanswered": shift.mean_unanswered.map(rounded),
                "standardised_difference": shift.standardised.map(rounded),
            })
        });
        serde_json::json!({
            "about": "ridge regression of the satisfaction index on behaviour and contacts; skill is of customers that it had not seen",
            "answered": estimate.answered, "penalty": estimate.penalty, "intercept": rounded(estimate.intercept),
            "holdout_r2": estimate.skill.r2.map(rounded), "holdout_mae": rounded(estimate.skill.mae),
            "baseline_mae": rounded(estimate.skill.baseline_mae), "has_skill": self.has_skill(),
            "drivers": drivers.collect::<Vec<_>>(),
            "those_who_answered_differ": shifts.collect::<Vec<_>>(),
        })
    }
}

/// Learns from those who answered; none when too few did.
pub(super) fn estimated(
    answers: &Answers,
    levels: &[Option<f64>],
    customers: &Table,
    cleaned: &Cleaned,
    as_of: i32,
) -> Result<Option<Estimated>, SurveyError> {
    if levels.iter().flatten().count() < MIN_ANSWERED {
        return Ok(None);
    }
    let behaviour =
        BEHAVIOUR.iter().filter_map(|name| Some(((*name).to_owned(), customers.column(name).ok()?.numbers())));
    let mut features = behaviour.filter(|(_, values)| values.iter().any(|v| !v.is_nan())).collect::<Vec<_>>();
    features.extend(contacts(answers, cleaned, as_of));
    let columns = features.iter().map(|(_, values)| values.as_slice()).collect::<Vec<_>>();
    let Ok(ids) = customers.text("customer_id") else { return Ok(None) };
    let ids = ids.iter().map(|id| id_hash(id.unwrap_or_default())).collect::<Vec<_>>();
    match estimate(&columns, levels, &ids, EstimateOptions::default()) {
        Ok(estimate) => Ok(Some(Estimated { names: features.into_iter().map(|(name, _)| name).collect(), estimate })),
        Err(SurveyError::Folds { .. } | SurveyError::TooFewAnswers { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How often each of the most frequent kinds of contact happened to each customer in the last year.
fn contacts(answers: &Answers, cleaned: &Cleaned, as_of: i32) -> Vec<(String, Vec<f64>)> {
    let interactions = &cleaned.interactions;
    let mut totals: std::collections::BTreeMap<(u32, u32), u64> = std::collections::BTreeMap::new();
    let first = as_of - CONTACT_DAYS;
    let is_recent = |minute: i32| minute.div_euclid(DAY_MINUTES) > first;
    for touch in interactions.touches.rows().iter().filter(|touch| is_recent(touch.minute)) {
        *totals.entry((touch.touchpoint, touch.outcome)).or_default() += 1;
    }
    let mut kinds = totals.into_iter().collect::<Vec<_>>();
    kinds.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    kinds.truncate(MOST_CONTACTS);
    let mut counts = vec![vec![0.0; answers.rows()]; kinds.len()];
    for (row, key) in answers.keys.iter().enumerate() {
        let touches = key.map_or(&[][..], |key| interactions.touches.of(key));
        for touch in touches.iter().filter(|touch| is_recent(touch.minute)) {
            if let Some(at) = kinds.iter().position(|(kind, _)| *kind == (touch.touchpoint, touch.outcome)) {
                counts[at][row] += 1.0;
            }
        }
    }
    let name = |(touchpoint, outcome): (u32, u32)| {
        let touchpoint = &interactions.touchpoints[touchpoint as usize];
        if outcome == NO_NAME {
            return format!("contacts: {touchpoint}");
        }
        format!("contacts: {touchpoint}: {}", interactions.outcomes[outcome as usize])
    };
    kinds.iter().map(|(kind, _)| name(*kind)).zip(counts).collect()
}
