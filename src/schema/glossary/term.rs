//! What can be looked up: a concept, a table, a column.

use std::borrow::Cow;

use super::concept::{Concept, concepts};
use super::units;
use crate::schema::lang::{Audience, Lang};
use crate::schema::{COMMON, Column, Derived, HOST, TABLES, Table, parse_expr, table};

/// A thing that has an entry.
#[derive(Clone, Copy, Debug)]
pub enum Term {
    Concept(&'static Concept),
    Table(&'static Table),
    /// A column of one table.
    Column(&'static Table, Shown),
    /// A column that every table has.
    Common(&'static Column),
}

/// A column as SQL shows it.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    Stored(&'static Column),
    Derived(&'static Derived),
}

impl Term {
    /// The name under which it is found again: `steal`, `cpu`, `cpu.steal_us`, `ts`.
    pub fn id(&self) -> Cow<'static, str> {
        match self {
            Term::Concept(concept) => concept.id.into(),
            Term::Table(table) => table.name.into(),
            Term::Column(table, column) => format!("{}.{}", table.name, column.name()).into(),
            Term::Common(column) => column.name.into(),
        }
    }

    /// What it is called: names of tables and columns are the same in every language.
    pub fn title(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Term::Concept(concept) => concept.title.of(lang).into(),
            _ => self.id(),
        }
    }

    /// What it is, in a few words: of a table or column all of its prose.
    pub fn summary(&self, lang: Lang) -> &'static str {
        match self {
            Term::Concept(concept) => concept.summary.of(lang),
            Term::Table(table) => table.about(lang),
            Term::Column(_, column) => column.about(lang),
            Term::Common(column) => column.about(lang),
        }
    }

    /// What else there is to say to somebody; of concepts alone.
    pub fn text(&self, lang: Lang, audience: Audience) -> Option<&'static str> {
        match self {
            Term::Concept(concept) => Some(concept.text(lang, audience)),
            _ => None,
        }
    }

    /// The column, where it is one.
    pub fn column(&self) -> Option<Shown> {
        match self {
            Term::Column(_, column) => Some(*column),
            Term::Common(column) => Some(Shown::Stored(column)),
            _ => None,
        }
    }

    /// What has to do with it: of a concept what it names; of a table or column the concepts that name it; of a
    /// column that is reckoned what it is reckoned from.
    pub fn related(&self) -> Vec<Term> {
        let naming = |name: &str| concepts().filter(|c| c.see.contains(&name)).map(Term::Concept).collect();
        match self {
            Term::Concept(concept) => concept.see.iter().filter_map(|name| term(name)).collect(),
            Term::Table(table) => {
                let own = |name: &&str| name.split('.').next() == Some(table.raw);
                concepts().filter(|c| c.see.iter().any(own)).map(Term::Concept).collect()
            }
            Term::Column(table, column) => {
                let mut related: Vec<Term> = naming(&format!("{}.{}", table.raw, column.name()));
                if let Shown::Derived(derived) = column {
                    let tree = parse_expr(derived.expr).ok();
                    let mut operands: Vec<&str> = tree.as_ref().map(|t| t.columns()).unwrap_or_default();
                    operands.dedup();
                    let stored =
                        |name: &str| table.column(name).map(|c| Term::Column(table, Shown::Stored(c)));
                    related.extend(operands.into_iter().filter_map(stored));
                }
                related
            }
            Term::Common(column) => naming(column.name),
        }
    }
}

impl Shown {
    /// Its name, without the table's.
    pub fn name(&self) -> &'static str {
        match self {
            Shown::Stored(column) => column.name,
            Shown::Derived(derived) => derived.name,
        }
    }

    /// What it is, in a language.
    pub fn about(&self, lang: Lang) -> &'static str {
        match self {
            Shown::Stored(column) => column.about(lang),
            Shown::Derived(derived) => derived.about(lang),
        }
    }

    /// Its unit in words; empty where it has none.
    pub fn unit(&self, lang: Lang) -> &'static str {
        match self {
            Shown::Stored(column) => units::unit(column.unit, lang),
            Shown::Derived(derived) => units::unit(derived.unit, lang),
        }
    }

    /// What sort of column it is, in a word.
    pub fn kind(&self, lang: Lang) -> &'static str {
        match self {
            Shown::Stored(column) => units::kind(column.kind.name(), lang),
            Shown::Derived(_) => units::kind("derived", lang),
        }
    }

    /// The kernel file it comes from; empty of what is reckoned.
    pub fn source(&self) -> &'static str {
        match self {
            Shown::Stored(column) => column.source,
            Shown::Derived(_) => "",
        }
    }

    /// What it is reckoned by.
    pub fn expr(&self) -> Option<&'static str> {
        match self {
            Shown::Stored(_) => None,
            Shown::Derived(derived) => Some(derived.expr),
        }
    }
}

/// All terms: concepts, tables that are recorded, what all of these have, their columns. Tiers follow from them.
pub fn terms() -> impl Iterator<Item = Term> {
    let common = COMMON.iter().chain([&HOST]).map(Term::Common);
    concepts()
        .map(Term::Concept)
        .chain(TABLES.iter().map(Term::Table))
        .chain(common)
        .chain(TABLES.iter().flat_map(columns))
}

/// A table's columns, but for those that every table has.
fn columns(table: &'static Table) -> impl Iterator<Item = Term> {
    let stored = table.columns.iter().map(Shown::Stored);
    stored.chain(table.derived.iter().map(Shown::Derived)).map(move |column| Term::Column(table, column))
}

/// The term of exactly that name; where a concept and a table have the same, the concept. Tiers are found too.
pub fn term(id: &str) -> Option<Term> {
    if let Some((of, column)) = id.split_once('.') {
        return columns(table(of)?).find(|term| term.column().is_some_and(|c| c.name() == column));
    }
    let concept = concepts().find(|concept| concept.id == id).map(Term::Concept);
    let common = || COMMON.iter().chain([&HOST]).find(|column| column.name == id).map(Term::Common);
    concept.or_else(|| table(id).map(Term::Table)).or_else(common)
}
