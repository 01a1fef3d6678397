//! `sysray explain`.

mod paper;
mod words;

use std::io::{self, Write};

use anyhow::Result;

use super::Misused;
use super::args::Explain;
use crate::schema::glossary::{DOMAINS, Found, Rank, Shown, Term, domain, search, suggest, units};
use crate::schema::{Audience, Lang, TABLES, Words};
use paper::Paper;

/// How many others are named.
const OTHERS: usize = 12;

/// Explains a term, or lists all.
pub fn run(args: Explain) -> Result<()> {
    let lang = args.spoken.lang();
    let asked = args.term.join(" ");
    let mut paper = Paper::for_stdout();
    if asked.trim().is_empty() {
        list(lang, &mut paper);
    } else {
        let found = search(&asked, lang);
        let (best, others) = found.split_first().ok_or_else(|| unknown(&asked, lang))?;
        let same = others.iter().take_while(|one| is_column_exactly(one)).count();
        if is_column_exactly(best) && same > 0 {
            columns(&found[..=same], lang, &mut paper);
            also(&others[same..], best.rank, lang, &mut paper);
        } else {
            let audiences = match args.audience {
                Some(one) => vec![one.into()],
                None => vec![Audience::Beginner, Audience::Expert],
            };
            one(best.term, lang, &audiences, &mut paper);
            also(others, best.rank, lang, &mut paper);
        }
    }
    Ok(io::stdout().lock().write_all(paper.text().as_bytes())?)
}

fn is_column_exactly(found: &Found) -> bool {
    found.rank == Rank::Exact && matches!(found.term, Term::Column(..))
}

fn unknown(asked: &str, lang: Lang) -> Misused {
    let quoted = |name: &str| format!("`{name}`");
    let nothing = filled(words::NOTHING, lang, &[&quoted(asked)]);
    let near: Vec<String> = suggest(asked).into_iter().map(quoted).collect();
    let hint = match near.as_slice() {
        [] => words::LISTED.of(lang).to_string(),
        near => filled(words::NEAR, lang, &[&near.join(", ")]),
    };
    Misused(format!("{nothing}; {hint}"))
}

/// All concepts by domain, and the tables.
fn list(lang: Lang, paper: &mut Paper) {
    let longest = DOMAINS.iter().flat_map(|d| d.concepts).map(|c| c.id.len()).max().unwrap_or(0);
    for domain in &DOMAINS {
        paper.blank();
        paper.line(domain.title.of(lang));
        for concept in domain.concepts {
            paper.paragraph(&format!("  {:longest$}  ", concept.id), concept.title.of(lang));
        }
    }
    paper.blank();
    paper.line(words::TABLES.of(lang));
    for table in &TABLES {
        paper.paragraph(&format!("  {:longest$}  ", table.name), first_sentence(table.about(lang)));
    }
    paper.blank();
    paper.paragraph("", words::HOW_ON.of(lang));
}

/// One term with all that is known of it.
fn one(term: Term, lang: Lang, audiences: &[Audience], paper: &mut Paper) {
    match term {
        Term::Concept(concept) => {
            let of = domain(concept).map(|domain| domain.title.of(lang)).unwrap_or_default();
            paper.line(&format!("{} [{}, {of}]", term.title(lang), term.id()));
        }
        _ => paper.line(&term.id()),
    }
    paper.blank();
    paper.paragraph("  ", term.summary(lang));
    for audience in audiences {
        let Some(text) = term.text(lang, *audience) else { continue };
        let heading = match audience {
            Audience::Beginner => words::BEGINNER,
            Audience::Expert => words::EXPERT,
        };
        paper.blank();
        paper.line(heading.of(lang));
        paper.paragraph("  ", text);
    }
    facts(term, lang, paper);
    let related = term.related();
    if related.is_empty() {
        return;
    }
    paper.blank();
    paper.line(words::SEE.of(lang));
    let longest = related.iter().map(|term| term.id().len()).max().unwrap_or(0);
    for other in related {
        let unit = other.column().map(|column| column.unit(lang)).filter(|unit| !unit.is_empty());
        let unit = unit.map(|unit| format!(" [{unit}]")).unwrap_or_default();
        let text = format!("{}{unit}", first_sentence(other.summary(lang)));
        paper.paragraph(&format!("  {:longest$}  ", other.id()), &text);
    }
}

/// What there is in short words: unit, kind, where it comes from and where it is found.
fn facts(term: Term, lang: Lang, paper: &mut Paper) {
    let mut facts: Vec<(Words, String)> = Vec::new();
    if let Some(column) = term.column() {
        facts.push((words::UNIT, column.unit(lang).into()));
        facts.push((words::KIND, column.kind(lang).into()));
        if let Shown::Stored(stored) = column {
            facts.push((words::TYPE, stored.datatype.name().into()));
        }
        facts.push((words::SOURCE, units::source(column.source(), lang).into()));
        facts.push((words::FORMULA, column.expr().unwrap_or_default().into()));
    }
    match term {
        Term::Concept(concept) => facts.push((words::ALIASES, concept.aliases.join(", "))),
        Term::Table(table) => {
            facts.push((words::ROWS, table.rows(lang).into()));
            let names = table.columns.iter().map(|c| c.name).chain(table.derived.iter().map(|d| d.name));
            facts.push((words::COLUMNS, names.collect::<Vec<_>>().join(", ")));
        }
        Term::Column(table, column) => {
            let place = format!("{}.{} ({})", table.name, column.name(), table.rows(lang));
            facts.push((words::WHERE, place));
        }
        Term::Common(_) => facts.push((words::WHERE, words::EVERY_TABLE.of(lang).into())),
    }
    facts.retain(|(_, text)| !text.is_empty());
    if facts.is_empty() {
        return;
    }
    paper.blank();
    let longest = facts.iter().map(|(name, _)| name.of(lang).chars().count()).max().unwrap_or(0);
    for (name, text) in facts {
        paper.paragraph(&format!("  {:longest$}  ", name.of(lang)), &text);
    }
}

/// Columns of one name in several tables.
fn columns(found: &[Found], lang: Lang, paper: &mut Paper) {
    let name = found.iter().find_map(|one| one.term.column()).map(|column| column.name()).unwrap_or_default();
    paper.line(&filled(words::IN_TABLES, lang, &[name, &found.len().to_string()]));
    for Found { term, .. } in found {
        paper.blank();
        let column = term.column();
        let kind = column.map(|column| column.kind(lang)).unwrap_or_default();
        let unit = column.map(|column| column.unit(lang)).filter(|unit| !unit.is_empty());
        let unit = unit.map(|unit| format!(", {unit}")).unwrap_or_default();
        paper.line(&format!("{} ({kind}{unit})", term.id()));
        paper.paragraph("  ", term.summary(lang));
    }
}

/// The names of what fits besides, though where a name fits not of what only tells of it.
fn also(others: &[Found], best: Rank, lang: Lang, paper: &mut Paper) {
    let fit = |one: &&Found| best == Rank::Words || one.rank < Rank::Words;
    let names: Vec<_> = others.iter().filter(fit).map(|one| one.term.id()).collect();
    if names.is_empty() {
        return;
    }
    let mut text = names.iter().take(OTHERS).map(|name| &**name).collect::<Vec<_>>().join(", ");
    if names.len() > OTHERS {
        text += &format!(" {}", filled(words::MORE, lang, &[&(names.len() - OTHERS).to_string()]));
    }
    paper.blank();
    paper.paragraph("", &format!("{}{}{text}", words::FOUND_TOO.of(lang), lang.of(": ", " : ")));
}

/// The words with each `{}` filled in, in order.
fn filled(words: Words, lang: Lang, values: &[&str]) -> String {
    values.iter().fold(words.of(lang).to_string(), |text, value| text.replacen("{}", value, 1))
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}
