//! What is said of the clusters in `run_quality` and on the console.

use crate::numerics::clusters::{Clustering, Stability};
use crate::table::{Quality, format_day};

use super::labels::{Compared, Labels, Made, Matched};

/// Agreement below which a clustering is flagged: of bootstrap samples (Fang & Wang 2012 give no limit), and with the run
/// before. At 0.6 the labels of one customer in five or more change.
const LEAST_AGREEMENT: f64 = 0.6;

/// Everything but the stability.
pub(super) fn quality(clustering: &Clustering, customers: usize, labels: &Labels, made: &Made) -> Vec<Quality> {
    let line = |check: &str, measured: f64, note: &str| Quality::measured("clusters", check, measured, note);
    let left_out = customers - clustering.placed_rows;
    let mut lines = vec![
        line("clusters", clustering.profiles.len() as f64, "clusters made"),
        line("inertia", clustering.inertia, "sum of squared distances, all placed customers"),
        line("customers_not_placed", left_out as f64, "a feature is missing or not finite"),
        line("customers_fitted_on", clustering.fitted_rows as f64, "the clusters are fitted on these"),
    ];
    if let Some(shortfall) = &clustering.shortfall {
        lines.push(Quality::at_most("clusters", "fewer_clusters_than_asked", 1.0, 0.0, shortfall.clone()));
    }
    lines.extend(votes(clustering));
    if let Some(soft) = &clustering.soft {
        let sure = soft.memberships.iter().flatten().map(|membership| membership.probability).sum::<f64>();
        let mean = sure / clustering.placed_rows.max(1) as f64;
        lines.push(line("mean_cluster_probability", mean, "of each customer's own cluster; 1 is sure of everyone"));
        lines.push(line("bic", soft.bic, "Bayesian information criterion of the mixture, all placed customers"));
        let note =
            soft.floor_note.clone().unwrap_or_else(|| "added to every variance; holds up no component".to_owned());
        lines.push(Quality::measured("clusters", "variance_floor", soft.floor, note));
    }
    lines.extend(compared(labels, made));
    lines
}

fn votes(clustering: &Clustering) -> Option<Quality> {
    let choice = clustering.choice.as_ref()?;
    let note = match choice.best {
        Some([s, c, d]) => {
            let gap = choice.gap.as_ref().map_or_else(String::new, |gap| format!(", gap {}", gap.k));
            let bic = choice
                .best_by_bic()
                .map_or_else(String::new, |k| format!("; k = {k} has the smallest BIC and is taken"));
            format!(
                "of {} indices that put k = {} first (silhouette {s}, Calinski–Harabasz {c}, Davies–Bouldin {d}{gap}){bic}",
                choice.voters(),
                choice.k
            )
        }
        None => "too few distinct customers for the indices".to_owned(),
    };
    Some(Quality::measured("clusters", "k_votes", choice.votes() as f64, note))
}

/// How much comes back on other customers.
pub(super) fn agreement(stability: &Stability) -> Quality {
    let note = format!(
        "mean adjusted Rand index of {} bootstrap samples of {} customers (Fang & Wang 2012); below {LEAST_AGREEMENT} the \
         clusters depend on who happens to be a customer",
        stability.agreements.len(),
        stability.rows
    );
    at_least("stability", stability.agreement, note)
}

fn at_least(check: &str, measured: f64, note: String) -> Quality {
    let line = Quality::measured("clusters", check, measured, note);
    Quality { ok: measured >= LEAST_AGREEMENT, limit: Some(LEAST_AGREEMENT), ..line }
}

/// What became of the clusters of the run before.
fn compared(labels: &Labels, made: &Made) -> Vec<Quality> {
    match &labels.compared {
        Compared::First => Vec::new(),
        Compared::Otherwise { day, before } => {
            let note = format!(
                "clusters are made otherwise than in the run of {} ({} of {}, now {} of {}): none keeps its number and name, \
                 and moves between clusters mean nothing tonight",
                format_day(*day),
                before.method,
                before.features,
                made.method,
                made.features
            );
            vec![Quality::at_most("clusters", "clusters_not_kept", labels.numbers.len() as f64, 0.0, note)]
        }
        Compared::Matched(matched) => {
            let mut lines = vec![not_kept(labels, matched)];
            lines.extend(matched.agreement.map(|agreement| with_run_before(matched, agreement)));
            lines.extend(renamed(matched));
            lines
        }
    }
}

fn not_kept(labels: &Labels, matched: &Matched) -> Quality {
    let list = |one: Vec<String>| if one.is_empty() { "none".to_owned() } else { one.join(", ") };
    let new = matched.new.iter().map(|at| format!("{} \"{}\"", labels.numbers[*at], labels.names[*at])).collect();
    let gone = matched.gone.iter().map(|(number, name)| format!("{number} \"{name}\"")).collect();
    let mut note = format!(
        "clusters without a match in the run of {}; {} keep number and name; new: {}; gone: {}",
        format_day(matched.day),
        labels.numbers.len() - matched.new.len(),
        list(new),
        list(gone)
    );
    for warning in &matched.warnings {
        note.push_str("; ");
        note.push_str(warning);
    }
    let count = matched.new.len() + matched.gone.len();
    Quality::at_most("clusters", "clusters_not_kept", count as f64, 0.0, note)
}

fn with_run_before(matched: &Matched, agreement: f64) -> Quality {
    let note = format!(
        "adjusted Rand index with the clusters of {} (Hubert & Arabie 1985), {} customers placed in both runs; below \
         {LEAST_AGREEMENT} the labels don't keep their meaning",
        format_day(matched.day),
        matched.customers
    );
    at_least("agreement_with_run_before", agreement, note)
}

fn renamed(matched: &Matched) -> Option<Quality> {
    let names = matched.renamed.iter().map(|(old, new)| format!("\"{old}\" is now {}", new.to_lowercase()));
    let note = names.collect::<Vec<_>>().join("; ");
    let count = matched.renamed.len() as f64;
    (count > 0.0).then(|| Quality::measured("clusters", "names_kept_that_would_differ", count, note))
}

/// For the console.
pub(super) fn summary(clustering: &Clustering, labels: &Labels) -> Vec<(String, String)> {
    let k = clustering.profiles.len();
    let mut text = match clustering.choice.as_ref().and_then(|c| c.best.map(|best| (c, best))) {
        Some((choice, [s, c, d])) => {
            let gap = choice.gap.as_ref().map_or_else(String::new, |gap| format!(", gap {}", gap.k));
            let by = match choice.best_by_bic() {
                Some(_) => "BIC".to_owned(),
                None => format!("{} of {} indices", choice.votes(), choice.voters()),
            };
            format!("k = {k} by {by} (silhouette says {s}, Calinski–Harabasz {c}, Davies–Bouldin {d}{gap})")
        }
        None => format!("k = {k}"),
    };
    match &labels.compared {
        Compared::First => {}
        Compared::Otherwise { .. } => text.push_str(", made otherwise than in the run before"),
        Compared::Matched(matched) => {
            text.push_str(&format!(", {} as in the run before", k - matched.new.len()));
        }
    }
    vec![(if clustering.soft.is_some() { "mixture" } else { "k-means" }.to_owned(), text)]
}
