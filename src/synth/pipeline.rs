//! The pipeline file that is written beside the tables.

use super::options::SynthOptions;

/// A commented pipeline that runs over the files.
pub(super) fn text(options: &SynthOptions) -> String {
    TEMPLATE.replace("{ext}", options.format.extension()).replace("{seed}", &options.seed.to_string())
}

const TEMPLATE: &str = r#"# A nightly run over the synthetic retailer in this folder (seed {seed}). Paths are relative to this file.
# Try it: acrm run pipeline.toml

[pipeline]
name = "synthetic-shop"
as_of = "2025-12-31"          # the last day observed, inclusive; rows dated later are left out and counted
timezone = "Europe/Berlin"    # the tables hold local business time without offset
currency = "EUR"
out = "out"                   # results: out/as_of=2025-12-31/*.parquet, and out/latest

# Order lines, one file per quarter. The export windows overlap by a day, so some rows come twice: see [clean].
# standard name = name in the file; a column that is not listed is not read
[sources.transactions]
path = "transactions/transactions_*.{ext}"
[sources.transactions.columns]
customer_id = "customer_id"
timestamp = "timestamp"
transaction_id = "transaction_id"                    # lines that share it are one order
original_transaction_id = "original_transaction_id"  # a refund names the order it takes back
product_id = "product_id"
category = "category"
quantity = "quantity"
amount = "amount"                                    # money of the line, after discount
discount = "discount"                                # what was taken off the line
cost = "cost"                                        # margin = amount - cost
channel = "channel"
store = "store"

# One row per customer. Ids are text: 000000023 and 23 are two people. Every other column is an attribute.
[sources.customers]
path = "customers.{ext}"

[sources.products]
path = "products.{ext}"

# Points of contact, answers to surveys, and who was in which campaign.
[sources.interactions]
path = "interactions.{ext}"

[sources.feedback]
path = "feedback.{ext}"

[sources.campaigns]
path = "campaigns.{ext}"

[sources.contacts]
path = "contacts.{ext}"

# Free samples and replacements are no purchases; zero_amount = "purchase" would count them.
[clean]
duplicates = "merge"          # rows that are the same in every column read, from overlapping export windows

# Recency, frequency and money, each scored 1 (low) to 5 (best).
[rfm]
bins = 5

# What each customer is expected to buy after as_of, discounted to today.
[clv]
model = "bg_nbd"              # these data were drawn from it
horizons_days = [90, 365]
discount_rate_annual = 0.1
margin = 0.4                  # share of the revenue that remains

# Groups of customers who behave alike.
[clusters]
k = "auto"

# Your own groups: SQL over the columns of the customer tables.
[[segments]]
name = "big_spenders"
where = "spend_mean > 80 AND orders >= 3"

[[segments]]
name = "quiet_regulars"
where = "orders >= 4 AND days_since_last > 120"

# Whom to contact. A tenth is held back as a control group, so that the effect can be measured.
[[targets]]
name = "win_back"
where = "rfm_segment = 'At risk' AND clv_365d > 20"
channel = "email"
cost_per_contact = 0.12
budget = 500
control_share = 0.1

[[targets]]
name = "thank_you"
where = "p_alive > 0.8 AND orders >= 5"
channel = "sms"
cost_per_contact = 0.09
budget = 250
control_share = 0.1
"#;
