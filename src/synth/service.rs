//! Points of contact other than the till: visits before a purchase, deliveries, calls, complaints, newsletters, campaign messages,
//! and the journey that precedes churn.

use super::calendar::{Calendar, DAY_SECONDS, opening};
use super::campaign::Contact;
use super::feedback::{self, Answer, Feeling};
use super::orders::Order;
use super::params::{ChurnJourney, Planted, Service};
use super::person::Person;
use super::process::History;
use super::random::Stream;
use super::shop::Shop;

/// One row of the interactions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touch {
    /// When.
    pub(super) time: i64,
    /// Where or how.
    pub(super) touchpoint: &'static str,
    /// `inbound` or `outbound`.
    pub(super) direction: &'static str,
    /// What came of it.
    pub(super) outcome: &'static str,
    /// How long it took.
    pub(super) duration_seconds: Option<i64>,
    /// What it cost the shop, in hundredths of a cent.
    pub(super) cost: i64,
    /// What it was about.
    pub(super) topic: &'static str,
    /// The campaign it belongs to.
    pub(super) campaign: Option<&'static str>,
    /// Days a delivery came late; none for other touchpoints.
    pub(super) delay_days: Option<i64>,
}

impl Touch {
    /// The kind of experience: with people, with things and places, or with the thing bought.
    pub(super) fn experience(&self) -> &'static str {
        match self.touchpoint {
            "call" | "complaint" | "field_visit" => "human",
            "delivery" => "functional",
            _ => "mechanical",
        }
    }
}

/// What the shop knows of a customer besides the orders.
#[derive(Debug, Default)]
pub(super) struct Contactlog {
    /// Interactions.
    pub(super) touches: Vec<Touch>,
    /// Feedback.
    pub(super) answers: Vec<Answer>,
    /// Churn journeys after the purchase with which the customer left, and after others.
    pub(super) journeys: [u64; 2],
}

/// Days of the newsletters.
const NEWSLETTERS: [usize; 4] = [98, 287, 462, 651];
const CALL_TOPICS: [&str; 5] = ["delivery", "return", "product", "invoice", "account"];
/// Cost of a minute on the phone, in hundredths of a cent.
const CALL_MINUTE: i64 = 9_000;

/// Everything around one customer's purchases.
pub(super) fn draw(
    shop: &Shop,
    person: &Person,
    history: &History,
    orders: &[Order],
    contacts: &[Contact],
    feeling: Feeling,
    stream: &mut Stream,
) -> Contactlog {
    let mut log = Contactlog::default();
    for (at, order) in orders.iter().enumerate() {
        let again = at > 0 && orders[at - 1].day_position == order.day_position;
        let journey_rate = if again { 0.0 } else { journey_rate(shop, history, order) };
        before_purchase(&shop.planted.service, order, stream, &mut log);
        let left = history.left_at(order.day_position);
        if after_purchase(&shop.planted, order, journey_rate, feeling, stream, &mut log) {
            log.journeys[usize::from(!left)] += 1;
        }
    }
    if orders.first().is_some_and(|order| order.channel == 3) && stream.chance(0.05) {
        field_visit(shop, history, stream, &mut log);
    }
    newsletters(&shop.calendar, person, Some(history), stream, &mut log);
    campaign_messages(shop, contacts, stream, &mut log);
    let observed = shop.calendar.midnight(0)..shop.calendar.end();
    log.touches.retain(|touch| observed.contains(&touch.time));
    log.answers.retain(|answer| observed.contains(&answer.time));
    log
}

/// What reaches someone who has registered and never bought.
pub(super) fn prospect(shop: &Shop, person: &Person, stream: &mut Stream) -> Contactlog {
    let mut log = Contactlog::default();
    for _ in 0..stream.below(3) {
        let time = shop.calendar.midnight(stream.below(700) as i64) + 36_000 + stream.below(36_000) as i64;
        log.touches.push(visit("web_visit", "browsed", time, stream));
    }
    newsletters(&shop.calendar, person, None, stream, &mut log);
    log
}

fn visit(touchpoint: &'static str, outcome: &'static str, time: i64, stream: &mut Stream) -> Touch {
    let cost = if touchpoint == "ad_click" { 4_500 } else { 0 };
    let duration = 20 + (stream.exponential() * 150.0) as i64;
    let duration_seconds = (touchpoint != "ad_click").then_some(duration);
    Touch {
        time,
        touchpoint,
        direction: "inbound",
        outcome,
        duration_seconds,
        cost,
        topic: "browsing",
        campaign: None,
        delay_days: None,
    }
}

/// Up to three touches in the six days before a purchase.
fn before_purchase(service: &Service, order: &Order, stream: &mut Stream, log: &mut Contactlog) {
    if !stream.chance(service.touched_share) {
        return;
    }
    for _ in 0..=stream.weighted(&[0.6, 0.3, 0.1]) {
        let kinds =
            [("web_visit", 0.48), ("ad_click", 0.20), ("email_click", 0.14), ("social", 0.08), ("store_visit", 0.10)];
        let (touchpoint, _) = kinds[stream.weighted(&kinds.map(|(_, share)| share))];
        let back = 300 + (stream.uniform() * stream.uniform() * 6.0 * DAY_SECONDS as f64) as i64;
        let time = opening(order.time - back).min(order.time - 120);
        log.touches.push(visit(touchpoint, "browsed", time, stream));
    }
}

/// Chance of the churn journey after the first order of a purchase day.
fn journey_rate(shop: &Shop, history: &History, order: &Order) -> f64 {
    let journey = &shop.planted.churn_journey;
    if history.left_at(order.day_position) { journey.after_last_purchase } else { journey.after_other_purchase }
}

/// Delivery, calls, complaints, survey and review of one order; says whether the churn journey followed.
fn after_purchase(
    planted: &Planted,
    order: &Order,
    journey_rate: f64,
    feeling: Feeling,
    stream: &mut Stream,
    log: &mut Contactlog,
) -> bool {
    let service = &planted.service;
    let delay = delivery(service, order, stream, log);
    let late = delay >= 2;
    let journey = stream.chance(journey_rate);
    let mut unresolved = journey;
    if journey {
        churn_journey(&planted.churn_journey, order, stream, log);
    } else {
        if stream.chance(if late { service.complaint_share_late } else { service.complaint_share }) {
            complaint(after(order.time, service.complaint_after_days, stream), "answered", stream, log);
        }
        if stream.chance(if late { service.call_share_late } else { service.call_share }) {
            unresolved = stream.chance(service.unresolved_share);
            call(after(order.time, service.call_after_days, stream), unresolved, stream, log);
        }
    }
    if stream.chance(service.survey_share) {
        let time = after(order.time, service.survey_after_days, stream);
        log.answers.push(feedback::survey(service, feeling, delay, unresolved, time, stream));
    }
    if stream.chance(service.review_share) {
        let time = after(order.time, service.review_after_days, stream);
        log.answers.push(feedback::review(service, feeling, delay, unresolved, time, stream));
    }
    journey
}

/// A moment at an hour when the shop is open, so many days after another.
fn after(time: i64, [least, most]: [f64; 2], stream: &mut Stream) -> i64 {
    opening(time + (stream.between(least, most) * DAY_SECONDS as f64) as i64)
}

/// The delivery of an order that was not taken home; returns the delay in days.
fn delivery(service: &Service, order: &Order, stream: &mut Stream, log: &mut Contactlog) -> i64 {
    let late = stream.chance(service.late_share);
    let delay = if late { 1 + stream.geometric(service.delay_success) } else { 0 };
    if order.channel == 0 {
        return 0;
    }
    log.touches.push(Touch {
        time: order.time + (2 + delay) * DAY_SECONDS,
        touchpoint: "delivery",
        direction: "outbound",
        outcome: if late { "late" } else { "on_time" },
        duration_seconds: None,
        cost: 36_000,
        topic: "delivery",
        campaign: None,
        delay_days: Some(delay),
    });
    delay
}

fn call(time: i64, unresolved: bool, stream: &mut Stream, log: &mut Contactlog) {
    let seconds = 60 + (stream.gamma(2.0) * 140.0) as i64;
    let topic = stream.pick(&CALL_TOPICS);
    log.touches.push(Touch {
        time,
        touchpoint: "call",
        direction: "inbound",
        outcome: if unresolved { "unresolved" } else { "resolved" },
        duration_seconds: Some(seconds),
        cost: seconds * CALL_MINUTE / 60,
        topic,
        campaign: None,
        delay_days: None,
    });
}

fn complaint(time: i64, outcome: &'static str, stream: &mut Stream, log: &mut Contactlog) {
    let topic = *stream.pick(&feedback::TOPICS);
    log.touches.push(Touch {
        time,
        touchpoint: "complaint",
        direction: "inbound",
        outcome,
        duration_seconds: None,
        cost: 21_000,
        topic,
        campaign: None,
        delay_days: None,
    });
    log.answers.push(feedback::complaint(time + 60, topic, stream));
}

/// Complaint, then an unresolved call; the silence is what the purchase process does.
fn churn_journey(plan: &ChurnJourney, order: &Order, stream: &mut Stream, log: &mut Contactlog) {
    let complained = after(order.time, plan.complaint_after_days, stream);
    complaint(complained, "open", stream, log);
    let called = after(complained, plan.call_after_days, stream);
    call(called, true, stream, log);
}

fn field_visit(shop: &Shop, history: &History, stream: &mut Stream, log: &mut Contactlog) {
    let time = shop.calendar.midnight(history.first_day as i64 + 7 + stream.below(120) as i64) + 10 * 3600;
    log.touches.push(Touch {
        time,
        touchpoint: "field_visit",
        direction: "outbound",
        outcome: "done",
        duration_seconds: Some(1_200 + stream.below(3_600) as i64),
        cost: 450_000,
        topic: "product",
        campaign: None,
        delay_days: None,
    });
}

/// Newsletters to those who agreed and were registered; those who have left hardly open them.
fn newsletters(
    calendar: &Calendar,
    person: &Person,
    history: Option<&History>,
    stream: &mut Stream,
    log: &mut Contactlog,
) {
    for day in NEWSLETTERS {
        let draw = stream.uniform();
        let since = history.map_or(0, |history| history.first_day);
        if !person.consents[0] || person.email.is_none() || since >= day {
            continue;
        }
        let there = history.is_some_and(|history| history.alive_at(calendar.start(day)));
        let (opened, clicked) = if there { (0.30, 0.07) } else { (0.05, 0.005) };
        let time = calendar.midnight(day as i64) + 8 * 3600 + (draw * 3600.0) as i64;
        log.touches.push(message("email", mail_outcome(draw, opened, clicked), time, 200, "newsletter", None));
    }
}

fn mail_outcome(draw: f64, opened: f64, clicked: f64) -> &'static str {
    if draw < clicked {
        "clicked"
    } else if draw < opened {
        "opened"
    } else {
        "sent"
    }
}

fn message(
    touchpoint: &'static str,
    outcome: &'static str,
    time: i64,
    cost: i64,
    topic: &'static str,
    campaign: Option<&'static str>,
) -> Touch {
    Touch {
        time,
        touchpoint,
        direction: "outbound",
        outcome,
        duration_seconds: None,
        cost,
        topic,
        campaign,
        delay_days: None,
    }
}

fn campaign_messages(shop: &Shop, contacts: &[Contact], stream: &mut Stream, log: &mut Contactlog) {
    for contact in contacts {
        let draw = stream.uniform();
        let campaign = &shop.campaigns.list[contact.campaign];
        if let Some(time) = contact.contacted_at {
            let responded = contact.responded_at.is_some();
            let outcome = if responded { "clicked" } else { mail_outcome(draw, 0.3, 0.0) };
            let cost = (campaign.cost_per_contact * 10_000.0) as i64;
            let id = Some(campaign.id);
            log.touches.push(message(campaign.channel, outcome, time, cost, "campaign", id));
        }
    }
}
