//! The as-of day as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::table::parse_day;

/// `"2024-03-01"`, a TOML date, `"today"` or `"yesterday"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AsOf {
    /// Text.
    Text(String),
    /// A TOML date.
    Date(#[schemars(with = "String")] toml::value::Datetime),
}

impl AsOf {
    /// The day in days since 1970-01-01; `today` is asked for only when the file says so. `None` when it is no day.
    pub fn resolve(&self, today: impl FnOnce() -> i32) -> Option<i32> {
        match self {
            Self::Text(text) => match text.as_str() {
                "today" => Some(today()),
                "yesterday" => Some(today() - 1),
                text => parse_day(text),
            },
            Self::Date(date) => parse_day(&date.date?.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_read_only_when_the_file_says_so() {
        let never = || -> i32 { panic!("the clock was read") };
        assert_eq!(AsOf::Text("1970-01-03".into()).resolve(never), Some(2));
        assert_eq!(AsOf::Text("03/01/1970".into()).resolve(never), None);
        assert_eq!(AsOf::Text("yesterday".into()).resolve(|| 10), Some(9));
    }
}
