//! Reads `schema/glossary/*.toml`, one file a domain, and writes the concepts. What is missing in a language,
//! said twice or points nowhere ends the build.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use serde::Deserialize;

/// The domains in the order in which they are listed.
const ORDER: &[&str] = &[
    "method",
    "cpu",
    "memory",
    "disk",
    "network",
    "pressure",
    "processes",
    "cgroups",
    "recording",
    "analysis",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    domain: Title,
    concept: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    en: String,
    fr: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Concept {
    #[serde(default)]
    aliases: Vec<String>,
    see: Vec<String>,
    en: Texts,
    fr: Texts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    title: String,
    summary: String,
    beginner: String,
    expert: String,
}

/// A file, read.
struct Domain {
    id: &'static str,
    title: Title,
    concepts: Vec<(String, Concept)>,
}

/// The domains as Rust. `known` are tables, and columns as `table.column`.
pub fn written(known: &HashSet<String>) -> Result<String, String> {
    let mut files: Vec<Domain> = Vec::new();
    for domain in ORDER {
        let path = format!("schema/glossary/{domain}.toml");
        let wrong = |e: &dyn std::fmt::Display| format!("{path}: {e}");
        let text = std::fs::read_to_string(&path).map_err(|e| wrong(&e))?;
        let file: File = toml::from_str(&text).map_err(|e| wrong(&e))?;
        let concept = |(id, value): (String, toml::Value)| {
            let read = value.try_into().map_err(|e| wrong(&format!("{id}: {e}")))?;
            Ok((id, read))
        };
        let concepts = file.concept.into_iter().map(concept).collect::<Result<_, String>>()?;
        files.push(Domain { id: domain, title: file.domain, concepts });
    }
    listed()?;
    check(files.iter().flat_map(|domain| &domain.concepts), known)?;
    let mut out = format!("/// The domains, in order.\npub static DOMAINS: [Domain; {}] = [\n", files.len());
    for Domain { id, title, concepts } in &files {
        let (en, fr) = (&title.en, &title.fr);
        let _ = writeln!(
            out,
            "    Domain {{ id: {id:?}, title: Words {{ en: {en:?}, fr: {fr:?} }}, concepts: &["
        );
        for (name, one) in concepts {
            let _ = write!(out, "        Concept {{ id: {name:?}, domain: {id:?}, ");
            let _ = write!(out, "aliases: &{:?}, see: &{:?}", one.aliases, one.see);
            let both = |field: &str, of: fn(&Texts) -> &String| {
                format!(", {field}: Words {{ en: {:?}, fr: {:?} }}", of(&one.en), of(&one.fr))
            };
            out += &both("title", |t| &t.title);
            out += &both("summary", |t| &t.summary);
            out += &both("beginner", |t| &t.beginner);
            out += &both("expert", |t| &t.expert);
            out += " },\n";
        }
        out += "    ] },\n";
    }
    out += "];\n";
    Ok(out)
}

/// Whether each file there is a domain that is listed.
fn listed() -> Result<(), String> {
    let folder = std::fs::read_dir("schema/glossary").map_err(|e| e.to_string())?;
    let names = folder.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let stray = names.into_iter().find(|name| !ORDER.iter().any(|domain| *name == format!("{domain}.toml")));
    stray.map_or(Ok(()), |name| {
        Err(format!("schema/glossary/{name} is no domain that schema/build/glossary.rs lists"))
    })
}

fn check<'a>(
    concepts: impl Iterator<Item = &'a (String, Concept)> + Clone,
    known: &HashSet<String>,
) -> Result<(), String> {
    let mut ids: HashSet<&str> = HashSet::new();
    let mut names: HashMap<String, &str> = HashMap::new();
    for (id, one) in concepts.clone() {
        if !ids.insert(id) {
            return Err(format!("the glossary has two concepts {id}"));
        }
        let titles = [&one.en.title, &one.fr.title].into_iter();
        for name in titles.chain(&one.aliases).chain([id]).map(|name| name.to_lowercase().replace('_', " ")) {
            if let Some(other) = names.insert(name.clone(), id).filter(|other| other != id) {
                return Err(format!("the glossary calls both {other} and {id} {name:?}"));
            }
        }
        for (lang, texts) in [("en", &one.en), ("fr", &one.fr)] {
            let all = [&texts.title, &texts.summary, &texts.beginner, &texts.expert];
            if all.iter().any(|text| text.trim().is_empty()) {
                return Err(format!("the glossary says nothing somewhere in {lang} of {id}"));
            }
        }
    }
    for (id, one) in concepts {
        let there = |name: &&String| *name != id && (known.contains(*name) || ids.contains(name.as_str()));
        let nowhere = one.see.iter().find(|name| !there(name));
        if let Some(name) = nowhere {
            return Err(format!(
                "the glossary's {id} points to {name}, which is no column, table or other concept"
            ));
        }
    }
    Ok(())
}

/// Units and sources in French as Rust, of `schema/fr/units.toml` and `sources.toml`: all that there are, and
/// no other.
pub fn short_words(units: &HashSet<String>, sources: &HashSet<String>) -> Result<String, String> {
    let prose = sources.iter().filter(|source| is_prose(source)).cloned().collect();
    Ok(pairs("UNITS", "Units", "units.toml", units)? + &pairs("SOURCES", "Sources", "sources.toml", &prose)?)
}

/// Whether there is more in a source than names of files and fields.
fn is_prose(source: &str) -> bool {
    let words = ["or", "else", "the", "from", "before", "of", "lines"];
    source.split([' ', ',']).any(|word| words.contains(&word))
}

fn pairs(name: &str, what: &str, file: &str, used: &HashSet<String>) -> Result<String, String> {
    let path = format!("schema/fr/{file}");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
    let french: toml::Table = toml::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
    if let Some(missing) = used.iter().find(|word| !french.contains_key(*word)) {
        return Err(format!("{path}: no French for {missing:?}"));
    }
    if let Some(unused) = french.keys().find(|word| !used.contains(*word)) {
        return Err(format!("{path}: no column has {unused:?}"));
    }
    let pairs: Vec<(&str, &str)> =
        french.iter().map(|(en, fr)| (en.as_str(), fr.as_str().unwrap_or_default())).collect();
    Ok(format!(
        "/// {what}, as declarations have them and in French.\npub static {name}: &[(&str, &str)] = &{pairs:?};\n"
    ))
}
