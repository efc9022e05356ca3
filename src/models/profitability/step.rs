//! The tables.

use arrow::array::{Array, BooleanArray, Float64Array, Int64Array, StringArray};

use crate::numerics::concentration::Concentration;
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, align, format_money};

use super::accounts::{Account, Accounts, COSTS, LeftOut};
use super::analysis::ProfitabilityOptions;
use super::concentration::{concentration_table, deciles_table, percent};
use super::contract::PROFITABILITY;
use super::reasons::{Expected, Explanation, explain};
use super::tiers::{Places, TIERS};

#[derive(Debug)]
pub(super) struct ProfitabilityStep {
    /// None when the section is not there.
    pub(super) options: Option<ProfitabilityOptions>,
}

impl Step for ProfitabilityStep {
    fn is_idle(&self) -> bool {
        self.options.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        if !inputs.cleaned.has_money {
            return Ok(without_money()?);
        }
        let accounts = Accounts::of(inputs, options)?;
        let revenues: Vec<i64> = accounts.rows.iter().map(Account::revenue).collect();
        let contributions: Vec<i64> = accounts.rows.iter().map(Account::contribution).collect();
        let places = Places::of(&contributions, options.tiers, options.cuts());
        let ids = inputs.tables.get("customers")?.text("customer_id")?;
        let future = Future::of(inputs, ids)?;
        let explained: Vec<Option<Explanation>> =
            accounts.rows.iter().enumerate().map(|(row, account)| future.explain(row, account)).collect();
        let (revenue, contribution) = (Concentration::of(&revenues), Concentration::of(&contributions));
        let tables = vec![
            table(ids, &accounts.rows, &places, &explained)?,
            deciles_table(&places.order, &revenues, &contributions)?,
            concentration_table(&revenue, &contribution)?,
        ];
        let quality = quality(&accounts, &contributions);
        let summary = vec![("profitability".to_owned(), summary(&contribution, &revenue, &contributions))];
        Ok(Output { tables, quality, summary, ..Output::default() })
    }
}

/// Empty tables, and why they are empty.
fn without_money() -> Result<Output, TableError> {
    let nobody = Places::of(&[], super::analysis::Tiers::Quantile, [0.0; 3]);
    let nothing = Concentration::of(&[]);
    let ids = StringArray::from(Vec::<&str>::new());
    let tables =
        vec![table(&ids, &[], &nobody, &[])?, deciles_table(&[], &[], &[])?, concentration_table(&nothing, &nothing)?];
    let note =
        "the transactions have no money, so nobody has a contribution: map `amount`, or `quantity` and `unit_price`";
    let quality = vec![Quality { ok: false, ..Quality::measured("profitability", "customers", 0.0, note) }];
    Ok(Output { tables, quality, ..Output::default() })
}

/// The value that is expected of customers, where it is.
struct Future {
    days: Vec<u32>,
    /// By row of the customers, then by horizon; in ten-thousandths.
    values: Vec<f64>,
    known: Vec<bool>,
}

impl Future {
    fn of(inputs: &StageInputs<'_>, ids: &StringArray) -> Result<Self, StageError> {
        let clv = inputs.tables.get("clv")?;
        let horizon = |name: &str| name.strip_prefix("clv_")?.strip_suffix('d')?.parse::<u32>().ok();
        let mut horizons: Vec<(u32, &Column)> =
            clv.columns().iter().filter_map(|(name, column)| Some((horizon(name)?, column))).collect();
        horizons.sort_by_key(|(days, _)| *days);
        horizons.retain(|(_, column)| column.null_count() == 0);
        let places = align(ids, clv.text("customer_id")?);
        let known: Vec<bool> = (0..ids.len()).map(|row| !places.is_null(row) && !horizons.is_empty()).collect();
        let at = |row: usize, column: &Column| {
            let place = if places.is_null(row) { return 0.0 } else { places.value(row) as usize };
            column.number(place).unwrap_or_default() * 10_000.0
        };
        let values = (0..ids.len()).flat_map(|row| horizons.iter().map(move |(_, column)| (row, *column)));
        let values = values.map(|(row, column)| at(row, column)).collect();
        Ok(Self { days: horizons.iter().map(|(days, _)| *days).collect(), values, known })
    }

    fn explain(&self, row: usize, account: &Account) -> Option<Explanation> {
        let width = self.days.len();
        let expected =
            self.known[row].then(|| Expected { days: &self.days, value: &self.values[row * width..][..width] });
        explain(account, expected)
    }
}

fn table(
    ids: &StringArray,
    accounts: &[Account],
    places: &Places,
    explained: &[Option<Explanation>],
) -> Result<Table, TableError> {
    let money = |value: fn(&Account) -> i64| accounts.iter().map(value).collect::<Vec<_>>();
    let code = |found: Option<usize>| found.map_or(-1, |at| at as i32);
    let codes = |found: Vec<i32>, names: &[&str]| {
        Categories::from_codes(found, names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    let basis = |account: &Account| match (account.with_margin > 0, account.without_margin > 0) {
        _ if !account.has_lines => None,
        (true, true) => Some(2),
        (false, true) => Some(1),
        // lines without money lean on no rate
        (_, false) => Some(0),
    };
    let share = |account: &Account| {
        let revenue = account.revenue();
        (revenue > 0).then(|| account.contribution() as f64 / revenue as f64)
    };
    let text = |value: fn(&Explanation) -> &str| {
        explained.iter().map(|found| found.as_ref().map(value)).collect::<StringArray>()
    };
    let count = |value: fn(&Explanation) -> Option<i64>| {
        explained.iter().map(|found| found.as_ref().and_then(value)).collect::<Int64Array>()
    };
    let profitable = accounts.iter().map(|account| Some(account.contribution() >= 0)).collect::<BooleanArray>();
    TableBuilder::new(&PROFITABILITY)
        .text("customer_id", ids.clone())
        .money("profit_revenue", money(Account::revenue))
        .money("profit_returned", money(|account| account.returned))
        .money("profit_margin", money(|account| account.margin))
        .category("margin_basis", codes(accounts.iter().map(|a| code(basis(a))).collect(), &["known", "rate", "both"]))
        .money("cost_of_returns", money(|account| account.cost_of_returns))
        .money("cost_of_service", money(|account| account.cost_of_service))
        .money("cost_of_contacts", money(|account| account.cost_of_contacts))
        .money("cost_of_acquisition", money(|account| account.cost_of_acquisition))
        .money("contribution", money(Account::contribution))
        .real("contribution_share", accounts.iter().map(share).collect::<Float64Array>())
        .with("is_profitable", Column::Flag(profitable))
        .category("largest_cost", codes(accounts.iter().map(|a| code(a.largest_cost())).collect(), &COSTS))
        .text("profit_reason", text(|found| &found.reason))
        .text("profit_remedy", text(|found| &found.remedy))
        .count("further_orders_needed", count(|found| found.further_orders))
        .count("affordable_service_contacts", count(|found| found.affordable_contacts))
        .count("pays_back_in_days", count(|found| found.pays_back_in_days))
        .category("value_tier", codes(places.tiers.clone(), &TIERS))
        .real("contribution_percentile", places.percentiles.clone())
        .build()
}

fn units(money: i128) -> f64 {
    money as f64 / 10_000.0
}

fn quality(accounts: &Accounts, contributions: &[i64]) -> Vec<Quality> {
    let line = |check: &str, measured: f64, note: &str| Quality::measured("profitability", check, measured, note);
    let sum = |value: fn(&Account) -> i64| accounts.rows.iter().map(|account| i128::from(value(account))).sum::<i128>();
    let total: i128 = contributions.iter().map(|c| i128::from(*c)).sum();
    let losses = contributions.iter().filter(|c| **c < 0);
    let lost: i128 = losses.clone().map(|c| i128::from(*c)).sum();
    let (known, unknown) = (sum(|account| account.with_margin), sum(|account| account.without_margin));
    let share = if known + unknown > 0 { known as f64 / (known + unknown) as f64 } else { 0.0 };
    let LeftOut { interactions, interaction_cost, contacts, covered, covered_cost, contacts_without_cost } =
        accounts.left_out;
    let costs = |cost: i64| format!("their cost is {}", format_money(i128::from(cost)));
    let mut lines = vec![
        line("contribution", units(total), &format!("exactly {}", format_money(total))),
        line("cost_of_returns", units(sum(|account| account.cost_of_returns)), "margin given back, and handling"),
        line(
            "cost_of_service",
            units(sum(|account| account.cost_of_service)),
            "interactions, and the attribute service_cost",
        ),
        line("cost_of_contacts", units(sum(|account| account.cost_of_contacts)), "contacts of campaigns"),
        line(
            "cost_of_acquisition",
            units(sum(|account| account.cost_of_acquisition)),
            "the attribute acquisition_cost",
        ),
        line("unprofitable_customers", losses.count() as f64, &format!("together {}", format_money(lost))),
        line("money_with_known_margin", share, "share of the money sold and returned; the rest is taken at a rate"),
    ];
    let mut left_out = |check: &str, count: u64, note: String| {
        if count > 0 {
            lines.push(line(check, count as f64, &note));
        }
    };
    left_out(
        "interactions_charged_as_contacts",
        covered,
        format!("contacts of campaigns that tell a cost; {}", costs(covered_cost)),
    );
    left_out(
        "interactions_of_unknown_customers",
        interactions,
        format!("charged to nobody; {}", costs(interaction_cost)),
    );
    left_out("contacts_of_unknown_customers", contacts, "charged to nobody".to_owned());
    let note = "their campaigns tell no `cost_per_contact`; the cost of their interactions counts".to_owned();
    left_out("contacts_without_cost", contacts_without_cost, note);
    lines
}

/// The finding in a sentence or two.
fn summary(contribution: &Concentration, revenue: &Concentration, contributions: &[i64]) -> String {
    let total = format_money(contribution.total());
    let losses = contributions.iter().filter(|c| **c < 0);
    let lost: i128 = losses.clone().map(|c| i128::from(*c)).sum();
    let share = losses.count() as f64 / contributions.len().max(1) as f64;
    let mut text = format!("contribution {total} of {} customers", contributions.len());
    if let (Some(of_revenue), Some(of_contribution)) = (revenue.top_share(0.2), contribution.top_share(0.2)) {
        let [of_revenue, of_contribution] = [of_revenue, of_contribution].map(percent);
        text.push_str(&format!("; the first 20 % bring {of_revenue} of revenue, {of_contribution} of contribution"));
    }
    if lost < 0 {
        text.push_str(&format!("; {} cost more than they bring, {} together", percent(share), format_money(lost)));
    }
    text
}
