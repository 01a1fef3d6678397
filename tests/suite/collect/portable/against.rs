//! The portable collectors against the native ones, on a host with something going on.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use sysray::schema;

use super::load::{HELD, Load, WRITTEN, load};
use super::look::{Cell, Cells, Looked, Round, rounds};
use super::rules::{How, Rule, rules};
use crate::cli::Sysray;

/// What is wrong, by column: the first few of each.
#[derive(Default)]
struct Wrong(BTreeMap<String, Vec<String>>);

impl Wrong {
    fn note(&mut self, column: &str, what: String) {
        let of = self.0.entry(column.into()).or_default();
        if of.len() < 3 {
            of.push(what);
        }
    }
}

#[test]
fn what_the_portable_collectors_fill_agrees_with_what_the_kernel_says() {
    let load = load();
    let rules: BTreeMap<&str, Rule> = rules().into_iter().map(|rule| (rule.column, rule)).collect();
    // A host that is busy with other things may be another one in between: a column that is wrong is so each time.
    let mut always: Option<BTreeMap<String, Vec<String>>> = None;
    for _ in 0..5 {
        let rounds = rounds();
        let mut wrong = compare(&rounds, &rules).0;
        if let Some(before) = &always {
            wrong.retain(|column, _| before.contains_key(column));
        }
        if wrong.is_empty() {
            return shows(&rounds[1], &load);
        }
        always = Some(wrong);
    }
    panic!("{always:#?}");
}

/// Holds each value against its rule.
fn compare(rounds: &[Round; 2], rules: &BTreeMap<&str, Rule>) -> Wrong {
    let mut wrong = Wrong::default();
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    for (round, table, key, row) in rounds.iter().flat_map(cells) {
        let Some(native) = native(round, table, key) else { continue };
        for (name, cell) in row {
            let column = format!("{table}.{name}");
            let Some(rule) = rules.get(column.as_str()) else {
                if *cell != Cell::Unknown {
                    wrong.note(&column, format!("{cell:?} and no rule"));
                }
                continue;
            };
            if rule.wants_rest && has_run(native) {
                continue;
            }
            match judge(rule, cell, native, name) {
                Ok(is_known) => *compared.entry(rule.column).or_default() += usize::from(is_known),
                Err(what) => wrong.note(&column, format!("{key}: {what}")),
            }
        }
    }
    for rule in rules.values() {
        if let How::Grows(of, by) = rule.how {
            growth(rounds, rule, of, by).unwrap_or_else(|what| wrong.note(rule.column, what));
        }
        if !rule.is_rare && compared.get(rule.column).is_none_or(|rows| *rows == 0) {
            wrong.note(rule.column, "no row has it".into());
        }
    }
    wrong
}

/// The rows of the portable collectors.
fn cells(round: &Round) -> impl Iterator<Item = (&Round, &'static str, &String, &Cells)> {
    let tables = round.portable.iter();
    tables.flat_map(move |(table, rows)| rows.iter().map(move |(key, row)| (round, *table, key, row)))
}

/// Whether a process has run between two looks. The one that looks always has.
fn has_run([before, after]: [&Cells; 2]) -> bool {
    let shows = ["cpu_us", "voluntary_switches", "state"];
    shows.iter().any(|name| before.get(name) != after.get(name))
        || before["pid"] == Cell::Number(f64::from(std::process::id()))
}

/// The native rows before and after, where it was there both times and is the same.
fn native<'a>(round: &'a Round, table: &str, key: &str) -> Option<[&'a Cells; 2]> {
    let (before, after) = (round.before.get(table)?.get(key)?, round.after.get(table)?.get(key)?);
    (before.get("start_time") == after.get("start_time")).then_some([before, after])
}

/// Whether both know and agree; or what is wrong.
fn judge(rule: &Rule, cell: &Cell, native: [&Cells; 2], name: &str) -> Result<bool, String> {
    let [before, after] = native.map(|row| &row[name]);
    match (cell, before, after) {
        (Cell::Unknown, Cell::Unknown, _) | (Cell::Unknown, _, Cell::Unknown) => return Ok(false),
        (Cell::Unknown, ..) if native.iter().any(|row| (rule.may_lack)(row)) => return Ok(false),
        (Cell::Unknown, ..) => return Err(format!("unknown, and {before:?}")),
        (_, Cell::Unknown, Cell::Unknown) => return Err(format!("{cell:?}, and unknown")),
        _ => {}
    }
    let agrees = match &rule.how {
        How::Same => cell == before || cell == after,
        How::Within(by) => {
            let numbers = [cell, before, after].map(Cell::number);
            let [Some(number), Some(before), Some(after)] = numbers else { return Ok(false) };
            (before.min(after) - by..=before.max(after) + by).contains(&number)
        }
        How::Is(of) => {
            let numbers = [cell.number(), of(native[0]), of(native[1])];
            let [Some(number), Some(before), Some(after)] = numbers else { return Ok(false) };
            (before..=after).contains(&number)
        }
        How::Alike(done) => {
            let done = |cell: &Cell| if let Cell::Word(word) = cell { Some(done(word)) } else { None };
            done(cell) == done(before) || done(cell) == done(after)
        }
        How::Grows(..) => true,
    };
    if agrees { Ok(true) } else { Err(format!("{cell:?}, and {before:?} to {after:?}")) }
}

/// Whether all rows grew from one round to the next as the native ones did.
fn growth(rounds: &[Round; 2], rule: &Rule, of: fn(&Cells) -> Option<f64>, by: f64) -> Result<(), String> {
    let (table, name) = rule.column.split_once('.').unwrap();
    for key in rounds[0].portable[table].keys() {
        let told = |round: &Round| round.portable[table][key][name].number().unwrap();
        let native = |looked: &Looked| of(&looked[table][key]).unwrap();
        let grew = told(&rounds[1]) - told(&rounds[0]);
        let least = native(&rounds[1].before) - native(&rounds[0].after) - by;
        let most = native(&rounds[1].after) - native(&rounds[0].before) + by;
        if !(least..=most).contains(&grew) {
            return Err(format!("{key}: grew by {grew}, and {least} to {most}"));
        }
    }
    Ok(())
}

/// What goes on is to be seen.
fn shows(round: &Round, load: &Load) {
    let looked = &round.portable;
    let of = |child: &std::process::Child| &looked["process"][&child.id().to_string()];
    let (busy, ended) = (of(&load.busy), of(&load.ended));
    let cpu_us = |looked: &Looked| looked["process"][&load.busy.id().to_string()]["cpu_us"].number().unwrap();
    let [before, own, after] = [&round.before, looked, &round.after].map(cpu_us);
    // Of one that never sleeps clock ticks say what the scheduler does, but for a tenth.
    assert!(own > 100_000.0 && (before * 0.9..=after * 1.1).contains(&own), "{before} {own} {after}");
    assert!(busy["write_bytes"].number() >= Some(WRITTEN), "{busy:?}");
    assert_eq!(busy["state"], Cell::Word("R".into()));
    assert_eq!(ended["state"], Cell::Word("Z".into()));
    let parent = Cell::Number(f64::from(load.holding.id()));
    let held = looked["process"].values().filter(|row| row["ppid"] == parent);
    assert!(held.filter_map(|row| row["rss_bytes"].number()).any(|rss| rss > HELD));
}

#[test]
fn the_portable_collectors_see_the_same_things() {
    // Beside a build as many processes come and go within one look as the difference allows for.
    let mut seen = Err(String::new());
    for _ in 0..5 {
        seen = seen_the_same();
        if seen.is_ok() {
            return;
        }
    }
    seen.unwrap();
}

fn seen_the_same() -> Result<(), String> {
    let ensure =
        |is_so: bool, what: &dyn std::fmt::Debug| if is_so { Ok(()) } else { Err(format!("{what:?}")) };
    let [round, _] = rounds();
    for table in ["cpu_core", "network", "process"] {
        let keys = |looked: &Looked| looked[table].keys().cloned().collect::<BTreeSet<_>>();
        let (before, own, after) = (keys(&round.before), keys(&round.portable), keys(&round.after));
        let always: BTreeSet<_> = before.intersection(&after).cloned().collect();
        ensure(own.is_superset(&always), &(table, always.difference(&own)))?;
        let ever: BTreeSet<_> = before.union(&after).cloned().collect();
        // Those that come and go in between are in neither.
        let more = own.difference(&ever).count();
        ensure(more == 0 || table == "process" && more < 5, &(table, own.difference(&ever)))?;
    }
    for table in ["disk", "filesystem"] {
        let of = |looked: &Looked| looked.get(table).cloned().unwrap_or_default();
        let (native, own) = (of(&round.before), of(&round.portable));
        let more: Vec<_> = own.keys().filter(|key| !native.contains_key(*key)).collect();
        ensure(more.is_empty(), &(table, more))?;
    }
    for (mount, row) in &round.before["filesystem"] {
        let is_on_a_disk = row["disk"] != Cell::Unknown && !is_left_out(mount, row);
        ensure(!is_on_a_disk || round.portable["filesystem"].contains_key(mount), &(mount, row))?;
    }
    Ok(())
}

/// What sysinfo does not list.
fn is_left_out(mount: &str, row: &Cells) -> bool {
    let images = ["squashfs", "iso9660"];
    images.iter().any(|fstype| row["fstype"] == Cell::Word((*fstype).into()))
        || ["/run", "/sys", "/proc"].iter().any(|folder| mount.starts_with(folder))
}

// What of another user's process nobody may read was told as 0 bytes.
#[test]
fn what_a_process_read_is_unknown_to_whom_it_is_hidden_from() {
    let words = ["snapshot", "--collector", "portable", "--format", "json", "--table", "process"];
    let told = Sysray::new(&words).by_nobody().prints();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let first = told["process"].as_array().unwrap().iter().find(|row| row["pid"] == 1).unwrap();
    assert!(first["rss_bytes"].is_number(), "{first}");
    assert!(first["read_bytes"].is_null() && first["write_bytes"].is_null(), "{first}");
}

#[test]
fn the_doctor_tells_what_the_portable_collectors_fill() {
    // Of whoever may look at its own processes alone, one has read and written.
    let _load = load();
    let told = Sysray::new(&["doctor", "--collector", "portable", "--format", "json"]).prints();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let rules: BTreeSet<String> = rules().into_iter().map(|rule| rule.column.to_string()).collect();
    let rare: BTreeSet<&str> =
        self::rules().into_iter().filter(|rule| rule.is_rare).map(|rule| rule.column).collect();
    let mut filled = BTreeSet::new();
    for table in told["tables"].as_array().unwrap() {
        let name = table["table"].as_str().unwrap();
        let names = |key: &str| table[key].as_array().unwrap().clone();
        let known = names("columns").into_iter().chain(names("partly_null_columns"));
        filled.extend(known.map(|column| format!("{name}.{}", column.as_str().unwrap())));
        let all = ["columns", "partly_null_columns", "null_columns"].map(|key| names(key).len());
        assert_eq!(all.iter().sum::<usize>(), schema::table(name).unwrap().columns.len(), "{name}");
    }
    // What is reckoned of other tables' rows has no rule of its own.
    let other: Vec<_> = filled.difference(&rules).filter(|column| !column.starts_with("system.")).collect();
    assert!(other.is_empty(), "{other:?}");
    let absent = rules.difference(&filled).filter(|column| !rare.contains(column.as_str()));
    assert_eq!(absent.collect::<Vec<_>>(), Vec::<&String>::new());
    let text = Sysray::new(&["doctor", "--collector", "portable"]).prints();
    assert!(
        text.contains("Without rows: ") && text.contains("columns of these tables have values"),
        "{text}"
    );
}
