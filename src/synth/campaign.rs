//! Two campaigns with randomised arms and known effects, over purchases that stay exactly BG/NBD.
//!
//! The arm is drawn after the purchases and given them. Let π be the treated share, p the chance of a purchase in the window of a
//! customer with this past (known, because the process is) and ℓ the lift parameter of the customer's segment. With
//!
//! - P(treated | purchase) = π (1 + (1 − π) ℓ (1 − p)),
//! - P(treated | none) = π (1 − (1 − π) ℓ p),
//!
//! the arm is independent of everything before the campaign, P(treated | past) = π, and P(purchase | treated) − P(purchase | control)
//! = ℓ p (1 − p). That is the joint distribution of a world in which the arm was drawn by lot and then changed the purchases. A shift κ
//! between large and small first purchases (above and below the customer's own mean) moves spend in the same way:
//! P(treated | purchase, large) is higher by κ times the share of small ones, P(treated | purchase, small) lower by κ times the other.

use libm::expm1;
use serde::Serialize;

use super::calendar::{Calendar, DAY_SECONDS, DAYS, opening};
use super::money::{LargeSmall, Purse};
use super::params::SpendModel;
use super::person::Person;
use super::process::History;
use super::random::Stream;

/// Number of campaigns.
pub(super) const CAMPAIGNS: usize = 2;
/// Segments of each campaign.
pub(super) const SEGMENTS: usize = 4;

/// By what the lift differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SegmentBy {
    /// Days since the last purchase when the campaign starts.
    DaysSinceLast,
    /// Age when the campaign starts.
    Age,
}

/// One campaign and its planted effect.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Campaign {
    /// Id as written.
    #[serde(rename = "campaign_id")]
    pub(super) id: &'static str,
    /// Name.
    pub(super) name: &'static str,
    /// Channel.
    pub(super) channel: &'static str,
    /// What is offered.
    pub(super) offer: &'static str,
    /// First day of the window in which purchases count.
    pub(super) start: String,
    /// Length of that window in days.
    pub(super) window_days: usize,
    /// Cost per contact in currency units.
    pub(super) cost_per_contact: f64,
    /// Share of the treated among those in the campaign (π).
    pub(super) treated_share: f64,
    /// Share of the customers with consent and an earlier purchase who are in the campaign.
    pub(super) selected_share: f64,
    /// Shift of first purchases from small to large (κ).
    pub(super) large_shift: f64,
    /// What the segments are made of.
    pub(super) segment_by: SegmentBy,
    /// Segment names and their lift parameters (ℓ).
    pub(super) lifts: [(&'static str, f64); SEGMENTS],
    #[serde(skip)]
    start_day: usize,
    #[serde(skip)]
    window: (f64, f64),
    #[serde(skip)]
    consent: usize,
}

/// What a campaign does to one customer, in expectation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effect {
    /// Index into the campaign's segments.
    pub(super) segment: usize,
    /// Chance of a purchase in the window if treated, if not.
    pub(super) conversion: [f64; 2],
    /// Expected spend in the window if treated, if not, in currency units.
    pub(super) spend: [f64; 2],
}

/// A customer in a campaign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contact {
    /// Index of the campaign.
    pub(super) campaign: usize,
    /// Whether they were contacted; the others are the control group.
    pub(super) treated: bool,
    /// When they were contacted; null for the control group.
    pub(super) contacted_at: Option<i64>,
    /// When they responded.
    pub(super) responded_at: Option<i64>,
    /// Whether they bought in the window.
    pub(super) converted: bool,
    /// What they spent in the window, in cents.
    pub(super) spend_cents: i64,
    /// The planted effect on them.
    pub(super) effect: Effect,
}

/// The campaigns with what their effects need.
#[derive(Debug)]
pub(super) struct Campaigns {
    /// The campaigns.
    pub(super) list: [Campaign; CAMPAIGNS],
    /// The same campaigns, begun on the day after the data.
    again: [Campaign; CAMPAIGNS],
    split: LargeSmall,
}

impl Campaigns {
    /// The two campaigns in a calendar.
    pub(super) fn new(calendar: &Calendar, spend: &SpendModel) -> Self {
        let mut list = [spring(), autumn()];
        for campaign in &mut list {
            let date = campaign.start.parse().unwrap_or_else(|_| super::calendar::first_date());
            campaign.begin(super::calendar::day_of_date(date), calendar);
        }
        let mut again = list.clone();
        again.iter_mut().for_each(|campaign| campaign.begin(DAYS, calendar));
        Self { list, again, split: LargeSmall::new(spend.p) }
    }

    /// What each campaign would do to a customer if it were run again from the day after the data on.
    pub(super) fn effects_again(
        &self,
        calendar: &Calendar,
        person: &Person,
        history: &History,
        purse: Purse,
    ) -> [Effect; CAMPAIGNS] {
        self.again.each_ref().map(|campaign| {
            let segment = campaign.segment(calendar, person, history);
            self.effect(campaign, segment, history, purse)
        })
    }

    /// What each campaign would do to a customer, whether or not they are in it; none for those who had not bought before it.
    pub(super) fn effects(
        &self,
        calendar: &Calendar,
        person: &Person,
        history: &History,
        purse: Purse,
    ) -> [Option<Effect>; CAMPAIGNS] {
        self.list.each_ref().map(|campaign| {
            (history.first_day < campaign.start_day).then(|| {
                let segment = campaign.segment(calendar, person, history);
                self.effect(campaign, segment, history, purse)
            })
        })
    }

    fn effect(&self, campaign: &Campaign, segment: usize, history: &History, purse: Purse) -> Effect {
        let (chance, repeats) = campaign.purchases_in_window(history);
        let lift = campaign.lifts[segment].1;
        let pi = campaign.treated_share;
        let conversion =
            [chance + (1.0 - pi) * lift * chance * (1.0 - chance), chance - pi * lift * chance * (1.0 - chance)];
        let arms = campaign.arm_given_purchase(lift, chance);
        let large = self.split.large_share;
        let larger = [
            large * (arms + campaign.large_shift * (1.0 - large)) / arms,
            large * (1.0 - arms - campaign.large_shift * (1.0 - large)) / (1.0 - arms),
        ];
        let first = larger.map(|share| share * self.split.large_mean + (1.0 - share) * self.split.small_mean);
        let spend = [0, 1].map(|arm| conversion[arm] * purse.mean * (first[arm] + repeats));
        Effect { segment, conversion, spend }
    }

    /// Puts a customer into the campaigns by lot. `spends` holds the cents of each purchase day.
    pub(super) fn contacts(
        &self,
        calendar: &Calendar,
        person: &Person,
        history: &History,
        purse: Purse,
        spends: &[i64],
        stream: &mut Stream,
    ) -> Vec<Contact> {
        let effects = self.effects(calendar, person, history, purse);
        let mut contacts = Vec::new();
        for (index, campaign) in self.list.iter().enumerate() {
            let lots = [stream.uniform(), stream.uniform(), stream.uniform(), stream.uniform()];
            let selected = person.consents[campaign.consent] && lots[0] < campaign.selected_share;
            if let (true, Some(effect)) = (selected, effects[index]) {
                contacts.push(self.contact(index, effect, calendar, history, purse, spends, lots));
            }
        }
        contacts
    }

    #[expect(clippy::too_many_arguments, reason = "one customer, already drawn, in its parts")]
    fn contact(
        &self,
        index: usize,
        effect: Effect,
        calendar: &Calendar,
        history: &History,
        purse: Purse,
        spends: &[i64],
        lots: [f64; 4],
    ) -> Contact {
        let campaign = &self.list[index];
        let (chance, _) = campaign.purchases_in_window(history);
        let days = campaign.start_day..campaign.start_day + campaign.window_days;
        let inside: Vec<usize> = (0..history.days.len()).filter(|at| days.contains(&history.days[*at])).collect();
        let bought = history.buys_between(campaign.window.0, campaign.window.1);
        let large = inside.first().is_some_and(|at| purse.is_large(spends[*at]));
        let treated = lots[1] < self.treated_given(campaign, effect.segment, chance, bought, large);
        let sent = calendar.midnight(campaign.start_day as i64) + 9 * 3600 + (lots[2] * 7200.0) as i64;
        let responds = lots[3] < if bought { 0.6 } else { 0.04 };
        let until = inside.first().map_or(campaign.window_days / 2, |at| history.days[*at] - campaign.start_day);
        let waited = (lots[2] * (until as f64 * DAY_SECONDS as f64)) as i64;
        Contact {
            campaign: index,
            treated,
            contacted_at: treated.then_some(sent),
            responded_at: (treated && responds).then_some(opening(sent + 60 + waited)),
            converted: !inside.is_empty(),
            spend_cents: inside.iter().map(|at| spends[*at]).sum(),
            effect,
        }
    }

    fn treated_given(&self, campaign: &Campaign, segment: usize, chance: f64, bought: bool, large: bool) -> f64 {
        let lift = campaign.lifts[segment].1;
        let pi = campaign.treated_share;
        let share = self.split.large_share;
        match (bought, large) {
            (false, _) => pi * (1.0 - (1.0 - pi) * lift * chance),
            (true, true) => campaign.arm_given_purchase(lift, chance) + campaign.large_shift * (1.0 - share),
            (true, false) => campaign.arm_given_purchase(lift, chance) - campaign.large_shift * share,
        }
    }
}

impl Campaign {
    fn begin(&mut self, day: usize, calendar: &Calendar) {
        self.start_day = day;
        self.window = (calendar.start(day), calendar.start(day + self.window_days));
    }

    /// Last day of the window, as a day of the calendar.
    pub(super) fn last_day(&self) -> usize {
        self.start_day + self.window_days - 1
    }

    /// First day of the window, as a day of the calendar.
    pub(super) fn first_day(&self) -> usize {
        self.start_day
    }

    fn arm_given_purchase(&self, lift: f64, chance: f64) -> f64 {
        self.treated_share * (1.0 + (1.0 - self.treated_share) * lift * (1.0 - chance))
    }

    /// Chance of a purchase in the window, and expected further purchases in it given one.
    ///
    /// A customer who is there when the window of length w opens buys in it with chance 1 − exp(−λ w) and (1 − exp(−λ p w)) / p times
    /// in all, because purchases that the customer survives thin out at rate λ p.
    fn purchases_in_window(&self, history: &History) -> (f64, f64) {
        if !history.alive_at(self.window.0) {
            return (0.0, 0.0);
        }
        let exposure = history.lambda_per_week / 7.0 * (self.window.1 - self.window.0);
        let chance = -expm1(-exposure);
        let leaving = history.dropout.max(1e-9);
        let expected = -expm1(-exposure * leaving) / leaving;
        (chance, (expected / chance.max(1e-300) - 1.0).max(0.0))
    }

    fn segment(&self, calendar: &Calendar, person: &Person, history: &History) -> usize {
        match self.segment_by {
            SegmentBy::DaysSinceLast => {
                let before = history.days.partition_point(|day| *day < self.start_day);
                let since = self.start_day - history.days[before.max(1) - 1];
                [60, 150, 300].iter().filter(|limit| since > **limit).count()
            }
            SegmentBy::Age => match person.age_on(self.start_day, calendar) {
                None => 3,
                Some(age) => [35, 55].iter().filter(|limit| age >= **limit).count(),
            },
        }
    }
}

fn spring() -> Campaign {
    Campaign {
        id: "C2025-SPRING",
        name: "Spring win-back",
        channel: "email",
        offer: "10 % off the next order",
        start: "2025-03-10".to_owned(),
        window_days: 28,
        cost_per_contact: 0.12,
        treated_share: 0.5,
        selected_share: 0.6,
        large_shift: 0.08,
        segment_by: SegmentBy::DaysSinceLast,
        lifts: [("0-60 days", 0.10), ("61-150 days", 0.55), ("151-300 days", 0.90), ("over 300 days", 0.70)],
        start_day: 0,
        window: (0.0, 0.0),
        consent: 0,
    }
}

fn autumn() -> Campaign {
    Campaign {
        id: "C2025-AUTUMN",
        name: "Autumn bundle",
        channel: "sms",
        offer: "third item free",
        start: "2025-10-06".to_owned(),
        window_days: 28,
        cost_per_contact: 0.09,
        treated_share: 0.75,
        selected_share: 0.8,
        large_shift: 0.04,
        segment_by: SegmentBy::Age,
        lifts: [("under 35", 0.70), ("35 to 54", 0.30), ("55 and over", -0.35), ("age unknown", 0.20)],
        start_day: 0,
        window: (0.0, 0.0),
        consent: 1,
    }
}
