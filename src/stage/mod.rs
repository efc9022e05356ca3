//! What an analysis must state about itself and do; no behaviour of its own.
//!
//! An [`Analysis`] is the static part: its name, the tables it reads and makes, its documentation. Checking a
//! section of the pipeline file turns it into a [`Step`], which can only be run with checked options.

mod analysis;
mod diagnostic;
mod options;
mod plot;
mod rule;

pub use analysis::{
    ALL_SOURCES, Analysis, CONTACTS, CUSTOMER_TABLES, CheckContext, ExportFile, Findings, INPUTS, Layer, ModelFile,
    Output, RunInfo, SOURCES_BUT_LINES, SectionShape, SharedSection, StageError, StageInputs, Step, SummaryTable,
    section_title,
};
pub use diagnostic::{Diagnostic, nearest};
pub use options::Section;
pub use plot::{Content, Emphasis, Plot, Series};
pub use rule::{Rule, RuleColumns, customer_column};
