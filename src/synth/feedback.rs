//! Surveys, reviews and complaints, with the planted drivers of satisfaction.

use libm::round;

use super::params::Service;
use super::random::Stream;

/// What feedback is about.
pub(super) const TOPICS: [&str; 4] = ["delivery", "quality", "service", "price"];

const GLAD: [&str; 6] = [
    "Everything as promised, thank you.",
    "Friendly people, quick answer.",
    "Good quality, will order again.",
    "Arrived early and well packed.",
    "Easy to find what I wanted.",
    "My favourite shop by now.",
];
const CALM: [&str; 4] = ["All right.", "Fine, though the parcel was too big.", "As expected.", "No problem so far."];
const SORE: [&str; 6] = [
    "I had to wait far too long.",
    "Nobody could help me on the phone.",
    "The item was damaged, \"as new\" is something else.",
    "Promised on Friday, came on Thursday a week later.",
    "Still no answer to my question.",
    "Too expensive for what it is,\nand the lid does not close.",
];

/// How a customer feels about the shop in general.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Feeling(pub(super) f64);

impl Feeling {
    /// Draws a customer's deviation from the mean satisfaction.
    pub(super) fn draw(service: &Service, stream: &mut Stream) -> Self {
        Self(service.satisfaction_between * stream.normal())
    }
}

/// One row of the feedback.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// When.
    pub(super) time: i64,
    /// The score on its scale.
    pub(super) score: i64,
    /// `nps`, `csat`, `ces`, `complaint` or `review`.
    pub(super) instrument: &'static str,
    /// The scale.
    pub(super) scale: &'static str,
    /// What was written, if anything.
    pub(super) text: Option<&'static str>,
    /// What it is about.
    pub(super) topic: &'static str,
}

/// Satisfaction with one order on the planted scale from 0 to 10, before rounding and clipping.
fn satisfaction(service: &Service, feeling: Feeling, delay: i64, unresolved: bool, stream: &mut Stream) -> f64 {
    let waiting = service.effect_per_delay_day * delay.min(5) as f64;
    let unheard = if unresolved { service.effect_unresolved_call } else { 0.0 };
    service.satisfaction_mean + feeling.0 + waiting + unheard + service.satisfaction_within * stream.normal()
}

/// A survey answer.
pub(super) fn survey(
    service: &Service,
    feeling: Feeling,
    delay: i64,
    unresolved: bool,
    time: i64,
    stream: &mut Stream,
) -> Answer {
    let value = satisfaction(service, feeling, delay, unresolved, stream);
    let (instrument, scale, low, high) =
        [("nps", "0-10", 0.0, 10.0), ("csat", "1-5", 1.0, 5.0), ("ces", "1-7", 1.0, 7.0)]
            [stream.weighted(&[0.5, 0.35, 0.15])];
    answer(value, (instrument, scale, low, high), topic(delay, unresolved, stream), time, 0.3, stream)
}

/// A review with stars and words.
pub(super) fn review(
    service: &Service,
    feeling: Feeling,
    delay: i64,
    unresolved: bool,
    time: i64,
    stream: &mut Stream,
) -> Answer {
    let value = satisfaction(service, feeling, delay, unresolved, stream);
    answer(value, ("review", "1-5", 1.0, 5.0), topic(delay, unresolved, stream), time, 1.0, stream)
}

/// A complaint: one to three on a scale of five.
pub(super) fn complaint(time: i64, topic: &'static str, stream: &mut Stream) -> Answer {
    let score = 1 + stream.weighted(&[0.5, 0.3, 0.2]) as i64;
    Answer { time, score, instrument: "complaint", scale: "1-5", text: Some(*stream.pick::<&str>(&SORE)), topic }
}

fn answer(
    value: f64,
    (instrument, scale, low, high): (&'static str, &'static str, f64, f64),
    topic: &'static str,
    time: i64,
    writes: f64,
    stream: &mut Stream,
) -> Answer {
    let score = round(low + value.clamp(0.0, 10.0) / 10.0 * (high - low)) as i64;
    let words = if value >= 7.5 {
        stream.pick(&GLAD)
    } else if value >= 5.5 {
        stream.pick(&CALM)
    } else {
        stream.pick(&SORE)
    };
    let text = stream.chance(writes).then_some(*words);
    Answer { time, score, instrument, scale, text, topic }
}

fn topic(delay: i64, unresolved: bool, stream: &mut Stream) -> &'static str {
    let other = *stream.pick(&TOPICS);
    let trouble = stream.chance(0.7);
    match (trouble, unresolved, delay >= 1) {
        (true, true, _) => "service",
        (true, false, true) => "delivery",
        _ => other,
    }
}
