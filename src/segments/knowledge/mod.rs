//! The `knowledge` analysis: how well customers are known, and what it would be worth most to learn.

mod analysis;
mod contract;
mod held;
mod step;

pub use analysis::{KnowledgeAnalysis, KnowledgeOptions};
pub use contract::{KNOWLEDGE, KNOWLEDGE_GAPS, KNOWLEDGE_TODO};
