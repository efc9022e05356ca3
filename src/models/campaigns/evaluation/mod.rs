//! `acrm evaluate`: the figures of campaigns in words, small tables and plots.

mod plots;
mod pooled;
mod summary;
mod words;

use crate::stage::Findings;
use crate::table::Table;

use super::step::{CampaignsStep, Measured};

pub(super) use summary::line;

/// What is said when nobody tells who was in which campaign.
pub(super) const NO_CONTACTS: &str = "no source says who was in which campaign, so there is nothing to measure
  hint: name the contacts in the pipeline file, one row per customer and campaign, the control group included:

    [sources.contacts]
    path = \"exports/contacts.csv\"
    columns = { campaign_id = \"campaign\", customer_id = \"customer\", contacted_at = \"sent\", arm = \"group\" }

    [sources.campaigns]
    path = \"exports/campaigns.csv\"
    columns = { campaign_id = \"campaign\", start = \"first_day\", end = \"last_day\", cost_per_contact = \"cost\" }";

/// Tables, plots and words of the campaigns.
pub(super) fn evaluation(tables: Vec<Table>, measured: &[Measured], step: &CampaignsStep, currency: &str) -> Findings {
    let pooled = pooled::summary(&tables, step.confidence(), currency);
    Findings {
        tables,
        plots: measured.iter().enumerate().flat_map(|(at, own)| plots::plots(own, at + 1, step, currency)).collect(),
        summary: measured.iter().flat_map(|own| summary::summary(own, step, currency)).chain(pooled).collect(),
    }
}
