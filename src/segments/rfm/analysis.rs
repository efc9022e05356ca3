//! The static part of the analysis, and the checks of its options.

use std::ops::Range;

use serde::Deserialize;

use crate::numerics::scores::{BINS, CutPoints, Direction, ScoreError};
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::{Money, TableSpec};

use super::contract::RFM;
use super::options::{Method, RfmOptions};
use super::step::{Cuts, RfmStep};

/// RFM scores and named segments.
#[derive(Debug)]
pub struct RfmAnalysis;

impl Analysis for RfmAnalysis {
    fn name(&self) -> &'static str {
        "rfm"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Scores customers by recency, frequency and money and names their segment. `models/rfm.json` holds the cut \
         points; `pinned` uses them again."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "rfm", repeated: false, schema: || schemars::schema_for!(RfmOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[rfm]\nbins = 5\nmethod = \"quantile\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["customers"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&RFM]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let absent = Section::absent("rfm");
        let section = sections.first().unwrap_or(&absent);
        let options: RfmOptions = section.read(&mut wrong);
        if !BINS.contains(&options.bins) {
            let message = format!("`bins` is {}", options.bins);
            wrong.push(Diagnostic::new(section.value_span("bins"), message).hint("a number from 2 to 10"));
        }
        let cuts = match (options.method, &options.pinned) {
            (Method::Quantile, None) => Some(Cuts::Quantile),
            (Method::Nested, None) => Some(Cuts::Nested),
            (Method::Fixed, None) => fixed(&options, section, context, &mut wrong),
            (Method::Quantile, Some(path)) => pinned(path, &options, section, context, &mut wrong),
            (_, Some(_)) => {
                let message = "`pinned` goes with `method = \"quantile\"` only";
                wrong.push(Diagnostic::new(section.value_span("pinned"), message).hint("leave one of the two out"));
                None
            }
        };
        match cuts {
            Some(cuts) if wrong.is_empty() => {
                Ok(Box::new(RfmStep { bins: options.bins, method: options.method, cuts }))
            }
            _ => Err(wrong),
        }
    }
}

fn fixed(
    options: &RfmOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Cuts> {
    let money: Option<Vec<i64>> = options.monetary_cuts.iter().map(|c| Money::from_f64(*c).map(|m| m.0)).collect();
    let bins = options.bins;
    let mut take = |key: &str, cuts: &[i64], direction| {
        let made = CutPoints::fixed(&format!("rfm.{key}"), cuts, bins, direction);
        note(made, section.value_span(key), wrong)
    };
    let r = take("recency_cuts_days", &options.recency_cuts_days, Direction::LowerIsBetter);
    let f = take("frequency_cuts_orders", &options.frequency_cuts_orders, Direction::HigherIsBetter);
    let m = if context.has_money || section.has("monetary_cuts") {
        take("monetary_cuts", &money.unwrap_or_default(), Direction::HigherIsBetter).map(Some)
    } else {
        Some(None)
    };
    Some(Cuts::Given { r: r?, f: f?, m: m? })
}

fn note(made: Result<CutPoints, ScoreError>, span: Range<usize>, wrong: &mut Vec<Diagnostic>) -> Option<CutPoints> {
    made.map_err(|error| {
        let hint = "as many rising cut points as `bins` less one";
        wrong.push(Diagnostic::new(span, error.to_string()).hint(hint));
    })
    .ok()
}

/// What `pinned` reads of a published `models/rfm.json`.
#[derive(Debug, Deserialize)]
struct PinnedFile {
    bins: u8,
    recency_cuts_days: Vec<i64>,
    frequency_cuts_orders: Vec<i64>,
    monetary_cuts: Option<Vec<f64>>,
}

fn pinned(
    path: &str,
    options: &RfmOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Cuts> {
    let span = section.value_span("pinned");
    let full = context.base.join(path);
    let read = std::fs::read_to_string(&full).map_err(|e| e.to_string());
    let file: PinnedFile = match read.and_then(|text| serde_json::from_str(&text).map_err(|e| e.to_string())) {
        Ok(file) => file,
        Err(reason) => {
            let message = format!("`pinned`: {} can't be used: {reason}", full.display());
            wrong.push(
                Diagnostic::new(span, message).hint("the `models/rfm.json` of an earlier run with method quantile"),
            );
            return None;
        }
    };
    if section.has("bins") && file.bins != options.bins {
        let message = format!("`pinned` has {} scores, `bins` is {}", file.bins, options.bins);
        wrong.push(Diagnostic::new(span, message).hint("leave `bins` out, or pin a file with as many"));
        return None;
    }
    let money = file.monetary_cuts.unwrap_or_default();
    let money: Vec<i64> = money.iter().filter_map(|c| Money::from_f64(*c)).map(|m| m.0).collect();
    let mut take = |cuts: &[i64], direction| {
        note(CutPoints::pinned("rfm.pinned", cuts, file.bins, direction), span.clone(), wrong)
    };
    let r = take(&file.recency_cuts_days, Direction::LowerIsBetter);
    let f = take(&file.frequency_cuts_orders, Direction::HigherIsBetter);
    let m = if context.has_money { take(&money, Direction::HigherIsBetter).map(Some) } else { Some(None) };
    Some(Cuts::Given { r: r?, f: f?, m: m? })
}
