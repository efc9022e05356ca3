//! What each channel gets by the place of its touchpoints, summed in whole fractions.

use super::super::error::JourneyError;
use super::Credit;
use super::rounding::round_to_total;

/// Parts of a conversion, and of a unit of value: tenths times a power of two, so that 40 % and halves are whole.
const PARTS: i128 = 10 << 32;

/// Last, first, linear, position.
const METHODS: usize = 4;

/// Sums over paths.
#[derive(Debug, Clone)]
pub(super) struct Credits {
    /// Per channel and method the parts of conversions and of value.
    parts: Vec<[[i128; 2]; METHODS]>,
    pub(super) conversions: u64,
    pub(super) value: i128,
    pub(super) unattributed_conversions: u64,
    pub(super) unattributed_value: i128,
    pub(super) null_paths: u64,
    pub(super) open_paths: u64,
}

impl Credits {
    /// Nothing yet, for so many channels.
    pub(super) fn new(channels: usize) -> Self {
        Self {
            parts: vec![[[0; 2]; METHODS]; channels],
            conversions: 0,
            value: 0,
            unattributed_conversions: 0,
            unattributed_value: 0,
            null_paths: 0,
            open_paths: 0,
        }
    }

    /// Adds a converting path.
    pub(super) fn convert(
        &mut self,
        path: impl ExactSizeIterator<Item = usize> + DoubleEndedIterator + Clone,
        value: i64,
    ) {
        let (Some(first), Some(last)) = (path.clone().next(), path.clone().next_back()) else {
            self.unattributed_conversions += 1;
            self.unattributed_value += i128::from(value);
            return;
        };
        self.conversions += 1;
        self.value += i128::from(value);
        let whole = [PARTS, i128::from(value) * PARTS];
        let touchpoints = path.len();
        self.give(last, 0, whole);
        self.give(first, 1, whole);
        self.spread(path.clone(), touchpoints, 2, whole);
        match touchpoints {
            1 => self.give(first, 3, whole),
            2 => {
                self.give(first, 3, whole.map(|part| part / 2));
                self.give(last, 3, whole.map(|part| part / 2));
            }
            _ => {
                self.give(first, 3, whole.map(|part| part / 10 * 4));
                self.give(last, 3, whole.map(|part| part / 10 * 4));
                let between = path.skip(1).take(touchpoints - 2);
                self.spread(between, touchpoints - 2, 3, whole.map(|part| part / 10 * 2));
            }
        }
    }

    fn give(&mut self, channel: usize, method: usize, [conversions, value]: [i128; 2]) {
        let sums = &mut self.parts[channel][method];
        sums[0] += conversions;
        sums[1] += value;
    }

    /// Gives equal parts to `count` touchpoints; what can't be divided goes to the first ones, a part each.
    fn spread(&mut self, path: impl Iterator<Item = usize>, count: usize, method: usize, whole: [i128; 2]) {
        let count = count as i128;
        let [(conversion, more), (value, rest)] = whole.map(|part| (part.div_euclid(count), part.rem_euclid(count)));
        for (channel, at) in path.zip(0_i128..) {
            self.give(channel, method, [conversion + i128::from(at < more), value + i128::from(at < rest)]);
        }
    }

    /// Adds the sums over other paths.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (sums, parts) in self.parts.iter_mut().zip(&other.parts) {
            for (sum, part) in sums.as_flattened_mut().iter_mut().zip(parts.as_flattened()) {
                *sum += part;
            }
        }
        self.conversions += other.conversions;
        self.value += other.value;
        self.unattributed_conversions += other.unattributed_conversions;
        self.unattributed_value += other.unattributed_value;
        self.null_paths += other.null_paths;
        self.open_paths += other.open_paths;
        self
    }

    /// Credits per channel by last, first, linear and position.
    pub(super) fn by_method(&self) -> Result<Vec<[Credit; METHODS]>, JourneyError> {
        let mut found = vec![[Credit::default(); METHODS]; self.parts.len()];
        for method in 0..METHODS {
            let values: Vec<i128> = self.parts.iter().map(|parts| parts[method][1]).collect();
            for (at, value) in round_to_total(&values, PARTS).into_iter().enumerate() {
                found[at][method] = Credit {
                    conversions: self.parts[at][method][0] as f64 / PARTS as f64,
                    value: i64::try_from(value).map_err(|_| JourneyError::Overflow)?,
                };
            }
        }
        Ok(found)
    }

    /// Credits per channel in proportion to weights from 0 to 1; nothing if all are 0.
    pub(super) fn by_weight(&self, weights: &[f64]) -> Result<Vec<Credit>, JourneyError> {
        let whole: Vec<i128> = weights.iter().map(|weight| (weight * (1_u64 << 52) as f64).round() as i128).collect();
        let sum: i128 = whole.iter().sum();
        if sum == 0 {
            return Ok(vec![Credit::default(); weights.len()]);
        }
        i64::try_from(self.value).map_err(|_| JourneyError::Overflow)?;
        let values: Vec<i128> = whole.iter().map(|weight| weight * self.value).collect();
        let credit = |(weight, value): (&i128, i128)| {
            let conversions = self.conversions as f64 * (*weight as f64 / sum as f64);
            Ok(Credit { conversions, value: i64::try_from(value).map_err(|_| JourneyError::Overflow)? })
        };
        whole.iter().zip(round_to_total(&values, sum)).map(credit).collect()
    }
}
