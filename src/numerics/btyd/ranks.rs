//! Distinct pairs of small whole numbers, and which one a customer has.

/// Values up to this are looked up in a table, larger ones by bisection.
const TABLE_LIMIT: u32 = 1 << 20;

/// Cells of the pair table; larger tables are searched by bisection.
const CELL_LIMIT: usize = 1 << 24;

const NONE: u32 = u32::MAX;

/// Distinct values of a column, ascending, and the place of each.
#[derive(Debug, Clone)]
pub(crate) struct Ranks {
    pub distinct: Vec<u32>,
    table: Vec<u32>,
}

impl Ranks {
    pub(crate) fn new(values: impl Iterator<Item = u32> + Clone) -> Self {
        let max = values.clone().max().unwrap_or(0);
        if max >= TABLE_LIMIT {
            let mut distinct: Vec<u32> = values.collect();
            distinct.sort_unstable();
            distinct.dedup();
            return Self { distinct, table: Vec::new() };
        }
        let mut table = vec![NONE; max as usize + 1];
        for v in values {
            table[v as usize] = 0;
        }
        let mut distinct = Vec::new();
        for (v, place) in (0..=max).zip(&mut table) {
            if *place == 0 {
                *place = u32::try_from(distinct.len()).unwrap_or(NONE);
                distinct.push(v);
            }
        }
        Self { distinct, table }
    }

    pub(crate) fn of(&self, value: u32) -> usize {
        if self.table.is_empty() {
            self.distinct.binary_search(&value).unwrap_or(0)
        } else {
            self.table[value as usize] as usize
        }
    }
}

/// Distinct pairs (first, second), ordered by first, then second.
#[derive(Debug, Clone)]
pub(crate) struct Pairs {
    firsts: Ranks,
    seconds: Ranks,
    /// Ranks of the seconds of all pairs, in order.
    members: Vec<u32>,
    /// Where the pairs of each first start; one more at the end.
    starts: Vec<usize>,
    /// Index of the pair per cell, empty where the grid would be too large.
    cells: Vec<u32>,
    values: Vec<u32>,
}

impl Pairs {
    /// The pairs of two columns; 0 is always the first of the firsts, paired with the
    /// smallest second if with none else.
    pub(crate) fn new(first: &[u32], second: &[u32]) -> Self {
        let firsts = Ranks::new(first.iter().copied().chain([0]));
        let seconds = Ranks::new(second.iter().copied());
        let width = seconds.distinct.len();
        let cell = |(a, b): (&u32, &u32)| firsts.of(*a) * width + seconds.of(*b);
        let size = firsts.distinct.len() * width;
        let mut pairs = Self {
            firsts: firsts.clone(),
            seconds: seconds.clone(),
            members: Vec::new(),
            starts: Vec::new(),
            cells: Vec::new(),
            values: Vec::new(),
        };
        if size <= CELL_LIMIT {
            pairs.cells = vec![NONE; size];
            for at in first.iter().zip(second).map(cell) {
                pairs.cells[at] = 0;
            }
            let present: Vec<usize> = (0..size).filter(|i| pairs.cells[*i] == 0).collect();
            for (i, at) in present.iter().enumerate() {
                pairs.cells[*at] = u32::try_from(i).unwrap_or(NONE);
            }
            pairs.fill(&present, width);
        } else {
            let mut present: Vec<usize> = first.iter().zip(second).map(cell).collect();
            present.sort_unstable();
            present.dedup();
            pairs.fill(&present, width);
        }
        pairs
    }

    fn fill(&mut self, present: &[usize], width: usize) {
        let rank = |at: &usize| u32::try_from(at % width.max(1)).unwrap_or(NONE);
        self.members = present.iter().map(rank).collect();
        self.values = self.members.iter().map(|r| self.seconds.distinct[*r as usize]).collect();
        self.starts = (0..=self.firsts.distinct.len()).map(|k| present.partition_point(|at| *at < k * width)).collect();
    }

    /// Rank of the first and index of the pair of a customer in the columns.
    pub(crate) fn of(&self, first: u32, second: u32) -> (usize, usize) {
        let (a, b) = (self.firsts.of(first), self.seconds.of(second));
        if !self.cells.is_empty() {
            return (a, self.cells[a * self.seconds.distinct.len() + b] as usize);
        }
        let (start, end) = (self.starts[a], self.starts[a + 1]);
        let within = self.members[start..end].partition_point(|r| (*r as usize) < b);
        (a, start + within)
    }

    /// Distinct firsts, ascending.
    pub(crate) fn firsts(&self) -> &[u32] {
        &self.firsts.distinct
    }

    /// Seconds that occur with a first.
    pub(crate) fn seconds_of(&self, first: u32) -> &[u32] {
        let k = self.firsts.of(first);
        &self.values[self.starts[k]..self.starts[k + 1]]
    }

    /// Index of the first pair with a first.
    pub(crate) fn start_of(&self, first: u32) -> usize {
        self.starts[self.firsts.of(first)]
    }

    /// Largest first.
    pub(crate) fn max_first(&self) -> u32 {
        self.firsts.distinct.last().copied().unwrap_or(0)
    }

    /// Smallest second; 0 where there is none.
    pub(crate) fn first_second(&self) -> u32 {
        self.seconds.distinct.first().copied().unwrap_or(0)
    }

    /// Largest second; 0 where there is none.
    pub(crate) fn last_second(&self) -> u32 {
        self.seconds.distinct.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &[u32], second: &[u32]) {
        let pairs = Pairs::new(first, second);
        let mut all: Vec<(u32, u32)> = first.iter().copied().zip(second.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let listed: Vec<(u32, u32)> =
            pairs.firsts().iter().flat_map(|a| pairs.seconds_of(*a).iter().map(move |b| (*a, *b))).collect();
        assert_eq!(listed, all);
        for (i, (a, b)) in all.iter().enumerate() {
            assert_eq!(pairs.of(*a, *b).1, i);
        }
    }

    #[test]
    fn every_customer_finds_its_pair() {
        check(&[3, 0, 3, 1], &[9, 4, 7, 4]);
        check(&[], &[]);
        check(&[5], &[0]);
        check(&[u32::MAX, 1, 7], &[u32::MAX, 2, 1 << 21]);
        let many: Vec<u32> = (0..5000).collect();
        check(&many, &many.iter().rev().copied().collect::<Vec<_>>());
    }
}
