//! The analysis and its checks.

use crate::clean::Cleaned;
use crate::purchases::fold_ledger;
use crate::stage::{
    Analysis, CheckContext, Diagnostic, Layer, Output, Section, SectionShape, StageError, StageInputs, Step,
};
use crate::table::{Quality, Table, TableSpec};

use super::contract::{CUSTOMERS, PURCHASE_HISTORY};
use super::table::tables;
use super::totals::Totals;

/// Transactions to one row per customer.
#[derive(Debug)]
pub struct CustomersAnalysis;

impl Analysis for CustomersAnalysis {
    fn name(&self) -> &'static str {
        "customers"
    }

    fn layer(&self) -> Layer {
        Layer::Features
    }

    fn about(&self) -> &'static str {
        "Folds transaction lines to orders and orders to purchase days, nets refunds, joins the customers source, \
         and gives one row per customer. Cleaning is set in `[clean]`."
    }

    fn section(&self) -> Option<SectionShape> {
        None
    }

    fn example(&self) -> &'static str {
        "[clean]\nzero_amount = \"exclude\"\nduplicates = \"merge\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CUSTOMERS, &PURCHASE_HISTORY]
    }

    fn check(&self, _: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        Ok(Box::new(CustomersStep { attributes: context.attributes.to_vec() }))
    }
}

#[derive(Debug)]
struct CustomersStep {
    attributes: Vec<String>,
}

impl Step for CustomersStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        self.attributes.iter().map(|name| (CUSTOMERS.name, name.clone())).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let cleaned = inputs.cleaned;
        let folded = fold_ledger(cleaned, inputs.run.as_of)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let totals = Totals::of(&folded);
        if let Some(customer) = totals.overflow {
            let mut id = String::new();
            cleaned.customers.write_text(customer, &mut id);
            return Err(StageError::Data(format!(
                "the money of customer `{id}` is past ±9 × 10¹⁴; divide the amounts (rial to toman?) in the export"
            )));
        }
        let mut quality = totals.quality(cleaned);
        let buying = folded.iter().map(|part| part.customers.len()).sum();
        let tables = tables(&folded, cleaned, inputs.run.as_of)?;
        let customers = tables.first().map_or(0, Table::rows);
        quality.extend(matched(cleaned, buying, customers));
        Ok(Output { tables, quality, merged: vec![("transactions", totals.merged)], ..Output::default() })
    }
}

/// How many known customers are in the transactions too; none of them points to ids that are written in two ways.
fn matched(cleaned: &Cleaned, buying: usize, all: usize) -> Option<Quality> {
    let known = cleaned.attributes.keys.len();
    if known == 0 || !cleaned.has_transactions {
        return None;
    }
    let matched = buying + known - all;
    let place = |source: &str| {
        let file = cleaned.files.iter().find(|f| f.source == source);
        file.map_or_else(String::new, |f| format!("`{}` of {}", f.id_column, f.file))
    };
    let mut note = format!("of {known} known customers");
    if matched == 0 {
        let (ours, theirs) = (place("customers"), place("transactions"));
        note = format!("no id in {ours} is in {theirs}: are they written alike? see repair_ids and fold_ids");
    }
    let line = Quality::measured("customers", "known_customers_with_transactions", matched as f64, note);
    Some(Quality { ok: matched > 0, ..line })
}
