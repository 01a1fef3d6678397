//! The words of the field, and where each is measured: concepts from `schema/glossary/*.toml`, and every table
//! and column with the prose that its declaration has.
//!
//! `concepts` are looked through by domain, `search` finds by what was typed, `term` by the exact name.

mod concept;
mod fold;
mod search;
mod term;
pub mod units;

pub use concept::{Concept, Domain, concepts, domain};
pub use fold::fold;
pub use search::{Found, Rank, search, suggest};
pub use term::{Shown, Term, term, terms};

/// What `schema/build` made of the files.
mod made {
    use super::{Concept, Domain};
    use crate::schema::lang::Words;

    include!(concat!(env!("OUT_DIR"), "/glossary.rs"));
}

pub use made::DOMAINS;
