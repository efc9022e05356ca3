//! The pipeline file: text to checked sections, or everything that is wrong with it. Opens no data file.

mod as_of;
mod document;
mod options;
mod reference;
mod render;

pub use as_of::AsOf;
pub use document::{Document, parse};
pub use options::{CheckOptions, PipelineOptions};
pub use reference::{json_schema, markdown_reference};
pub use render::render;
