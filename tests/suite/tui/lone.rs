//! Files by themselves: what they hold is shown, and of the rest it is said that they have no such table.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use sysray::schema::rows::Process;
use sysray::schema::{Batch, Micros, Row, Stamp, TABLES};
use sysray::store::{Folder, Identity, Moment, PartName, Policy, Writer, maintain};
use sysray::tui::effect::{Effect, Move, Subject};
use sysray::tui::event::{Event, Extent};
use sysray::tui::keys::Key;
use sysray::tui::sheet::Sheet;
use tempfile::TempDir;

use super::typed::Open;
use super::{SECOND, START, Sat};
use crate::cli::Sysray;
use crate::made::files;
use crate::store_commands::{HOUR, Kept};

/// A merged file of a table, copied out of its store.
fn alone(table: &str) -> (TempDir, PathBuf) {
    let kept = Kept::usual();
    let file = kept.files(&format!("/{table}/")).remove(0);
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("copied.parquet");
    fs::copy(file, &path).unwrap();
    (dir, path)
}

/// So many hours of a sample a minute: one process is busy, the other never does anything.
fn hours(hours: i64) -> TempDir {
    let store = TempDir::new().unwrap();
    let folder = Folder::at(store.path());
    Identity::read_or_create(&folder).unwrap();
    let id = TABLES.iter().position(|table| table.name == Process::table().name).unwrap() as u32;
    let (mut seq, minute) = (0, 60 * SECOND);
    for hour in 0..hours {
        let from = START + hour * HOUR;
        let name = PartName { host: "web1".into(), first_seq: seq + 1, from: Micros(from) };
        let mut writer = Writer::begin(&folder, &name, "boot").unwrap();
        for n in 1..=60 {
            seq += 1;
            let ts = Micros(from + n * minute);
            let stamp = Stamp { ts, tick: seq as i64, interval_us: Some(minute) };
            let mut batch = <Process as Row>::Batch::default();
            for (pid, comm, cpu_us) in [(10, "busy", 30 * SECOND), (20, "still", 0)] {
                let process = Process {
                    pid,
                    start_time: Micros(7),
                    comm: Some(comm.into()),
                    cpu_us: Some(cpu_us),
                    threads: Some(3),
                    ..Process::default()
                };
                batch.push(&stamp, &process);
            }
            let moment = Moment { seq, wall: ts, monotonic: Micros(seq as i64) };
            writer.append(moment, &[(id, batch.finish())], &[]).unwrap();
        }
        writer.end().unwrap();
    }
    for _ in 0..3 {
        maintain(&folder, "web1", &Policy::default(), Micros(START + (hours + 2) * HOUR)).unwrap().unwrap();
    }
    store
}

#[test]
fn as_text_a_file_tells_what_it_holds_and_what_it_does_not() {
    // Of all but `system` it was said that nothing was recorded yet.
    let said = |file: &PathBuf| Sysray::new(&["replay", "--text", "--utc", file.to_str().unwrap()]);
    let store = hours(1);
    let is_raw = |path: &PathBuf| path.to_string_lossy().contains("/process/");
    let file = files(store.path(), ".parquet").into_iter().find(is_raw).unwrap();
    let text = said(&file).prints();
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), "web1, times in UTC; the file has no table system, event");
    assert_eq!(lines.nth(1).unwrap(), "2026-11-22 14:01:00");
    assert!(lines.next().unwrap().trim_start().starts_with("10 busy "), "{text}");
    assert_eq!(text.matches("\n2026-").count(), 60);

    let (_dir, file) = alone("event");
    let text = said(&file).prints();
    assert!(text.lines().next().unwrap().ends_with("the file has no table system, process"), "{text}");
    assert!(text.contains("\n2026-11-22 14:00:10\n  ! ") && text.contains("call Secretarial"), "{text}");

    let (_dir, file) = alone("system");
    let text = said(&file).prints();
    assert!(text.lines().next().unwrap().ends_with("the file has no table process, event"), "{text}");
    assert!(text.contains("2026-11-22 14:00:10  cpu -"), "{text}");

    let (_dir, file) = alone("filesystem");
    let (code, text) = said(&file).fails();
    assert!(code == 1 && text.contains("there is but filesystem"), "{text}");
    assert!(!text.contains("nothing was recorded"), "{text}");
}

#[test]
fn each_file_by_itself_has_its_samples() {
    for (table, question) in
        [("filesystem", "filesystem"), ("event", "event"), ("cgroup", "cgroup"), ("recorder", "recorder")]
    {
        let (dir, file) = alone(table);
        let desk = Open::file(dir, file);
        let Extent { tables, .. } = desk.extent();
        assert_eq!(tables, Some(BTreeSet::from([table.to_string()])));
        let first = desk.goes(Micros(0), Move::Start, &["system", question]);
        assert_eq!(first.ts.0, START + 10 * SECOND, "{table}");
        assert_eq!(first.sheets.get("system").map_or(0, Sheet::len), 0);
        assert!(!first.sheets[question].is_empty(), "{table}");
        let next = desk.goes(first.ts, Move::Samples(1), &[question]);
        let expected = if table == "event" { START + 610 * SECOND } else { START + 20 * SECOND };
        assert_eq!(next.ts.0, expected, "{table}");
    }
    // A store is no file by itself.
    assert_eq!(Open::over(crate::cli::recorded(2)).extent().tables, None);
}

/// Before one of these tables alone.
fn before(tables: &[&str]) -> Sat {
    let mut sat = Sat::new(100, 30);
    sat.model.time.follows = false;
    let tables = Some(tables.iter().map(ToString::to_string).collect());
    sat.happens(Event::Extent(Ok(Some(Extent { tables, ..Sat::hour(false) }))));
    sat
}

#[test]
fn panels_say_that_the_file_has_no_such_table() {
    let mut sat = before(&["process"]);
    let screen = sat.screen();
    assert!(screen.contains("the file has no table system") && screen.contains("Processes"), "{screen}");
    sat.presses(&[Key::Char('2')]);
    assert!(sat.screen().contains("the file has no table disk"), "{}", sat.screen());
    assert!(sat.screen().contains("the file has no table filesystem"), "{}", sat.screen());
    assert!(!sat.screen().contains("nothing recorded"), "{}", sat.screen());
    sat.presses(&[Key::Char('a')]);
    assert!(sat.screen().contains("the file has no table event"), "{}", sat.screen());
    sat.presses(&[Key::Char('i')]);
    assert!(sat.screen().contains("le fichier n'a pas de table event"), "{}", sat.screen());
    sat.presses(&[Key::Char('i'), Key::Char(':')]).types("until cpu > 90").presses(&[Key::Enter]);
    assert!(sat.screen().contains("the file has no table system"), "{}", sat.screen());
    assert!(!sat.effects.iter().any(|effect| matches!(effect, Effect::Until { .. })));
    sat.effects.clear();
    sat.presses(&[Key::Char('E')]).types("out.csv").presses(&[Key::Enter]);
    assert!(sat.effects.is_empty(), "{:?}", sat.effects);
    // What would be empty all over begins with what there is.
    for (table, title) in [("disk", "Disks"), ("event", "Events"), ("cpu_core", "CPU"), ("host", "Host")] {
        let sat = before(&[table]);
        let screen = sat.screen();
        assert!(screen.contains(&format!(" {title} ")) && !screen.contains("Processes"), "{table}: {screen}");
    }
}

#[cfg(unix)]
#[test]
fn what_was_exported_can_be_gone_through_as_well() {
    // `E` wrote rows that nothing of this program could read again.
    let (store, home) = (crate::cli::recorded(4), TempDir::new().unwrap());
    let words = format!("replay {}", store.path().display());
    let mut desk = crate::terminal::Terminal::start(&words, home.path(), &[]);
    // Typed before there is anything to be seen, as who knows the keys does.
    desk.types("4").types("E").types("processes.parquet\r");
    desk.sees("Processes");
    let file = home.path().join("processes.parquet");
    crate::cli::wait_until(|| file.is_file());
    assert_eq!(desk.leaves("q"), 0);
    let count = |root: &std::path::Path| {
        let sql = "select count(*), count(distinct host), max(rss_bytes) > 0 from process";
        Sysray::new(&["query", "--format", "csv", sql]).store(root).prints()
    };
    assert_eq!(count(&file), count(store.path()));
    let text = Sysray::new(&["replay", "--text", file.to_str().unwrap()]).prints();
    assert!(text.contains("the file has no table system, event"), "{text}");
    // An answer is no table, and a table that no panel shows is not drawn empty.
    let answer = home.path().join("answer.parquet");
    let words = ["query", "-o", answer.to_str().unwrap(), "select 1 as one from system"];
    Sysray::new(&words).store(store.path()).prints();
    let (code, said) = Sysray::new(&["replay", "--text", answer.to_str().unwrap()]).fails();
    assert!(code == 1 && said.contains("answers to questions"), "{said}");
    let (_dir, file) = alone("interrupt");
    let mut desk = crate::terminal::Terminal::start(&format!("replay {}", file.display()), home.path(), &[]);
    desk.sees("has but rows of interrupt, for which the desk has no panel");
}

/// A file that was half written stayed where it was.
#[cfg(unix)]
#[test]
fn who_leaves_while_something_is_written_leaves_nothing_unfinished() {
    let (store, home) = (crate::cli::recorded(4), TempDir::new().unwrap());
    let words = format!("replay {}", store.path().display());
    let mut desk = crate::terminal::Terminal::start(&words, home.path(), &[]);
    desk.sees("Processes");
    let endless = "select a.pid * b.pid * c.pid * d.pid * e.pid as n from process a, process b, process c, process d, process e";
    desk.types(&format!(":sql {endless}\r")).sees("reading");
    desk.types("E").types("endless.csv\r").sees("writing");
    let unfinished = || std::fs::read_dir(home.path()).unwrap().count();
    crate::cli::wait_until(|| unfinished() > 0);
    desk.types("q").sees("q again leaves");
    assert_eq!(desk.leaves("q"), 0);
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| path.to_string_lossy().contains("endless")), "{left:?}");
}

#[test]
fn a_history_of_whom_no_tier_kept_is_of_what_was_recorded() {
    let desk = Open::over(hours(3));
    let Extent { from, to, .. } = desk.extent();
    let sql = "select count(*) filter (where pid = 10) as busy, count(*) filter (where pid = 20) as still \
               from process_1m";
    desk.hands.give(Effect::Ask(1, sql.into()));
    let Event::Answer(1, Ok(answer)) = desk.hears() else { panic!("no answer") };
    assert_eq!((answer.number(0, "busy"), answer.number(0, "still")), (Some(180.0), Some(0.0)));
    let course = |pid| {
        let of = Subject::Process { pid, start_time: Micros(7), name: "a".into() };
        desk.hands.give(Effect::History { of, from: Micros(from.0 - 1), to, columns: 60 });
        match desk.hears() {
            Event::History(Ok((_, course))) => course,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(course(10).most("cpu_pct"), Some(50.0));
    let still = course(20);
    assert_eq!((still.most("cpu_pct"), still.most("threads")), (Some(0.0), Some(3.0)));
    assert!(still.recorded.iter().all(|recorded| *recorded), "{:?}", still.recorded);
    // Nobody of that number was ever there.
    assert!(course(30).series.is_empty());
}
