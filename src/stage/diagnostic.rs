//! One thing that is wrong in the pipeline file, with its place and its remedy.

use std::ops::Range;

/// An error in the pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Byte range of the offending text in the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without a remedy.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the nearest of the right names as the remedy, or all of them when none is near.
    #[must_use]
    pub fn suggest<'a>(self, wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Self {
        let right = right.into_iter().collect::<Vec<_>>();
        match nearest(wrong, right.iter().copied()) {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self.hint(format!("known names: {}", right.join(", "))),
        }
    }
}

/// The name most like `wrong`, if any is like it at all.
pub fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.75;
    let lower = wrong.to_lowercase();
    let scored = right.into_iter().map(|name| (strsim::jaro_winkler(&lower, &name.to_lowercase()), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (best.0 >= ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_find_their_name() {
        let names = ["customer_id", "timestamp", "amount"];
        assert_eq!(nearest("custmer_id", names), Some("customer_id"));
        assert_eq!(nearest("Amount", names), Some("amount"));
        assert_eq!(nearest("zzz", names), None);
    }
}
