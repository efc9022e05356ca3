//! Sequences cut to what can still be part of a frequent pattern, laid out for scanning.

use super::sequences::{Gaps, Sequences};
use std::ops::Range;

/// Sequences cut to frequent items, which are numbered from 0 in rising order of id.
#[derive(Debug)]
pub(super) struct Projected {
    /// Id of each item.
    pub(super) ids: Vec<u32>,
    /// Number of customers of each item.
    pub(super) counts: Vec<u32>,
    /// Whether an element holds more than one item.
    pub(super) itemsets: bool,
    items: Vec<u32>,
    /// Each element, and one more for the end of the last.
    elements: Vec<Element>,
    gaps: Gaps,
}

#[derive(Debug, Clone, Copy)]
struct Element {
    /// First item.
    start: u32,
    /// First element of its customer, and the one behind the last.
    customer: (u32, u32),
    day: i32,
}

impl Projected {
    /// The sequences cut to items that enough customers have.
    pub(super) fn new(sequences: &Sequences<'_>, min_customers: u32, gaps: Gaps) -> Self {
        let histories = || (0..sequences.len()).map(|customer| sequences.elements_of(customer));
        let read = |element| (sequences.items_of(element), sequences.day(element));
        Self::cut(histories, read, sequences.sizes(), sequences.items_end(), min_customers, gaps)
    }

    /// Each sequence from its first element with an item on, cut to the items
    /// that enough customers still have there. `ends` lists the elements with
    /// the item.
    pub(super) fn beginning_with(&self, ends: &[u32], min_customers: u32) -> Self {
        let histories = || {
            ends.chunk_by(|a, b| self.same_customer(*a, *b))
                .map(|ends| ends[0] as usize..self.customer_end(ends[0]) as usize)
        };
        let read = |element: usize| (self.items_of(element as u32), self.elements[element].day);
        let items = |range: Range<usize>| self.elements[range.end].start - self.elements[range.start].start;
        let sizes = histories().fold([0, 0], |sizes, range| {
            let [elements, all] = sizes;
            [elements + range.len(), all + items(range) as usize]
        });
        let mut cut = Self::cut(histories, read, sizes, self.ids.len(), min_customers, self.gaps);
        for id in &mut cut.ids {
            *id = self.ids[*id as usize];
        }
        cut
    }

    /// Cuts histories, each a range of elements, to frequent items below `size`. `sizes` is the number of elements and of
    /// items before.
    fn cut<'a, H: Iterator<Item = Range<usize>>>(
        histories: impl Fn() -> H,
        read: impl Fn(usize) -> (&'a [u32], i32),
        sizes: [usize; 2],
        size: usize,
        min_customers: u32,
        gaps: Gaps,
    ) -> Self {
        let counts = customers_of_items(histories(), |element| read(element).0, size);
        let ids: Vec<u32> = (0..size as u32).filter(|i| counts[*i as usize] >= min_customers).collect();
        let mut numbers = vec![u32::MAX; size];
        for (id, number) in ids.iter().zip(0..) {
            numbers[*id as usize] = number;
        }
        let counts = ids.iter().map(|i| counts[*i as usize]).collect();
        // what grows on the way is there twice; room that isn't needed is never touched
        let (elements, items) = (Vec::with_capacity(sizes[0] + 1), Vec::with_capacity(sizes[1]));
        let mut cut = Self { ids, counts, itemsets: false, items, elements, gaps };
        for history in histories() {
            let first = cut.elements.len();
            for (items, day) in history.map(&read) {
                let start = cut.items.len();
                cut.items.extend(items.iter().map(|i| numbers[*i as usize]).filter(|number| *number != u32::MAX));
                cut.itemsets |= cut.items.len() > start + 1;
                // What is left empty still counts where elements are counted.
                if cut.items.len() > start || gaps.max_elements.is_some() {
                    cut.elements.push(Element { start: start as u32, customer: (first as u32, 0), day });
                }
            }
            let end = cut.elements.len() as u32;
            cut.elements[first..].iter_mut().for_each(|element| element.customer.1 = end);
        }
        let end = cut.elements.len() as u32;
        cut.elements.push(Element { start: cut.items.len() as u32, customer: (end, end), day: 0 });
        cut
    }

    /// The elements that hold each item.
    pub(super) fn ends(&self) -> Ends {
        let mut starts = vec![0_u32; self.ids.len() + 1];
        for item in &self.items {
            starts[*item as usize + 1] += 1;
        }
        for item in 0..self.ids.len() {
            starts[item + 1] += starts[item];
        }
        let mut next = starts.clone();
        let mut ends = vec![0; self.items.len()];
        for element in 0..self.elements.len() as u32 - 1 {
            for item in self.items_of(element) {
                let place = &mut next[*item as usize];
                ends[*place as usize] = element;
                *place += 1;
            }
        }
        Ends { starts, ends }
    }

    /// The elements that hold an item.
    pub(super) fn ends_of(&self, item: u32) -> Vec<u32> {
        let elements = 0..self.elements.len() as u32 - 1;
        elements.filter(|element| self.items_of(*element).binary_search(&item).is_ok()).collect()
    }

    /// Whether an element and a later one are of one customer.
    pub(super) fn same_customer(&self, a: u32, b: u32) -> bool {
        b < self.customer_end(a)
    }

    /// The element behind the last of an element's customer; no two customers have the same.
    pub(super) fn customer_end(&self, element: u32) -> u32 {
        self.elements[element as usize].customer.1
    }

    /// All elements of an element's customer.
    pub(super) fn history_of(&self, element: u32) -> Range<u32> {
        let (start, end) = self.elements[element as usize].customer;
        start..end
    }

    /// Items of an element, in rising order.
    pub(super) fn items_of(&self, element: u32) -> &[u32] {
        let element = element as usize;
        &self.items[self.elements[element].start as usize..self.elements[element + 1].start as usize]
    }

    /// Days from one element to a later one.
    pub(super) fn days_between(&self, first: u32, second: u32) -> u32 {
        self.elements[second as usize].day.abs_diff(self.elements[first as usize].day)
    }

    fn day(&self, element: u32) -> i64 {
        i64::from(self.elements[element as usize].day)
    }

    /// The elements that may follow an element.
    pub(super) fn followers(&self, element: u32) -> Range<u32> {
        let end = self.customer_end(element);
        let (mut start, mut last) = (element + 1, end);
        if self.gaps.min_days > 0 {
            let most = i64::from(self.gaps.min_days) - 1;
            start += self.within(start..end, self.day(element) + most);
        }
        if let Some(max) = self.gaps.max_elements {
            last = last.min(element.saturating_add(max).saturating_add(1));
        }
        if let Some(max) = self.gaps.max_days {
            last = last.min(element + 1 + self.within(element + 1..last, self.day(element) + i64::from(max)));
        }
        start..last
    }

    /// How many elements of one customer lie no later than a day.
    fn within(&self, range: Range<u32>, day: i64) -> u32 {
        let elements = &self.elements[range.start as usize..range.end as usize];
        elements.partition_point(|element| i64::from(element.day) <= day) as u32
    }
}

/// Number of customers that have each item below `size`.
fn customers_of_items<'a>(
    histories: impl Iterator<Item = Range<usize>>,
    items_of: impl Fn(usize) -> &'a [u32],
    size: usize,
) -> Vec<u32> {
    let (mut counts, mut seen) = (vec![0; size], vec![0; size]);
    for (history, number) in histories.zip(1_u32..) {
        for item in history.flat_map(&items_of) {
            let item = *item as usize;
            counts[item] += u32::from(seen[item] != number);
            seen[item] = number;
        }
    }
    counts
}

/// The elements that hold each item, and so those in which it ends as a pattern.
#[derive(Debug)]
pub(super) struct Ends {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Ends {
    /// Elements with an item, in rising order.
    pub(super) fn of(&self, item: usize) -> &[u32] {
        &self.ends[self.starts[item] as usize..self.starts[item + 1] as usize]
    }
}
