//! Nothing on the screen is left in the other language.
//!
//! Everything that can be drawn is drawn over rows without a word of their own. What stands there then has
//! to be made of words of the language that was asked for, and none of the other's may be among them.

use std::collections::{BTreeMap, BTreeSet};

use sysray::query;
use sysray::time::{Micros, parse_duration};
use sysray::tui::course::Course;
use sysray::tui::event::{Event, Moment};
use sysray::tui::keys::{Key, Keys};
use sysray::tui::model::{LogLine, Mark, Model, Play, Prompt, Severity, Wanted, What};
use sysray::tui::panel::{PRESETS, Panel, question};
use sysray::tui::words::{self, Lang, Word, fields};

use super::made::{numbers, sheet, texts, times};
use super::{SECOND, START, Sat};

const SIZE: (u16, u16) = (300, 90);
/// What is the same in all languages: units, the program, a place, the zone, and what rows may say of Java.
const NAMES: [&str; 10] = ["bit", "mhz", "µs", "sysray", "web", "var", "lib", "utc", "java", "tab"];
/// What is said the same in both: names, abbreviations of the kernel, what both took from a third.
const SAME: [&str; 33] = [
    "CPU",
    "QUESTION",
    "P_QUESTION",
    "P_COMMAND",
    "CGROUP",
    "PRESET_JVM_PLUS",
    "RAM",
    "MODE_NICE",
    "MODE_IRQ",
    "MODE_SOFTIRQ",
    "AVG300",
    "AVG60",
    "CODE",
    "CPU_PCT",
    "CPU_SOME",
    "ERR",
    "GC",
    "INODE_PCT",
    "INTERFACE",
    "N",
    "NETNS",
    "NI",
    "PID",
    "PIDS",
    "PORT",
    "PPID",
    "PROTO",
    "RO",
    "RSS",
    "S",
    "SIG",
    "SYS_PCT",
    "TYPE",
];

/// The columns that a question asks for.
fn columns(sql: &str) -> Vec<String> {
    let text: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
    let text = text.join(" ");
    let list = text.trim().strip_prefix("select").unwrap().split(" from ").next().unwrap().to_string();
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in list.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            c => parts.last_mut().unwrap().push(c),
        }
    }
    parts.iter().map(|part| part.split_whitespace().last().unwrap().to_string()).collect()
}

/// A sample that has a row of everything, and no word in it.
fn moment() -> Moment {
    let mut sheets = BTreeMap::new();
    let names = Panel::ALL.into_iter().flat_map(Panel::questions).collect::<BTreeSet<_>>();
    for name in names {
        let asked = columns(question(name).unwrap().sql);
        let row = asked.iter().map(|column| match column.as_str() {
            "ts" | "start_time" | "boot_time" => (column.as_str(), times(&[START])),
            "comm" | "exe" => (column.as_str(), texts(&[Some("java")])),
            "path" | "cgroup" | "cmdline" => (column.as_str(), texts(&[Some("/7")])),
            _ => (column.as_str(), numbers(&[Some(7.0)])),
        });
        sheets.insert(*name, sheet(row.collect()));
    }
    Moment { ts: Micros(START + 1800 * SECOND), sheets }
}

fn course(names: &[&str]) -> Course {
    let mut course = Course::new(Micros(START), Micros(START + 3600 * SECOND), 600);
    let mut rows = vec![("ts", times(&[START + SECOND, START + 1800 * SECOND]))];
    rows.extend(names.iter().map(|name| (*name, numbers(&[Some(7.0), Some(7.0)]))));
    course.take_in(&sheet(rows));
    course
}

fn marks() -> Vec<Mark> {
    let what = [
        What::Event { kind: "7".into(), text: "7".into() },
        What::Unusual { column: "cpu", value: 97.0, median: 7.0 },
        What::Throttled { path: "/7".into(), share: 70.0 },
    ];
    let mark = |(at, what): (usize, What)| Mark {
        ts: Micros(START + (at as i64 + 1) * SECOND),
        until: None,
        severity: Severity::Warning,
        what,
        peak: None,
    };
    what.into_iter().enumerate().map(mark).collect()
}

fn sat(lang: Lang) -> Sat {
    let mut sat = Sat::before_an_hour(SIZE.0, SIZE.1);
    sat.model.settings.lang = lang;
    sat.model.time.marks = marks();
    sat.model.course = Some(course(&["cpu", "memory_used_pct", "cpu7"]));
    sat.happens(Event::Moment(Ok(moment())));
    sat
}

/// Everything that can be drawn, each with what it is.
fn frames(lang: Lang) -> Vec<(String, String)> {
    let mut frames = Vec::new();
    let mut keep = |what: String, sat: &Sat| frames.push((what, sat.screen()));
    let mut sat_there = sat(lang);
    for panel in Panel::ALL {
        sat_there.model.screen.show_only(panel);
        keep(format!("{panel:?}"), &sat_there);
    }
    for (number, preset) in PRESETS {
        sat_there.model.screen.show(number);
        keep(preset.name.into(), &sat_there);
    }
    // Without any rows, filtered to none, and before anything is known.
    let mut none = sat(lang);
    for panel in Panel::ALL {
        none.model.screen.show_only(panel);
        none.presses(&[Key::Char('/')]).types("777").presses(&[Key::Enter]);
        keep(format!("{panel:?} filtered"), &none);
        let empty = Moment { ts: Micros(START + 1800 * SECOND), sheets: BTreeMap::new() };
        let mut bare = sat(lang);
        bare.model.screen.show_only(panel);
        bare.model.time.marks.clear();
        bare.model.moment = Some(empty);
        keep(format!("{panel:?} of nothing"), &bare);
        bare.model.moment = None;
        keep(format!("{panel:?} awaited"), &bare);
        let mut before = Sat::new(SIZE.0, SIZE.1);
        before.model.settings.lang = lang;
        before.model.screen.show_only(panel);
        keep(format!("{panel:?} before anything"), &before);
    }
    histories(lang, &mut keep);
    prompts(lang, &mut keep);
    notices(lang, &mut keep);
    for (headline, keys) in
        [(0, Keys::Sysray), (1, Keys::Nmon), (2, Keys::Sysray), (3, Keys::Nmon), (4, Keys::Nmon)]
    {
        let mut help = sat(lang);
        help.model.settings.keys = keys;
        help.model.time.headline = headline;
        keep(format!("graph {headline}"), &help);
        help.presses(&[Key::Char('?')]);
        keep(format!("keys {keys:?}"), &help);
        help.presses(&[Key::Char('?')]);
        keep("glossary".into(), &help);
    }
    let change: [fn(&mut Model); 5] = [
        |model| model.time.follows = true,
        |model| (model.time.is_live, model.time.follows) = (true, true),
        |model| model.time.is_live = true,
        |model| model.time.is_frozen = true,
        |model| model.time.play = Some(Play { speed: 3, due: Micros(i64::MAX) }),
    ];
    for (at, change) in change.into_iter().enumerate() {
        let mut sat = sat(lang);
        change(&mut sat.model);
        sat.model.is_kept = false;
        keep(format!("state {at}"), &sat);
    }
    frames
}

fn histories(lang: Lang, keep: &mut impl FnMut(String, &Sat)) {
    let mut sat = sat(lang);
    sat.presses(&[Key::Char('4'), Key::Enter]);
    keep("history awaited".into(), &sat);
    let all = [
        "cpu_pct",
        "rss_bytes",
        "memory_bytes",
        "read_bytes_per_s",
        "write_bytes_per_s",
        "run_delay_pct",
        "throttled_pct",
        "threads",
    ];
    for names in [&all[..], &[]] {
        let name = sat.model.subject.as_ref().unwrap().name();
        sat.happens(Event::History(Ok((name, course(names)))));
        keep(format!("history of {}", names.len()), &sat);
    }
}

fn prompts(lang: Lang, keep: &mut impl FnMut(String, &Sat)) {
    let all = [
        Wanted::Jump,
        Wanted::JumpOn,
        Wanted::JumpBack,
        Wanted::Filter,
        Wanted::User,
        Wanted::Command,
        Wanted::Log,
        Wanted::Export,
        Wanted::Question,
        Wanted::Search,
    ];
    for wanted in all {
        let mut sat = sat(lang);
        sat.model.screen.show_only(Panel::Question);
        sat.model.prompt = Some(Prompt::new(wanted, "7"));
        keep(format!("{wanted:?}"), &sat);
    }
}

/// What is said of what was done, or cannot be.
fn notices(lang: Lang, keep: &mut impl FnMut(String, &Sat)) {
    let typed = [":777\r", ":host 7\r", ":sort 7\r", ":help\r", ":zoom 1h\r", ":theme zz\r", ":lang xx\r"];
    for keys in typed.into_iter().chain(["]", "[]", "[,]", "x", "))))", "(", "j1h\r", "J1h\r"]) {
        let mut sat = sat(lang);
        for c in keys.chars() {
            sat.presses(&[if c == '\r' { Key::Enter } else { Key::Char(c) }]);
        }
        keep(format!("typed {keys:?}"), &sat);
    }
    let mut sat = sat(lang);
    sat.model.typed.until = Some(7);
    for event in [
        Event::Until(7, Ok(None)),
        Event::Moment(Err(words::NOTHING_YET.en.into())),
        Event::Extent(Ok(Some(sysray::tui::event::Extent { has_changed: true, ..Sat::hour(false) }))),
    ] {
        let what = format!("{event:?}").chars().take(40).collect();
        sat.happens(event);
        keep(what, &sat);
    }
    sat.presses(&[Key::Char('Q')]).types("7").presses(&[Key::Enter]);
    keep("asked".into(), &sat);
    let number = sat.model.asked.number;
    sat.happens(Event::Answer(number, Err(query::Error::Interrupted.to_string())));
    keep("interrupted".into(), &sat);
    let line = LogLine { ts: None, from: "7".into(), text: "7".into(), is_error: true };
    sat.happens(Event::Logs(vec![line]));
    sat.model.screen.show_only(Panel::Logs);
    keep("logged".into(), &sat);
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    let letters = |c: char| !c.is_alphabetic() || ('\u{2800}'..'\u{2900}').contains(&c);
    text.split(letters).filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().into_iter()
}

/// The text without these phrases, where they stand as whole words.
fn without(text: &str, phrases: &[&str]) -> String {
    phrases.iter().fold(text.to_string(), |text, phrase| replaced(&text, phrase, "  "))
}

fn replaced(text: &str, phrase: &str, by: &str) -> String {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (mut rest, mut out) = (text, String::new());
    while let Some(at) = rest.find(phrase) {
        let (before, behind) = (&rest[..at], &rest[at + phrase.len()..]);
        out += before;
        let is_part = (is_letter(out.chars().next_back()) && is_letter(phrase.chars().next()))
            || (is_letter(behind.chars().next()) && is_letter(phrase.chars().next_back()));
        out += if is_part { phrase } else { by };
        rest = behind;
    }
    out + rest
}

#[test]
fn all_that_is_drawn_is_in_the_language_that_was_asked_for() {
    let mut wrong = Vec::new();
    for lang in Lang::ALL {
        let of = |word: &Word| word.in_lang(lang);
        let mut known: BTreeSet<String> = words::all().flat_map(|(_, word)| tokens(of(word))).collect();
        known.extend(NAMES.map(str::to_string));
        // Panels of one row have words of their own.
        let questions = [Panel::Memory, Panel::Protocol, Panel::Host].into_iter().flat_map(Panel::questions);
        let columns = questions.flat_map(|name| columns(question(name).unwrap().sql));
        let named: Vec<String> = columns.map(|column| fields::field(&column, lang)).collect();
        known.extend(named.iter().flat_map(|name| tokens(name)));
        // Whole phrases of this language, the longest first; then none of the other may be left.
        let differing = || words::all().filter(|(_, word)| word.en != word.fr);
        let mut own: Vec<&str> =
            words::all().flat_map(|(_, word)| of(word).split("{}").map(str::trim)).collect();
        own.extend(named.iter().map(String::as_str));
        own.retain(|phrase| !phrase.is_empty());
        own.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        let other = differing().flat_map(|(_, word)| word.in_lang(lang.other()).split("{}").map(str::trim));
        let other: Vec<&str> = other.filter(|phrase| phrase.chars().any(char::is_alphabetic)).collect();
        for (what, frame) in frames(lang) {
            let unknown = |word: &String| word.chars().count() > 1 && !known.contains(word);
            let strange: BTreeSet<String> = tokens(&frame).filter(unknown).collect();
            let left = without(&frame, &own);
            let foreign =
                other.iter().filter(|phrase| replaced(&left, phrase, "\u{1}") != left).collect::<Vec<_>>();
            if !strange.is_empty() || !foreign.is_empty() {
                wrong.push(format!("{lang:?}, {what}: {strange:?} {foreign:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_word_has_a_text_in_both_languages() {
    for (name, word) in words::all() {
        assert!(!word.en.is_empty() && !word.fr.is_empty(), "{name}");
        assert_eq!(word.en == word.fr, SAME.contains(name), "{name}: {}", word.fr);
        assert_eq!(word.en.matches("{}").count(), word.fr.matches("{}").count(), "{name}");
    }
    for panel in [Panel::Memory, Panel::Protocol, Panel::Host] {
        for name in panel.questions() {
            for column in columns(question(name).unwrap().sql).iter().filter(|name| *name != "ts") {
                assert!(fields::is_french(column), "{column} of {name}");
            }
        }
    }
}

#[test]
fn heads_fit_above_their_columns_in_both_languages() {
    for panel in Panel::ALL {
        for column in panel.list().map_or(&[][..], |list| list.columns) {
            let heads = [column.head.en, column.head.fr].map(|head| head.chars().count());
            assert!(
                column.width == 0 || heads.iter().all(|long| *long <= usize::from(column.width)),
                "{column:?}"
            );
        }
    }
}

#[test]
fn what_is_wrong_with_a_time_is_said_in_french_too() {
    for text in ["7 7", "2026-99-99", "@99999999999999"] {
        let mut sat = sat(Lang::Fr);
        sat.presses(&[Key::Char('b')]).types(text).presses(&[Key::Enter]);
        let notice = sat.model.notice.as_ref().unwrap();
        assert!(
            notice.is_error && notice.text.contains(text) && !notice.text.contains("write"),
            "{}",
            notice.text
        );
    }
    let length = parse_duration("7 7").unwrap_err();
    assert!(words::wrong(&length, Lang::Fr).contains("durée"));
    assert_eq!(words::wrong(&length, Lang::En), length.to_string());
}
