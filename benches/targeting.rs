//! The allocation of a million customers to five lists, and what other budgets would earn.
//!
//! `cargo bench --bench targeting`

use std::time::Instant;

use acrm::numerics::allocation::{BudgetScope, Candidate, Limits, ListLimits, NO_CHANNEL, allocate, budget_curve};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const CUSTOMERS: u32 = 1_000_000;
const LISTS: u16 = 5;
const COSTS: [f64; LISTS as usize] = [0.09, 0.12, 0.35, 1.2, 4.5];
const FACTORS: [f64; 7] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];

/// Every customer may be on every list. `tied`: their lifts are known by segment only, so that many are alike.
fn candidates(tied: bool) -> Vec<Candidate> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut all = Vec::with_capacity(CUSTOMERS as usize * usize::from(LISTS));
    for customer in 0..CUSTOMERS {
        let value = -40.0 * (1.0 - uniform()).ln();
        for list in 0..LISTS {
            let cost = COSTS[usize::from(list)];
            let lift = if tied { [0.0, 0.02, 0.05][(uniform() * 3.0) as usize] } else { 0.1 * uniform() - 0.02 };
            let value = if tied { 60.0 } else { value };
            let channel = if list < 4 { list / 2 } else { NO_CHANNEL };
            all.push(Candidate { customer, list, channel, profit: lift * value - cost, cost });
        }
    }
    all
}

fn main() {
    let own = |list: u16| ListLimits {
        budget: (list % 2 == 1).then_some(30_000.0),
        min_customers: if list == 4 { 2_000 } else { 0 },
        max_customers: (list == 0).then_some(200_000),
        load: 1.0,
    };
    let limits = Limits {
        lists: (0..LISTS).map(own).collect(),
        budget: Some(100_000.0),
        capacities: vec![Some(300_000.0), Some(60_000.0)],
        max_lists: 1,
    };
    for tied in [false, true] {
        let candidates = candidates(tied);
        let start = Instant::now();
        let found = allocate(&candidates, &limits).expect("a plan");
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "tied {tied}: {CUSTOMERS} customers x {LISTS} lists in {seconds:.1} s, {} listed, profit {:.0}, gap {:.1e}, \
             shadow price of the budget {:.3}",
            found.customers.iter().sum::<u64>(),
            found.profit,
            found.gap(),
            found.prices.budget
        );
        let start = Instant::now();
        let curve = budget_curve(&candidates, &limits, &found, BudgetScope::All, &FACTORS).expect("a curve");
        println!("  {} other budgets in {:.1} s", curve.len(), start.elapsed().as_secs_f64());
        for point in curve {
            println!(
                "  {:>5} x: profit {:.0}, gap {:.1e}, price {:.3}",
                point.factor,
                point.profit,
                point.gap(),
                point.price
            );
        }
    }
}
