//! Numbers and names that keep their meaning: the clusters of this run beside those of the run before.
//!
//! A cluster is matched to an old one by the customers they share and by their centres
//! ([`match_clusters`]). What is kept keeps number and name. What is new gets the next number that no cluster
//! ever had, and a name that no other cluster of either run bears. With another method or other features the clusters mean
//! something else, so that nothing is matched and all numbers are new.
//!
//! Everything is read from the tables of the run before, so that a rerun of a night gives the same again. `numbers_used`
//! keeps the numbers of clusters that are long gone; a run that places nobody has no row to keep it in, and the one after it
//! begins anew.

use arrow::array::{Array, StringArray};

use crate::history::History;
use crate::numerics::clusters::{
    ClusterError, ClusterMatch, Clustering, OldClusters, Points, adjusted_rand_index, match_clusters,
};
use crate::table::{Column, align};

use super::contract::{CLUSTER_PROFILES, CLUSTERS};

/// Columns of `cluster_profiles` that are read again, with the centres.
const REMEMBERED: [&str; 6] = ["cluster", "cluster_name", "since", "method", "features", "numbers_used"];

/// The columns of the run before that are needed.
pub(super) fn remembered(features: &[String]) -> Vec<(&'static str, String)> {
    let centres = features.iter().map(|name| centre_of(name));
    let profiles = REMEMBERED.iter().map(|name| (*name).to_owned()).chain(centres);
    let own = ["customer_id", "cluster"].map(|name| (CLUSTERS.name, name.to_owned()));
    own.into_iter().chain(profiles.map(|name| (CLUSTER_PROFILES.name, name))).collect()
}

pub(super) fn centre_of(feature: &str) -> String {
    format!("{feature}_centre")
}

/// What made the clusters of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) method: String,
    pub(super) features: String,
}

impl Made {
    /// By a method from features, in the order of the pipeline file.
    pub(super) fn of(method: &str, features: &[String]) -> Self {
        Self { method: method.to_owned(), features: features.join(", ") }
    }

    /// Whether clusters can mean the same: the order of the features makes no difference.
    fn is_like(&self, other: &Self) -> bool {
        let sorted = |made: &Self| {
            let mut names = made.features.split(", ").map(str::to_owned).collect::<Vec<_>>();
            names.sort_unstable();
            names
        };
        self.method == other.method && sorted(self) == sorted(other)
    }
}

/// The clusters of the run before.
#[derive(Debug)]
struct Before<'a> {
    day: i32,
    numbers: Vec<u16>,
    names: Vec<String>,
    since: Vec<Option<i32>>,
    made: Made,
    numbers_used: u16,
    placed: Option<(&'a StringArray, &'a Column)>,
}

/// What the clusters of this run are called, by their order in the clustering.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) numbers: Vec<u16>,
    pub(super) names: Vec<String>,
    /// As-of day of the run in which each was first found.
    pub(super) since: Vec<i32>,
    /// Jaccard similarity to the cluster of the same number in the run before.
    pub(super) overlaps: Vec<Option<f64>>,
    pub(super) numbers_used: u16,
    pub(super) compared: Compared,
}

/// How this run compares with the one before.
#[derive(Debug)]
pub(super) enum Compared {
    /// There is none, or it placed nobody.
    First,
    /// Its clusters are made otherwise.
    Otherwise {
        /// Its day.
        day: i32,
        /// How they are made.
        before: Made,
    },
    /// Matched.
    Matched(Matched),
}

/// What the matching found.
#[derive(Debug)]
pub(super) struct Matched {
    /// Day of the run before.
    pub(super) day: i32,
    /// Adjusted Rand index over the customers placed in both runs; none without such customers.
    pub(super) agreement: Option<f64>,
    /// Customers placed in both runs.
    pub(super) customers: usize,
    /// Numbers and names of the old clusters that are gone.
    pub(super) gone: Vec<(u16, String)>,
    /// Places of the clusters that are new.
    pub(super) new: Vec<usize>,
    /// What the matching says of clusters that have changed too much.
    pub(super) warnings: Vec<String>,
    /// Kept clusters that tonight's figures would name otherwise: the name kept and the other.
    pub(super) renamed: Vec<(String, String)>,
}

impl Labels {
    /// Labels for a clustering of the customers `ids`.
    ///
    /// # Errors
    /// Those of [`match_clusters`].
    pub(super) fn of(
        clustering: &Clustering,
        ids: &StringArray,
        made: &Made,
        history: &History,
        as_of: i32,
    ) -> Result<Self, ClusterError> {
        let Some(before) = Before::of(history) else { return Ok(Self::first(clustering, as_of)) };
        if !before.made.is_like(made) {
            return Self::anew(clustering, before, as_of);
        }
        let moves = before.moves(ids, &clustering.placement.clusters);
        let numeric = clustering.fitted.scaling.columns.len();
        let old_centres = before.centres(history, clustering)?;
        let centres = clustering.fitted.centres.points().rows().flat_map(|row| &row[..numeric]).copied().collect();
        let centres = Points::new(centres, numeric)?;
        let old = OldClusters { numbers: &before.numbers, centres: &old_centres, next_number: before.numbers_used };
        let matches = match_clusters(old, &centres, moves.iter().map(|(was, is)| (Some(*was), Some(*is))))?;
        let (was, is): (Vec<u16>, Vec<u16>) = moves.into_iter().unzip();
        let agreement = (!is.is_empty()).then(|| adjusted_rand_index(&was, &is)).transpose()?;
        Ok(Self::matched(clustering, &before, &matches, agreement, is.len(), as_of))
    }

    fn first(clustering: &Clustering, as_of: i32) -> Self {
        let k = clustering.profiles.len();
        let numbers = clustering.profiles.iter().map(|p| p.cluster).collect::<Vec<_>>();
        Self {
            numbers_used: k as u16,
            numbers,
            names: clustering.profiles.iter().map(|p| p.name.clone()).collect(),
            since: vec![as_of; k],
            overlaps: vec![None; k],
            compared: Compared::First,
        }
    }

    /// New numbers and names for all.
    fn anew(clustering: &Clustering, before: Before<'_>, as_of: i32) -> Result<Self, ClusterError> {
        let k = clustering.profiles.len();
        let from = before.numbers_used;
        let numbers_used = from.checked_add(k as u16).ok_or(ClusterError::NoFreshNumber { from })?;
        let numbers = (from..numbers_used).collect::<Vec<_>>();
        let names = names(clustering, &numbers, &vec![None; k], &before.names);
        let compared = Compared::Otherwise { day: before.day, before: before.made };
        Ok(Self { numbers_used, numbers, names, since: vec![as_of; k], overlaps: vec![None; k], compared })
    }

    fn matched(
        clustering: &Clustering,
        before: &Before<'_>,
        matches: &[ClusterMatch],
        agreement: Option<f64>,
        customers: usize,
        as_of: i32,
    ) -> Self {
        let place = |number: u16| before.numbers.iter().position(|old| *old == number);
        let kept = matches.iter().map(|m| m.old.filter(|_| m.kept).and_then(place)).collect::<Vec<_>>();
        let numbers = matches.iter().map(|m| m.number).collect::<Vec<_>>();
        let old_names = kept.iter().map(|at| at.map(|at| before.names[at].as_str())).collect::<Vec<_>>();
        let names = names(clustering, &numbers, &old_names, &before.names);
        let gone = (0..before.numbers.len()).filter(|at| !kept.contains(&Some(*at)));
        let described = clustering.profiles.iter().zip(&old_names).filter_map(|(profile, old)| {
            let old = old.filter(|old| *old != profile.name)?;
            Some((old.to_owned(), profile.name.clone()))
        });
        let compared = Matched {
            day: before.day,
            agreement,
            customers,
            gone: gone.map(|at| (before.numbers[at], before.names[at].clone())).collect(),
            new: (0..kept.len()).filter(|at| kept[*at].is_none()).collect(),
            warnings: matches.iter().filter_map(ClusterMatch::warning).collect(),
            renamed: described.collect(),
        };
        let largest = numbers.iter().map(|number| number.saturating_add(1)).max().unwrap_or_default();
        Self {
            numbers_used: before.numbers_used.max(largest),
            since: kept.iter().map(|at| at.and_then(|at| before.since[at]).unwrap_or(as_of)).collect(),
            overlaps: matches.iter().map(|m| m.jaccard.filter(|_| m.kept)).collect(),
            numbers,
            names,
            compared: Compared::Matched(compared),
        }
    }

    /// The places of the clusters by rising number.
    pub(super) fn by_number(&self) -> Vec<usize> {
        let mut places = (0..self.numbers.len()).collect::<Vec<_>>();
        places.sort_unstable_by_key(|at| self.numbers[*at]);
        places
    }
}

/// The kept names, and for the others their own; with the number behind it where another cluster of either run bears that.
fn names(clustering: &Clustering, numbers: &[u16], kept: &[Option<&str>], old: &[String]) -> Vec<String> {
    let mut taken = old.to_vec();
    let mut names = Vec::with_capacity(numbers.len());
    for ((profile, number), kept) in clustering.profiles.iter().zip(numbers).zip(kept) {
        let name = match kept {
            Some(name) => (*name).to_owned(),
            None if taken.contains(&profile.name) => format!("{} ({number})", profile.name),
            None => profile.name.clone(),
        };
        taken.push(name.clone());
        names.push(name);
    }
    names
}

impl<'a> Before<'a> {
    /// Nothing on the first night, after a run that placed nobody, or after one of a version that did not tell.
    fn of(history: &'a History) -> Option<Self> {
        let of_profiles = |name: &str| history.column(CLUSTER_PROFILES.name, name);
        let [clusters, names, since, method, features, used] = REMEMBERED.map(of_profiles);
        let numbers = whole(clusters?).into_iter().map(|number| u16::try_from(number?).ok());
        let numbers = numbers.collect::<Option<Vec<u16>>>().filter(|numbers| !numbers.is_empty())?;
        let rows = 0..numbers.len();
        let (names, since, used) = (names?, since?, whole(used?).into_iter().flatten().max()?);
        let placed = match (history.column(CLUSTERS.name, "customer_id"), history.column(CLUSTERS.name, "cluster")) {
            (Some(Column::Text(ids)), Some(clusters)) => Some((ids, clusters)),
            _ => None,
        };
        Some(Self {
            day: history.as_of?,
            names: rows.clone().map(|row| names.display(row)).collect(),
            since: rows.map(|row| since.number(row).map(|day| day as i32)).collect(),
            made: Made { method: method?.display(0), features: features?.display(0) },
            numbers_used: u16::try_from(used).ok()?,
            numbers,
            placed,
        })
    }

    /// Where each customer placed in both runs was and is.
    fn moves(&self, ids: &StringArray, now: &[Option<u16>]) -> Vec<(u16, u16)> {
        let Some((old_ids, clusters)) = self.placed else { return Vec::new() };
        let clusters = whole(clusters).into_iter().map(|number| {
            let number = u16::try_from(number?).ok()?;
            self.numbers.contains(&number).then_some(number)
        });
        let clusters = clusters.collect::<Vec<_>>();
        let rows = align(ids, old_ids);
        let moved = now.iter().enumerate().filter_map(|(row, is)| {
            let is = (*is)?;
            let was = (!rows.is_null(row)).then(|| clusters[rows.value(row) as usize])??;
            Some((was, is))
        });
        moved.collect()
    }

    /// The old centres as the new ones are scaled.
    fn centres(&self, history: &History, clustering: &Clustering) -> Result<Points, ClusterError> {
        let columns = &clustering.fitted.scaling.columns;
        let mut values = vec![0.0; self.numbers.len() * columns.len()];
        for (at, scaling) in columns.iter().enumerate() {
            let Some(centres) = history.column(CLUSTER_PROFILES.name, &centre_of(&scaling.name)) else { continue };
            for row in 0..self.numbers.len() {
                values[row * columns.len() + at] = centres.number(row).map_or(0.0, |centre| scaling.scale(centre));
            }
        }
        Points::new(values, columns.len())
    }
}

/// Whole numbers; none where a cell is empty.
fn whole(column: &Column) -> Vec<Option<i64>> {
    (0..column.len()).map(|row| column.number(row).map(|number| number as i64)).collect()
}
