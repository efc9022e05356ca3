//! The shop against its own truth.

mod files;
mod parts;
mod read;
mod truths;
