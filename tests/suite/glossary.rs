//! The glossary: whole in both languages, pointing at what is there, and found by what people type.

use std::collections::{HashMap, HashSet};

use sysray::schema::glossary::{
    DOMAINS, Found, Rank, Shown, Term, concepts, domain, fold, search, suggest, term, terms,
};
use sysray::schema::{Audience, Lang, TABLES, TIERS, all_tables};

use crate::cli::Sysray;

/// Texts that are the same in both languages, and rightly so.
const SAME: [&str; 0] = [];

/// What each text is of, in both languages: of tables and columns, tiers among them, and of concepts.
fn prose() -> Vec<(String, [&'static str; 2])> {
    let both = |of: &dyn Fn(Lang) -> &'static str| Lang::ALL.map(of);
    let mut all = Vec::new();
    for table in all_tables() {
        all.push((table.name.to_string(), both(&|lang| table.about(lang))));
        for column in table.columns {
            all.push((format!("{}.{}", table.name, column.name), both(&|lang| column.about(lang))));
        }
        for column in table.derived {
            all.push((format!("{}.{}", table.name, column.name), both(&|lang| column.about(lang))));
        }
    }
    for concept in concepts() {
        let id = concept.id;
        all.push((format!("{id} summary"), both(&|lang| concept.summary.of(lang))));
        all.push((format!("{id} beginner"), both(&|lang| concept.text(lang, Audience::Beginner))));
        all.push((format!("{id} expert"), both(&|lang| concept.text(lang, Audience::Expert))));
    }
    all
}

fn ids(found: &[Found]) -> Vec<String> {
    found.iter().map(|one| one.term.id().into_owned()).collect()
}

fn best(text: &str, lang: Lang) -> String {
    search(text, lang).first().map(|one| one.term.id().into_owned()).unwrap_or_default()
}

/// What `explain` prints in the environment's language.
fn explained(words: &[&str], variables: [(&str, &str); 3]) -> String {
    let command =
        variables.into_iter().fold(Sysray::new(&["explain"]), |c, (name, value)| c.env(name, value));
    words.iter().fold(command, Sysray::arg).prints()
}

const ENGLISH: [(&str, &str); 3] = [("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "C.UTF-8")];
const FRENCH: [(&str, &str); 3] = [("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "fr_FR.UTF-8")];

#[test]
fn every_text_is_there_in_both_languages() {
    for (named, [en, fr]) in prose() {
        for text in [en, fr] {
            assert!(text.ends_with(['.', '…', '?']), "{named}: no sentence: {text}");
            assert!(!text.contains('\n') && !text.contains("  "), "{named}: blanks or lines in: {text}");
        }
    }
    for domain in &DOMAINS {
        assert!(!domain.title.en.is_empty() && !domain.title.fr.is_empty(), "{}", domain.id);
    }
}

#[test]
fn no_french_text_is_english() {
    let same = prose().into_iter().filter(|(_, [en, fr])| en == fr).map(|(named, _)| named);
    assert_eq!(same.collect::<Vec<_>>(), SAME);
    // Words that French has not, and a translation that was forgotten has.
    for (named, [_, fr]) in prose() {
        let bare: String = fr.split('`').step_by(2).collect();
        let mut words = bare.split(|c: char| !c.is_alphanumeric() && c != '_');
        let english = words.find(|word| ["the", "of", "which", "with", "and"].contains(word));
        assert!(english.is_none(), "{named} has {english:?} in French: {fr}");
    }
}

#[test]
fn both_languages_quote_the_same_names() {
    let quoted =
        |text: &'static str| -> HashSet<&'static str> { text.split('`').skip(1).step_by(2).collect() };
    for (named, [en, fr]) in prose() {
        let ours = |names: HashSet<&'static str>| -> HashSet<&'static str> {
            names.into_iter().filter(|name| !name.contains(' ') && !name.contains('[')).collect()
        };
        assert_eq!(ours(quoted(en)), ours(quoted(fr)), "{named}");
    }
}

#[test]
fn columns_that_are_made_by_rule_are_told_by_rule() {
    let about = |id: &str, lang| term(id).unwrap().summary(lang);
    assert_eq!(about("disk.reads_per_s", Lang::En), "`reads` a second of the interval.");
    assert_eq!(about("disk.reads_per_s", Lang::Fr), "`reads` par seconde de l'intervalle.");
    assert_eq!(about("process.run_delay_pct", Lang::Fr), "`run_delay_us` en part de l'intervalle.");
    assert_eq!(about("system_1m.load1_max", Lang::Fr), "Le plus grand `load1`.");
    assert_eq!(about("cpu_1h", Lang::Fr), "`cpu` à l'heure.");
    assert!(about("system_1h.load1", Lang::Fr).ends_with(" Moyenne sur l'heure."));
    let rows = |name: &str| TIERS.iter().find(|t| t.name == name).unwrap().rows(Lang::Fr);
    assert_eq!(rows("disk_1m"), "une par périphérique bloc et minute");
    assert!(TABLES.iter().all(|table| !table.rows(Lang::Fr).is_empty()));
}

#[test]
fn units_and_sources_are_words_of_the_language() {
    let column = |id: &str| term(id).and_then(|term| term.column()).unwrap();
    assert_eq!(column("memory.free_bytes").unit(Lang::Fr), "octets");
    assert_eq!(column("disk.reads_per_s").unit(Lang::Fr), "par seconde");
    assert_eq!(column("memory.free_bytes").kind(Lang::Fr), "jauge");
    assert_eq!(column("memory.free_bytes").source(), "/proc/meminfo MemFree");
    assert!(matches!(column("ts"), Shown::Stored(_)));
}

#[test]
fn concepts_are_many_and_each_has_one_name() {
    assert!(concepts().count() >= 60, "{}", concepts().count());
    let mut names: HashMap<String, &str> = HashMap::new();
    for concept in concepts() {
        assert!(domain(concept).is_some(), "{} is of no domain", concept.id);
        let own = [concept.id, concept.title.en, concept.title.fr];
        for name in own.iter().chain(concept.aliases) {
            let other = names.insert(fold(name), concept.id).filter(|other| *other != concept.id);
            assert!(other.is_none(), "{name} is {} and {other:?}", concept.id);
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    for concept in concepts() {
        assert!(!concept.see.is_empty(), "{} has nothing to see", concept.id);
        for name in concept.see {
            assert!(term(name).is_some(), "{} points to {name}", concept.id);
        }
        assert_eq!(Term::Concept(concept).related().len(), concept.see.len(), "{}", concept.id);
    }
    // Names in the prose are names of something, too.
    for concept in concepts() {
        for text in [concept.summary.en, concept.beginner.en, concept.expert.en] {
            for name in text.split('`').skip(1).step_by(2).filter(|name| name.contains('.')) {
                let is_column =
                    name.split_once('.').is_some_and(|(table, _)| sysray::schema::table(table).is_some());
                assert!(!is_column || term(name).is_some(), "{} tells of {name}", concept.id);
            }
        }
    }
}

#[test]
fn every_term_is_found_by_its_own_name() {
    for term in terms().filter(|term| !matches!(term, Term::Common(_))) {
        let found = search(&term.id(), Lang::En);
        let own = found.iter().find(|one| one.term.id() == term.id()).map(|one| one.rank);
        assert_eq!(own, Some(Rank::Exact), "{}", term.id());
    }
    assert_eq!(best("cpu_1m.user_us", Lang::En), "cpu_1m.user_us", "tiers too");
    assert_eq!(best("interval_us", Lang::En), "interval_us");
}

#[test]
fn exact_names_come_before_beginnings_before_parts_before_words() {
    let found = search("steal", Lang::En);
    assert_eq!(found[0].term.id(), "steal");
    let ranks: Vec<Rank> = found.iter().map(|one| one.rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert!(ranks.contains(&Rank::Prefix) && ranks.contains(&Rank::Part) && ranks.contains(&Rank::Words));
    let places = ids(&found);
    let place = |id: &str| places.iter().position(|one| one == id).unwrap();
    assert!(place("steal") < place("cpu.steal_us") && place("cpu.steal_us") < place("system.cpu_steal_us"));
    assert_eq!(best("memory", Lang::En), "memory", "a table of that name");
    assert_eq!(best("cgroup", Lang::En), "cgroup");
    assert_eq!(best("waiting for a cpu", Lang::En), best("cpu waiting", Lang::En), "words in any order");
    assert_eq!(ids(&search("cpu_us", Lang::En))[..2], ["process.cpu_us", "process_exit.cpu_us"]);
    assert!(search("   ", Lang::En).is_empty());
}

#[test]
fn case_accents_and_signs_between_words_do_not_matter() {
    for text in ["load_average", "Load Average", "load-average", "  LOAD   average ", "charge moyenne"] {
        assert_eq!(best(text, Lang::En), "load_average", "{text}");
    }
    for text in ["défaut majeur", "defaut majeur", "DÉFAUT MAJEUR", "de\u{301}faut majeur"] {
        assert_eq!(best(text, Lang::Fr), "major_fault", "{text}");
    }
    assert_eq!(fold("Cœur d’hôte — É"), "coeur d'hote — e");
}

#[test]
fn texts_are_searched_in_the_language_that_is_asked_for() {
    let has = |text: &str, lang, id: &str| ids(&search(text, lang)).iter().any(|one| one == id);
    assert!(has("poignée de main", Lang::Fr, "listen_backlog"));
    assert!(!has("poignée de main", Lang::En, "listen_backlog"));
    assert!(has("hypervisor", Lang::En, "steal"));
}

#[test]
fn what_is_mistyped_has_names_near_it() {
    assert!(search("stael", Lang::En).is_empty());
    assert!(suggest("stael").contains(&"steal"), "{:?}", suggest("stael"));
    assert!(suggest("retransmitt").contains(&"retransmit"));
    assert!(suggest("iowiat").contains(&"iowait"));
    assert!(suggest("xqzwvk").is_empty());
    let near = suggest("stael");
    let folded: HashSet<String> = near.iter().map(|name| fold(name)).collect();
    assert_eq!(folded.len(), near.len(), "the same twice: {near:?}");
}

#[test]
fn a_locale_that_begins_with_french_is_french() {
    for locale in ["fr", "fr_FR.UTF-8", "fr_CA", "FR", "fr@euro", "fr-CH"] {
        assert_eq!(Lang::of_locale(locale), Lang::Fr, "{locale}");
    }
    for locale in ["", "C", "POSIX", "en_US.UTF-8", "de_DE", "frp_IT", "fry"] {
        assert_eq!(Lang::of_locale(locale), Lang::En, "{locale}");
    }
    let of = |set: &'static [(&str, &str)]| {
        let look = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.to_string());
        Lang::of_variables(look)
    };
    assert_eq!(of(&[("LANG", "fr_FR")]), Lang::Fr);
    assert_eq!(of(&[("LANG", "fr_FR"), ("LC_ALL", "C")]), Lang::En, "LC_ALL before all");
    assert_eq!(of(&[("LANG", "en_US"), ("LC_MESSAGES", "fr_FR")]), Lang::Fr);
    assert_eq!(of(&[("LANG", "fr_FR"), ("LC_ALL", "")]), Lang::Fr, "empty is not set");
    assert_eq!(of(&[]), Lang::En);
}

#[test]
fn explain_tells_all_of_a_concept() {
    let said = explained(&["steal"], ENGLISH);
    for part in [
        "Steal [steal, Processors]",
        "What to make of it",
        "The small print",
        "system.steal_pct",
        "Found too: ",
    ] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    let beginner = explained(&["steal", "--audience", "beginner"], ENGLISH);
    assert!(beginner.contains("What to make of it") && !beginner.contains("The small print"));
    let expert = explained(&["steal", "--audience", "expert"], ENGLISH);
    assert!(!expert.contains("What to make of it") && expert.contains("The small print"));
    let two_words = explained(&["load", "average"], ENGLISH);
    assert_eq!(two_words, explained(&["load average"], ENGLISH));
    assert!(two_words.starts_with("Load average [load_average, Processors]\n"));
}

#[test]
fn explain_tells_unit_kind_source_and_place_of_a_column() {
    let said = explained(&["memory.free_bytes"], ENGLISH);
    for part in ["bytes", "gauge", "Int64", "/proc/meminfo MemFree", "memory.free_bytes (one a tick)"] {
        assert!(said.contains(part), "no {part} in\n{said}");
    }
    let derived = explained(&["disk.latency_us"], ENGLISH);
    assert!(derived.contains("(read_us + write_us) / (reads + writes)") && derived.contains("disk.read_us"));
    let several = explained(&["cpu_us"], ENGLISH);
    assert!(several.starts_with("cpu_us: a column of 4 tables\n"), "{several}");
    assert!(several.contains("thread.cpu_us (counter, microseconds)"));
    assert!(explained(&["cpu"], ENGLISH).contains("user_us, nice_us"), "of a table its columns");
    assert!(explained(&["tick"], ENGLISH).starts_with("Tick [tick, Recording]"));
}

#[test]
fn explain_speaks_the_language_of_the_environment_unless_it_is_told() {
    let french = explained(&["steal"], FRENCH);
    assert!(french.starts_with("Temps volé (steal) [steal, Processeurs]\n"), "{french}");
    assert!(french.contains("Dans le détail") && french.contains("[pour cent]"));
    assert!(explained(&["steal", "--lang", "en"], FRENCH).starts_with("Steal [steal, Processors]\n"));
    assert_eq!(explained(&["steal", "--lang", "fr"], ENGLISH), french);
    let listed = explained(&[], FRENCH);
    assert!(
        listed.starts_with("Méthode\n") && listed.contains("\nMémoire\n") && listed.contains("\nTables\n")
    );
    let english = explained(&[], ENGLISH);
    assert!(concepts().all(|concept| english.contains(&format!("  {} ", concept.id))));
}

#[test]
fn what_nothing_is_known_of_is_misuse_and_one_line() {
    let command =
        |word: &str| ENGLISH.into_iter().fold(Sysray::new(&["explain", word]), |c, (n, v)| c.env(n, v));
    let (code, said) = command("stael").fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("nothing is known of `stael`") && said.contains("`steal`"), "{said}");
    let (code, said) = command("xqzwvk").fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("`sysray explain` lists all terms"), "{said}");
}

#[test]
fn the_schema_is_there_in_french_and_english_unless_told() {
    let schema = |words: &[&str]| {
        let command =
            FRENCH.into_iter().fold(Sysray::new(&["schema"]), |c, (name, value)| c.env(name, value));
        words.iter().fold(command, Sysray::arg).prints()
    };
    let french = schema(&["memory", "--lang", "fr", "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&french).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["column"] == "swap_in_bytes").unwrap();
    assert_eq!(row["about"], "Relus depuis le swap.");
    assert_eq!((&row["kind"], &row["unit"]), (&"counter".into(), &"octets".into()));
    assert!(schema(&["memory", "--format", "json"]).contains("Read back from swap."), "others read it");
    assert!(schema(&["--lang", "fr"]).contains("une par processus et tick"));
    let page = schema(&["--lang", "fr", "--format", "markdown"]);
    assert!(page.starts_with("# Tables et colonnes\n") && page.contains("\n## Paliers\n"));
    assert_eq!(page.matches("\n## ").count(), schema(&["--format", "markdown"]).matches("\n## ").count());
}
