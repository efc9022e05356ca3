//! Whether the cells of a column can be what its name says.

use super::profile::{Dates, Profile};
use super::role::Role;
use super::statuses::{Earned, earned};
use super::text::{counted, grouped, percent};

/// What the cells say of a role: points from -4 to 6, and the evidence.
pub(super) type Verdict = Option<(i32, String)>;

/// Rows from which the share of different values says something.
const ENOUGH: usize = 20;

/// What the cells say of a role; `None` when they rule it out.
pub(super) fn judge(role: Role, profile: &Profile) -> Verdict {
    if profile.filled == 0 {
        return None;
    }
    match role {
        Role::CustomerId | Role::TransactionId | Role::OriginalTransactionId | Role::ProductId | Role::CampaignId => {
            id(role, profile)
        }
        Role::Email => profile.has_emails().then(|| (4, "e-mail addresses".to_owned())),
        Role::Phone => phone(profile),
        Role::CustomerName | Role::ProductName | Role::CampaignName => name(profile),
        Role::Timestamp
        | Role::BirthDate
        | Role::AcquiredAt
        | Role::Start
        | Role::End
        | Role::ContactedAt
        | Role::RespondedAt => date(role, profile),
        Role::Amount
        | Role::Refunded
        | Role::Cost
        | Role::Margin
        | Role::Discount
        | Role::Shipping
        | Role::UnitPrice => money(role, profile),
        Role::AcquisitionCost | Role::CostPerContact | Role::Duration | Role::Scale => number(profile),
        Role::Quantity => quantity(profile),
        Role::Score => score(profile),
        Role::Currency => currency(profile),
        Role::Gender => few(profile, 8),
        Role::Arm | Role::Direction | Role::Instrument => few(profile, 12),
        Role::Status => status(profile),
        Role::Touchpoint if profile.numbers.is_some() => None,
        Role::Channel | Role::Touchpoint | Role::Outcome | Role::AcquisitionChannel => few(profile, 40),
        Role::Store | Role::Category | Role::Topic | Role::City | Role::Region | Role::Country | Role::Offer => {
            group(profile)
        }
        Role::Text => text(profile),
    }
}

fn id(role: Role, profile: &Profile) -> Verdict {
    if profile.has_dates() || profile.has_decimals() || profile.mean_length > 60.0 {
        return None;
    }
    let enough = profile.filled >= ENOUGH;
    if enough && profile.distinct < 2 && role != Role::CampaignId {
        return None;
    }
    let counts = format!("{} distinct in {}", grouped(profile.distinct), counted(profile.filled, "row"));
    let empty = profile.rows - profile.filled;
    let empty = if empty == 0 { String::new() } else { format!(", {} empty", grouped(empty)) };
    let (points, how) = match (profile.is_unique(), profile.repeats()) {
        (true, _) => (2, ""),
        (_, true) if enough && profile.distinct * 200 < profile.filled && role == Role::TransactionId => {
            (-2, ", repeats")
        }
        _ => (3, ", repeats"),
    };
    Some((points, format!("{counts}{how}{empty}")))
}

fn phone(profile: &Profile) -> Verdict {
    let long = (6.0..=24.0).contains(&profile.mean_length) && !profile.has_dates();
    (long && !profile.has_decimals()).then(|| (1, format!("{} distinct", grouped(profile.distinct))))
}

fn name(profile: &Profile) -> Verdict {
    let wrong = profile.has_dates() || profile.numbers.is_some() || profile.has_emails();
    (!wrong).then(|| (1, format!("text, {} distinct in {}", grouped(profile.distinct), counted(profile.filled, "row"))))
}

fn date(role: Role, profile: &Profile) -> Verdict {
    match profile.dates.as_ref()? {
        Dates::Typed => Some((4, "dates".to_owned())),
        Dates::Written => Some((4, "texts that are dates".to_owned())),
        Dates::Numbers if role == Role::Timestamp => Some((1, "numbers that can be dates".to_owned())),
        Dates::Numbers => None,
    }
}

fn money(role: Role, profile: &Profile) -> Verdict {
    let numbers = profile.numbers.as_ref()?;
    let is_flag = numbers.whole && numbers.least >= 0.0 && numbers.greatest <= 1.0 && profile.filled >= ENOUGH;
    if is_flag && matches!(role, Role::Amount | Role::UnitPrice) {
        return None;
    }
    let range = format!("{} to {}", plain(numbers.least), plain(numbers.greatest));
    let negative = match numbers.negative {
        0 => String::new(),
        some => format!(", {} negative", percent(some, profile.filled)),
    };
    let (points, how) = match (numbers.has_currency, numbers.whole, numbers.marked) {
        (true, ..) => (4, "amounts with a currency"),
        (_, false, _) | (_, _, true) => (3, "decimals"),
        _ => (1, "whole numbers"),
    };
    // numbers that count the rows are no money
    let counts_rows = numbers.whole && !numbers.marked && profile.filled >= ENOUGH && profile.is_unique();
    Some((if counts_rows { -3 } else { points }, format!("{how}, {range}{negative}")))
}

fn number(profile: &Profile) -> Verdict {
    let numbers = profile.numbers.as_ref()?;
    Some((1, format!("{} to {}", plain(numbers.least), plain(numbers.greatest))))
}

fn quantity(profile: &Profile) -> Verdict {
    let numbers = profile.numbers.as_ref()?;
    let whole = if numbers.whole { "whole numbers" } else { "decimals" };
    let small = numbers.median.abs() <= 500.0;
    let points = 2 * i32::from(numbers.whole) + i32::from(small);
    Some((points, format!("{whole}, middle {}", plain(numbers.median))))
}

fn score(profile: &Profile) -> Verdict {
    let Some(numbers) = &profile.numbers else {
        let labelled = profile.values.iter().filter(|(text, _)| text.trim().starts_with(|c: char| c.is_numeric()));
        let share: usize = labelled.map(|(_, count)| count).sum();
        return (2 * share > profile.filled).then(|| (2, "answers that begin with a number".to_owned()));
    };
    let fits = numbers.least >= -100.0 && numbers.greatest <= 100.0;
    fits.then(|| (3, format!("{} to {}", plain(numbers.least), plain(numbers.greatest))))
}

fn currency(profile: &Profile) -> Verdict {
    let all = profile.currencies > 0 && profile.currencies == profile.distinct;
    all.then(|| {
        let names: Vec<&str> = profile.values.iter().map(|(text, _)| text.as_str()).collect();
        (4, format!("only currencies: {}", super::text::listed(&names, 4)))
    })
}

fn few(profile: &Profile, most: usize) -> Verdict {
    let varied = profile.filled >= ENOUGH && 2 * profile.distinct > profile.filled;
    if profile.has_dates() || profile.has_decimals() || profile.distinct > most || varied {
        return None;
    }
    let names: Vec<&str> = profile.values.iter().map(|(text, _)| text.as_str()).collect();
    Some((2, super::text::listed(&names, 3)))
}

/// A column of states has some that are known; a State may be Kentucky.
fn status(profile: &Profile) -> Verdict {
    let (points, says) = few(profile, 40)?;
    let known = profile.values.iter().any(|(text, _)| earned(text) != Earned::Unknown);
    Some((if known { points } else { -5 }, says))
}

fn group(profile: &Profile) -> Verdict {
    let wrong = profile.has_dates() || profile.has_decimals() || profile.mean_length > 60.0;
    (!wrong).then(|| (1, format!("{} distinct in {}", grouped(profile.distinct), counted(profile.filled, "row"))))
}

fn text(profile: &Profile) -> Verdict {
    let wrong = profile.has_dates() || profile.numbers.is_some();
    (!wrong).then(|| (1, "text".to_owned()))
}

/// A number without needless decimals.
pub(super) fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { format!("{number:.2}") }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{SampleColumn, SampleKind};
    use super::*;

    fn judged(role: Role, cells: &[&str]) -> Verdict {
        let cells = cells.iter().map(|c| Some((*c).to_owned())).collect();
        judge(role, &Profile::of(&SampleColumn { name: "c".into(), kind: SampleKind::Text, cells }))
    }

    #[test]
    fn cells_rule_out_what_a_name_promises() {
        assert!(judged(Role::Timestamp, &["morning", "noon"]).is_none());
        assert!(judged(Role::Amount, &["high", "low"]).is_none());
        assert!(judged(Role::CustomerId, &["1.5", "2.75"]).is_none());
        assert!(judged(Role::CustomerId, &["2024-01-01", "2024-01-02"]).is_none());
        assert!(judged(Role::Currency, &["kg", "l"]).is_none());
        assert!(judged(Role::Score, &["1200", "7"]).is_none());
    }

    #[test]
    fn evidence_counts() {
        assert_eq!(judged(Role::CustomerId, &["a", "b", "a"]), Some((3, "2 distinct in 3 rows, repeats".to_owned())));
        assert_eq!(
            judged(Role::Amount, &["-2.50", "10"]),
            Some((3, "decimals, -2.50 to 10, 50 % negative".to_owned()))
        );
    }
}
