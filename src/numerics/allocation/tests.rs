//! Plans against the exact optimum, and the laws that every plan keeps.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::{
    Allocation, AllocationError, BudgetScope, Candidate, Limits, ListLimits, MinimumLimit, NO_CHANNEL, allocate,
    budget_curve,
};

struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, sides: u64) -> u64 {
        self.0.next_u64() % sides
    }
}

/// A problem with everything in it; `tied` makes customers alike, as when a lift is known by segment only.
fn instance(seed: u64, customers: u32, lists: u16, tied: bool) -> (Vec<Candidate>, Limits) {
    let mut dice = Dice::new(seed);
    let costs: Vec<f64> = (0..lists).map(|_| [0.1, 0.35, 1.0, 4.0][dice.below(4) as usize]).collect();
    let mut candidates = Vec::new();
    for customer in 0..customers {
        for list in 0..lists {
            if dice.below(4) == 0 {
                continue;
            }
            let value = if tied { dice.below(3) as f64 * 2.0 } else { dice.uniform() * 8.0 };
            let cost = costs[usize::from(list)];
            let channel = [0, 1, NO_CHANNEL][usize::from(list) % 3];
            candidates.push(Candidate { customer, list, channel, profit: value - cost, cost });
        }
    }
    let n = f64::from(customers);
    let maybe = |dice: &mut Dice, value: f64| (dice.below(2) == 0).then_some(value);
    let own = (0..lists).map(|_| ListLimits {
        budget: maybe(&mut dice, 0.5 + n * 0.4).map(|most| most * 0.8),
        min_customers: if dice.below(3) == 0 { 1 + dice.below(2) } else { 0 },
        max_customers: (dice.below(2) == 0).then(|| 2 + dice.below(u64::from(customers))),
        load: 1.0,
    });
    let lists: Vec<ListLimits> = own.collect();
    let budget = maybe(&mut dice, 0.5 + dice_share(seed) * n);
    let capacities = vec![maybe(&mut dice, (n * 0.3).ceil()), None];
    (candidates, Limits { lists, budget, capacities, max_lists: 1 + (seed % 4 == 0) as usize })
}

fn dice_share(seed: u64) -> f64 {
    Dice::new(seed ^ 0xabc).uniform()
}

/// What a choice of candidates earns, or nothing when it breaks a limit.
fn earned(chosen: &[bool], candidates: &[Candidate], limits: &Limits) -> Option<f64> {
    let picked: Vec<&Candidate> = candidates.iter().zip(chosen).filter(|(_, c)| **c).map(|(c, _)| c).collect();
    let most = |used: f64, limit: Option<f64>| limit.is_none_or(|limit| used <= limit + 1e-9);
    for customer in picked.iter().map(|c| c.customer) {
        if picked.iter().filter(|c| c.customer == customer).count() > limits.max_lists {
            return None;
        }
    }
    for (at, list) in limits.lists.iter().enumerate() {
        let own = || picked.iter().filter(|c| usize::from(c.list) == at);
        let (count, cost) = (own().count() as u64, own().map(|c| c.cost).sum());
        if count < list.min_customers || list.max_customers.is_some_and(|m| count > m) || !most(cost, list.budget) {
            return None;
        }
    }
    for (at, capacity) in limits.capacities.iter().enumerate() {
        let on = picked.iter().filter(|c| usize::from(c.channel) == at);
        if !most(on.map(|c| limits.lists[usize::from(c.list)].load).sum(), *capacity) {
            return None;
        }
    }
    let cost = picked.iter().map(|c| c.cost).sum();
    most(cost, limits.budget).then(|| picked.iter().map(|c| c.profit).sum())
}

/// All choices, one by one.
fn exhaustive(candidates: &[Candidate], limits: &Limits) -> Option<f64> {
    let choices = 0_u32..1 << candidates.len();
    let chosen = |bits: u32| (0..candidates.len()).map(|at| bits >> at & 1 == 1).collect::<Vec<_>>();
    choices.filter_map(|bits| earned(&chosen(bits), candidates, limits)).max_by(f64::total_cmp)
}

/// The optimum by the branch and bound of the library; none when there is no plan.
fn branch_and_bound(candidates: &[Candidate], limits: &Limits) -> Option<f64> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let x: Vec<Variable> = candidates.iter().map(|c| problem.add_binary_var(c.profit)).collect();
    let row = |take: &dyn Fn(&Candidate) -> f64| -> Vec<(Variable, f64)> {
        candidates.iter().zip(&x).map(|(c, x)| (*x, take(c))).filter(|(_, taken)| *taken != 0.0).collect()
    };
    let one = |is: bool| f64::from(u8::from(is));
    for customer in 0..=candidates.iter().map(|c| c.customer).max().unwrap_or(0) {
        problem.add_constraint(row(&|c| one(c.customer == customer)), ComparisonOp::Le, limits.max_lists as f64);
    }
    for (at, list) in limits.lists.iter().enumerate() {
        let on = |c: &Candidate| usize::from(c.list) == at;
        problem.add_constraint(row(&|c| one(on(c))), ComparisonOp::Ge, list.min_customers as f64);
        if let Some(most) = list.max_customers {
            problem.add_constraint(row(&|c| one(on(c))), ComparisonOp::Le, most as f64);
        }
        if let Some(budget) = list.budget {
            problem.add_constraint(row(&|c| one(on(c)) * c.cost), ComparisonOp::Le, budget);
        }
    }
    for (at, capacity) in limits.capacities.iter().enumerate() {
        if let Some(capacity) = capacity {
            problem.add_constraint(row(&|c| one(usize::from(c.channel) == at)), ComparisonOp::Le, *capacity);
        }
    }
    if let Some(budget) = limits.budget {
        problem.add_constraint(row(&|c| c.cost), ComparisonOp::Le, budget);
    }
    problem.solve().ok().map(|solution| solution.objective())
}

fn keeps_laws(found: &Allocation, candidates: &[Candidate], limits: &Limits, seed: u64) {
    let earned = earned(&found.chosen, candidates, limits);
    let earned = earned.unwrap_or_else(|| panic!("seed {seed}: a limit is broken"));
    assert!((earned - found.profit).abs() < 1e-9, "seed {seed}");
    assert!(found.profit <= found.bound + 1e-9, "seed {seed}: {} {}", found.profit, found.bound);
    let spent: f64 = candidates.iter().zip(&found.chosen).filter(|(_, c)| **c).map(|(c, _)| c.cost).sum();
    assert!((spent - found.spent.iter().sum::<f64>()).abs() < 1e-9, "seed {seed}");
}

/// Within 1 % of every choice there is, on a thousand small problems.
#[test]
fn plans_are_within_a_hundredth_of_the_optimum() {
    let (mut solved, mut worst) = (0, 0.0_f64);
    for seed in 0..1_000 {
        let (candidates, limits) = instance(seed, 3 + (seed % 3) as u32, 3, seed % 2 == 0);
        let best = exhaustive(&candidates, &limits);
        match (allocate(&candidates, &limits), best) {
            (Ok(found), Some(best)) => {
                keeps_laws(&found, &candidates, &limits, seed);
                worst = worst.max((best - found.profit) / best.abs().max(1e-9));
                assert!(best <= found.bound + 1e-9, "seed {seed}: the bound {} is below {best}", found.bound);
                solved += 1;
            }
            (Err(AllocationError::Minimum { .. }), None) => {}
            (found, best) => panic!("seed {seed}: {found:?}, by hand {best:?}"),
        }
    }
    assert!(solved > 700, "{solved}");
    assert!(worst < 0.01, "{worst}");
}

/// The same on larger ones, which the search can't go through, against the library's branch and bound.
#[test]
fn larger_plans_are_within_a_hundredth_of_the_optimum() {
    let mut worst = 0.0_f64;
    for seed in 0..60 {
        let (candidates, limits) = instance(5_000 + seed, 24, 3, false);
        let Some(best) = branch_and_bound(&candidates, &limits) else { continue };
        let found = allocate(&candidates, &limits).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        keeps_laws(&found, &candidates, &limits, seed);
        assert!(best <= found.bound + 1e-6, "seed {seed}: the bound {} is below {best}", found.bound);
        worst = worst.max((best - found.profit) / best.abs().max(1e-9));
    }
    assert!(worst < 0.01, "{worst}");
}

#[test]
fn the_gap_closes_with_many_customers() {
    for (seed, tied) in [(1, false), (2, true), (3, false), (5, true)] {
        let (candidates, limits) = instance(seed, 20_000, 5, tied);
        let found = allocate(&candidates, &limits).expect("a plan");
        assert!(found.gap() < 1e-3, "seed {seed}: {}", found.gap());
        assert!(found.profit > 0.0);
    }
}

#[test]
fn threads_do_not_matter() {
    let (candidates, limits) = instance(8, 30_000, 4, false);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| allocate(&candidates, &limits)).expect("a plan")
    };
    assert_eq!(on(1), on(7));
}

#[test]
fn more_budget_never_earns_less() {
    for seed in 0..40 {
        let (candidates, mut limits) = instance(9_000 + seed, 30, 3, seed % 2 == 0);
        limits.lists.iter_mut().for_each(|l| l.min_customers = 0);
        limits.budget = Some(6.0);
        let base = allocate(&candidates, &limits).expect("a plan");
        let factors = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];
        let curve = budget_curve(&candidates, &limits, &base, BudgetScope::All, &factors).expect("a curve");
        assert_eq!(curve.len(), factors.len());
        for pair in curve.windows(2) {
            assert!(pair[1].profit >= pair[0].profit, "seed {seed}: {pair:?}");
        }
        assert!(curve.iter().all(|p| p.spent <= p.budget * (1.0 + 1e-9) && p.profit <= p.bound + 1e-9));
    }
}

#[test]
fn each_further_unit_of_budget_earns_less() {
    let (candidates, mut limits) = instance(77, 5_000, 4, false);
    limits.budget = Some(1_500.0);
    let base = allocate(&candidates, &limits).expect("a plan");
    let curve = budget_curve(&candidates, &limits, &base, BudgetScope::All, &[0.25, 0.5, 1.0, 2.0]).expect("a curve");
    assert!(curve.windows(2).all(|pair| pair[1].price <= pair[0].price), "{curve:?}");
    // the price is the slope of the curve
    let step = budget_curve(&candidates, &limits, &base, BudgetScope::All, &[0.99, 1.01]).expect("a curve");
    let slope = (step[1].profit - step[0].profit) / (step[1].budget - step[0].budget);
    assert!((slope / base.prices.budget - 1.0).abs() < 0.05, "{slope} {}", base.prices.budget);
}

/// One list, one budget: the price is the profit per money of the first who is left out.
#[test]
fn the_price_of_the_budget_is_that_of_the_margin() {
    let candidate = |customer: u32| Candidate {
        customer,
        list: 0,
        channel: NO_CHANNEL,
        profit: f64::from(1_000 - customer) / 100.0,
        cost: 0.5,
    };
    let candidates: Vec<Candidate> = (0..1_000).map(candidate).collect();
    let limits =
        Limits { lists: vec![ListLimits::default()], budget: Some(100.0), capacities: Vec::new(), max_lists: 1 };
    let found = allocate(&candidates, &limits).expect("a plan");
    assert!(found.chosen.iter().enumerate().all(|(at, chosen)| *chosen == (at < 200)));
    assert!((found.prices.budget - 8.0 / 0.5).abs() < 0.03, "{}", found.prices.budget);
    assert!(found.gap() < 1e-6, "{}", found.gap());
}

#[test]
fn nothing_one_and_all_alike() {
    let limits =
        Limits { lists: vec![ListLimits::default(); 2], budget: Some(10.0), capacities: vec![Some(3.0)], max_lists: 1 };
    let none = allocate(&[], &limits).expect("an empty plan");
    assert_eq!((none.profit, none.bound, none.gap()), (0.0, 0.0, 0.0));
    let one = Candidate { customer: 4, list: 1, channel: 0, profit: 2.0, cost: 1.0 };
    let found = allocate(&[one], &limits).expect("a plan");
    assert_eq!((found.chosen, found.profit, found.customers), (vec![true], 2.0, vec![0, 1]));
    let losing = Candidate { profit: -1.0, ..one };
    assert_eq!(allocate(&[losing], &limits).expect("a plan").chosen, [false]);
    let alike: Vec<Candidate> = (0..500).map(|customer| Candidate { customer, ..one }).collect();
    let found = allocate(&alike, &limits).expect("a plan");
    assert!((found.profit, found.bound < 6.000_01) == (6.0, true), "{}", found.bound);
    assert_eq!(found.chosen.iter().position(|c| *c), Some(0), "the first of equals stay");
    let huge: Vec<Candidate> = alike.iter().map(|c| Candidate { profit: 1e12, cost: 1e-3, ..*c }).collect();
    let found = allocate(&huge, &limits).expect("a plan");
    assert!((found.profit / 3e12 - 1.0).abs() < 1e-9);
}

#[test]
fn what_keeps_a_list_small_is_named() {
    let candidates: Vec<Candidate> = (0..10)
        .flat_map(|customer| [0, 1].map(|list| Candidate { customer, list, channel: 0, profit: 1.0, cost: 2.0 }))
        .collect();
    let limits = |min: [u64; 2]| Limits {
        lists: min.map(|min_customers| ListLimits { min_customers, ..ListLimits::default() }).to_vec(),
        budget: None,
        capacities: vec![None],
        max_lists: 1,
    };
    let limit = |limits: &Limits| match allocate(&candidates, limits) {
        Err(AllocationError::Minimum { list, wanted, possible, limit }) => (list, wanted, possible, limit),
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(&limits([0, 11])), (1, 11, 10, MinimumLimit::Candidates));
    let mut small = limits([0, 5]);
    small.lists[1].max_customers = Some(3);
    assert_eq!(limit(&small), (1, 5, 3, MinimumLimit::MaxCustomers));
    let mut poor = limits([0, 5]);
    poor.lists[1].budget = Some(8.0);
    assert_eq!(limit(&poor), (1, 5, 4, MinimumLimit::ListBudget));
    let mut poorer = limits([6, 0]);
    poorer.budget = Some(8.0);
    assert_eq!(limit(&poorer), (0, 6, 4, MinimumLimit::Budget));
    let mut full = limits([6, 0]);
    full.capacities[0] = Some(2.0);
    assert_eq!(limit(&full), (0, 6, 2, MinimumLimit::Capacity(0)));
    let (_, _, possible, together) = limit(&limits([6, 5]));
    assert_eq!((possible, together), (4, MinimumLimit::Together));
    assert!(allocate(&candidates, &limits([6, 4])).is_ok());
    let message = allocate(&candidates, &limits([0, 11])).map_err(|e| e.to_string());
    assert_eq!(message, Err("list 1 asks for at least 11 customers, 10 are possible".to_owned()));
}

#[test]
fn smallest_sizes_are_reached_at_a_loss() {
    let candidate = |customer: u32, list: u16, profit: f64| Candidate { customer, list, channel: 0, profit, cost: 1.0 };
    let mut candidates = Vec::new();
    for customer in 0..200 {
        candidates.push(candidate(customer, 0, 3.0 + f64::from(customer) / 100.0));
        candidates.push(candidate(customer, 1, -1.0 - f64::from(customer) / 100.0));
    }
    let mut limits =
        Limits { lists: vec![ListLimits::default(); 2], budget: Some(100.0), capacities: vec![None], max_lists: 1 };
    limits.lists[1].min_customers = 20;
    let found = allocate(&candidates, &limits).expect("a plan");
    assert_eq!(found.customers, [80, 20]);
    assert!(found.gap() < 1e-3, "{}", found.gap());
    assert!(found.prices.min_customers[1] > 0.0);
}

#[test]
fn wrong_numbers_are_refused() {
    let limits = Limits { lists: vec![ListLimits::default()], budget: None, capacities: Vec::new(), max_lists: 1 };
    let good = Candidate { customer: 0, list: 0, channel: NO_CHANNEL, profit: 1.0, cost: 1.0 };
    for wrong in [Candidate { profit: f64::NAN, ..good }, Candidate { cost: -1.0, ..good }] {
        assert!(matches!(allocate(&[wrong], &limits), Err(AllocationError::NotANumber { .. })));
    }
    for wrong in [Candidate { list: 1, ..good }, Candidate { channel: 0, ..good }] {
        assert!(matches!(allocate(&[wrong], &limits), Err(AllocationError::BadCandidate { place: 0 })));
    }
    assert!(matches!(allocate(&[good, good], &limits), Err(AllocationError::BadCandidate { place: 1 })));
    let negative = Limits { budget: Some(-1.0), ..limits };
    assert!(matches!(allocate(&[good], &negative), Err(AllocationError::NotANumber { .. })));
}
