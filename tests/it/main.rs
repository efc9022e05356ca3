//! Tests of the whole: the binary, the registry, published figures, real data.

mod cases;
mod cdnow;
mod datasets;
mod determinism;
mod failures;
mod flow;
mod formats;
mod history;
mod killed;
mod messages;
mod pipelines;
mod shop;
mod support;
