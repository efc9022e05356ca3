//! Checked options: one outcome to predict.

use crate::numerics::classify::Offer;

/// What may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// No purchase within the horizon, or the end of the contract.
    Lapse,
    /// A purchase.
    Purchase,
    /// A purchase of a category.
    Category(String),
    /// A response of those who are contacted.
    Respond,
    /// A column says it.
    Label {
        /// The column.
        column: String,
        /// The word that means yes.
        positive: Option<String>,
    },
}

/// One outcome to predict.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    /// Name of the propensity; none for churn.
    pub(super) name: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) horizon_days: i32,
    pub(super) cuts: u32,
    pub(super) min_tenure_days: i32,
    pub(super) active_within_days: Option<i32>,
    pub(super) started: Option<String>,
    pub(super) ended: Option<String>,
    pub(super) features: Option<Vec<String>>,
    pub(super) exclude: Vec<String>,
    pub(super) contact_cost: f64,
    pub(super) benefit: Option<f64>,
    pub(super) success_share: f64,
    pub(super) max_rows: usize,
}

impl Task {
    /// The analysis, as `run_quality` names it.
    pub(super) fn source(&self) -> &'static str {
        if self.name.is_some() { "propensity" } else { "churn" }
    }

    /// What stands before the names of its checks.
    pub(super) fn prefix(&self) -> String {
        self.name.as_ref().map_or_else(String::new, |name| format!("{name}_"))
    }

    /// Its section, for messages.
    pub(super) fn section(&self) -> String {
        self.name.as_ref().map_or_else(|| "[churn]".to_owned(), |name| format!("[[propensity]] {name}"))
    }

    /// The outcome in words.
    pub(super) fn wording(&self) -> String {
        let days = self.horizon_days;
        match &self.outcome {
            Outcome::Lapse if self.ended.is_some() => format!("the contract ends within {days} days"),
            Outcome::Lapse => format!("no purchase within {days} days"),
            Outcome::Purchase => format!("a purchase within {days} days"),
            Outcome::Category(category) => format!("a purchase of {category} within {days} days"),
            Outcome::Respond => format!("a response to a contact within {days} days"),
            Outcome::Label { column, positive } => {
                format!("{column} = {}", positive.as_deref().unwrap_or("yes"))
            }
        }
    }

    /// Whether the outcome is a column, so that there is no time.
    pub(super) fn is_label(&self) -> bool {
        matches!(self.outcome, Outcome::Label { .. })
    }

    /// Whether a feature may be used, as far as its name says.
    pub(super) fn allows(&self, name: &str) -> bool {
        !self.exclude.iter().any(|excluded| excluded == name)
    }

    /// What a contact costs and brings, where a benefit is given.
    pub(super) fn offer(&self) -> Option<Offer> {
        self.benefit.map(|benefit| Offer {
            benefit,
            contact_cost: self.contact_cost,
            success_share: self.success_share,
        })
    }
}
