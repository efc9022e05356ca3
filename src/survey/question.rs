//! What a person has to decide.

use super::role::Role;

/// A doubt, as a question with its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Path of the file that it is about.
    pub file: String,
    /// Column that it is about, as named in the file.
    pub column: Option<String>,
    /// The question.
    pub text: String,
    /// Lines of the pipeline file that answer it, one of which is to be taken; none when the answer is yes, or a file.
    pub choices: Vec<String>,
    /// Whether the pipeline can't run before it is answered; otherwise the likeliest answer is taken.
    pub blocking: bool,
}

/// Where a question stands in the pipeline file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Pipeline,
    Source,
    Columns,
    Clean,
}

/// A question with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub place: Place,
    /// The role that it is about.
    pub role: Option<Role>,
    pub question: Question,
}
