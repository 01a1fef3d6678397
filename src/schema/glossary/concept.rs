//! Concepts: what a figure is about, told once for whoever meets it and once for whoever knows it.

use super::DOMAINS;
use crate::schema::lang::{Audience, Lang, Words};

/// A part of the field: the concepts of one file.
#[derive(Debug)]
pub struct Domain {
    /// The file's name.
    pub id: &'static str,
    pub title: Words,
    pub concepts: &'static [Concept],
}

/// One concept.
#[derive(Debug)]
pub struct Concept {
    /// As it is typed: `load_average`.
    pub id: &'static str,
    /// The [`Domain::id`] it belongs to.
    pub domain: &'static str,
    pub title: Words,
    /// Other names of it, in both languages.
    pub aliases: &'static [&'static str],
    /// Columns as `table.column`, tables and other concepts that have to do with it.
    pub see: &'static [&'static str],
    /// What it is, in a sentence or two.
    pub summary: Words,
    /// What to make of it.
    pub beginner: Words,
    /// The small print.
    pub expert: Words,
}

impl Concept {
    /// What it has to say to somebody.
    pub fn text(&self, lang: Lang, audience: Audience) -> &'static str {
        match audience {
            Audience::Beginner => self.beginner.of(lang),
            Audience::Expert => self.expert.of(lang),
        }
    }
}

/// All concepts, domain by domain.
pub fn concepts() -> impl Iterator<Item = &'static Concept> {
    DOMAINS.iter().flat_map(|domain| domain.concepts)
}

/// The domain of a concept.
pub fn domain(concept: &Concept) -> Option<&'static Domain> {
    DOMAINS.iter().find(|domain| domain.id == concept.domain)
}
