//! A plan: who is chosen, and what that takes.

use super::dual::Problem;
use super::rows::{Room, Usage};

/// Who is chosen.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) chosen: Vec<bool>,
    /// Lists of each customer.
    taken: Vec<u8>,
    pub(super) usage: Usage,
}

impl Plan {
    /// The plan of some candidates.
    pub(super) fn of(problem: &Problem<'_>, places: impl IntoIterator<Item = usize>) -> Self {
        let mut plan = Self {
            chosen: vec![false; problem.candidates.len()],
            taken: vec![0; problem.groups()],
            usage: Usage::none(problem.limits),
        };
        let mut group = 0;
        for place in places {
            while problem.starts[group + 1] as usize <= place {
                group += 1;
            }
            plan.chosen[place] = true;
            plan.taken[group] += 1;
            plan.usage.change(&problem.candidates[place], problem.limits, 1);
        }
        plan
    }

    pub(super) fn add(&mut self, problem: &Problem<'_>, place: usize) {
        self.chosen[place] = true;
        self.taken[problem.group_of(place)] += 1;
        self.usage.change(&problem.candidates[place], problem.limits, 1);
    }

    pub(super) fn drop(&mut self, problem: &Problem<'_>, place: usize) {
        self.chosen[place] = false;
        self.taken[problem.group_of(place)] -= 1;
        self.usage.change(&problem.candidates[place], problem.limits, -1);
    }

    /// Whether the customer of a candidate may have one list more.
    pub(super) fn is_free(&self, problem: &Problem<'_>, place: usize) -> bool {
        usize::from(self.taken[problem.group_of(place)]) < problem.limits.max_lists
    }

    /// Whether a candidate can be added.
    pub(super) fn fits(&self, problem: &Problem<'_>, place: usize) -> bool {
        Room::new(problem.limits).fits(&self.usage, &problem.candidates[place])
    }

    /// Whether all upper limits are kept.
    pub(super) fn holds(&self, problem: &Problem<'_>) -> bool {
        Room::new(problem.limits).holds(&self.usage)
    }

    /// The first list below its smallest size, with how many it has.
    pub(super) fn short_list(&self, problem: &Problem<'_>) -> Option<(usize, u64)> {
        let mut lists = problem.limits.lists.iter().zip(&self.usage.customers).enumerate();
        lists.find(|(_, (own, customers))| own.min_customers > **customers).map(|(at, (_, customers))| (at, *customers))
    }

    /// Whether the list of a candidate may lose one.
    pub(super) fn may_lose(&self, problem: &Problem<'_>, place: usize) -> bool {
        let list = usize::from(problem.candidates[place].list);
        self.usage.customers[list] > problem.limits.lists[list].min_customers
    }

    /// Sums made anew in order, without the rounding of what was added and taken away.
    pub(super) fn recount(&mut self, problem: &Problem<'_>) {
        self.usage = Usage::none(problem.limits);
        for (candidate, _) in problem.candidates.iter().zip(&self.chosen).filter(|(_, chosen)| **chosen) {
            self.usage.change(candidate, problem.limits, 1);
        }
    }
}
