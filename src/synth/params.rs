//! The planted truth: every number that an analysis of the files should be able to recover.
//!
//! All of it is written to `truth.json` as it stands here.

use serde::Serialize;

/// Purchase process: BG/NBD of Fader, Hardie & Lee (2005), time in weeks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PurchaseModel {
    /// Shape of the gamma distribution of purchase rates.
    pub r: f64,
    /// Its rate, in weeks.
    pub alpha_weeks: f64,
    /// First shape of the beta distribution of dropout probabilities.
    pub a: f64,
    /// Second shape.
    pub b: f64,
}

/// Money per purchase day: gamma-gamma of Fader & Hardie (2013), in currency units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpendModel {
    /// Shape of one purchase day's spend.
    pub p: f64,
    /// Shape of the distribution of the spend's rate over customers.
    pub q: f64,
    /// Rate of that distribution.
    pub gamma: f64,
    /// Population mean per purchase day, p γ / (q − 1).
    pub mean: f64,
}

/// Shares and habits of the shop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Habits {
    /// Demand of each calendar month against the mean month, January first.
    pub month_index: [f64; 12],
    /// Demand of each weekday against the mean day, Monday first.
    pub weekday_index: [f64; 7],
    /// Share of orders by channel.
    pub channel_shares: [(&'static str, f64); 4],
    /// Chance that an order uses the customer's favourite channel whatever the draw.
    pub channel_loyalty: f64,
    /// First hour of the day profile.
    pub first_hour: u8,
    /// Share of orders by hour from the first hour on.
    pub hour_shares: [f64; 14],
    /// Chance that an order falls into the customer's favourite hour whatever the draw.
    pub hour_loyalty: f64,
    /// Chance that a purchase day holds two orders instead of one.
    pub second_order_same_day: f64,
    /// Mean number of ordinary lines of an order beyond the first.
    pub extra_lines_mean: f64,
    /// Share of customers who buy at a discount on every line.
    pub deal_seekers: f64,
    /// Share of people who have registered and never bought.
    pub prospects: f64,
}

/// Deliveries, calls and what they do to satisfaction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Service {
    /// Chance that a delivered order comes late.
    pub late_share: f64,
    /// The delay in days is one plus a geometric number with this success probability.
    pub delay_success: f64,
    /// Chance of a call after an ordinary order.
    pub call_share: f64,
    /// Chance of a call after an order two or more days late.
    pub call_share_late: f64,
    /// Chance that an ordinary call leaves the matter unresolved.
    pub unresolved_share: f64,
    /// Chance of a complaint after an ordinary order.
    pub complaint_share: f64,
    /// Chance of a complaint after an order two or more days late.
    pub complaint_share_late: f64,
    /// Chance of a survey answer after an order.
    pub survey_share: f64,
    /// Chance of a review after an order.
    pub review_share: f64,
    /// Mean satisfaction on a scale from 0 to 10 when nothing went wrong.
    pub satisfaction_mean: f64,
    /// Spread between customers.
    pub satisfaction_between: f64,
    /// Spread between answers of one customer.
    pub satisfaction_within: f64,
    /// Effect of each day of delay, up to five.
    pub effect_per_delay_day: f64,
    /// Effect of an unresolved call about the order.
    pub effect_unresolved_call: f64,
    /// Chance of touches (visits, clicks) before a purchase.
    pub touched_share: f64,
    /// A complaint comes so many days after the order, at least and at most.
    pub complaint_after_days: [f64; 2],
    /// A call comes so many days after the order.
    pub call_after_days: [f64; 2],
    /// A survey answer comes so many days after the order that it is about.
    pub survey_after_days: [f64; 2],
    /// A review comes so many days after the order.
    pub review_after_days: [f64; 2],
}

/// The journey before churn: complaint, then an unresolved call, then silence.
///
/// It is drawn after the purchase process and given its outcome, so the purchases stay exactly BG/NBD; by Bayes the journey then
/// raises the chance that the customer has just left from the base rate to `q·d / (q·d + s·(1 − d))` for a base rate d.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChurnJourney {
    /// Chance of the journey after the purchase with which the customer left (q).
    pub after_last_purchase: f64,
    /// Chance of the journey after any other purchase (s).
    pub after_other_purchase: f64,
    /// The complaint comes so many days after the purchase, at least and at most.
    pub complaint_after_days: [f64; 2],
    /// The call comes so many days after the complaint.
    pub call_after_days: [f64; 2],
    /// The steps in order.
    pub steps: [&'static str; 3],
}

/// Rates of the rows that a clean export would not have, before the multiplier `dirt`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DirtRates {
    /// Chance that a line is written twice.
    pub exact_duplicate_per_line: f64,
    /// Chance that an order has a line refunded.
    pub refund_per_order: f64,
    /// Share of the refunds that name the original order.
    pub refund_names_original: f64,
    /// Orders of guests without a customer id, per genuine order.
    pub anonymous_per_order: f64,
    /// Orders of amount zero (samples, replacements), per genuine order.
    pub zero_amount_per_order: f64,
    /// Orders with an amount that is no number, per genuine order (CSV only).
    pub bad_amount_per_order: f64,
    /// Orders with a date that does not exist, per genuine order (CSV only).
    pub bad_date_per_order: f64,
    /// Orders dated after the end of the data, per genuine order.
    pub future_per_order: f64,
    /// Test accounts per customer.
    pub test_account_per_customer: f64,
    /// Last days of each quarter that the next quarter's file repeats.
    pub overlap_days: u16,
}

/// Everything planted but the campaigns and the catalogue, which have their own modules.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planted {
    /// Purchase process.
    pub purchases: PurchaseModel,
    /// Money per purchase day.
    pub spend: SpendModel,
    /// Seasons, channels, hours, basket sizes.
    pub habits: Habits,
    /// Service and satisfaction.
    pub service: Service,
    /// The journey before churn.
    pub churn_journey: ChurnJourney,
    /// Dirt, after the multiplier.
    pub dirt_rates: DirtRates,
}

impl Planted {
    /// The planted numbers for a season strength and a dirt multiplier.
    pub(super) fn new(seasonality: f64, dirt: f64) -> Self {
        Self {
            purchases: PurchaseModel { r: 0.70, alpha_weeks: 5.7, a: 0.9, b: 3.4 },
            spend: SpendModel { p: 5.5, q: 4.2, gamma: 32.0, mean: 5.5 * 32.0 / 3.2 },
            habits: habits(seasonality),
            service: service(),
            churn_journey: ChurnJourney {
                after_last_purchase: 0.45,
                after_other_purchase: 0.012,
                complaint_after_days: [2.0, 8.0],
                call_after_days: [1.0, 4.0],
                steps: ["complaint", "unresolved call", "silence"],
            },
            dirt_rates: dirt_rates(dirt),
        }
    }
}

fn habits(seasonality: f64) -> Habits {
    let raw = [0.82, 0.80, 0.92, 0.97, 1.02, 0.95, 0.88, 0.85, 0.98, 1.05, 1.30, 1.46];
    Habits {
        month_index: raw.map(|index| (1.0 + seasonality * (index - 1.0)).max(0.05)),
        weekday_index: [0.88, 0.86, 0.90, 0.98, 1.12, 1.38, 0.88],
        channel_shares: [("store", 0.46), ("web", 0.31), ("app", 0.17), ("phone", 0.06)],
        channel_loyalty: 0.75,
        first_hour: 8,
        hour_shares: [0.02, 0.05, 0.08, 0.09, 0.10, 0.08, 0.07, 0.07, 0.08, 0.10, 0.11, 0.08, 0.05, 0.02],
        hour_loyalty: 0.5,
        second_order_same_day: 0.04,
        extra_lines_mean: 0.95,
        deal_seekers: 0.2,
        prospects: 0.04,
    }
}

fn service() -> Service {
    Service {
        late_share: 0.14,
        delay_success: 0.45,
        call_share: 0.05,
        call_share_late: 0.30,
        unresolved_share: 0.15,
        complaint_share: 0.008,
        complaint_share_late: 0.05,
        survey_share: 0.09,
        review_share: 0.03,
        satisfaction_mean: 8.2,
        satisfaction_between: 0.8,
        satisfaction_within: 1.0,
        effect_per_delay_day: -0.6,
        effect_unresolved_call: -2.2,
        touched_share: 0.35,
        complaint_after_days: [2.0, 8.0],
        call_after_days: [3.0, 9.0],
        survey_after_days: [14.0, 21.0],
        review_after_days: [14.0, 30.0],
    }
}

fn dirt_rates(dirt: f64) -> DirtRates {
    DirtRates {
        exact_duplicate_per_line: 0.004 * dirt,
        refund_per_order: 0.03 * dirt,
        refund_names_original: 0.7,
        anonymous_per_order: 0.015 * dirt,
        zero_amount_per_order: 0.004 * dirt,
        bad_amount_per_order: 0.0005 * dirt,
        bad_date_per_order: 0.0005 * dirt,
        future_per_order: 0.0005 * dirt,
        test_account_per_customer: 0.0005 * dirt,
        overlap_days: u16::from(dirt > 0.0),
    }
}
