//! Why a text is no amount.

use super::Currency;

/// Why a text was refused as an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// No digit in it.
    #[error("no digit in it")]
    NoDigit,
    /// An error value of a spreadsheet cell.
    #[error("an error value of a spreadsheet cell")]
    CellError,
    /// A percentage is no amount.
    #[error("a percentage, not an amount")]
    Percent,
    /// A character that has no place there.
    #[error("`{found}` has no place in a number of this notation")]
    Character {
        /// The character.
        found: char,
    },
    /// A second decimal mark, or a thousands mark behind the decimal mark.
    #[error("`{found}` behind the decimal mark")]
    BehindDecimals {
        /// The mark.
        found: char,
    },
    /// Groups of digits of the wrong length, or separated by different marks.
    #[error("`{mark}` does not separate well-formed groups of digits")]
    Grouping {
        /// The thousands mark.
        mark: char,
    },
    /// Two of sign, brackets and credit or debit mark.
    #[error("two signs")]
    TwoSigns,
    /// A bracket without its other half, or more than one pair.
    #[error("brackets don't pair off")]
    Brackets,
    /// A dash behind the decimal mark, as in `5,-`: no cents for some, a minus for others.
    #[error("a dash behind the decimal mark: it may stand for no cents or for a minus")]
    DashForCents,
    /// A credit or debit mark, where the notation has none.
    #[error("`{mark}` marks credit or debit, and nothing says which of them is negative")]
    CreditMark {
        /// The mark as written.
        mark: String,
    },
    /// A word that is no currency.
    #[error("`{word}` is no currency known here")]
    Word {
        /// The word as written.
        word: String,
    },
    /// Two currencies in one text.
    #[error("two currencies, {first} and {second}")]
    TwoCurrencies {
        /// The one before or nearest to the number.
        first: Currency,
        /// The other.
        second: Currency,
    },
    /// Scientific form with fewer digits than the number has.
    #[error("scientific form that leaves out digits of the number")]
    LostDigits,
    /// Beyond what is stored: about 9.2 × 10¹⁴ currency units.
    #[error("beyond 922,337,203,685,477 currency units")]
    OutOfRange,
}
