//! What the members of all campaigns bought, and how they stood before: one pass over the transactions for several campaigns.

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::Cleaned;
use crate::numerics::rfm_segments::RfmSegment;
use crate::numerics::scores::{DEFAULT_BINS, Direction, score_quantile};
use crate::purchases::{Bought, Lookback, Standing, standings};
use crate::stage::StageError;

use super::study::{MemberPurchase, Study, Window};

/// Campaigns of one pass: each holds a few words of every customer in memory.
const PER_PASS: usize = 6;

/// Times the window that purchases are looked at, for what comes after it.
const WINDOWS: i32 = 2;

/// What all purchases together say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Log {
    /// Margin of the lines that tell it, and their money.
    margin: i128,
    money: i128,
    /// Day of the first purchase of all.
    pub(super) first_day: Option<i32>,
}

impl Log {
    /// Part of the money that is margin, where lines tell it.
    pub(super) fn margin_share(self) -> Option<f64> {
        (self.money > 0 && self.margin > 0).then(|| self.margin as f64 / self.money as f64)
    }
}

/// A customer of the transactions.
struct One {
    key: u64,
    standings: Box<[Standing]>,
    /// Number of the study in the pass, and what was bought.
    bought: Vec<(u16, Bought)>,
    margin: (i64, i64),
    first_day: Option<i32>,
}

/// Adds purchases and standings to the studies whose start is known; nothing without transactions.
pub(super) fn add_purchases(studies: &mut [Study], cleaned: &Cleaned) -> Result<Log, StageError> {
    let mut log = Log::default();
    if cleaned.ledger.lines() == 0 {
        return Ok(log);
    }
    let mut dated: Vec<(&mut Study, Window)> = studies
        .iter_mut()
        .filter_map(|study| {
            let window = study.window?;
            Some((study, window))
        })
        .collect();
    for pass in dated.chunks_mut(PER_PASS) {
        let mut lookbacks: Vec<Lookback> = pass.iter().map(|(_, window)| lookback(*window)).collect();
        lookbacks.sort_unstable();
        lookbacks.dedup();
        let number = |id: &String| pass.iter().position(|(study, _)| study.id == *id).map(|at| at as u16);
        let of_campaign: Vec<Option<u16>> = cleaned.outreach.campaign_ids.iter().map(number).collect();
        let windows: Vec<Window> = pass.iter().map(|(_, window)| *window).collect();
        let each = |key: u64, standings: &[Standing], bought: &[Bought]| {
            Some(One::of(key, standings, bought, cleaned, &of_campaign, &windows))
        };
        let ones = standings(cleaned, &lookbacks, each)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        log = Log::default();
        for one in &ones {
            log.margin += i128::from(one.margin.0);
            log.money += i128::from(one.margin.1);
            log.first_day = [log.first_day, one.first_day].into_iter().flatten().min();
        }
        let places: HashMap<u64, u32> = ones.iter().enumerate().map(|(at, one)| (one.key, at as u32)).collect();
        let segments = lookbacks.par_iter().enumerate();
        let segments = segments.map(|(at, lookback)| rfm_segments(&ones, at, lookback.day, cleaned.has_money));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        for (at, (lookback, segments)) in lookbacks.iter().zip(&segments).enumerate() {
            for (number, (study, window)) in pass.iter_mut().enumerate() {
                if self::lookback(*window) == *lookback {
                    add(study, number as u16, at, &ones, &places, segments);
                }
            }
        }
    }
    Ok(log)
}

fn lookback(window: Window) -> Lookback {
    Lookback { day: window.start - 1, days: window.days }
}

impl One {
    fn of(
        key: u64,
        standings: &[Standing],
        bought: &[Bought],
        cleaned: &Cleaned,
        of_campaign: &[Option<u16>],
        windows: &[Window],
    ) -> Self {
        let mut own: Vec<u16> = cleaned
            .outreach
            .contacts
            .of(key)
            .iter()
            .filter_map(|contact| of_campaign.get(contact.campaign as usize).copied().flatten())
            .collect();
        own.sort_unstable();
        own.dedup();
        let mut found = Vec::new();
        for number in own {
            let window = windows[usize::from(number)];
            let days = window.start..window.start + WINDOWS * window.days;
            found.extend(bought.iter().filter(|bought| days.contains(&bought.day)).map(|bought| (number, *bought)));
        }
        let add = |sum: (i64, i64), bought: &Bought| {
            (sum.0.saturating_add(bought.margin.0), sum.1.saturating_add(bought.margin.1))
        };
        Self {
            key,
            standings: standings.into(),
            bought: found,
            margin: bought.iter().fold((0, 0), add),
            first_day: bought.first().map(|bought| bought.day),
        }
    }
}

/// The RFM segment of each customer on the day before a start, scored among all who had bought by then, as the `rfm` analysis
/// scores them by default.
fn rfm_segments(ones: &[One], at: usize, day: i32, has_money: bool) -> Result<Vec<Option<u8>>, StageError> {
    let buyers: Vec<usize> = (0..ones.len()).filter(|one| ones[*one].standings[at].orders > 0).collect();
    let mut segments = vec![None; ones.len()];
    if buyers.is_empty() {
        return Ok(segments);
    }
    let column = |value: fn(&Standing, i32) -> i64| -> Vec<i64> {
        buyers.iter().map(|one| value(&ones[*one].standings[at], day)).collect()
    };
    let fail = |error: crate::numerics::scores::ScoreError| StageError::Data(error.to_string());
    let score = |name: &str, values: &[i64], direction| {
        score_quantile(name, values, DEFAULT_BINS, direction).map(|scored| scored.scores).map_err(fail)
    };
    let days = column(|standing, day| i64::from(day - standing.last_purchase));
    let r = score("campaigns.recency", &days, Direction::LowerIsBetter)?;
    let orders = column(|standing, _| i64::from(standing.orders));
    let f = score("campaigns.frequency", &orders, Direction::HigherIsBetter)?;
    let m = if has_money {
        score("campaigns.monetary", &column(|standing, _| standing.spend_net), Direction::HigherIsBetter)?
    } else {
        f.clone()
    };
    for (place, one) in buyers.into_iter().enumerate() {
        let segment = RfmSegment::of(r[place], f[place], m[place], DEFAULT_BINS);
        let segment = segment.map_err(|error| StageError::Data(error.to_string()))?;
        segments[one] = RfmSegment::ALL.iter().position(|known| *known == segment).map(|number| number as u8);
    }
    Ok(segments)
}

/// Fills the columns of a study from the customers of the pass.
fn add(study: &mut Study, number: u16, at: usize, ones: &[One], places: &HashMap<u64, u32>, segments: &[Option<u8>]) {
    let Some(window) = study.window else { return };
    for (member, own) in study.members.iter().enumerate() {
        let place = places.get(&own.key).map(|place| *place as usize);
        let standing = place.map(|place| ones[place].standings[at]).filter(|standing| standing.orders > 0);
        study.spend_before.push(standing.map_or(0.0, |standing| standing.recent_spend as f64 / 10_000.0));
        study.days_before.push(standing.map(|standing| window.start - 1 - standing.last_purchase));
        study.rfm_before.push(place.and_then(|place| segments[place]));
        let Some(place) = place else { continue };
        for (_, bought) in ones[place].bought.iter().filter(|(of, _)| *of == number) {
            let (margin, money) = bought.margin;
            let share = margin as f64 / money as f64;
            study.purchases.push(MemberPurchase {
                member: member as u32,
                day: bought.day - window.start,
                revenue: bought.amount,
                margin: if money > 0 { share * bought.amount as f64 / 10_000.0 } else { f64::NAN },
            });
        }
    }
}
