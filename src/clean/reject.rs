//! Refused rows: each with its file, line, column, value and reason.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Why a row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No customer id.
    MissingCustomerId,
    /// No product id.
    MissingProductId,
    /// No timestamp.
    MissingTimestamp,
    /// A timestamp that is no date under the source's settings.
    UnreadableTimestamp,
    /// No amount, or no quantity or unit price.
    MissingAmount,
    /// An amount that is no number under the source's settings.
    UnreadableAmount,
    /// An amount that is infinite, no number, or past ±9 × 10¹⁴.
    AmountOutOfRange,
    /// A cancellation that adds money.
    PositiveCancellation,
    /// Another number of fields than the header.
    RaggedRow,
    /// A NUL character in the row.
    NulCharacter,
    /// A line of JSON that is no object.
    NotAnObject,
    /// An id in scientific form whose digits are lost.
    LostDigits,
    /// An 18-character id whose last three characters don't check the others.
    WrongCheckSuffix,
    /// A state of the order that is no revenue.
    NoRevenue,
    /// A line that is no product.
    NoProduct,
    /// A test or staff account.
    TestAccount,
    /// An id that stands for nobody.
    Guest,
    /// A currency without a rate.
    UnknownCurrency,
    /// A score that is no number, or out of its scale.
    UnreadableScore,
    /// A blank, or a word for nothing, where a score would stand.
    NoAnswer,
    /// No campaign id.
    MissingCampaignId,
    /// No touchpoint.
    MissingTouchpoint,
}

impl Reason {
    /// The word in the quarantine table.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingCustomerId => "missing_customer_id",
            Self::MissingProductId => "missing_product_id",
            Self::MissingTimestamp => "missing_timestamp",
            Self::UnreadableTimestamp => "unreadable_timestamp",
            Self::MissingAmount => "missing_amount",
            Self::UnreadableAmount => "unreadable_amount",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::PositiveCancellation => "positive_cancellation",
            Self::RaggedRow => "ragged_row",
            Self::NulCharacter => "nul_character",
            Self::NotAnObject => "not_an_object",
            Self::LostDigits => "lost_digits",
            Self::WrongCheckSuffix => "wrong_check_suffix",
            Self::NoRevenue => "no_revenue",
            Self::NoProduct => "no_product",
            Self::TestAccount => "test_account",
            Self::Guest => "guest",
            Self::UnknownCurrency => "unknown_currency",
            Self::UnreadableScore => "unreadable_score",
            Self::NoAnswer => "no_answer",
            Self::MissingCampaignId => "missing_campaign_id",
            Self::MissingTouchpoint => "missing_touchpoint",
        }
    }

    /// All of them.
    pub const ALL: &[Self] = &[
        Self::MissingCustomerId,
        Self::MissingProductId,
        Self::MissingTimestamp,
        Self::UnreadableTimestamp,
        Self::MissingAmount,
        Self::UnreadableAmount,
        Self::AmountOutOfRange,
        Self::PositiveCancellation,
        Self::RaggedRow,
        Self::NulCharacter,
        Self::NotAnObject,
        Self::LostDigits,
        Self::WrongCheckSuffix,
        Self::NoRevenue,
        Self::NoProduct,
        Self::TestAccount,
        Self::Guest,
        Self::UnknownCurrency,
        Self::UnreadableScore,
        Self::NoAnswer,
        Self::MissingCampaignId,
        Self::MissingTouchpoint,
    ];
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Input table.
    pub source: &'static str,
    /// File as messages name it.
    pub file: String,
    /// Physical line of a text file (header = 1), data row from 1 otherwise.
    pub line: u64,
    /// Column in the file.
    pub column: String,
    /// What stood there.
    pub value: String,
    /// Why it is refused.
    pub reason: Reason,
}

/// Contract of the quarantine table.
pub const QUARANTINE: TableSpec = TableSpec {
    name: "quarantine",
    row: "a refused row",
    about: "Every input row that could not be used, with its place and the reason. Empty when nothing was refused.",
    columns: &[
        ColumnSpec::new("source", Kind::Category, "", "input table"),
        ColumnSpec::new("file", Kind::Category, "", "file, relative to the pipeline file"),
        ColumnSpec::new(
            "line",
            Kind::Count,
            "",
            "physical line of a text file (header = 1), data row from 1 otherwise",
        ),
        ColumnSpec::new("column", Kind::Category, "", "column in the file"),
        ColumnSpec::new("value", Kind::Text, "", "what stood there"),
        ColumnSpec::new("reason", Kind::Category, "", "why the row is refused"),
    ],
    example: "SELECT reason, count(*) FROM 'out/latest/quarantine.parquet' GROUP BY ALL ORDER BY 2 DESC",
};
