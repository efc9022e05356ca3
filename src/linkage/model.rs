//! The fitted model: how likely each agreement level is between records of one person and of two.

use serde::{Deserialize, Serialize};

use super::compare::{EQUAL, FIELDS, Field, LEVELS, MISSING, NEAR, Pattern, SAME_CITY, SAME_POSTCODE, SWAPPED};
use super::prepared::{Coded, Prepared};

/// The least probability of a level, so that no single field decides.
pub(crate) const LEAST: f64 = 1e-9;

/// The most that the frequency of a value moves a match weight, in bits.
const MOST_ADJUSTMENT: f64 = 8.0;

/// One field of the model. Levels are those of [`Field::levels`] without the first (missing values are no evidence).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldModel {
    /// The field.
    pub field: Field,
    /// The probability of each level between two records of one person.
    pub m: Vec<f64>,
    /// The probability of each level between records of two persons.
    pub u: Vec<f64>,
    /// Whether `m` was estimated from these records; else it's the built-in one, because no two records that agree
    /// otherwise have the field.
    pub trained: bool,
}

/// One run of expectation and maximisation, over the pairs that share one blocking key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmRun {
    /// The key that the pairs share; its fields aren't estimated in this run.
    pub blocked_on: String,
    /// The pairs.
    pub pairs: u64,
    /// How many of these are of one person, as expected under the estimates.
    pub matches: f64,
    /// Rounds made.
    pub iterations: u32,
    /// Whether the last round moved no probability by more than the tolerance.
    pub converged: bool,
}

/// The parameters of the Fellegi-Sunter model, as they are kept from night to night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedLinkage {
    /// Records the model was fitted to.
    pub records: u64,
    /// The probability that two records taken at random are of one person.
    pub prior: f64,
    /// The fields, in the order of [`Field::ALL`].
    pub fields: Vec<FieldModel>,
    /// The runs that estimated `m`.
    pub runs: Vec<EmRun>,
    /// Pairs taken at random to estimate `u`.
    pub random_pairs: u64,
    /// Whether every run converged and there was one at all.
    pub converged: bool,
}

impl FittedLinkage {
    /// Whether there were records enough to learn from.
    pub fn has_learned(&self) -> bool {
        !self.runs.is_empty()
    }

    /// The most rounds that a run took.
    pub fn iterations(&self) -> u32 {
        self.runs.iter().map(|run| run.iterations).max().unwrap_or(0)
    }

    /// Whether the parameters are those of these fields and levels, and are probabilities.
    pub fn is_valid(&self) -> bool {
        let share = |p: &f64| p.is_finite() && *p > 0.0 && *p <= 1.0;
        let fits = |(model, field): (&FieldModel, Field)| {
            let levels = field.levels().len() - 1;
            model.field == field
                && model.m.len() == levels
                && model.u.len() == levels
                && model.m.iter().chain(&model.u).all(share)
        };
        share(&self.prior)
            && self.prior < 1.0
            && self.fields.len() == FIELDS
            && self.fields.iter().zip(Field::ALL).all(fits)
    }

    /// The probability that a pair with a match weight is of one person: `prior · 2^weight` against `1 − prior`.
    pub fn probability(&self, weight: f64) -> f64 {
        let odds = self.prior / (1.0 - self.prior) * libm::exp2(weight.clamp(-500.0, 500.0));
        odds / (1.0 + odds)
    }

    /// The match weight from which on the probability is at least this.
    pub fn weight_of(&self, probability: f64) -> f64 {
        libm::log2(probability / (1.0 - probability)) - libm::log2(self.prior / (1.0 - self.prior))
    }
}

/// Match weights of pairs, in bits.
#[derive(Debug)]
pub(crate) struct Weights<'a> {
    p: &'a Prepared,
    bits: [[f64; LEVELS]; FIELDS],
    /// How many records have a given name that sounds like each one, and the probability that two do.
    given_sounds: (Vec<u32>, f64),
    family_sounds: (Vec<u32>, f64),
}

impl<'a> Weights<'a> {
    pub(crate) fn new(p: &'a Prepared, model: &FittedLinkage) -> Self {
        let mut bits = [[0.0; LEVELS]; FIELDS];
        for (field, bits) in model.fields.iter().zip(&mut bits) {
            for (level, (m, u)) in field.m.iter().zip(&field.u).enumerate() {
                bits[level + 1] = libm::log2(m.max(LEAST) / u.max(LEAST));
            }
        }
        Self { p, bits, given_sounds: sound_counts(p, &p.given), family_sounds: sound_counts(p, &p.family) }
    }

    /// The sum of `log2(m/u)` over the fields (Fellegi & Sunter 1969, equation 14), with the chance agreement `u` of
    /// names, birth dates and places replaced by that of the value at hand (Winkler 2000, "Frequency-based matching"):
    /// to share a rare name says more than to share a common one.
    pub(crate) fn weight(&self, pattern: Pattern, a: usize, b: usize) -> f64 {
        let mut weight = 0.0;
        for field in Field::ALL {
            let level = pattern.level(field);
            if level != MISSING {
                weight += self.bits[field as usize][level] + self.adjustment(field, level, a, b);
            }
        }
        weight
    }

    fn adjustment(&self, field: Field, level: usize, a: usize, b: usize) -> f64 {
        let p = self.p;
        match (field, level) {
            (Field::GivenName, EQUAL) => rarity(&p.given, a),
            (Field::FamilyName, EQUAL) => rarity(&p.family, a),
            (Field::GivenName, NEAR) => sound_rarity(&self.given_sounds, &p.given, a, b),
            (Field::FamilyName, NEAR) => sound_rarity(&self.family_sounds, &p.family, a, b),
            (Field::GivenName, SWAPPED) => self.swapped_rarity(a, b),
            (Field::BirthDate, EQUAL) => rarity(&p.birth, a),
            (Field::Email, EQUAL) => sharers(&p.email, a),
            (Field::Phone, EQUAL) => sharers(&p.phone, a),
            (Field::Address, EQUAL) => sharers(&p.address, a),
            (Field::Address, SAME_POSTCODE) => rarity(&p.postcode, a),
            (Field::Address, SAME_CITY) => rarity(&p.city, a),
            _ => 0.0,
        }
    }

    /// Of the two records the one whose names are in their usual places counts.
    fn swapped_rarity(&self, a: usize, b: usize) -> f64 {
        let p = self.p;
        let common = |rank: usize| (p.given.counts[p.given.codes[rank] as usize], rank);
        let (_, usual) = common(a).max(common(b));
        rarity(&p.given, usual) + rarity(&p.family, usual)
    }
}

/// `log2` of how much rarer the value is than values that agree are on average.
fn rarity(coded: &Coded, rank: usize) -> f64 {
    let count = f64::from(coded.counts[coded.codes[rank] as usize]).max(1.0);
    clamped(coded.collision * coded.present / count)
}

/// Of a value that only few share by chance (an address of a house): each further sharer makes the agreement worth less.
fn sharers(coded: &Coded, rank: usize) -> f64 {
    let others = f64::from(coded.counts[coded.codes[rank] as usize]) - 1.0;
    -libm::log2(others.max(1.0))
}

fn sound_rarity(sounds: &(Vec<u32>, f64), coded: &Coded, a: usize, b: usize) -> f64 {
    let count = |rank: usize| sounds.0[coded.codes[rank] as usize];
    clamped(sounds.1 * coded.present / f64::from(count(a).max(count(b)).max(1)))
}

fn clamped(ratio: f64) -> f64 {
    libm::log2(ratio.max(LEAST)).clamp(-MOST_ADJUSTMENT, MOST_ADJUSTMENT)
}

/// For each name, the records whose name has the same consonants; and the probability that two records' names do.
fn sound_counts(p: &Prepared, coded: &Coded) -> (Vec<u32>, f64) {
    let mut by_sound: Vec<(u32, u32)> = (0..coded.counts.len() as u32)
        .filter(|n| coded.counts[*n as usize] > 0)
        .map(|n| (p.names.sound(n), n))
        .collect();
    by_sound.sort_unstable();
    let mut counts = vec![0; coded.counts.len()];
    let mut pairs = 0.0;
    for group in by_sound.chunk_by(|x, y| x.0 == y.0) {
        let total: u32 = group.iter().map(|(_, name)| coded.counts[*name as usize]).sum();
        for (_, name) in group {
            counts[*name as usize] = total;
        }
        pairs += f64::from(total) * (f64::from(total) - 1.0);
    }
    (counts, pairs / (coded.present * (coded.present - 1.0)).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::em;
    use super::*;

    #[test]
    fn probability_and_weight_are_inverse() {
        let model = FittedLinkage { prior: 1e-6, ..em::built_in(1000) };
        for p in [0.01, 0.5, 0.99] {
            assert!((model.probability(model.weight_of(p)) - p).abs() < 1e-12);
        }
        assert!((model.probability(0.0) - 1e-6).abs() < 1e-18);
    }

    #[test]
    fn a_model_survives_the_file() {
        let model = em::built_in(1000);
        let text = serde_json::to_string(&model).unwrap();
        assert!(text.len() < 4000, "{}", text.len());
        assert_eq!(serde_json::from_str::<FittedLinkage>(&text).unwrap(), model);
        assert!(model.is_valid());
        let mut broken = model.clone();
        broken.fields[0].m.pop();
        assert!(!broken.is_valid());
        assert!(!FittedLinkage { prior: 0.0, ..model }.is_valid());
    }
}
