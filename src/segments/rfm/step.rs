//! Scores to the table.

use arrow::array::{Array, Int32Array, Int64Array};
use serde_json::json;

use crate::numerics::rfm_segments::RfmSegment;
use crate::numerics::scores::{CutPoints, Direction, score_nested, score_quantile};
use crate::stage::{ModelFile, Output, StageError, StageInputs, Step};
use crate::table::{Categories, Money, Quality, TableBuilder};

use super::contract::RFM;
use super::options::Method;

/// Where the cut points come from.
#[derive(Debug)]
pub(super) enum Cuts {
    Quantile,
    Nested,
    Given { r: CutPoints, f: CutPoints, m: Option<CutPoints> },
}

#[derive(Debug)]
pub(super) struct RfmStep {
    pub(super) bins: u8,
    pub(super) method: Method,
    pub(super) cuts: Cuts,
}

/// Scores of the three measures; no money scores when the log has no money.
struct Scores {
    r: Vec<u8>,
    f: Vec<u8>,
    m: Option<Vec<u8>>,
    bins: u8,
    cuts: serde_json::Value,
}

impl Step for RfmStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let orders = customers.integers("orders")?;
        let buyers: Option<Vec<i64>> = if orders.values().iter().all(|n| *n > 0) {
            None
        } else {
            Some((0..orders.len() as i64).filter(|row| orders.value(*row as usize) > 0).collect())
        };
        let pick = |array: &Int64Array| -> Vec<i64> {
            match &buyers {
                None => array.values().to_vec(),
                Some(rows) => rows.iter().map(|row| array.value(*row as usize)).collect(),
            }
        };
        let spend = customers.integers("spend_net")?;
        let days = pick(customers.integers("days_since_last")?);
        let frequency = pick(orders);
        let money = (spend.null_count() == 0).then(|| pick(spend));
        let ids = match &buyers {
            None => customers.column("customer_id")?.clone(),
            Some(rows) => customers.column("customer_id")?.take(&Int64Array::from(rows.clone())),
        };
        let scores = self.score(&days, &frequency, money.as_deref())?;
        let (codes, segments) = name(&scores)?;
        let score_column =
            |scores: &[u8]| -> Int32Array { scores.iter().map(|s| i32::from(*s)).collect::<Vec<_>>().into() };
        let m = scores.m.as_ref().map_or_else(|| Int32Array::new_null(days.len()), |m| score_column(m));
        let table = TableBuilder::new(&RFM)
            .with("customer_id", ids)
            .score("r", score_column(&scores.r))
            .score("f", score_column(&scores.f))
            .score("m", m)
            .category("rfm", codes)
            .category("rfm_segment", segments)
            .build()?;
        let quality = vec![Quality::measured("rfm", "customers_scored", days.len() as f64, "customers with an order")];
        let models = vec![ModelFile { name: "rfm", content: scores.cuts }];
        Ok(Output { tables: vec![table], models, quality, ..Output::default() })
    }
}

impl RfmStep {
    fn score(&self, days: &[i64], frequency: &[i64], money: Option<&[i64]>) -> Result<Scores, StageError> {
        if days.is_empty() {
            let cuts = json!({ "method": self.method, "bins": self.bins, "customers": 0 });
            return Ok(Scores { r: Vec::new(), f: Vec::new(), m: money.map(|_| Vec::new()), bins: self.bins, cuts });
        }
        let fail = |e: crate::numerics::scores::ScoreError| StageError::Data(e.to_string());
        match &self.cuts {
            Cuts::Given { r, f, m } => {
                let m = m.as_ref().filter(|_| money.is_some());
                let scored = |cuts: &CutPoints, values: &[i64]| cuts.score_all(values);
                let cuts = published(self.method, r, f, m);
                let money_scores = m.zip(money).map(|(cuts, values)| scored(cuts, values));
                Ok(Scores { r: scored(r, days), f: scored(f, frequency), m: money_scores, bins: r.bins(), cuts })
            }
            Cuts::Quantile => {
                let r = score_quantile("rfm.recency", days, self.bins, Direction::LowerIsBetter).map_err(fail)?;
                let f =
                    score_quantile("rfm.frequency", frequency, self.bins, Direction::HigherIsBetter).map_err(fail)?;
                let m = money.map(|m| score_quantile("rfm.monetary", m, self.bins, Direction::HigherIsBetter));
                let m = m.transpose().map_err(fail)?;
                let cuts = published(self.method, &r.cuts, &f.cuts, m.as_ref().map(|m| &m.cuts));
                Ok(Scores { r: r.scores, f: f.scores, m: m.map(|m| m.scores), bins: self.bins, cuts })
            }
            Cuts::Nested => {
                let nested =
                    score_nested("rfm", days, frequency, money.unwrap_or(frequency), self.bins).map_err(fail)?;
                let list = |cuts: &[CutPoints]| cuts.iter().map(|c| c.cuts().to_vec()).collect::<Vec<_>>();
                let cuts = json!({
                    "method": self.method,
                    "bins": self.bins,
                    "recency_cuts_days": nested.cuts.r.cuts(),
                    "frequency_cuts_orders_by_r": list(&nested.cuts.f),
                    "monetary_cuts_ten_thousandths_by_r_f": money.map(|_| list(&nested.cuts.m)),
                });
                Ok(Scores { r: nested.r, f: nested.f, m: money.map(|_| nested.m), bins: self.bins, cuts })
            }
        }
    }
}

fn published(method: Method, r: &CutPoints, f: &CutPoints, m: Option<&CutPoints>) -> serde_json::Value {
    json!({
        "method": method,
        "bins": r.bins(),
        "recency_cuts_days": r.cuts(),
        "frequency_cuts_orders": f.cuts(),
        "monetary_cuts": m.map(|m| m.cuts().iter().map(|c| Money(*c).to_f64()).collect::<Vec<_>>()),
        "direction": "the highest score is the most recent, the most orders, the most money",
    })
}

/// The codes and the segment names, as categories over all codes that n scores allow.
fn name(scores: &Scores) -> Result<(Categories, Categories), StageError> {
    let n = usize::from(scores.bins);
    let with_money = scores.m.is_some();
    let mut codes = Vec::with_capacity(n * n * n);
    let mut segment_of = Vec::with_capacity(n * n * n);
    for r in 1..=scores.bins {
        for f in 1..=scores.bins {
            for m in if with_money { 1..=scores.bins } else { f..=f } {
                codes.push(if with_money { format!("{r}-{f}-{m}") } else { format!("{r}-{f}") });
                let segment = RfmSegment::of(r, f, m, scores.bins).map_err(|e| StageError::Data(e.to_string()))?;
                let number = RfmSegment::ALL.iter().position(|s| *s == segment);
                segment_of.push(number.map_or(-1, |n| n as i32));
            }
        }
    }
    let zero_based = |score: u8| usize::from(score) - 1;
    let place = |row: usize| {
        let rf = zero_based(scores.r[row]) * n + zero_based(scores.f[row]);
        scores.m.as_ref().map_or(rf, |m| rf * n + zero_based(m[row]))
    };
    let places = (0..scores.r.len()).map(place).collect::<Vec<_>>();
    let segments = places.iter().map(|p| segment_of[*p]).collect();
    let names = RfmSegment::ALL.map(|s| s.name().to_owned()).to_vec();
    let places = places.into_iter().map(|p| p as i32).collect();
    Ok((Categories::from_codes(places, codes), Categories::from_codes(segments, names)))
}
