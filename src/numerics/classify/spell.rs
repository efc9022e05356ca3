//! A contract as it stood at the end of a day.

/// How long a contract had lasted at the end of a day, and whether it had ended by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// Days from its start to its end, or to the day when it had not ended (then it is censored).
    pub duration_days: i32,
    /// Whether it ended on the day or before.
    pub has_ended: bool,
}

impl Spell {
    /// The spell as it was known at the end of the day `cut`; none for a contract that starts later. An end after the cut
    /// is not known yet: the contract counts as running, with the days until the cut and no more.
    pub fn at(start: i32, end: Option<i32>, cut: i32) -> Option<Self> {
        if start > cut {
            return None;
        }
        let known_end = end.filter(|end| *end <= cut);
        let last = known_end.unwrap_or(cut).max(start);
        Some(Self { duration_days: last - start, has_ended: known_end.is_some() })
    }
}
