//! The whole: records in, persons out.

use hashbrown::HashSet;

use super::blocking::Blocking;
use super::cluster::{Clusters, Guard, cluster};
use super::compare::compare;
use super::em;
use super::household::{Household, households};
use super::known::{Known, KnownRecord};
use super::links::{Decided, Link, LinkReason, Pair, decide, weigh};
use super::model::{FittedLinkage, Weights};
use super::options::{ExactRule, IdentityOptions};
use super::persons::{IdentityEvent, Named, Naming, Person, Standing};
use super::prepared::{Ignored, Prepared};
use super::record::Records;

/// Why a pair is in the review table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewReason {
    /// The probability is between the review and the link threshold.
    Doubtful,
    /// Probable enough, but given names or birth dates can't be one person's.
    Contradiction,
    /// Linked, but the groups that it would join hold two records that can't be one person's.
    Chain,
}

impl ReviewReason {
    /// The reason as tables write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Doubtful => "doubtful",
            Self::Contradiction => "contradiction",
            Self::Chain => "chain",
        }
    }
}

/// A pair of records that a person should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewPair {
    /// The row with the smaller key.
    pub left: u32,
    /// The other row.
    pub right: u32,
    /// The probability of the model that both are one person.
    pub probability: f64,
    /// The match weight, log2 of the likelihood ratio.
    pub weight: f64,
    /// Why it's here.
    pub reason: ReviewReason,
    /// What agrees: `given_name equal; birth_date one part differs`.
    pub agreement: String,
}

/// The figures of a resolution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records.
    pub records: u64,
    /// Persons.
    pub persons: u64,
    /// Households.
    pub households: u64,
    /// Records that are new or have changed.
    pub fresh_records: u64,
    /// Pairs compared.
    pub compared_pairs: u64,
    /// Links by an exact rule.
    pub exact_links: u64,
    /// Links by the model.
    pub model_links: u64,
    /// Links that the guard against chains refused.
    pub refused_links: u64,
    /// Pairs for review.
    pub review_pairs: u64,
    /// Values left out because too many records share them.
    pub ignored: Ignored,
    /// Blocks left out because they are too large.
    pub skipped_blocks: u64,
    /// Records in these.
    pub skipped_block_records: u64,
    /// The most rounds that a run of expectation and maximisation took.
    pub em_iterations: u32,
    /// Whether all runs converged.
    pub converged: bool,
    /// Whether the model is that of an earlier night.
    pub model_pinned: bool,
}

/// Records resolved into persons.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The person of each row, by position in `persons`.
    pub person_of: Vec<u32>,
    /// Persons, by the smallest record key of each.
    pub persons: Vec<Person>,
    /// Households, by their first persons; empty unless asked for.
    pub households: Vec<Household>,
    /// What happened to persons this night.
    pub events: Vec<IdentityEvent>,
    /// Pairs for a person to look at, the most probable first.
    pub review: Vec<ReviewPair>,
    /// The model.
    pub model: FittedLinkage,
    /// Figures.
    pub summary: Summary,
    /// What the next night needs to know.
    pub known: Known,
}

/// Finds the records of each person.
///
/// `known` is what the last night left: links between records that it knew stay, only pairs with a new or changed
/// record are compared, and its model is used unless `options.refit`. `day` is written into the log. `progress` hears
/// the name of each step and how many records or pairs it's about. The result is the same whatever the order of the
/// records and the number of threads. Options out of range ([`IdentityOptions::errors`]) are used as they are.
pub fn resolve(
    records: &Records,
    known: Option<&Known>,
    options: &IdentityOptions,
    day: i32,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Resolution {
    progress("normalise", records.len() as u64);
    let p = Prepared::of(records, options);
    let standing = Standing::of(&p, records, known);
    let fresh_records = standing.fresh.iter().filter(|fresh| **fresh).count() as u64;
    progress("block", fresh_records);
    let blocking = Blocking::of(&p, options.largest_block);
    let pinned = known.and_then(|known| known.model.as_ref()).filter(|model| !options.refit && model.is_valid());
    if pinned.is_none() {
        progress("fit", records.len() as u64);
    }
    let mut model = pinned.map_or_else(|| em::fit(&p, &blocking, options.em_iterations), FittedLinkage::clone);
    let weights = Weights::new(&p, &model);
    progress("compare", fresh_records);
    let least = match pinned {
        Some(_) => model.weight_of(options.review_probability),
        // no review threshold is lower, as not more pairs match than there are records; below, six bits for the prior
        None => libm::log2((p.len() as f64 / 2.0).max(1.0)) - 6.0,
    };
    let wanted = |a: usize, b: usize| pinned.is_none() || standing.fresh[a] || standing.fresh[b];
    let (mut pairs, compared) = weigh(&p, &blocking, &weights, &options.exact_rules, least, wanted);
    if pinned.is_none() {
        let probable = |pair: &&Pair| !pair.pattern.contradicts();
        let each = |visit: &mut dyn FnMut(f64)| pairs.iter().filter(probable).for_each(|pair| visit(pair.weight));
        model.prior = em::prior(each, p.len());
        pairs.retain(|pair| standing.fresh[pair.a as usize] || standing.fresh[pair.b as usize]);
    }
    let decided = decide(&pairs, &model, options);
    drop(pairs);
    let mut links = standing.links();
    links.extend(&decided.links);
    progress("join", links.len() as u64);
    let names_may_differ = options.exact_rules.contains(&ExactRule::Email);
    let guard = Guard { p: &p, weights: &weights, least: options.chain_weight, names_may_differ };
    let clusters = cluster(p.len(), &links, &guard);
    let naming = Naming { p: &p, records, standing: &standing, known, links: &links, model: &model, day };
    let mut named = naming.name(&clusters);
    let households = if options.household {
        households(&p, records, &standing, known, &named.person_of, &mut named.persons)
    } else {
        Vec::new()
    };
    let review = review(&p, &decided, &clusters, &links, &model);
    let count = |exact: bool| decided.links.iter().filter(|link| (link.reason != LinkReason::Model) == exact).count();
    let summary = Summary {
        records: p.len() as u64,
        persons: named.persons.len() as u64,
        households: households.len() as u64,
        fresh_records,
        compared_pairs: compared,
        exact_links: count(true) as u64,
        model_links: count(false) as u64,
        refused_links: clusters.refused.len() as u64,
        review_pairs: review.len() as u64,
        ignored: p.ignored,
        skipped_blocks: blocking.skipped,
        skipped_block_records: blocking.skipped_records,
        em_iterations: model.iterations(),
        converged: model.converged,
        model_pinned: pinned.is_some(),
    };
    let known = next_known(&p, records, &standing, known, &named, &households, &model, day);
    let mut person_of = vec![0; p.len()];
    p.rows.iter().zip(&named.person_of).for_each(|(row, person)| person_of[*row as usize] = *person);
    let Named { persons, events, .. } = named;
    Resolution { person_of, persons, households, events, review, model, summary, known }
}

/// The review table: doubtful pairs that didn't end in one group, and the strongest refused link of each two groups.
fn review(
    p: &Prepared,
    decided: &Decided,
    clusters: &Clusters,
    links: &[Link],
    model: &FittedLinkage,
) -> Vec<ReviewPair> {
    let apart = |a: u32, b: u32| clusters.group[a as usize] != clusters.group[b as usize];
    let pair = |a: u32, b: u32, weight: f64, reason: ReviewReason| ReviewPair {
        left: a,
        right: b,
        probability: model.probability(weight),
        weight,
        reason,
        agreement: compare(p, a as usize, b as usize).in_words(),
    };
    let doubtful = decided.doubtful.iter().filter(|found| apart(found.a, found.b)).map(|found| {
        let contradicts = found.pattern.contradicts();
        let reason = if contradicts { ReviewReason::Contradiction } else { ReviewReason::Doubtful };
        pair(found.a, found.b, found.weight, reason)
    });
    let mut seen: HashSet<(u32, u32), foldhash::fast::FixedState> = HashSet::default();
    let first = |link: &Link| {
        let (x, y) = (clusters.group[link.a as usize], clusters.group[link.b as usize]);
        seen.insert((x.min(y), x.max(y)))
    };
    let refused = clusters.refused.iter().map(|i| links[*i as usize]).filter(|link| apart(link.a, link.b));
    let found = |link: &Link| link.reason != LinkReason::Known;
    let refused = refused.filter(found).filter(first);
    let mut review: Vec<ReviewPair> = doubtful.collect();
    review.extend(refused.map(|link| pair(link.a, link.b, link.weight, ReviewReason::Chain)));
    review.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.left, x.right).cmp(&(y.left, y.right))));
    for found in &mut review {
        (found.left, found.right) = (p.rows[found.left as usize], p.rows[found.right as usize]);
    }
    review
}

/// Tonight's records in the order of their keys, then those that only earlier nights had, with their persons followed
/// into whatever these became.
#[expect(clippy::too_many_arguments, reason = "what is remembered comes from every step")]
fn next_known(
    p: &Prepared,
    records: &Records,
    standing: &Standing<'_>,
    known: Option<&Known>,
    named: &Named,
    households: &[Household],
    model: &FittedLinkage,
    day: i32,
) -> Known {
    let mut next = Known::new();
    next.model = Some(model.clone());
    for (rank, row) in p.rows.iter().enumerate() {
        let person = &named.persons[named.person_of[rank] as usize];
        let record = KnownRecord {
            person: person.id,
            household: person.household.map(|household| households[household as usize].id),
            first_seen: standing.records[rank].map_or(day, |record| record.first_seen),
            fingerprint: p.fingerprint(rank),
        };
        next.push(records.id(*row), record);
    }
    let mut merged = named.merged.clone();
    merged.sort_unstable();
    for (id, record) in known.into_iter().flat_map(Known::iter).filter(|(id, _)| records.row(id).is_none()) {
        let into = merged.binary_search_by(|(from, _)| from.cmp(&record.person)).map(|at| merged[at].1);
        next.push(id, KnownRecord { person: into.unwrap_or(record.person), ..*record });
    }
    known.into_iter().flat_map(Known::retired).for_each(|id| next.retire(*id));
    for (from, _) in &merged {
        next.retire(*from);
    }
    next
}
