//! Tests of the whole: the binary, the registry, published figures, real data.

#![expect(clippy::print_stdout, reason = "tests say what they skipped")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod backtest;
mod cases;
mod cdnow;
mod clusters;
mod churn;
mod damage;
mod datasets;
mod determinism;
mod drift;
mod evaluate;
mod failures;
mod flow;
mod formats;
mod history;
mod identity;
mod init;
mod journey;
mod killed;
mod learning;
mod lifecycle;
mod messages;
mod offers;
mod oracle;
mod outputs;
mod pipelines;
mod planted;
mod profitability;
mod published;
mod remote;
mod rules;
mod sheets;
mod shop;
mod storage;
mod support;
mod surveys;
mod targets;
mod uplift;
mod value;
mod without_orders;
