//! Which table a file is.

use super::fit::{File, Fit};
use super::judge::judge;
use super::role::{Role, Table};
use super::words;

/// Points that a table needs to be proposed.
const ENOUGH: i32 = 12;

/// Rows from which a column without repetition says something.
const MANY: usize = 20;

/// What a missing column costs.
const MISSING: i32 = 12;

/// How well a table fits a file.
pub(super) fn points(file: &File<'_>, fit: &Fit) -> i32 {
    let required = fit.table.required();
    let mut points = -MISSING * fit.missing.len() as i32;
    for mapped in &fit.mapped {
        points += if required.contains(&mapped.role) { mapped.points.min(14) } else { 2 };
    }
    if matches!(fit.table, Table::Transactions | Table::Interactions) && is_panel(file, fit) {
        return -100;
    }
    points
        + match fit.table {
            Table::Transactions => transactions(file, fit),
            Table::Customers => customers(file, fit),
            Table::Products => products(file, fit),
            Table::Campaigns => campaigns(file, fit),
            Table::Contacts => contacts(file, fit),
            Table::Interactions | Table::Feedback => events(file, fit),
        }
}

/// The table that fits best; `None` when none fits.
pub(super) fn best(fits: &[Fit]) -> Option<&Fit> {
    let most_missing = |fit: &Fit| usize::from(!matches!(fit.table, Table::Customers | Table::Products));
    let fits = fits.iter().filter(|f| f.points >= ENOUGH && f.missing.len() <= most_missing(f));
    fits.max_by_key(|f| (f.points, std::cmp::Reverse(f.table)))
}

fn is_unique(file: &File<'_>, fit: &Fit, role: Role) -> bool {
    fit.column(role).is_some_and(|at| {
        let profile = &file.columns[at].profile;
        // a few twins don't make a log of a register
        profile.filled > 0 && (profile.distinct * 100 >= profile.filled * 98)
    })
}

fn strength(file: &File<'_>, role: Role) -> i32 {
    let named = file.columns.iter().filter(|c| judge(role, &c.profile).is_some());
    named.filter_map(|c| c.named(role)).map(|m| m.points).max().unwrap_or(0)
}

fn transactions(file: &File<'_>, fit: &Fit) -> i32 {
    let rows = file.sample.rows_seen;
    let asks_for_money = fit.doubts.iter().any(|d| d.role == Some(Role::Amount) && d.question.blocking);
    let is_sparse = !fit.is_total_on_first_row
        && fit.column(Role::Amount).is_some_and(|at| 5 * file.columns[at].profile.filled < 3 * rows)
        && fit.column(Role::Status).is_none();
    let has_lines = fit.column(Role::TransactionId).is_some() || fit.column(Role::ProductId).is_some();
    let mut points = match (fit.has_money() || asks_for_money, is_sparse) {
        (true, false) => 18,
        (true, true) => 4,
        _ if has_lines => 6,
        _ if file.columns.len() <= 3 => 0,
        _ => -10,
    };
    let is_register = is_unique(file, fit, Role::CustomerId) && fit.column(Role::TransactionId).is_none();
    if is_register && fit.missing.contains(&Role::Timestamp) {
        points -= 16;
    } else if is_register && rows >= MANY {
        points -= 8;
    }
    if !fit.has_money() || is_sparse {
        points -= strength(file, Role::Touchpoint).max(strength(file, Role::Score));
    }
    let other = strength(file, Role::Score).max(strength(file, Role::CampaignId));
    if other >= 10 && !fit.has_money() {
        points -= 10;
    }
    points
}

/// Whether every customer has a row at fixed intervals: a panel of covariates, not a log of events.
fn is_panel(file: &File<'_>, fit: &Fit) -> bool {
    if fit.has_money() {
        return false;
    }
    let (Some(customer), Some(day)) = (fit.column(Role::CustomerId), fit.column(Role::Timestamp)) else { return false };
    let customers = &file.columns[customer].sample.cells;
    let days = &file.columns[day].sample.cells;
    let day = |cell: &Option<String>| {
        cell.as_deref().and_then(|t| t.get(..10)).and_then(|t| t.parse::<jiff::civil::Date>().ok())
    };
    let mut gaps: std::collections::BTreeMap<i32, usize> = std::collections::BTreeMap::new();
    for (pair, who) in days.windows(2).zip(customers.windows(2)) {
        if let (true, Some(a), Some(b)) = (who[0] == who[1], day(&pair[0]), day(&pair[1])) {
            *gaps.entry((b - a).get_days()).or_default() += 1;
        }
    }
    let all: usize = gaps.values().sum();
    let most = gaps.iter().max_by_key(|(_, count)| **count);
    most.is_some_and(|(gap, count)| all >= MANY && *gap != 0 && 100 * count >= 95 * all)
}

fn customers(file: &File<'_>, fit: &Fit) -> i32 {
    if !is_unique(file, fit, Role::CustomerId) {
        return -100;
    }
    8 - if strength(file, Role::Score) >= 10 { 10 } else { 0 }
}

fn products(file: &File<'_>, fit: &Fit) -> i32 {
    let has_customer = file.columns.iter().any(|c| c.named(Role::CustomerId).is_some_and(|m| m.points >= 10));
    if !is_unique(file, fit, Role::ProductId) || has_customer {
        return -100;
    }
    6 - strength(file, Role::CampaignId)
}

fn campaigns(file: &File<'_>, fit: &Fit) -> i32 {
    if strength(file, Role::CustomerId) >= 10 || !is_unique(file, fit, Role::CampaignId) { -100 } else { 6 }
}

fn contacts(file: &File<'_>, fit: &Fit) -> i32 {
    let money = if strength(file, Role::Amount) >= 10 { -10 } else { 0 };
    let has = |role| fit.column(role).is_some();
    let responses_only = if has(Role::RespondedAt) && !has(Role::ContactedAt) && !has(Role::Arm) { -6 } else { 0 };
    let touch = if strength(file, Role::Touchpoint) >= 10 { -10 } else { 0 };
    money + responses_only + touch + if has_arms(file, fit) { 20 } else { 0 }
}

/// Whether a column tells who was contacted from who wasn't.
fn has_arms(file: &File<'_>, fit: &Fit) -> bool {
    const ARMS: [&str; 9] =
        ["treatment", "control", "treated", "test", "holdout", "kontrolle", "kontrol", "témoin", "کنترل"];
    let arms: Vec<String> = ARMS.iter().flat_map(|arm| words::words(arm)).collect();
    fit.column(Role::Arm).is_some_and(|at| {
        let values = &file.columns[at].profile.values;
        let known = values.iter().filter(|(text, _)| words::words(text).iter().any(|w| arms.contains(w)));
        known.count() >= 1 && values.len() >= 2
    })
}

fn events(file: &File<'_>, fit: &Fit) -> i32 {
    let money = if strength(file, Role::Amount) >= 10 { -4 } else { 0 };
    let named = |role: Role| fit.mapped.iter().any(|m| m.role == role && m.points >= 11);
    let own = if fit.table == Table::Feedback { Role::Score } else { Role::Touchpoint };
    money + if named(own) { 2 } else { -6 }
}
