//! Which touchpoints share the conversions.
//!
//! A *path* are the touchpoints of a customer between two conversions. The touchpoints at most `within_days` before a
//! conversion get the credit for it; older ones, and those after the last conversion, form a path of their own that led
//! to nothing (null). The latter is left out as open if its last touchpoint is younger than `within_days` when the
//! observation ends: it may still lead to something. A conversion without a touchpoint can be credited to none; it is
//! counted apart.
//!
//! | method | a path's conversion and value go to |
//! |---|---|
//! | last | its last touchpoint |
//! | first | its first touchpoint |
//! | linear | all its touchpoints in equal parts |
//! | position | 40 % its first, 40 % its last, 20 % in equal parts those between; half and half with two, all of it with one |
//! | Markov | channels in proportion to their removal effects (module `chain`) |
//!
//! The first four are summed in whole fractions, so each gives away exactly what was converted. Values are whole
//! (cents, say): what a method gives a channel is rounded by largest remainders, and the sum over channels is the total
//! to the cent.
//!
//! None of it is causal. It says where conversions passed, not what would not have been bought otherwise.

mod chain;
mod credit;
mod rounding;
mod split;

#[cfg(test)]
mod tests;

pub use chain::{MAX_CHAIN_STATES, MarkovOrder};

use super::error::JourneyError;
use super::sequence::{Journeys, days_to_seconds};
use chain::{Solution, Steps};
use credit::Credits;
use split::{Outcome, split};

/// How conversions are attributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttributionOptions {
    /// Days before a conversion in which a touchpoint shares in it; `None` for any time since the conversion before.
    pub within_days: Option<f64>,
    /// Memory of the Markov chain.
    pub order: MarkovOrder,
}

impl Default for AttributionOptions {
    fn default() -> Self {
        Self { within_days: Some(30.0), order: MarkovOrder::First }
    }
}

/// What a channel gets by one method.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Credit {
    /// Conversions.
    pub conversions: f64,
    /// Value, in the unit given.
    pub value: i64,
}

/// One channel: a touchpoint that occurs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelCredit {
    /// Its state.
    pub channel: u32,
    /// By the last touchpoint.
    pub last: Credit,
    /// By the first touchpoint.
    pub first: Credit,
    /// In equal parts.
    pub linear: Credit,
    /// By position, 40/20/40.
    pub position: Credit,
    /// By removal effects.
    pub markov: Credit,
    /// Share of the conversions that the chain loses without the channel, 0..1.
    pub removal_effect: f64,
}

/// Conversions and values by channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attribution {
    /// Conversions with a touchpoint; each method's credits sum to it.
    pub conversions: u64,
    /// Their value; each method's credits sum to it.
    pub value: i64,
    /// Conversions without a touchpoint.
    pub unattributed_conversions: u64,
    /// Their value.
    pub unattributed_value: i64,
    /// Paths that led to nothing.
    pub null_paths: u64,
    /// Paths that may still lead to something; left out.
    pub open_paths: u64,
    /// Share of the paths that convert, 0..1; the chain's chance to convert equals it. `None` without a path.
    pub conversion_rate: Option<f64>,
    /// Channels by their states.
    pub channels: Vec<ChannelCredit>,
}

/// Attributes all conversions. `values` holds a whole number per event, in cents, say; those of conversions are read.
///
/// # Errors
///
/// [`JourneyError::Length`] if `values` has another number of rows than there are events, [`JourneyError::Option`] on
/// days that aren't positive, [`JourneyError::TooManyStates`] if the chain has more than [`MAX_CHAIN_STATES`] states,
/// [`JourneyError::Overflow`] if the values don't add up in 64 bits, [`JourneyError::Unsolvable`] if the solver gives
/// up.
pub fn attribute(
    journeys: &Journeys<'_>,
    values: &[i64],
    options: AttributionOptions,
) -> Result<Attribution, JourneyError> {
    if values.len() != journeys.events() {
        return Err(JourneyError::Length { column: "values", found: values.len(), expected: journeys.events() });
    }
    let within = options.within_days.map(|days| days_to_seconds("within_days", days)).transpose()?;
    let (channels, numbers) = channels(journeys);
    let empty = Steps::new(channels.len(), options.order)?;
    let (credits, steps) = journeys.gather(
        || (Credits::new(channels.len()), empty.clone()),
        |(credits, steps), _, journey| {
            split(journeys, journey, values, within, &mut |states, outcome| {
                let path = states.iter().map(|state| numbers[*state as usize]);
                match outcome {
                    Outcome::Converted(value) => credits.convert(path.clone(), value),
                    Outcome::Null => credits.null_paths += 1,
                    Outcome::Open => credits.open_paths += 1,
                }
                if outcome != Outcome::Open {
                    steps.add(path, outcome != Outcome::Null);
                }
            });
        },
        |(credits, steps), (others, more)| (credits.merge(&others), steps.merge(&more)),
    );
    result(&channels, &credits, &steps.solve()?)
}

/// The touchpoints that occur, and the number of each state among them.
fn channels(journeys: &Journeys<'_>) -> (Vec<u32>, Vec<usize>) {
    let occurs = journeys.gather(
        || vec![false; journeys.states()],
        |occurs, _, journey| journey.states.iter().for_each(|state| occurs[*state as usize] = true),
        |a, b| a.iter().zip(&b).map(|(a, b)| *a || *b).collect(),
    );
    let used = |state: &u32| occurs[*state as usize] && !journeys.is_conversion(*state);
    let channels: Vec<u32> = (0..journeys.states() as u32).filter(used).collect();
    let mut numbers = vec![usize::MAX; journeys.states()];
    channels.iter().enumerate().for_each(|(number, state)| numbers[*state as usize] = number);
    (channels, numbers)
}

fn result(channels: &[u32], credits: &Credits, chain: &Solution) -> Result<Attribution, JourneyError> {
    let whole = |value: i128| i64::try_from(value).map_err(|_| JourneyError::Overflow);
    let by_position = credits.by_method()?;
    let markov = credits.by_weight(&chain.removal_effects)?;
    let paths = credits.conversions + credits.null_paths;
    let row = |(at, channel): (usize, &u32)| {
        let [last, first, linear, position] = by_position[at];
        let removal_effect = chain.removal_effects[at];
        ChannelCredit { channel: *channel, last, first, linear, position, markov: markov[at], removal_effect }
    };
    Ok(Attribution {
        conversions: credits.conversions,
        value: whole(credits.value)?,
        unattributed_conversions: credits.unattributed_conversions,
        unattributed_value: whole(credits.unattributed_value)?,
        null_paths: credits.null_paths,
        open_paths: credits.open_paths,
        conversion_rate: (paths > 0).then(|| credits.conversions as f64 / paths as f64),
        channels: channels.iter().enumerate().map(row).collect(),
    })
}
