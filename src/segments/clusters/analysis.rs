//! The static part of the analysis, and the checks of its options.

use crate::numerics::clusters::KSelection;
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step, nearest};
use crate::table::TableSpec;

use super::contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};
use super::options::{ClusterCount, ClustersOptions};
use super::step::ClustersStep;

/// Candidates for `k = "auto"`.
const AUTO: KSelection = KSelection::Auto { min: 2, max: 10 };

/// Clusters of customers that are alike.
#[derive(Debug)]
pub struct ClustersAnalysis;

impl Analysis for ClustersAnalysis {
    fn name(&self) -> &'static str {
        "clusters"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Clusters customers by k-means or by a mixture of normal distributions, on features that are winsorised at 1 % and \
         99 %, put through sign(v) ln(1 + |v|) and standardised. Names say what sets a cluster apart; a cluster of the \
         run before keeps its number and name."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "clusters",
            repeated: false,
            schema: || schemars::schema_for!(ClustersOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[clusters]\nfeatures = [\"days_since_last\", \"orders\", \"tenure_days\"]\nk = \"auto\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["customers", "customer tables", "previous run"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CLUSTERS, &CLUSTER_PROFILES, &CLUSTER_CHOICE]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let absent = Section::absent("clusters");
        let section = sections.first().unwrap_or(&absent);
        let mut options: ClustersOptions = section.read(&mut wrong);
        let are_features_given = !options.features.is_empty();
        if !are_features_given {
            options.features = default_features(context.has_money);
        }
        for name in &options.features {
            if let Some(message) = context.columns.unknown(name) {
                let diagnostic = Diagnostic::new(section.value_span("features"), message);
                wrong.push(match nearest(name, context.columns.names()) {
                    Some(right) => diagnostic.hint(format!("did you mean `{right}`?")),
                    None => diagnostic.hint("`acrm schema` lists the columns of every table"),
                });
            }
        }
        let k = match &options.k {
            ClusterCount::Given(k @ 1..) => KSelection::Fixed(*k),
            ClusterCount::Word(word) if word == "auto" => AUTO,
            other => {
                let shown = match other {
                    ClusterCount::Given(k) => k.to_string(),
                    ClusterCount::Word(word) => format!("\"{word}\""),
                };
                let message = format!("`k` is {shown}");
                wrong.push(Diagnostic::new(section.value_span("k"), message).hint("a number from 1, or \"auto\""));
                AUTO
            }
        };
        let number_by = options.number_by.clone().or_else(|| default_number_by(&options.features));
        if let Some(name) = number_by.as_ref().filter(|name| !options.features.contains(name)) {
            let message = format!("`number_by` names `{name}`, which is not among the features");
            let features = options.features.iter().map(String::as_str);
            wrong.push(Diagnostic::new(section.value_span("number_by"), message).suggest(name, features));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Box::new(ClustersStep {
            features: options.features,
            method: options.method,
            k,
            number_by,
            with_gap: options.gap,
            with_outliers: options.outliers,
            seed: options.seed,
            with_plots: !sections.is_empty(),
            are_features_given,
        }))
    }
}

fn default_features(has_money: bool) -> Vec<String> {
    let last = if has_money { "spend_net" } else { "tenure_days" };
    ["days_since_last", "orders", last].map(str::to_owned).to_vec()
}

fn default_number_by(features: &[String]) -> Option<String> {
    let preferred = ["spend_net", "orders"];
    let found = preferred.iter().find(|name| features.iter().any(|f| f == *name));
    found.map(ToString::to_string).or_else(|| features.last().cloned())
}
