//! Why a customer costs more than they bring, and what would change it, in words and numbers.

use crate::table::format_money;

use super::accounts::{Account, COSTS};

/// The value that is expected of a customer by horizon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// Days of the horizons, rising.
    pub(super) days: &'a [u32],
    /// Value within each, in ten-thousandths.
    pub(super) value: &'a [f64],
}

/// What is to be said of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explanation {
    pub(super) reason: String,
    pub(super) remedy: String,
    pub(super) further_orders: Option<i64>,
    pub(super) affordable_contacts: Option<i64>,
    pub(super) pays_back_in_days: Option<i64>,
}

/// Explains a loss; none where there is none.
pub(super) fn explain(account: &Account, expected: Option<Expected<'_>>) -> Option<Explanation> {
    let loss = account.contribution().checked_neg().filter(|loss| *loss > 0)?;
    let further_orders = further_orders(account, loss);
    let affordable_contacts = affordable_contacts(account, loss);
    let pays_back_in_days = expected.and_then(|expected| days_until(expected, loss));
    let found = Explanation {
        reason: reason(account),
        remedy: String::new(),
        further_orders,
        affordable_contacts,
        pays_back_in_days,
    };
    Some(Explanation { remedy: remedy(account, &found, expected), ..found })
}

/// Margin of a mean order after returns, where there is one.
fn margin_per_order(account: &Account) -> Option<i64> {
    let kept = account.margin.saturating_sub(account.cost_of_returns);
    (account.orders > 0).then(|| kept / i64::from(account.orders)).filter(|margin| *margin > 0)
}

fn further_orders(account: &Account, loss: i64) -> Option<i64> {
    let margin = margin_per_order(account)?;
    Some(loss / margin + i64::from(loss % margin != 0))
}

/// Interactions that the rest of the account can bear at their mean cost.
fn affordable_contacts(account: &Account, loss: i64) -> Option<i64> {
    let bearable = account.interaction_cost.checked_sub(loss).filter(|rest| *rest >= 0)?;
    let cost = i128::from(account.interaction_cost);
    (cost > 0).then(|| (i128::from(bearable) * i128::from(account.interactions) / cost) as i64)
}

/// The first day on which the expected value reaches the loss, between horizons by a straight line.
fn days_until(expected: Expected<'_>, loss: i64) -> Option<i64> {
    let (mut day, mut value) = (0.0, 0.0);
    for (next_day, next_value) in expected.days.iter().zip(expected.value) {
        let next_day = f64::from(*next_day);
        if *next_value >= loss as f64 {
            let share = (loss as f64 - value) / (next_value - value);
            return Some((day + share * (next_day - day)).ceil() as i64);
        }
        (day, value) = (next_day, *next_value);
    }
    None
}

fn percent(part: i64, whole: i64) -> i64 {
    (100.0 * part as f64 / whole as f64).round() as i64
}

fn shown(money: i64) -> String {
    format_money((i128::from(money) + 50 * i128::from(money.signum())) / 100 * 100)
}

/// The costs in the order of [`COSTS`], as words of a sentence.
const VERBS: [&str; 4] = ["returns cost", "service costs", "contacts cost", "acquisition costs"];

fn reason(account: &Account) -> String {
    let largest = account.largest_cost();
    let kept = account.margin.saturating_sub(account.cost_of_returns);
    let costs = |at: usize| format!("{} {}", VERBS[at], shown(account.costs()[at]));
    if account.sold == 0 && account.margin >= 0 {
        let what = if account.returned > 0 { "only took things back" } else { "bought nothing" };
        return largest.map_or_else(|| what.to_owned(), |at| format!("{what}, and {}", costs(at)));
    }
    if account.margin <= 0 {
        return format!("sold below cost: a margin of {} on {}", shown(account.margin), shown(account.sold));
    }
    let before_acquisition = account.contribution().saturating_add(account.cost_of_acquisition);
    if account.cost_of_acquisition > 0 && before_acquisition >= 0 {
        let share = percent(before_acquisition, account.cost_of_acquisition);
        return format!("not yet paid back acquisition: {share} % of {}", shown(account.cost_of_acquisition));
    }
    match largest {
        Some(0) => format!("returns are {} % of purchases", percent(account.returned, account.sold)),
        Some(at) if account.costs()[at] > kept => format!("{} more than the margin", VERBS[at]),
        Some(at) => {
            let verb = if at == 2 { "take" } else { "takes" };
            format!("{} {verb} {} % of the margin", COSTS[at], percent(account.costs()[at], kept))
        }
        None => "the costs together are more than the margin".to_owned(),
    }
}

/// At most so many further orders are worth naming.
const MOST_ORDERS: i64 = 999;

fn remedy(account: &Account, found: &Explanation, expected: Option<Expected<'_>>) -> String {
    let mut parts = Vec::new();
    if let (Some(orders), Some(margin)) =
        (found.further_orders.filter(|n| *n <= MOST_ORDERS), margin_per_order(account))
    {
        let plural = if orders == 1 { "" } else { "s" };
        parts.push(format!("{orders} further order{plural} at a margin of {}", shown(margin)));
    }
    if account.orders == 0 {
        parts.push(format!("an order at a margin of {}", shown(account.contribution().saturating_neg())));
    }
    if let Some(contacts) = found.affordable_contacts {
        let interactions = account.interactions;
        parts.push(match contacts {
            0 => format!("no service contacts instead of {interactions}"),
            1 => format!("at most 1 service contact instead of {interactions}"),
            _ => format!("at most {contacts} service contacts instead of {interactions}"),
        });
    }
    if account.cost_of_returns > 0 && account.contribution().saturating_add(account.cost_of_returns) >= 0 {
        parts.push("fewer returns".to_owned());
    }
    if account.cost_of_contacts > 0 && account.contribution().saturating_add(account.cost_of_contacts) >= 0 {
        parts.push("no contacts by campaigns".to_owned());
    }
    if account.has_lines && account.margin <= 0 {
        parts.push("prices above cost".to_owned());
    }
    let ways = if parts.is_empty() { "no single change would do".to_owned() } else { parts.join(", or ") };
    match (found.pays_back_in_days, expected.and_then(|expected| expected.days.last())) {
        (Some(days), _) => format!("{ways}; expected to pay back in {days} days"),
        (None, Some(days)) => format!("{ways}; not expected to pay back within {days} days"),
        (None, None) => ways,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An account in whole currency units: sold, returned, margin, and the four costs.
    fn account(sold: i64, returned: i64, margin: i64, costs: [i64; 4]) -> Account {
        let [returns, service, contacts, acquisition] = costs.map(|cost| cost * 10_000);
        Account {
            orders: u32::from(sold > 0) * 4,
            sold: sold * 10_000,
            returned: returned * 10_000,
            margin: margin * 10_000,
            has_lines: sold > 0 || returned > 0,
            cost_of_returns: returns,
            cost_of_service: service,
            cost_of_contacts: contacts,
            cost_of_acquisition: acquisition,
            interactions: 10,
            interaction_cost: service,
            ..Account::default()
        }
    }

    const LATER: Expected<'_> = Expected { days: &[90, 360], value: &[100_000.0, 370_000.0] };

    #[test]
    fn each_loss_has_its_reason_and_its_remedy() {
        let cases = [
            (account(100, 43, 40, [60, 5, 1, 0]), "returns are 43 % of purchases", "fewer returns"),
            (
                account(100, 0, 40, [0, 60, 1, 0]),
                "service costs more than the margin",
                "at most 6 service contacts instead of 10",
            ),
            (
                account(100, 0, 40, [0, 35, 6, 0]),
                "service takes 88 % of the margin",
                "at most 9 service contacts instead of 10",
            ),
            (
                account(100, 0, 40, [0, 5, 1, 50]),
                "not yet paid back acquisition: 68 % of 50.00",
                "2 further orders at a margin of 10.00",
            ),
            (account(0, 0, 0, [0, 0, 3, 0]), "bought nothing, and contacts cost 3.00", "no contacts by campaigns"),
            (account(0, 20, 0, [8, 0, 0, 0]), "only took things back, and returns cost 8.00", "fewer returns"),
            (account(100, 0, -10, [0, 0, 0, 0]), "sold below cost: a margin of -10.00 on 100.00", "prices above cost"),
            (account(100, 0, 40, [0, 5, 45, 0]), "contacts cost more than the margin", "no contacts by campaigns"),
        ];
        for (account, reason, remedy) in cases {
            let found = explain(&account, None).expect("a loss");
            assert_eq!(found.reason, reason);
            assert!(found.remedy.contains(remedy), "{reason}: {}", found.remedy);
        }
        assert_eq!(explain(&account(100, 0, 40, [0, 20, 10, 10]), Some(LATER)), None, "nothing lost");
    }

    /// With the remedies taken the loss is gone, and with one order or contact less it isn't.
    #[test]
    fn remedies_are_just_enough() {
        let loss = account(100, 10, 40, [8, 70, 2, 0]);
        let found = explain(&loss, None).expect("a loss");
        // 40 less, at (40 − 8) / 4 an order
        assert_eq!((found.further_orders, found.affordable_contacts), (Some(5), Some(4)));
        let with = |contacts: i64| Account { cost_of_service: contacts * 70_000, ..loss }.contribution();
        assert!(with(4) >= 0 && with(5) < 0);
        let hopeless = account(100, 0, 40, [0, 10, 60, 0]);
        assert_eq!(explain(&hopeless, None).expect("a loss").affordable_contacts, None);
    }

    #[test]
    fn what_is_to_come_pays_back_between_the_horizons() {
        let in_days = |loss: i64| explain(&account(100, 0, 40, [0, 0, 0, 40 + loss]), Some(LATER)).expect("a loss");
        assert_eq!(in_days(5).pays_back_in_days, Some(45));
        assert_eq!(in_days(10).pays_back_in_days, Some(90));
        assert_eq!(in_days(19).pays_back_in_days, Some(180));
        assert_eq!(in_days(38).pays_back_in_days, None);
        assert!(in_days(38).remedy.ends_with("not expected to pay back within 360 days"), "{}", in_days(38).remedy);
        assert!(in_days(5).remedy.ends_with("expected to pay back in 45 days"));
        let flat = Expected { days: &[90, 360], value: &[0.0, -5.0] };
        assert_eq!(explain(&account(0, 0, 0, [0, 0, 1, 0]), Some(flat)).expect("a loss").pays_back_in_days, None);
    }
}
