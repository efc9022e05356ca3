//! The `clv` analysis: how often customers will buy, whether they are still there, what they are worth.
//!
//! Purchases by BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)), its modification MBG/NBD (Batislam, Denizel
//! & Filiztekin 2007), Pareto/NBD (Schmittlein, Morrison & Colombo 1987), their relatives with regular purchases
//! (Reutterer, Platzer & Schröder 2021) or BG/BB (Fader, Hardie & Shang 2010); spend by Gamma-Gamma (Fader & Hardie 2013,
//! note 025). Customer lifetime value is the expected margin over a horizon after the as-of day, discounted continuously.
//!
//! ```text
//! purchase histories ─┬─ auto: cut, evaluate, choose ─┐
//!                     └───────────────────────────────┴─ fit ─ score ─ margins ─ table
//! ```

mod analysis;
mod backtest;
mod baselines;
mod choice;
mod contract;
mod covariates;
mod evidence;
mod forecast;
mod model_file;
mod models_table;
mod options;
mod past;
mod period;
mod pinned;
mod population;
mod profit;
mod purchases;
mod quality;
mod season;
mod selection;
mod spend;
mod step;
mod table;

pub use analysis::ClvAnalysis;
pub use backtest::{CLV_CALIBRATION, CLV_DECILES, CLV_HOLDOUT, CLV_TRACKING};
pub use contract::{CLV, CLV_MODELS};
pub use options::{ClvOptions, IntervalColumns, Margin, MarginWord, ModelChoice, PurchaseModel};
pub use period::Period;
pub use season::Season;
