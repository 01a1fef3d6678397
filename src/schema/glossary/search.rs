//! Finds terms by what somebody typed, without regard to case and accents.

use std::collections::BTreeMap;

use super::fold::fold;
use super::term::{Term, term, terms};
use crate::schema::lang::{Audience, Lang};

/// A term that fits.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub term: Term,
    pub rank: Rank,
}

/// How well it fits; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It is called so.
    Exact,
    /// A name of it begins so.
    Prefix,
    /// A name of it has it somewhere.
    Part,
    /// All the words stand somewhere in its names and texts.
    Words,
}

/// The terms that fit, the best first: then concepts before tables before columns, then shorter names first.
///
/// Names are looked at in both languages, texts in the one that is asked for. Nothing fits nothing.
pub fn search(text: &str, lang: Lang) -> Vec<Found> {
    let asked = fold(text);
    if asked.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = asked.split(' ').collect();
    let mut found: Vec<((Rank, u8, usize), Found)> = Vec::new();
    for term in terms() {
        let mut names: Vec<String> = names(&term).map(fold).collect();
        if let Term::Column(..) = term {
            names.push(fold(&term.id()));
        }
        let by_name = names.iter().filter_map(|name| Some((rank(name, &asked)?, name.len()))).min();
        let fits = by_name.or_else(|| has_all(&term, &names, &words, lang).then_some((Rank::Words, 0)));
        if let Some((rank, length)) = fits {
            found.push(((rank, class(&term), length), Found { term, rank }));
        }
    }
    if let (true, Some(of_tier)) = (found.is_empty(), term(text.trim())) {
        return vec![Found { term: of_tier, rank: Rank::Exact }];
    }
    found.sort_by_key(|(key, _)| *key);
    found.into_iter().map(|(_, found)| found).collect()
}

/// Names near to what was typed, the nearest first, where nothing is found.
pub fn suggest(text: &str) -> Vec<&'static str> {
    let asked = fold(text);
    let most = (asked.chars().count() / 3).clamp(1, 3);
    // By what is compared, so that a title that differs from the id by a capital is not offered beside it.
    let mut near: BTreeMap<String, (usize, &'static str)> = BTreeMap::new();
    for name in terms().flat_map(|term| names(&term)) {
        let folded = fold(name);
        let edits = strsim::damerau_levenshtein(&folded, &asked);
        if edits <= most {
            near.entry(folded).or_insert((edits, name));
        }
    }
    let mut near: Vec<(usize, &'static str)> = near.into_values().collect();
    near.sort_by_key(|(edits, _)| *edits);
    near.into_iter().map(|(_, name)| name).take(5).collect()
}

/// All that it is called; a column without its table's name.
fn names(term: &Term) -> impl Iterator<Item = &'static str> + use<> {
    let (own, aliases): ([&'static str; 3], &'static [&'static str]) = match term {
        Term::Concept(c) => ([c.id, c.title.en, c.title.fr], c.aliases),
        Term::Table(table) => ([table.name, "", ""], &[]),
        Term::Column(_, column) => ([column.name(), "", ""], &[]),
        Term::Common(column) => ([column.name, "", ""], &[]),
    };
    own.into_iter().filter(|name| !name.is_empty()).chain(aliases.iter().copied())
}

fn rank(name: &str, asked: &str) -> Option<Rank> {
    match () {
        () if name == asked => Some(Rank::Exact),
        () if name.starts_with(asked) => Some(Rank::Prefix),
        () if name.contains(asked) => Some(Rank::Part),
        () => None,
    }
}

fn class(term: &Term) -> u8 {
    match term {
        Term::Concept(_) => 0,
        Term::Table(_) => 1,
        Term::Common(_) => 2,
        Term::Column(..) => 3,
    }
}

fn has_all(term: &Term, names: &[String], words: &[&str], lang: Lang) -> bool {
    let own =
        [Audience::Beginner, Audience::Expert].map(|audience| term.text(lang, audience).unwrap_or_default());
    let texts = [term.summary(lang), own[0], own[1]].map(fold);
    let somewhere = |word: &&str| names.iter().chain(&texts).any(|text| text.contains(word));
    words.iter().all(somewhere)
}
