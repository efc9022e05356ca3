//! What targeting by measured effects earns, where the true effect on every customer is known.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::{Candidate, Limits, ListLimits, NO_CHANNEL, allocate};
use crate::numerics::experiments::{Estimate, pool, shrink};

const CUSTOMERS: usize = 60_000;
const SEGMENTS: usize = 16;
const MARGIN: f64 = 0.4;
/// Cost of a contact on each of two lists: a mail and a call.
const COSTS: [f64; 2] = [0.25, 3.0];
const BUDGET: f64 = 9_000.0;

struct Person {
    segment: usize,
    /// Chance of a purchase without a contact.
    propensity: f64,
    spend: f64,
    /// True incremental revenue of a contact, by list.
    effect: [f64; 2],
}

struct Uniform(Xoshiro256PlusPlus);

impl Uniform {
    fn next(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Customers whose propensity is high where a contact changes little, as those are who would buy anyway; in some segments
/// it puts people off.
fn people(random: &mut Uniform) -> Vec<Person> {
    let person = |_| {
        let segment = (random.next() * SEGMENTS as f64) as usize;
        let depth = segment as f64 / (SEGMENTS - 1) as f64;
        let propensity = (0.55 * (1.0 - depth).powi(2) + 0.03 + 0.06 * (random.next() - 0.5)).clamp(0.005, 0.95);
        let spend = 20.0 + 60.0 * random.next();
        // most in the middle: neither those who buy anyway nor those who are gone
        let lift = 0.22 * (-((depth - 0.55) / 0.18).powi(2)).exp() - 0.02;
        let own = 0.8 + 0.4 * random.next();
        Person { segment, propensity, spend, effect: [lift * spend * own, 1.9 * lift * spend * own] }
    };
    (0..CUSTOMERS).map(person).collect()
}

/// Incremental conversions by segment and list, as randomised campaigns on half of the customers measured them.
fn measured(people: &[Person], random: &mut Uniform) -> Vec<[f64; 2]> {
    let mut found = vec![[0.0; 2]; SEGMENTS];
    for list in 0..2 {
        let mut sums = vec![[(0.0_f64, 0.0_f64, 0.0_f64); 2]; SEGMENTS];
        for person in people.iter().step_by(2) {
            let treated = random.next() < 0.5;
            let chance = person.propensity + if treated { person.effect[list] / person.spend } else { 0.0 };
            let bought = f64::from(u8::from(random.next() < chance));
            let arm = &mut sums[person.segment][usize::from(treated)];
            *arm = (arm.0 + 1.0, arm.1 + bought, arm.2 + bought * bought);
        }
        let estimate = |arms: &[(f64, f64, f64); 2]| {
            let mean = |(n, sum, _): (f64, f64, f64)| sum / n;
            let error = |(n, sum, squares): (f64, f64, f64)| (squares / n - (sum / n).powi(2)) / n;
            Estimate { effect: mean(arms[1]) - mean(arms[0]), standard_error: (error(arms[0]) + error(arms[1])).sqrt() }
        };
        let own: Vec<Estimate> = sums.iter().map(estimate).collect();
        let all = pool(&own).expect("a mean");
        for (segment, own) in own.into_iter().enumerate() {
            found[segment][list] = shrink(Some(own), all.effect, all.between_variance).effect;
        }
    }
    found
}

/// True profit of a plan that expects so much of every customer and list.
fn earns(people: &[Person], expected: impl Fn(&Person, usize) -> f64) -> f64 {
    let mut candidates = Vec::new();
    for (customer, person) in people.iter().enumerate() {
        for (list, cost) in COSTS.into_iter().enumerate() {
            let profit = expected(person, list) * MARGIN - cost;
            candidates.push(Candidate {
                customer: customer as u32,
                list: list as u16,
                channel: NO_CHANNEL,
                profit,
                cost,
            });
        }
    }
    let limits =
        Limits { lists: vec![ListLimits::default(); 2], budget: Some(BUDGET), capacities: Vec::new(), max_lists: 1 };
    let plan = allocate(&candidates, &limits).expect("a plan");
    let chosen = candidates.iter().zip(&plan.chosen).filter(|(_, chosen)| **chosen);
    chosen.map(|(c, _)| people[c.customer as usize].effect[usize::from(c.list)] * MARGIN - c.cost).sum()
}

/// True profit of mails to the first of a ranking until the budget is used up.
fn ranking_earns(people: &[Person], score: impl Fn(usize, &Person) -> f64) -> f64 {
    let mut order: Vec<(f64, usize)> = people.iter().enumerate().map(|(at, person)| (score(at, person), at)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let affordable = (BUDGET / COSTS[0]) as usize;
    order.iter().take(affordable).map(|(_, at)| people[*at].effect[0] * MARGIN - COSTS[0]).sum()
}

/// Within the same budget: at least nine tenths of what is possible when every effect is known, and more than the usual
/// rankings.
#[test]
fn measured_uplift_earns_most_of_what_an_oracle_would() {
    for seed in 1..=5 {
        let mut random = Uniform(Xoshiro256PlusPlus::seed_from_u64(seed));
        let people = people(&mut random);
        let lifts = measured(&people, &mut random);
        let oracle = earns(&people, |person, list| person.effect[list]);
        let uplift = earns(&people, |person, list| lifts[person.segment][list] * person.spend);
        let by_value = ranking_earns(&people, |_, person| person.propensity * person.spend);
        let by_propensity = ranking_earns(&people, |_, person| person.propensity);
        let at_random = ranking_earns(&people, |at, _| ((at * 7_919) % CUSTOMERS) as f64);
        println!(
            "seed {seed}: oracle {oracle:.0}, measured uplift {uplift:.0} ({:.1} %), value {by_value:.0}, propensity \
             {by_propensity:.0}, random {at_random:.0}",
            100.0 * uplift / oracle
        );
        assert!(uplift >= 0.9 * oracle, "{uplift} of {oracle}");
        let best_ranking = by_value.max(by_propensity).max(at_random);
        assert!(uplift > best_ranking && oracle > 0.0, "{uplift}, {by_value}, {by_propensity}, {at_random}");
    }
}
