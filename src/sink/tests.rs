//! Tests of written files and published runs.

mod files;
mod runs;
