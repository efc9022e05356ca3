//! Frequent sequences by `PrefixSpan`: every pattern grows at its end.
//!
//! Source: Pei, Han, Mortazavi-Asl, Pinto, Chen, Dayal & Hsu (2001, ICDE; 2004,
//! IEEE TKDE 16), section 3. A pattern grows by an item in a new element, or by
//! a larger item in its last one. The histories are
//! cut once per first item; below it the projected database of a pattern is a
//! list of the elements in which it can end (pseudo-projection). All of them are
//! kept, not only the first of each customer: under a maximum gap a later end
//! may reach what the first can't, and an item joins the last element in any of
//! them.

use super::PatternError;
use super::embedding::Embedding;
use super::projected::Projected;
use super::sequences::{Gaps, Sequences};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SequenceOptions {
    /// Fewest customers that must have a pattern; at least 1.
    pub min_customers: u32,
    /// Most elements of a pattern; at least 1.
    pub max_elements: usize,
    /// Most items of a pattern, over all its elements; at least 1.
    pub max_items: usize,
    /// How far apart successive elements may lie.
    pub gaps: Gaps,
    /// Whether to work out the median days between elements.
    pub median_gaps: bool,
    /// Most patterns; more are an error.
    pub most: usize,
}

/// A sequence of itemsets and the number of customers who have it.
#[derive(Debug, Clone, PartialEq)]
pub struct SequencePattern {
    /// Item ids of each element in rising order, the elements in order of time.
    pub elements: Vec<Vec<u32>>,
    /// Number of customers whose history holds the elements in this order,
    /// within the gaps; each counts once.
    pub customers: u32,
    /// Whether no longer pattern found has the same count
    /// ([`frequent_sequences`] says which are compared).
    pub closed: bool,
    /// Median days from each element to the next, over the customers who have
    /// the pattern: of each the embedding whose elements come earliest, the
    /// first element deciding before the second and so on. Empty if not asked
    /// for.
    pub median_gap_days: Vec<f64>,
}

/// All patterns that at least `min_customers` customers have, with exact counts.
///
/// Order: number of elements, then number of items, then the elements.
///
/// # Closed patterns
///
/// A pattern is closed if no frequent super-sequence has its count. Without a
/// maximum gap one more item tells, anywhere in the pattern. Under a maximum
/// gap only super-sequences that add items to elements, or elements before the
/// first or after the last, are compared: those alone are never more frequent
/// than the pattern, whereas with another element in the middle it may hold for
/// other customers. Only patterns within the maximum lengths are known: one of
/// `max_items` items always counts as closed, and one of `max_elements`
/// elements is compared with those of as many elements.
///
/// # Errors
///
/// [`PatternError::Zero`] for a minimum or maximum of 0,
/// [`PatternError::TooMany`] if there are more than `most`.
pub fn frequent_sequences(
    sequences: &Sequences<'_>,
    options: &SequenceOptions,
) -> Result<Vec<SequencePattern>, PatternError> {
    let needed = [
        ("min_customers", options.min_customers as usize),
        ("max_elements", options.max_elements),
        ("max_items", options.max_items),
        ("gaps.max_elements", options.gaps.max_elements.map_or(1, |max| max as usize)),
    ];
    if let Some((option, _)) = needed.into_iter().find(|(_, value)| *value == 0) {
        return Err(PatternError::Zero { option });
    }
    let whole = Projected::new(sequences, options.min_customers, options.gaps);
    let (ends, found) = (whole.ends(), AtomicUsize::new(0));
    let patterns: Result<Vec<Vec<SequencePattern>>, PatternError> = (0..whole.ids.len())
        .into_par_iter()
        .with_max_len(1)
        .map(|item| {
            Branch::search(
                &whole.beginning_with(ends.of(item), options.min_customers),
                whole.ids[item],
                options,
                &found,
            )
        })
        .collect();
    let mut patterns: Vec<SequencePattern> = patterns?.into_iter().flatten().collect();
    super::closed::mark_closed(&mut patterns, options.gaps.limited());
    patterns.par_sort_unstable_by(|a, b| {
        let size = |p: &SequencePattern| (p.elements.len(), p.elements.iter().map(Vec::len).sum::<usize>());
        size(a).cmp(&size(b)).then_with(|| a.elements.cmp(&b.elements))
    });
    Ok(patterns)
}

/// One slot per way to grow: item `i` in a new element at `i`, in the last one
/// at the number of items + `i`.
struct Slots {
    all: Vec<Slot>,
    /// Slots in use; all others are as new.
    touched: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Slot {
    customers: u32,
    last: u32,
    /// Number of elements to end in; while these are listed, the next place, and
    /// none if not frequent.
    ends: usize,
}

const NEW: Slot = Slot { customers: 0, last: u32::MAX, ends: 0 };

impl Slots {
    fn new(size: usize) -> Self {
        Self { all: vec![NEW; size], touched: Vec::new() }
    }

    /// Counts an element of a customer.
    fn count(&mut self, slot: u32, customer: u32) {
        let at = &mut self.all[slot as usize];
        if at.ends == 0 {
            self.touched.push(slot);
        }
        at.ends += 1;
        if at.last != customer {
            at.last = customer;
            at.customers += 1;
        }
    }

    /// The frequent slots in order, each with its part of a list of all the elements to end in.
    fn frequent(&mut self, min_customers: u32) -> Vec<Child> {
        self.touched.sort_unstable();
        let (mut children, mut total) = (Vec::new(), 0);
        for slot in &self.touched {
            let at = &mut self.all[*slot as usize];
            let ends = std::mem::replace(&mut at.ends, usize::MAX);
            if at.customers >= min_customers {
                at.ends = total;
                children.push(Child { slot: *slot, customers: at.customers, start: total, end: total + ends });
                total += ends;
            }
        }
        children
    }

    /// Puts an element visited again into the list, if its slot is frequent.
    fn list(&mut self, lists: &mut [u32], slot: u32, element: u32) {
        let at = &mut self.all[slot as usize].ends;
        if *at != usize::MAX {
            lists[*at] = element;
            *at += 1;
        }
    }

    /// Makes all slots as new.
    fn clear(&mut self) {
        for slot in self.touched.drain(..) {
            self.all[slot as usize] = NEW;
        }
    }
}

/// A frequent pattern of one more item.
struct Child {
    slot: u32,
    customers: u32,
    start: usize,
    end: usize,
}

/// The search below one first item.
struct Branch<'a> {
    data: &'a Projected,
    options: &'a SequenceOptions,
    found: &'a AtomicUsize,
    slots: Slots,
    embedding: Embedding,
    /// Elements of the pattern at hand, by item number.
    at_hand: Vec<Vec<u32>>,
    patterns: Vec<SequencePattern>,
}

impl<'a> Branch<'a> {
    /// Searches the patterns that begin with an item; `data` begins each
    /// history with it.
    fn search(
        data: &'a Projected,
        first: u32,
        options: &'a SequenceOptions,
        found: &'a AtomicUsize,
    ) -> Result<Vec<SequencePattern>, PatternError> {
        let Ok(item) = data.ids.binary_search(&first) else { return Ok(Vec::new()) };
        let (slots, at_hand) = (Slots::new(2 * data.ids.len()), vec![vec![item as u32]]);
        let mut branch =
            Self { data, options, found, slots, embedding: Embedding::default(), at_hand, patterns: Vec::new() };
        let ends = data.ends_of(item as u32);
        branch.emit(data.counts[item], &ends)?;
        branch.grow(&ends)?;
        Ok(branch.patterns)
    }

    /// Notes the pattern at hand.
    fn emit(&mut self, customers: u32, ends: &[u32]) -> Result<(), PatternError> {
        let most = self.options.most;
        if self.found.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(PatternError::TooMany { what: "frequent sequences", most, remedy: "number of customers" });
        }
        let named = |element: &Vec<u32>| element.iter().map(|item| self.data.ids[*item as usize]).collect();
        let median_gap_days = if self.options.median_gaps {
            self.embedding.median_gaps(self.data, &self.at_hand, ends)
        } else {
            Vec::new()
        };
        self.patterns.push(SequencePattern {
            elements: self.at_hand.iter().map(named).collect(),
            customers,
            closed: true,
            median_gap_days,
        });
        Ok(())
    }

    /// Searches the patterns that begin with the one at hand, which ends in the
    /// elements `ends`.
    fn grow(&mut self, ends: &[u32]) -> Result<(), PatternError> {
        let (elements, items) = (self.at_hand.len(), self.at_hand.iter().map(Vec::len).sum::<usize>());
        let in_new = elements < self.options.max_elements;
        if items >= self.options.max_items || !(in_new || self.data.itemsets) {
            return Ok(());
        }
        let (data, size) = (self.data, self.data.ids.len() as u32);
        let last = self.at_hand.last().and_then(|element| element.last()).copied().unwrap_or(0);
        let deeper = items + 1 < self.options.max_items && (data.itemsets || elements + 1 < self.options.max_elements);
        let listed = deeper || self.options.median_gaps;
        visit(data, ends, last, in_new, |slot, element| self.slots.count(slot, data.customer_end(element)));
        let children = self.slots.frequent(self.options.min_customers);
        let mut lists = vec![0; children.last().filter(|_| listed).map_or(0, |child| child.end)];
        if !lists.is_empty() {
            // visited twice, for a note of each visit takes more room than all else
            visit(data, ends, last, in_new, |slot, element| self.slots.list(&mut lists, slot, element));
        }
        self.slots.clear();
        for child in children {
            let ends = lists.get(child.start..child.end).unwrap_or_default();
            if child.slot < size {
                self.at_hand.push(vec![child.slot]);
            } else if let Some(element) = self.at_hand.last_mut() {
                element.push(child.slot - size);
            }
            self.emit(child.customers, ends)?;
            if deeper {
                self.grow(ends)?;
            }
            if child.slot < size {
                self.at_hand.pop();
            } else if let Some(element) = self.at_hand.last_mut() {
                element.pop();
            }
        }
        Ok(())
    }
}

/// Visits every slot by which a pattern can grow, with the element it would
/// end in; elements in rising order per slot.
///
/// `last` is the largest item of the pattern's last element, `in_new` whether
/// it may have another element.
fn visit(data: &Projected, ends: &[u32], last: u32, in_new: bool, mut note: impl FnMut(u32, u32)) {
    let size = data.ids.len() as u32;
    for ends in ends.chunk_by(|a, b| data.same_customer(*a, *b)) {
        if data.itemsets {
            for element in ends {
                let items = data.items_of(*element);
                for item in &items[items.partition_point(|item| *item <= last)..] {
                    note(size + item, *element);
                }
            }
        }
        if in_new {
            let end = data.customer_end(ends[0]);
            let mut next = 0;
            for element in ends {
                let followers = data.followers(*element);
                for follower in followers.start.max(next)..followers.end {
                    for item in data.items_of(follower) {
                        note(*item, follower);
                    }
                }
                next = next.max(followers.end);
                if next == end {
                    break;
                }
            }
        }
    }
}
