//! What the samples of a column say about its notation.

use std::fmt::Display;

/// Most samples quoted as evidence or as examples of one reading.
const QUOTED: usize = 3;

/// The outcome of a detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected<N> {
    /// Samples that were looked at; blank ones are left out.
    pub samples: usize,
    /// What they say.
    pub verdict: Verdict<N>,
    /// Samples that no notation reads, or that one reads to a value nobody would mean: they say nothing about the
    /// notation.
    pub unread: Vec<Unread>,
}

/// What the readable samples say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<N> {
    /// One notation reads them all, and every other that means something else is refuted by a sample.
    Certain(Reading<N>),
    /// Several notations read them all; one is more plausible, for the reasons in its evidence.
    Plausible {
        /// The more plausible notation.
        chosen: Reading<N>,
        /// The others, with what they would read.
        others: Vec<Reading<N>>,
    },
    /// Several notations read them all, with different meanings, and nothing speaks for one of them.
    Ambiguous(Vec<Reading<N>>),
    /// No notation reads them all; the best first, with what each of them leaves.
    Conflict(Vec<Partial<N>>),
    /// There is no sample that any notation reads.
    Nothing,
}

/// A notation that reads every readable sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<N> {
    /// The notation.
    pub notation: N,
    /// Samples with the value that this notation gives them; where readings differ, samples on which they do.
    pub examples: Vec<Example>,
    /// Samples that speak for it, and how.
    pub evidence: Vec<Example>,
}

/// A notation that reads some of the readable samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial<N> {
    /// The notation.
    pub notation: N,
    /// How many of the readable samples it reads.
    pub read: usize,
    /// The readable samples that it refuses, with the reason.
    pub unread: Vec<Unread>,
}

/// A sample and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Position among all samples, blank ones included, from 1.
    pub sample: usize,
    /// The text.
    pub text: String,
    /// Its value, or what it shows.
    pub says: String,
}

/// A sample that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Position among all samples, blank ones included, from 1.
    pub sample: usize,
    /// The text.
    pub text: String,
    /// Why.
    pub reason: String,
}

impl<N> Detected<N> {
    /// The notation that is certain or the more plausible one; `None` where a person has to decide.
    pub fn decided(&self) -> Option<&Reading<N>> {
        match &self.verdict {
            Verdict::Certain(reading) | Verdict::Plausible { chosen: reading, .. } => Some(reading),
            Verdict::Ambiguous(_) | Verdict::Conflict(_) | Verdict::Nothing => None,
        }
    }
}

/// How believable a value is that a notation read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Belief {
    /// It can be read so, but nobody would have meant it.
    Odd = 1,
    /// It may be meant.
    Possible = 3,
    /// It is what such a column usually holds.
    Usual = 4,
}

/// A column of samples before the bench of candidate notations.
pub(super) struct Bench<'a, N, V, E> {
    candidates: Vec<N>,
    samples: Vec<(usize, &'a str)>,
    /// Per candidate, per sample.
    readings: Vec<Vec<Result<(V, Belief), E>>>,
}

impl<'a, N: Clone + Display, V: PartialEq + Display, E: Display> Bench<'a, N, V, E> {
    /// Reads every sample that is not blank by every candidate; the earlier candidate is preferred among equals.
    pub(super) fn new(
        candidates: Vec<N>,
        samples: impl IntoIterator<Item = &'a str>,
        read: impl Fn(&N, &str) -> Result<(V, Belief), E>,
    ) -> Self {
        let samples = samples.into_iter().enumerate().map(|(at, text)| (at + 1, text));
        let samples: Vec<_> = samples.filter(|(_, text)| !super::null_words::is_blank(text)).collect();
        let read_all = |c: &N| samples.iter().map(|(_, text)| read(c, text)).collect();
        let readings = candidates.iter().map(read_all).collect();
        Self { candidates, samples, readings }
    }

    /// Leaves out a candidate.
    pub(super) fn drop_candidates(&mut self, unwanted: impl Fn(&N) -> bool) {
        let candidates = std::mem::take(&mut self.candidates).into_iter().zip(std::mem::take(&mut self.readings));
        (self.candidates, self.readings) = candidates.filter(|(notation, _)| !unwanted(notation)).unzip();
    }

    /// The largest sum of beliefs among the wanted candidates.
    pub(super) fn total_of(&self, wanted: impl Fn(&N) -> bool) -> u64 {
        let totals = (0..self.candidates.len()).filter(|c| wanted(&self.candidates[*c])).map(|c| self.total(c));
        totals.max().unwrap_or(0)
    }

    /// The largest number of samples that one of the wanted candidates reads.
    pub(super) fn reads_of(&self, wanted: impl Fn(&N) -> bool) -> usize {
        let reads = |c: usize| (0..self.samples.len()).filter(|s| self.reads(c, *s)).count();
        (0..self.candidates.len()).filter(|c| wanted(&self.candidates[*c])).map(reads).max().unwrap_or(0)
    }

    fn total(&self, candidate: usize) -> u64 {
        self.readings[candidate].iter().flatten().map(|(_, belief)| *belief as u64).sum()
    }

    fn reads(&self, candidate: usize, sample: usize) -> bool {
        self.readings[candidate][sample].is_ok()
    }

    /// Judges the column. `clash` tells whether two notations could read one text to different values.
    pub(super) fn judge(self, clash: impl Fn(&N, &N) -> bool) -> Detected<N> {
        let believable = |s: &usize, least: Belief| {
            self.readings.iter().any(|r| r[*s].as_ref().is_ok_and(|(_, belief)| *belief >= least))
        };
        let all: Vec<usize> = (0..self.samples.len()).collect();
        let mut readable: Vec<usize> = all.iter().copied().filter(|s| believable(s, Belief::Possible)).collect();
        if readable.is_empty() {
            readable = all.iter().copied().filter(|s| believable(s, Belief::Odd)).collect();
        }
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by_key(|c| std::cmp::Reverse(self.total(*c)));
        let full: Vec<usize> = order.iter().copied().filter(|c| readable.iter().all(|s| self.reads(*c, *s))).collect();
        let verdict = if readable.is_empty() {
            Verdict::Nothing
        } else if full.is_empty() {
            self.conflict(&order, &readable)
        } else {
            self.readers(&full, &readable, clash)
        };
        let first = order.first().copied().filter(|c| self.total(*c) > 0);
        let unread =
            all.iter().filter(|s| readable.binary_search(s).is_err()).map(|s| self.unread(first, *s)).collect();
        Detected { samples: self.samples.len(), verdict, unread }
    }

    fn conflict(&self, order: &[usize], readable: &[usize]) -> Verdict<N> {
        let partial = |c: &usize| {
            let (read, left): (Vec<usize>, Vec<usize>) = readable.iter().partition(|s| self.reads(*c, **s));
            let unread = left.iter().map(|s| self.unread(Some(*c), *s)).collect();
            Partial { notation: self.candidates[*c].clone(), read: read.len(), unread }
        };
        Verdict::Conflict(order.iter().map(partial).filter(|p| p.read > 0).take(QUOTED).collect())
    }

    /// The verdict where at least one candidate reads every readable sample.
    fn readers(&self, full: &[usize], readable: &[usize], clash: impl Fn(&N, &N) -> bool) -> Verdict<N> {
        let same = |a: usize, b: usize| readable.iter().all(|s| self.value(a, *s) == self.value(b, *s));
        let mut groups: Vec<usize> = Vec::new();
        for c in full {
            let alike = |g: &usize| same(*g, *c) && !clash(&self.candidates[*g], &self.candidates[*c]);
            if !groups.iter().any(alike) {
                groups.push(*c);
            }
        }
        let rivals: Vec<usize> = groups[1..].to_vec();
        let mut best = self.reading(groups[0], &rivals, readable);
        let top = self.total(groups[0]);
        if rivals.is_empty() {
            best.evidence = self.refutations(groups[0], readable, &clash);
            return Verdict::Certain(best);
        }
        let others = rivals.iter().map(|c| self.reading(*c, &groups[..1], readable));
        if rivals.iter().all(|c| self.total(*c) < top) {
            best.evidence = self.doubts(groups[0], rivals[0], readable);
            return Verdict::Plausible { chosen: best, others: others.collect() };
        }
        let tied = rivals.iter().filter(|c| self.total(**c) == top);
        let tied = tied.map(|c| self.reading(*c, &groups[..1], readable));
        Verdict::Ambiguous(std::iter::once(best).chain(tied).collect())
    }

    fn value(&self, candidate: usize, sample: usize) -> Option<&V> {
        self.readings[candidate][sample].as_ref().ok().map(|(value, _)| value)
    }

    fn example(&self, sample: usize, says: String) -> Example {
        let (at, text) = self.samples[sample];
        Example { sample: at, text: text.to_owned(), says }
    }

    fn unread(&self, candidate: Option<usize>, sample: usize) -> Unread {
        let (at, text) = self.samples[sample];
        let refused = |c: usize| self.readings[c][sample].as_ref().err().map(ToString::to_string);
        let odd = |c: usize| self.value(c, sample).map(|v| format!("would be {v}"));
        let reason = candidate.and_then(|c| refused(c).or_else(|| odd(c)));
        let reason = reason.unwrap_or_else(|| self.common_reason(sample));
        Unread { sample: at, text: text.to_owned(), reason }
    }

    /// Why every candidate refuses a sample, where they agree.
    fn common_reason(&self, sample: usize) -> String {
        let mut reasons = self.readings.iter().filter_map(|r| r[sample].as_ref().err().map(ToString::to_string));
        let first = reasons.next().unwrap_or_default();
        if reasons.all(|reason| reason == first) { first } else { "no known notation reads it".to_owned() }
    }

    /// A candidate with examples, preferably where it differs from a rival.
    fn reading(&self, candidate: usize, rivals: &[usize], readable: &[usize]) -> Reading<N> {
        let differs = |s: &usize| rivals.iter().any(|r| self.value(*r, *s) != self.value(candidate, *s));
        let mut chosen: Vec<usize> = readable.iter().copied().filter(differs).take(QUOTED).collect();
        if chosen.is_empty() {
            chosen = readable.iter().copied().take(QUOTED).collect();
        }
        let examples = chosen.iter().filter_map(|s| self.value(candidate, *s).map(|v| self.example(*s, v.to_string())));
        Reading { notation: self.candidates[candidate].clone(), examples: examples.collect(), evidence: Vec::new() }
    }

    /// The samples that refute the other candidates, those that refute the nearest rivals first.
    fn refutations(&self, chosen: usize, readable: &[usize], clash: &impl Fn(&N, &N) -> bool) -> Vec<Example> {
        let mut rivals: Vec<usize> = (0..self.candidates.len()).filter(|c| *c != chosen).collect();
        rivals.retain(|c| clash(&self.candidates[chosen], &self.candidates[*c]) && self.total(*c) > 0);
        rivals.sort_by_key(|c| std::cmp::Reverse(self.total(*c)));
        let mut found: Vec<Example> = Vec::new();
        for c in rivals {
            let first = readable.iter().find_map(|s| self.readings[c][*s].as_ref().err().map(|e| (*s, e)));
            let Some((sample, error)) = first else { continue };
            let says = format!("not {}: {error}", self.candidates[c]);
            if found.len() < QUOTED {
                found.push(self.example(sample, says));
            }
        }
        found
    }

    /// Samples that the runner-up reads to less believable values.
    fn doubts(&self, chosen: usize, rival: usize, readable: &[usize]) -> Vec<Example> {
        let belief = |c: usize, s: usize| self.readings[c][s].as_ref().ok().map(|(_, belief)| *belief);
        let worse = readable.iter().filter(|s| belief(rival, **s) < belief(chosen, **s));
        let says = |s: &usize| {
            let (as_chosen, as_rival) = (self.value(chosen, *s), self.value(rival, *s));
            let shown = |v: Option<&V>| v.map(ToString::to_string).unwrap_or_default();
            let (right, wrong) = (shown(as_chosen), shown(as_rival));
            let says = format!("{right}; less plausible {wrong} as {}", self.candidates[rival]);
            self.example(*s, says)
        };
        worse.take(QUOTED).map(says).collect()
    }
}
