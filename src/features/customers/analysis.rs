//! The analysis and its checks.

use crate::clean::{Cleaned, Duplicates, Tally};
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Output, Section, SectionShape, StageError, StageInputs, Step};
use crate::table::{Quality, TableSpec};

use super::contract::{CUSTOMERS, PURCHASE_HISTORY};
use super::fold::fold_ledger;
use super::one::{FoldRules, Folded};
use super::table::{published_name, tables};

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
        self.attributes.iter().map(|name| (CUSTOMERS.name, published_name(name))).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let cleaned = inputs.cleaned;
        let (_, category_ranks) = cleaned.categories.ranks();
        let (_, channel_ranks) = cleaned.channels.ranks();
        let rules = FoldRules {
            zero_amount: cleaned.options.zero_amount,
            merge_duplicates: cleaned.options.duplicates == Duplicates::Merge,
            has_money: cleaned.has_money,
            category_ranks: &category_ranks,
            channel_ranks: &channel_ranks,
        };
        let folded = fold_ledger(&cleaned.ledger, rules)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        if let Some(first) = folded.iter().find(|f| f.overflow) {
            let mut id = String::new();
            cleaned.customers.write_text(first.customer, &mut id);
            return Err(StageError::Data(format!(
                "the money of customer `{id}` is past ±9 × 10¹⁴; divide the amounts (rial to toman?) in the export"
            )));
        }
        let merged = Tally {
            rows: folded.iter().map(|f| u64::from(f.merged_lines)).sum(),
            money: folded.iter().map(|f| i128::from(f.merged_money)).sum(),
        };
        let quality = quality(&folded, merged, cleaned);
        let tables = tables(folded, cleaned, inputs.run.as_of)?;
        Ok(Output { tables, quality, merged: vec![("transactions", merged)], ..Output::default() })
    }
}

/// The balance between the ledger and the customers, and what was left out of purchases.
fn quality(folded: &[Folded], merged: Tally, cleaned: &Cleaned) -> Vec<Quality> {
    let sum = |value: &dyn Fn(&Folded) -> f64| folded.iter().map(value).sum::<f64>();
    let mut lines = vec![
        Quality::measured("customers", "orders", sum(&|f| f.orders.into()), "orders with a positive amount"),
        Quality::measured(
            "customers",
            "zero_amount_orders_left_out",
            sum(&|f| f.zero_orders.into()),
            "orders of amount zero; `[clean] zero_amount = \"purchase\"` counts them",
        ),
        Quality::measured(
            "customers",
            "customers_without_purchase",
            folded.iter().filter(|f| f.orders == 0).count() as f64,
            "in the transactions, but with refunds or orders of amount zero only; not scored",
        ),
        Quality::measured(
            "customers",
            "customers_fully_cancelled",
            folded.iter().filter(|f| f.orders > 0 && cleaned.has_money && f.spend_net <= 0).count() as f64,
            "bought, and got all of the money back",
        ),
    ];
    if cleaned.has_margin {
        let unknown = sum(&|f| f.lines_without_margin.into());
        let note = "lines without cost or margin; they add nothing to `margin`";
        lines.push(Quality::measured("customers", "lines_without_margin", unknown, note));
    }
    let customers_money: i128 = folded.iter().map(|f| i128::from(f.spend_net)).sum();
    let counts = cleaned.counts.iter().find(|c| c.source == "transactions");
    if let Some(counts) = counts {
        let gap = (counts.accepted.money - merged.money - customers_money).unsigned_abs();
        let note = "accepted money − merged − spend_net of all customers";
        lines.push(Quality::at_most("customers", "money_unaccounted", gap as f64 / 10_000.0, 0.0, note));
        let rows = i128::from(counts.accepted.rows) - i128::from(cleaned.ledger.lines());
        let note = "accepted rows − lines in the ledger";
        lines.push(Quality::at_most("customers", "rows_unaccounted", rows.unsigned_abs() as f64, 0.0, note));
    }
    lines
}
