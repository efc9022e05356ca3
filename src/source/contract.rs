//! The input tables and their columns.

/// Whether an input column must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Required,
    /// Used when mapped.
    Optional,
}

/// A column that an input table may bring.
#[derive(Debug, Clone, Copy)]
pub struct InputColumn {
    /// Standard name, the key in `columns = { ... }`.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What it means.
    pub meaning: &'static str,
}

const fn required(name: &'static str, meaning: &'static str) -> InputColumn {
    InputColumn { name, need: Need::Required, meaning }
}

const fn optional(name: &'static str, meaning: &'static str) -> InputColumn {
    InputColumn { name, need: Need::Optional, meaning }
}

/// An input table.
#[derive(Debug, Clone, Copy)]
pub struct InputTable {
    /// Name, as in `[sources.NAME]`.
    pub name: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// The columns it may bring.
    pub columns: &'static [InputColumn],
    /// Whether every other column is taken as an attribute.
    pub open: bool,
}

impl InputTable {
    /// The standard names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|c| c.name)
    }
}

/// Line items or whole orders.
pub const TRANSACTIONS: InputTable = InputTable {
    name: "transactions",
    row: "a line item, or a whole order",
    open: false,
    columns: &[
        required("customer_id", "who bought; text, kept as written"),
        required("timestamp", "when: a date or a date with time; without an offset it is local to `timezone`"),
        optional("amount", "money of the line, after discount; negative for a refund"),
        optional("quantity", "pieces; with `unit_price` it stands in for `amount`"),
        optional("unit_price", "price of one piece"),
        optional("transaction_id", "order or invoice; lines that share it are one order"),
        optional("original_transaction_id", "the order that a refund takes back"),
        optional("product_id", "what was bought; joins the products source"),
        optional("category", "product category of the line"),
        optional("channel", "where it was bought: web, store, phone, ..."),
        optional("store", "the shop or branch"),
        optional("discount", "money that was taken off the line's price"),
        optional("cost", "cost of the goods of the line; margin = amount − cost"),
        optional("margin", "margin of the line; wins over `cost`"),
        optional("status", "state of the order; see `[clean] revenue_statuses`"),
        optional("currency", "currency of the line's money; see `[clean] rates`"),
        optional("refunded", "money of the line's order that was paid back, on one of its lines"),
    ],
};

/// Known people.
pub const CUSTOMERS: InputTable = InputTable {
    name: "customers",
    row: "a customer",
    open: true,
    columns: &[required("customer_id", "the same ids as in the transactions")],
};

/// The assortment.
pub const PRODUCTS: InputTable = InputTable {
    name: "products",
    row: "a product",
    open: false,
    columns: &[
        required("product_id", "the same ids as in the transactions"),
        optional("name", "what people call it"),
        optional("category", "product category, for lines that carry none"),
        optional("brand", "brand or maker"),
        optional("cost", "cost of one piece, for lines that carry neither cost nor margin"),
        optional("price", "price of one piece"),
        optional("status", "`discontinued`, `out of stock` and the like are never offered; see docs/offers.md"),
        optional("stock", "pieces left, or words; 0 and `out of stock` are never offered"),
    ],
};

/// What passed between the business and its customers.
pub const INTERACTIONS: InputTable = InputTable {
    name: "interactions",
    row: "a contact: a call, an e-mail, a visit of the site",
    open: false,
    columns: &[
        required("customer_id", "who; the same ids as in the transactions"),
        required("timestamp", "when"),
        required("touchpoint", "where: e-mail, call, web, visit, app, ..."),
        optional("direction", "inbound or outbound"),
        optional("outcome", "what came of it"),
        optional("duration", "how long it took"),
        optional("cost", "what it cost the business; adds to the customer's service cost"),
        optional("topic", "what it was about"),
        optional("campaign_id", "the campaign it belongs to"),
        optional("experience", "human, mechanical or functional"),
    ],
};

/// What customers said.
pub const FEEDBACK: InputTable = InputTable {
    name: "feedback",
    row: "an answer",
    open: false,
    columns: &[
        required("customer_id", "who; the same ids as in the transactions"),
        required("timestamp", "when"),
        required("score", "the score given"),
        optional("instrument", "nps, csat, ces, complaint or review"),
        optional("scale", "the worst and the best score there is, as `1-5`; or the best alone"),
        optional("text", "the customer's words"),
        optional("topic", "what it is about"),
    ],
};

/// Campaigns.
pub const CAMPAIGNS: InputTable = InputTable {
    name: "campaigns",
    row: "a campaign",
    open: false,
    columns: &[
        required("campaign_id", "id of the campaign"),
        required("start", "its first day"),
        optional("end", "its last day"),
        optional("name", "what people call it"),
        optional("channel", "how customers are reached"),
        optional("cost_per_contact", "cost of one contact"),
        optional("offer", "what is offered"),
    ],
};

/// Who was in a campaign.
pub const CONTACTS: InputTable = InputTable {
    name: "contacts",
    row: "a customer in a campaign",
    open: false,
    columns: &[
        required("campaign_id", "the same ids as in the campaigns"),
        required("customer_id", "who; the same ids as in the transactions"),
        optional("contacted_at", "when"),
        optional("arm", "control, or the treatment; see `[clean] control_arms`"),
        optional("responded_at", "when the customer responded"),
        optional("responded", "whether the customer responded: yes or no, true or false, 1 or 0"),
    ],
};

/// All input tables.
pub const INPUT_TABLES: &[InputTable] =
    &[TRANSACTIONS, CUSTOMERS, PRODUCTS, INTERACTIONS, FEEDBACK, CAMPAIGNS, CONTACTS];
