//! Units, kinds and sources in words.

use super::made::{SOURCES, UNITS};
use crate::schema::lang::Lang;

/// A unit in a language.
pub fn unit(unit: &'static str, lang: Lang) -> &'static str {
    let french = || UNITS.iter().find(|(en, _)| *en == unit).map_or(unit, |(_, fr)| fr);
    match lang {
        Lang::En => unit,
        Lang::Fr => french(),
    }
}

/// A source in a language: most are paths, and the same in each.
pub fn source(source: &'static str, lang: Lang) -> &'static str {
    let french = || SOURCES.iter().find(|(en, _)| *en == source).map_or(source, |(_, fr)| *fr);
    match lang {
        Lang::En => source,
        Lang::Fr => french(),
    }
}

/// A kind in a language.
pub fn kind(kind: &'static str, lang: Lang) -> &'static str {
    let french = match kind {
        "key" => "clé",
        "info" => "information",
        "gauge" => "jauge",
        "counter" => "compteur",
        "derived" => "dérivée",
        other => other,
    };
    lang.of(kind, french)
}
