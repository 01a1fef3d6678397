//! What the glossary has of a text, as the screen shows it.

use super::super::model::Found;
use crate::schema::glossary::{Term, concepts, search};
use crate::schema::{Audience, Lang};

/// So many are shown.
const MOST: usize = 60;

/// What is found of a text, the best first; of nothing the concepts.
pub fn found(text: &str, lang: Lang) -> Vec<Found> {
    let terms: Vec<Term> = match text.trim() {
        "" => concepts().map(Term::Concept).collect(),
        text => search(text, lang).into_iter().map(|found| found.term).collect(),
    };
    terms.iter().take(MOST).map(|term| shown(term, lang)).collect()
}

fn shown(term: &Term, lang: Lang) -> Found {
    let (id, title) = (term.id(), term.title(lang));
    let title = if id == title { id.into_owned() } else { format!("{title} ({id})") };
    let mut text = term.summary(lang).to_string();
    for audience in [Audience::Beginner, Audience::Expert] {
        if let Some(more) = term.text(lang, audience) {
            text += " ";
            text += more;
        }
    }
    Found { title, text }
}
