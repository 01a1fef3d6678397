//! Units and kinds in words.

use super::made::UNITS;
use crate::schema::lang::Lang;

/// A unit in a language.
pub fn unit(unit: &'static str, lang: Lang) -> &'static str {
    let french = || UNITS.iter().find(|(en, _)| *en == unit).map_or(unit, |(_, fr)| fr);
    match lang {
        Lang::En => unit,
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
