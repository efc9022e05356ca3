//! Links become persons.
//!
//! Links are taken one by one, exact ones first, then by falling weight; each joins the two groups of records that its
//! ends are in. A join is refused if any pair of records between the two groups contradicts (given names that can't be
//! one name, birth dates that can't be one date) or has a match weight below the chain weight: A like B and B like C
//! doesn't make A and C one person. What was known before comes first and is joined without question, unless a record
//! of it has changed since.

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use super::compare::{Field, compare};
use super::links::{Link, LinkReason};
use super::model::Weights;
use super::prepared::Prepared;

/// What the guard against chains knows.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    pub(crate) p: &'a Prepared,
    pub(crate) weights: &'a Weights<'a>,
    pub(crate) least: f64,
    /// Given names may differ, since a rule says that an e-mail address is one person's.
    pub(crate) names_may_differ: bool,
}

impl Guard<'_> {
    /// Whether two records can't be in one group.
    fn forbids(&self, a: u32, b: u32) -> bool {
        let pattern = compare(self.p, a as usize, b as usize);
        let contradicts = if self.names_may_differ {
            pattern.level(Field::BirthDate) == Field::BirthDate.different()
        } else {
            pattern.contradicts()
        };
        contradicts || self.weights.weight(pattern, a as usize, b as usize) < self.least
    }
}

/// Groups of records.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    /// Per rank, the smallest rank of its group.
    pub(crate) group: Vec<u32>,
    /// Per rank, the position of the link that first brought it together with another record.
    pub(crate) via: Vec<Option<u32>>,
    /// Positions of the links that the guard refused.
    pub(crate) refused: Vec<u32>,
    /// The smallest rank of the group and the position of each link that joined records that weren't known to be one
    /// person, ascending.
    pub(crate) joins: Vec<(u32, u32)>,
}

/// Joins `n` records by links in their order. A link of reason [`LinkReason::Known`] with infinite weight isn't guarded.
pub(crate) fn cluster(n: usize, links: &[Link], guard: &Guard<'_>) -> Clusters {
    let mut sets = UnionFind::<u32>::new(n);
    for link in links {
        sets.union(link.a, link.b);
    }
    let mut by_component: Vec<(u32, u32)> =
        links.iter().enumerate().map(|(i, link)| (sets.find_mut(link.a), i as u32)).collect();
    by_component.par_sort_unstable();
    let components: Vec<&[(u32, u32)]> = by_component.chunk_by(|x, y| x.0 == y.0).collect();
    let joined: Vec<Component> = components.par_iter().map(|component| join(component, links, guard)).collect();
    let mut clusters = Clusters { group: (0..n as u32).collect(), via: vec![None; n], ..Clusters::default() };
    for component in joined {
        for (rank, first) in component.groups {
            clusters.group[rank as usize] = first;
        }
        let group = |link: &u32| (clusters.group[links[*link as usize].a as usize], *link);
        clusters.joins.extend(component.joins.iter().map(group));
        for (rank, link) in component.via {
            clusters.via[rank as usize] = Some(link);
        }
        clusters.refused.extend(component.refused);
    }
    clusters.refused.sort_unstable();
    clusters.joins.sort_unstable();
    clusters
}

#[derive(Debug, Default)]
struct Component {
    /// Records with the smallest record of their group.
    groups: Vec<(u32, u32)>,
    via: Vec<(u32, u32)>,
    refused: Vec<u32>,
    joins: Vec<u32>,
}

fn join(component: &[(u32, u32)], links: &[Link], guard: &Guard<'_>) -> Component {
    let mut ranks: Vec<u32> =
        component.iter().flat_map(|(_, i)| [links[*i as usize].a, links[*i as usize].b]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let place = |rank: u32| ranks.binary_search(&rank).unwrap_or_default();
    let mut group_of: Vec<usize> = (0..ranks.len()).collect();
    let mut members: Vec<Vec<u32>> = ranks.iter().map(|rank| vec![*rank]).collect();
    let mut joined = Component::default();
    let mut seen = vec![false; ranks.len()];
    for (_, i) in component {
        let link = links[*i as usize];
        let (x, y) = (group_of[place(link.a)], group_of[place(link.b)]);
        if x == y {
            continue;
        }
        let free = link.reason == LinkReason::Known && link.weight == f64::INFINITY;
        // an exact rule needs no weight for its own two records
        let own =
            |a: u32, b: u32| matches!(link.reason, LinkReason::Exact(_)) && [link.a, link.b] == [a.min(b), a.max(b)];
        let forbids = |a: u32| members[y].iter().any(|b| !own(a, *b) && guard.forbids(a, *b));
        if !free && members[x].iter().any(|a| forbids(*a)) {
            joined.refused.push(*i);
            continue;
        }
        if link.reason != LinkReason::Known {
            joined.joins.push(*i);
        }
        for rank in [link.a, link.b] {
            if !std::mem::replace(&mut seen[place(rank)], true) {
                joined.via.push((rank, *i));
            }
        }
        let (small, large) = if members[x].len() <= members[y].len() { (x, y) } else { (y, x) };
        let moved = std::mem::take(&mut members[small]);
        for rank in &moved {
            group_of[place(*rank)] = large;
        }
        members[large].extend(moved);
    }
    for group in members.iter().filter(|group| group.len() > 1) {
        let first = group.iter().min().copied().unwrap_or_default();
        joined.groups.extend(group.iter().map(|rank| (*rank, first)));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::super::em;
    use super::super::options::IdentityOptions;
    use super::super::record::{RawPerson, Records};
    use super::*;

    fn clusters(persons: &[(&str, i32)], links: &[(u32, u32, f64)]) -> Clusters {
        let mut records = Records::new();
        for (i, (name, birth)) in persons.iter().enumerate() {
            let id = format!("{i:02}");
            let birth_date = (*birth != 0).then_some(*birth);
            records.push(RawPerson { id: &id, name: Some(name), birth_date, ..RawPerson::default() }).unwrap();
        }
        let p = Prepared::of(&records, &IdentityOptions::default());
        let model = em::built_in(1000);
        let weights = Weights::new(&p, &model);
        let guard = Guard { p: &p, weights: &weights, least: -4.0, names_may_differ: false };
        let links: Vec<Link> = links
            .iter()
            .map(|(a, b, weight)| {
                let reason = if *weight == f64::INFINITY { LinkReason::Known } else { LinkReason::Model };
                Link { a: *a, b: *b, weight: *weight, reason }
            })
            .collect();
        cluster(persons.len(), &links, &guard)
    }

    #[test]
    fn links_are_transitive() {
        let found = clusters(&[("Anna Berg", 5), ("Anna Berg", 5), ("A Berg", 0)], &[(0, 1, 9.0), (1, 2, 8.0)]);
        assert_eq!(found.group, [0, 0, 0]);
        assert_eq!(found.via, [Some(0), Some(0), Some(1)]);
    }

    #[test]
    fn a_record_without_birth_date_doesnt_chain_father_and_son() {
        let persons = [("Ali Karimi", -9000), ("Ali Karimi", 0), ("Ali Karimi", 3111)];
        let found = clusters(&persons, &[(0, 1, 9.0), (1, 2, 8.0)]);
        assert_eq!((found.group, found.refused), (vec![0, 0, 2], vec![1]));
    }

    #[test]
    fn what_was_known_is_kept() {
        let persons = [("Ali Karimi", -9000), ("Ali Karimi", 3111)];
        let found = clusters(&persons, &[(0, 1, f64::INFINITY)]);
        assert_eq!(found.group, [0, 0]);
    }

    #[test]
    fn an_initial_doesnt_chain_spouses() {
        let persons = [("Anna Berg", 0), ("A Berg", 0), ("Amir Berg", 0)];
        let found = clusters(&persons, &[(0, 1, 9.0), (1, 2, 9.0)]);
        assert_eq!((found.group, found.refused), (vec![0, 0, 2], vec![1]));
    }
}
