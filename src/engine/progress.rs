//! What a run tells while it goes on.

/// Told of the progress of a run; what it does with it is its own affair.
pub trait Progress: Sync {
    /// A stage begins; `total` is its number of steps where it is known.
    fn begin(&self, stage: &str, total: Option<u64>);
    /// The stage has done so many steps.
    fn advance(&self, stage: &str, done: u64);
    /// The stage is done.
    fn finish(&self, stage: &str);
}

/// Says nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: &str, _: u64) {}
    fn finish(&self, _: &str) {}
}
