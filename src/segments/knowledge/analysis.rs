//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{KNOWLEDGE, KNOWLEDGE_GAPS, KNOWLEDGE_TODO};
use super::step::KnowledgeStep;

/// What counts as known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KnowledgeOptions {
    /// Days after which a purchase, an answer or a contact no longer tells; default 365.
    pub stale_after_days: u32,
    /// Customers in `knowledge_todo`; default 1000.
    pub todo_customers: u32,
}

impl Default for KnowledgeOptions {
    fn default() -> Self {
        Self { stale_after_days: 365, todo_customers: 1000 }
    }
}

/// How well customers are known.
#[derive(Debug)]
pub struct KnowledgeAnalysis;

impl Analysis for KnowledgeAnalysis {
    fn name(&self) -> &'static str {
        "knowledge"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Says of every customer which knowledge is held (identity, contact, consent, demographics, behaviour, feedback, \
         service), how old it is and what is missing that matters most, and gives a list to work through. It runs when \
         there is a source of customers, interactions or feedback."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "knowledge",
            repeated: false,
            schema: || schemars::schema_for!(KnowledgeOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[knowledge]\nstale_after_days = 180\ntodo_customers = 200\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources but transactions", "customers", "clv", "rfm"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&KNOWLEDGE, &KNOWLEDGE_GAPS, &KNOWLEDGE_TODO]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let section = sections.first().cloned().unwrap_or_else(|| Section::absent("knowledge"));
        let options: KnowledgeOptions = section.read(&mut wrong);
        if wrong.is_empty() { Ok(Box::new(KnowledgeStep { options })) } else { Err(wrong) }
    }
}
