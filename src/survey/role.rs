//! What a column can be, and the tables that take it.

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    CustomerId,
    Email,
    Phone,
    CustomerName,
    Timestamp,
    Amount,
    Quantity,
    UnitPrice,
    TransactionId,
    OriginalTransactionId,
    ProductId,
    ProductName,
    Category,
    Channel,
    Cost,
    Margin,
    Discount,
    Shipping,
    Refunded,
    Store,
    Currency,
    Status,
    BirthDate,
    Gender,
    City,
    Region,
    Country,
    AcquiredAt,
    AcquisitionChannel,
    AcquisitionCost,
    Touchpoint,
    Direction,
    Outcome,
    Duration,
    Topic,
    CampaignId,
    CampaignName,
    Start,
    End,
    CostPerContact,
    Offer,
    Arm,
    ContactedAt,
    RespondedAt,
    Score,
    Instrument,
    Scale,
    Text,
}

/// An input table of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Table {
    Transactions,
    Customers,
    Interactions,
    Feedback,
    Products,
    Campaigns,
    Contacts,
}

/// The columns of a table in the order in which they are written, with the role that each takes.
type Columns = &'static [(Role, &'static str)];

const TRANSACTIONS: Columns = &[
    (Role::CustomerId, "customer_id"),
    (Role::Timestamp, "timestamp"),
    (Role::TransactionId, "transaction_id"),
    (Role::OriginalTransactionId, "original_transaction_id"),
    (Role::Amount, "amount"),
    (Role::Quantity, "quantity"),
    (Role::UnitPrice, "unit_price"),
    (Role::ProductId, "product_id"),
    (Role::Category, "category"),
    (Role::Channel, "channel"),
    (Role::Store, "store"),
    (Role::Status, "status"),
    (Role::Currency, "currency"),
    (Role::Refunded, "refunded"),
    (Role::Discount, "discount"),
    (Role::Shipping, "shipping"),
    (Role::Cost, "cost"),
    (Role::Margin, "margin"),
];

const CUSTOMERS: Columns = &[
    (Role::CustomerId, "customer_id"),
    (Role::CustomerName, "name"),
    (Role::Email, "email"),
    (Role::Phone, "phone"),
    (Role::BirthDate, "birth_date"),
    (Role::Gender, "gender"),
    (Role::City, "city"),
    (Role::Region, "region"),
    (Role::Country, "country"),
    (Role::AcquiredAt, "acquired_at"),
    (Role::AcquisitionChannel, "acquisition_channel"),
    (Role::AcquisitionCost, "acquisition_cost"),
];

const INTERACTIONS: Columns = &[
    (Role::CustomerId, "customer_id"),
    (Role::Timestamp, "timestamp"),
    (Role::Touchpoint, "touchpoint"),
    (Role::Direction, "direction"),
    (Role::Outcome, "outcome"),
    (Role::Duration, "duration"),
    (Role::Cost, "cost"),
    (Role::Topic, "topic"),
    (Role::CampaignId, "campaign_id"),
];

const FEEDBACK: Columns = &[
    (Role::CustomerId, "customer_id"),
    (Role::Timestamp, "timestamp"),
    (Role::Score, "score"),
    (Role::Instrument, "instrument"),
    (Role::Scale, "scale"),
    (Role::Text, "text"),
    (Role::Topic, "topic"),
];

const PRODUCTS: Columns = &[
    (Role::ProductId, "product_id"),
    (Role::ProductName, "name"),
    (Role::Category, "category"),
    (Role::Cost, "cost"),
    (Role::UnitPrice, "price"),
];

const CAMPAIGNS: Columns = &[
    (Role::CampaignId, "campaign_id"),
    (Role::Start, "start"),
    (Role::End, "end"),
    (Role::CampaignName, "name"),
    (Role::Channel, "channel"),
    (Role::CostPerContact, "cost_per_contact"),
    (Role::Offer, "offer"),
];

const CONTACTS: Columns = &[
    (Role::CampaignId, "campaign_id"),
    (Role::CustomerId, "customer_id"),
    (Role::ContactedAt, "contacted_at"),
    (Role::Arm, "arm"),
    (Role::RespondedAt, "responded_at"),
];

impl Table {
    /// All tables, in the order in which their sources are written.
    pub(super) const ALL: [Self; 7] = [
        Self::Transactions,
        Self::Customers,
        Self::Products,
        Self::Interactions,
        Self::Feedback,
        Self::Campaigns,
        Self::Contacts,
    ];

    /// Name, as in `[sources.NAME]`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Transactions => "transactions",
            Self::Customers => "customers",
            Self::Interactions => "interactions",
            Self::Feedback => "feedback",
            Self::Products => "products",
            Self::Campaigns => "campaigns",
            Self::Contacts => "contacts",
        }
    }

    /// The columns it takes, in order.
    pub(super) const fn columns(self) -> Columns {
        match self {
            Self::Transactions => TRANSACTIONS,
            Self::Customers => CUSTOMERS,
            Self::Interactions => INTERACTIONS,
            Self::Feedback => FEEDBACK,
            Self::Products => PRODUCTS,
            Self::Campaigns => CAMPAIGNS,
            Self::Contacts => CONTACTS,
        }
    }

    /// The roles that it can't do without, apart from money.
    pub(super) const fn required(self) -> &'static [Role] {
        match self {
            Self::Transactions => &[Role::CustomerId, Role::Timestamp],
            Self::Customers => &[Role::CustomerId],
            Self::Interactions => &[Role::CustomerId, Role::Timestamp, Role::Touchpoint],
            Self::Feedback => &[Role::CustomerId, Role::Timestamp, Role::Score],
            Self::Products => &[Role::ProductId],
            Self::Campaigns => &[Role::CampaignId, Role::Start],
            Self::Contacts => &[Role::CampaignId, Role::CustomerId],
        }
    }

    /// The standard name of the column that takes a role.
    pub(super) fn standard(self, role: Role) -> Option<&'static str> {
        self.columns().iter().find(|(known, _)| *known == role).map(|(_, name)| *name)
    }
}
