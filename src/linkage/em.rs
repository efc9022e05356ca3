//! Estimation without labels: `u` from pairs taken at random, `m` by expectation and maximisation.
//!
//! The form is that of Winkler (1988, "Using the EM algorithm for weight computation in the Fellegi-Sunter model of
//! record linkage") and of Splink (Linacre et al. 2022): pairs taken at random are of two persons all but always, so
//! they give `u`; `m` is estimated from pairs that share a blocking key, with `u` held, for the fields that are not in
//! the key, and averaged over several keys. Members of a household share name, address, phone and e-mail and would
//! teach the model that given names and birth dates of one person differ (Winkler 1993); so pairs that contradict in
//! these take no part, and `m` of a contradiction is a constant.

use rayon::prelude::*;

use super::blocking::{Blocking, Pass};
use super::compare::{EQUAL, FIELDS, Field, LEVELS, MISSING, Pattern, compare};
use super::model::{EmRun, FieldModel, FittedLinkage, LEAST};
use super::prepared::Prepared;
use super::stable::{combined, mixed};

/// Pairs taken at random.
const RANDOM_PAIRS: u64 = 2_000_000;

/// Pairs that the built-in `u` counts as: among few records, those of one person would show in pairs taken at random.
const BUILT_IN_PAIRS: f64 = 20_000.0;

/// No probability moves more than this in the last round.
const TOLERANCE: f64 = 1e-5;

/// The probability that two records of one person contradict in given name or birth date.
const CONTRADICTION: f64 = 0.01;

/// A run with fewer expected matches than this teaches nothing.
const FEWEST_MATCHES: f64 = 20.0;

/// Matches that each level counts beforehand, so that no level is impossible.
const PSEUDO_COUNT: f64 = 0.2;

/// The passes whose pairs estimate `m`, with the fields that their keys hold.
const RUNS: [(Pass, &str, &[Field]); 4] = [
    (Pass::Email, "email", &[Field::Email]),
    (Pass::Phone, "phone", &[Field::Phone]),
    (Pass::GivenAndBirthDate, "given_name, birth_date", &[Field::GivenName, Field::BirthDate]),
    (Pass::NamesAndPostcode, "names, postcode", &[Field::GivenName, Field::FamilyName, Field::Address]),
];

type Table = [[f64; LEVELS]; FIELDS];

/// `m` before anything is known, per field without the missing level.
fn first_m(field: Field) -> &'static [f64] {
    match field {
        Field::GivenName => &[0.80, 0.06, 0.06, 0.04, 0.03, CONTRADICTION],
        Field::FamilyName => &[0.80, 0.06, 0.06, 0.02, 0.06],
        Field::BirthDate => &[0.94, 0.04, 0.01, CONTRADICTION],
        Field::Email => &[0.60, 0.05, 0.35],
        Field::Phone => &[0.65, 0.05, 0.30],
        Field::Address => &[0.50, 0.10, 0.08, 0.05, 0.12, 0.15],
        Field::Gender => &[0.98, 0.02],
    }
}

/// The model before anything is known of this many records: built-in `m`, and `u` as of a middling retailer.
pub(crate) fn built_in(records: u64) -> FittedLinkage {
    let u = |field: Field| match field {
        Field::GivenName => vec![0.01, 0.001, 0.001, 0.003, 1e-5, 0.985],
        Field::FamilyName => vec![0.002, 0.001, 0.001, 0.001, 0.995],
        Field::BirthDate => vec![5e-5, 0.003, 1e-4, 0.99685],
        Field::Email => vec![1e-6, 1e-4, 0.999_899],
        Field::Phone => vec![1e-6, 1e-6, 0.999_998],
        Field::Address => vec![1e-6, 1e-5, 1e-5, 1e-3, 0.03, 0.968_979],
        Field::Gender => vec![0.5, 0.5],
    };
    let fields =
        Field::ALL.map(|field| FieldModel { field, m: first_m(field).to_vec(), u: u(field), trained: false }).to_vec();
    let prior = 1.0 / (records.max(2) as f64);
    FittedLinkage { records, prior, fields, runs: Vec::new(), random_pairs: 0, converged: false }
}

/// Fits all but the prior, which [`prior`] finds once the pairs are weighed.
pub(crate) fn fit(p: &Prepared, blocking: &Blocking, most_iterations: u32) -> FittedLinkage {
    let mut model = built_in(p.len() as u64);
    if p.len() < 2 {
        return model;
    }
    model.random_pairs = estimate_u(p, &mut model);
    let mut learned = [[0.0; LEVELS]; FIELDS];
    let mut evidence = [0.0; FIELDS];
    for (pass, blocked_on, held) in RUNS {
        let counts = patterns(p, blocking, pass);
        let pairs: u64 = counts.iter().map(|(_, count)| count).sum();
        if pairs == 0 {
            continue;
        }
        let trained: Vec<Field> = Field::ALL.into_iter().filter(|field| !held.contains(field)).collect();
        let (m, run) = maximise(&model, &counts, &trained, most_iterations);
        let run = EmRun { blocked_on: blocked_on.to_owned(), pairs, ..run };
        if run.matches >= FEWEST_MATCHES {
            for field in trained {
                let seen = observed(&counts, field);
                if seen {
                    let f = field as usize;
                    evidence[f] += run.matches;
                    (0..LEVELS).for_each(|level| learned[f][level] += run.matches * m[f][level]);
                }
            }
            model.runs.push(run);
        }
    }
    for field in Field::ALL.into_iter().filter(|field| evidence[*field as usize] > 0.0) {
        let f = field as usize;
        let share = if excluded(field) { 1.0 - CONTRADICTION } else { 1.0 };
        let model = &mut model.fields[f];
        model.trained = true;
        for (level, m) in model.m.iter_mut().enumerate() {
            *m = (share * learned[f][level + 1] / evidence[f]).max(LEAST);
        }
        if excluded(field) {
            model.m[field.different() - 1] = CONTRADICTION;
        }
    }
    model.converged = !model.runs.is_empty() && model.runs.iter().all(|run| run.converged);
    model
}

/// Whether the last level of a field is a contradiction.
fn excluded(field: Field) -> bool {
    matches!(field, Field::GivenName | Field::BirthDate)
}

fn observed(counts: &[(Pattern, u64)], field: Field) -> bool {
    counts.iter().any(|(pattern, _)| pattern.level(field) != MISSING)
}

/// The pairs of a pass that don't contradict, counted by their comparison vectors.
fn patterns(p: &Prepared, blocking: &Blocking, pass: Pass) -> Vec<(Pattern, u64)> {
    let number = Pass::ALL.iter().position(|other| *other == pass).unwrap_or_default();
    let counted = |chunk: &[(u32, u32)]| {
        let mut found = Vec::new();
        blocking.pairs(number, chunk, |a, b| {
            let pattern = compare(p, a, b);
            if !pattern.contradicts() {
                found.push((pattern, 1));
            }
        });
        tallied(found)
    };
    tallied(blocking.chunks(number).map(counted).reduce(Vec::new, |mut x, y| {
        x.extend(y);
        if x.len() > 1 << 16 { tallied(x) } else { x }
    }))
}

fn tallied(mut counts: Vec<(Pattern, u64)>) -> Vec<(Pattern, u64)> {
    counts.sort_unstable();
    counts.dedup_by(|later, first| {
        later.0 == first.0 && {
            first.1 += later.1;
            true
        }
    });
    counts
}

/// Estimates `u` and gives how many pairs it took. Where values are equal by chance so seldom that a sample wouldn't
/// show it, `u` is computed from how often each value occurs.
fn estimate_u(p: &Prepared, model: &mut FittedLinkage) -> u64 {
    let n = p.len() as u64;
    let all = n * (n - 1) / 2;
    let taken = RANDOM_PAIRS.min(all.saturating_mul(4));
    let pair = |i: u64| {
        let a = mixed(combined(i, 1)) % n;
        let b = (a + 1 + mixed(combined(i, 2)) % (n - 1)) % n;
        (a as usize, b as usize)
    };
    let empty = || [[0_u64; LEVELS]; FIELDS];
    let counts = (0..taken)
        .into_par_iter()
        .fold(empty, |mut counts, i| {
            let (a, b) = pair(i);
            let pattern = compare(p, a, b);
            for field in Field::ALL {
                counts[field as usize][pattern.level(field)] += 1;
            }
            counts
        })
        .reduce(empty, |mut x, y| {
            x.iter_mut().flatten().zip(y.iter().flatten()).for_each(|(x, y)| *x += y);
            x
        });
    for field in Field::ALL {
        let levels = &counts[field as usize][1..=field.different()];
        let total = levels.iter().sum::<u64>() as f64;
        if total == 0.0 {
            continue;
        }
        let u = &mut model.fields[field as usize].u;
        let before = u[EQUAL - 1];
        for (u, count) in u.iter_mut().zip(levels) {
            *u = ((*count as f64 + BUILT_IN_PAIRS * *u) / (total + BUILT_IN_PAIRS)).max(LEAST);
        }
        let equal = match field {
            Field::GivenName => p.given.collision,
            Field::FamilyName => p.family.collision,
            Field::BirthDate => p.birth.collision,
            Field::Email => p.email.collision,
            Field::Phone => p.phone.collision,
            Field::Address => p.address.collision,
            Field::Gender => u[EQUAL - 1],
        };
        // at least half a chance pair among all
        let equal = equal.max(0.5 / all as f64);
        u[EQUAL - 1] = ((equal * all as f64 + BUILT_IN_PAIRS * before) / (all as f64 + BUILT_IN_PAIRS)).max(LEAST);
        let sum: f64 = u.iter().sum();
        for u in u {
            *u /= sum;
        }
    }
    taken
}

/// Expectation and maximisation over counted comparison vectors for `m` of the trained fields and the share of matches;
/// `u` is held.
fn maximise(model: &FittedLinkage, counts: &[(Pattern, u64)], trained: &[Field], most: u32) -> (Table, EmRun) {
    let mut m: Table = [[0.0; LEVELS]; FIELDS];
    let mut u: Table = [[0.0; LEVELS]; FIELDS];
    for field in Field::ALL {
        let f = field as usize;
        let kept = if excluded(field) { field.different() - 1 } else { field.different() };
        let table = |values: &[f64], to: &mut [f64; LEVELS]| {
            let sum: f64 = values[..kept].iter().sum();
            values[..kept].iter().zip(&mut to[1..]).for_each(|(value, to)| *to = value / sum);
        };
        table(&model.fields[f].m, &mut m[f]);
        table(&model.fields[f].u, &mut u[f]);
    }
    let total: f64 = counts.iter().map(|(_, count)| *count as f64).sum();
    let mut share = 0.5;
    let mut run = EmRun { blocked_on: String::new(), pairs: 0, matches: 0.0, iterations: 0, converged: false };
    while run.iterations < most && !run.converged {
        run.iterations += 1;
        let mut next: Table = [[0.0; LEVELS]; FIELDS];
        let mut matches = 0.0;
        for (pattern, count) in counts {
            let product = |table: &Table| -> f64 {
                let level = |field: &Field| (*field as usize, pattern.level(*field));
                trained.iter().map(level).filter(|(_, l)| *l != MISSING).map(|(f, l)| table[f][l].max(LEAST)).product()
            };
            let (one, two) = (share * product(&m), (1.0 - share) * product(&u));
            let expected = *count as f64 * one / (one + two);
            matches += expected;
            for field in trained {
                next[*field as usize][pattern.level(*field)] += expected;
            }
        }
        let mut moved = (matches / total - share).abs();
        share = (matches / total).clamp(1e-6, 1.0 - 1e-6);
        for field in trained {
            let f = *field as usize;
            let levels = if excluded(*field) { field.different() - 1 } else { field.different() };
            let sum: f64 = next[f][1..=levels].iter().sum::<f64>() + PSEUDO_COUNT * levels as f64;
            for level in 1..=levels {
                let value = (next[f][level] + PSEUDO_COUNT) / sum;
                moved = moved.max((value - m[f][level]).abs());
                m[f][level] = value;
            }
        }
        run.matches = matches;
        run.converged = moved < TOLERANCE;
    }
    (m, run)
}

/// The prior under which the expected number of matches among the weighed pairs is what it says (the M-step for the
/// share of matches with `m` and `u` held; pairs that no blocking key brings together are taken for none).
pub(crate) fn prior(weights: impl Fn(&mut dyn FnMut(f64)), records: usize) -> f64 {
    let n = records.max(2) as f64;
    let all = n * (n - 1.0) / 2.0;
    // most weights are of clear cases: counting them by eighths of a bit makes the rounds cheap
    let mut bins = vec![0_u64; 8 * 256];
    weights(&mut |weight| bins[((weight + 128.0).clamp(0.0, 255.9) * 8.0) as usize] += 1);
    let mut matches = n / 20.0;
    for _ in 0..200 {
        let odds = matches / (all - matches).max(1.0);
        let posterior = |(bin, count): (usize, &u64)| {
            let ratio = odds * libm::exp2((bin as f64 + 0.5) / 8.0 - 128.0);
            *count as f64 * ratio / (1.0 + ratio)
        };
        let next = bins.iter().enumerate().filter(|(_, count)| **count > 0).map(posterior).sum::<f64>().clamp(0.1, n);
        let settled = (next - matches).abs() < 1e-6 * matches;
        matches = next.min(all / 2.0);
        if settled {
            break;
        }
    }
    matches / all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted vectors of e-mail, phone and gender drawn from known probabilities.
    fn drawn(share: f64, m: &[&[f64]; 3], u: &[&[f64]; 3], total: f64) -> Vec<(Pattern, u64)> {
        let fields = [Field::Email, Field::Phone, Field::Gender];
        let mut counts = Vec::new();
        for e in 0..3 {
            for h in 0..3 {
                for g in 0..2 {
                    let product = |t: &[&[f64]; 3]| t[0][e] * t[1][h] * t[2][g];
                    let pattern = [e, h, g]
                        .iter()
                        .zip(fields)
                        .fold(Pattern::default(), |p, (level, field)| p.with(field, level + 1));
                    let expected = total * (share * product(m) + (1.0 - share) * product(u));
                    counts.push((pattern, expected.round() as u64));
                }
            }
        }
        counts
    }

    #[test]
    fn known_probabilities_are_found_without_labels() {
        let m: [&[f64]; 3] = [&[0.55, 0.1, 0.35], &[0.7, 0.05, 0.25], &[0.97, 0.03]];
        let mut model = built_in(1000);
        let fields = [Field::Email, Field::Phone, Field::Gender];
        let u = fields.map(|field| model.fields[field as usize].u.clone());
        model.fields[Field::Email as usize].u = vec![0.001, 0.009, 0.99];
        let u: [&[f64]; 3] = [&[0.001, 0.009, 0.99], &u[1], &u[2]];
        let counts = drawn(0.3, &m, &u, 1e6);
        let (found, run) = maximise(&model, &counts, &fields, 500);
        assert!(run.converged, "{run:?}");
        assert!((run.matches / 1e6 - 0.3).abs() < 0.01, "{run:?}");
        for (field, m) in fields.iter().zip(m) {
            for (level, m) in m.iter().enumerate() {
                let found = found[*field as usize][level + 1];
                assert!((found - m).abs() < 0.02, "{field:?} {level}: {found} for {m}");
            }
        }
    }

    #[test]
    fn too_few_rounds_are_said_to_be_too_few() {
        let m: [&[f64]; 3] = [&[0.55, 0.1, 0.35], &[0.7, 0.05, 0.25], &[0.97, 0.03]];
        let model = built_in(1000);
        let u = [Field::Email, Field::Phone, Field::Gender].map(|field| model.fields[field as usize].u.clone());
        let counts = drawn(0.3, &m, &[&u[0], &u[1], &u[2]], 1e6);
        let (_, run) = maximise(&model, &counts, &[Field::Email, Field::Phone, Field::Gender], 2);
        assert_eq!((run.converged, run.iterations), (false, 2));
    }

    #[test]
    fn the_prior_is_its_own_expectation() {
        let weights = |visit: &mut dyn FnMut(f64)| (0..1000).for_each(|i| visit(if i < 50 { 60.0 } else { -20.0 }));
        let found = prior(weights, 2000);
        assert!((found - 50.0 / (2000.0 * 1999.0 / 2.0)).abs() < 1e-8, "{found}");
    }
}
