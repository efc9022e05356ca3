//! The plots: sizes of the clusters, and what each index says of each k.

use crate::numerics::clusters::Clustering;
use crate::stage::{Content, Emphasis, Plot, Series};

use super::labels::Labels;

/// A plot of the sizes, and one of the choice of k where there was one.
pub(super) fn plots(clustering: &Clustering, labels: &Labels) -> Vec<Plot> {
    let mut plots = vec![sizes(clustering, labels)];
    plots.extend(choice(clustering));
    plots
}

fn sizes(clustering: &Clustering, labels: &Labels) -> Plot {
    let bar = |at: usize| {
        let name = format!("{} {}", labels.numbers[at], labels.names[at]);
        (name, clustering.profiles[at].size as f64, Emphasis::Other)
    };
    Plot {
        name: "cluster_sizes".into(),
        title: "Customers by cluster".into(),
        note: "number and name of each cluster".into(),
        x_title: "customers".into(),
        y_title: String::new(),
        content: Content::Bars { bars: labels.by_number().into_iter().map(bar).collect() },
    }
}

/// Each index against its best value, so that 1 is the best of each.
fn choice(clustering: &Clustering) -> Option<Plot> {
    let choice = clustering.choice.as_ref().filter(|choice| !choice.candidates.is_empty())?;
    let values = |at: usize| choice.candidates.iter().map(|c| c.values[at]).collect::<Vec<_>>();
    let larger = |values: Vec<f64>| {
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        values.into_iter().map(|v| if best > 0.0 { (v / best).max(0.0) } else { 0.0 }).collect::<Vec<_>>()
    };
    let smaller = |values: Vec<f64>| {
        let best = values.iter().copied().fold(f64::INFINITY, f64::min);
        values.into_iter().map(|v| if v > 0.0 { best / v } else { 1.0 }).collect::<Vec<_>>()
    };
    let mut shown = vec![
        ("silhouette", larger(values(0))),
        ("Calinski–Harabasz", larger(values(1))),
        ("Davies–Bouldin", smaller(values(2))),
    ];
    let gaps = choice.candidates.iter().map(|c| choice.gap_of(c.k).map(|gap| gap.gap)).collect::<Option<Vec<_>>>();
    shown.extend(gaps.map(|gaps| ("gap", larger(gaps))));
    let series = |(name, values): (&str, Vec<f64>)| Series {
        name: name.into(),
        points: values.into_iter().enumerate().map(|(at, value)| (at as f64, value)).collect(),
        emphasis: Emphasis::Other,
    };
    let bic = choice.best_by_bic().map_or("", |_| " by BIC");
    Some(Plot {
        name: "cluster_choice".into(),
        title: "What each index says of each number of clusters".into(),
        note: format!("share of the best value of each index, 1 is the best; k = {} was taken{bic}", choice.k),
        x_title: "clusters".into(),
        y_title: "share of the best value".into(),
        content: Content::GroupedBars {
            categories: choice.candidates.iter().map(|c| c.k.to_string()).collect(),
            series: shown.into_iter().map(series).collect(),
        },
    })
}
