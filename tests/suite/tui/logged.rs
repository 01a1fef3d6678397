//! Files of logs: what is shown of them, and how little of them is read again.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use sysray::time::{Micros, show};
use sysray::tui::desk::logs::Logs;
use sysray::tui::words::Lang;
use tempfile::TempDir;

use super::{SECOND, START};

const LINES: i64 = 40_000;

fn at(second: i64) -> Micros {
    Micros(START + second * SECOND)
}

fn line(second: i64, text: &str) -> String {
    format!(
        "{} app[7]: {text} in second {second} of a long day with many words\n",
        show(at(second), &jiff::tz::TimeZone::UTC)
    )
}

/// A file with a line a second, and who reads it.
struct Read {
    dir: TempDir,
    logs: Logs,
}

impl Read {
    fn new() -> Read {
        let read = Read { dir: TempDir::new().unwrap(), logs: Logs::default() };
        let text: String = (1..=LINES).map(|second| line(second, "all is well")).collect();
        fs::write(read.path(), text).unwrap();
        read
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("app.log")
    }

    /// The texts within ten seconds of one, and how many bytes were read for them.
    fn around(&mut self, second: i64) -> (Vec<String>, u64) {
        let before = self.logs.bytes_read();
        let files = [self.path().display().to_string()];
        let lines = self.logs.around(at(second - 10), at(second + 10), &files, false, Lang::En);
        let own = lines.into_iter().filter(|line| line.from == "app.log");
        (own.map(|line| line.text).collect(), self.logs.bytes_read() - before)
    }

    fn adds(&self, text: &str) {
        OpenOptions::new().append(true).open(self.path()).unwrap().write_all(text.as_bytes()).unwrap();
    }
}

#[test]
fn a_file_that_grows_is_read_once_and_then_what_is_asked_for() {
    let mut read = Read::new();
    let size = fs::metadata(read.path()).unwrap().len();
    assert!(size > 3 << 20, "{size}");
    let (lines, bytes) = read.around(20_000);
    assert_eq!((lines.len(), lines[10].contains("second 20000 ")), (21, true), "{lines:#?}");
    assert!(bytes >= size, "{bytes}");
    for second in [20_001, 5, 39_000, 12_345] {
        let (lines, bytes) = read.around(second);
        assert!(lines.iter().any(|line| line.contains(&format!("second {second} "))), "{second}: {lines:?}");
        assert!(bytes <= 256 << 10, "{bytes} for a step");
    }
    // Half a line, and the rest of it later.
    let whole = line(LINES + 1, "it failed");
    read.adds(&whole[..40]);
    read.around(LINES);
    read.adds(&whole[40..]);
    let (lines, bytes) = read.around(LINES);
    assert_eq!(lines.last().unwrap(), whole.trim_end());
    assert!(bytes <= 256 << 10, "{bytes} for a line");
}

#[test]
fn what_was_rotated_cut_or_written_anew_is_read_anew() {
    let mut read = Read::new();
    read.around(100);
    fs::rename(read.path(), read.dir.path().join("app.log.1")).unwrap();
    fs::write(read.path(), line(100, "rotated")).unwrap();
    assert!(read.around(100).0[0].contains("rotated"));
    // Cut and longer than before by now.
    let mut text = String::new();
    (1..=50).for_each(|second| write!(text, "{}", line(second, "cut")).unwrap());
    fs::write(read.path(), &text).unwrap();
    assert!(read.around(20).0[0].contains("cut in"));
    fs::write(read.path(), line(20, "less")).unwrap();
    assert!(read.around(20).0[0].contains("less"));
    // As long as before.
    let other = line(20, "lass");
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(read.path(), &other).unwrap();
    assert_eq!(read.around(20).0, [other.trim_end()]);
}

#[test]
fn what_was_rotated_away_is_found_where_it_was_rotated_to() {
    // At a cursor before the file's first line there was nothing.
    let mut read = Read::new();
    let path = |number: &str| read.dir.path().join(format!("app.log{number}"));
    let write = |number: &str, seconds: std::ops::RangeInclusive<i64>, word: &str| {
        fs::write(path(number), seconds.map(|second| line(second, word)).collect::<String>()).unwrap();
    };
    write(".3", 1..=100, "oldest");
    write(".2", 101..=200, "older");
    write(".1", 201..=300, "old");
    write("", 301..=400, "new");
    let files = [path("").display().to_string()];
    let mut around = |second: i64| -> (Vec<String>, u64) {
        let before = read.logs.bytes_read();
        let lines = read.logs.around(at(second - 2), at(second + 2), &files, false, Lang::En);
        let own = lines.into_iter().filter(|line| line.from.starts_with("app.log"));
        let words = |text: String| {
            text.split_whitespace().skip_while(|word| *word != "app[7]:").nth(1).map(str::to_string)
        };
        (own.map(|line| words(line.text).unwrap()).collect(), read.logs.bytes_read() - before)
    };
    let five = |word: &str| vec![word.to_string(); 5];
    assert_eq!(around(350).0, five("new"));
    assert_eq!(around(250).0, five("old"));
    assert_eq!(around(50).0, five("oldest"));
    assert_eq!(around(300).0, ["old", "old", "old", "new", "new"]);
    // And back once more, without reading the files whole again.
    let (words, bytes) = around(150);
    assert_eq!(words, five("older"));
    assert!(bytes <= 3 * fs::metadata(path(".2")).unwrap().len(), "{bytes}");
    // One that was emptied a moment ago, and a pattern that matches all of them: each is read once.
    fs::write(path(""), "").unwrap();
    assert_eq!(around(250).0, five("old"));
    let all = [path("*").display().to_string()];
    let lines = read.logs.around(at(148), at(152), &all, false, Lang::En);
    assert_eq!(lines.iter().filter(|line| line.from.starts_with("app.log")).count(), 5, "{lines:?}");
}

#[test]
fn lines_without_a_time_stand_where_their_file_has_them() {
    let mut read = Read::new();
    fs::write(
        read.path(),
        format!(
            "no time yet\n\n{}  at main\n{}{}",
            line(5, "it failed"),
            line(500, "later"),
            line(6, "earlier")
        ),
    )
    .unwrap();
    let (lines, _) = read.around(5);
    let [first, second, third, fourth] = &lines[..] else { panic!("{lines:#?}") };
    assert!(first.contains("it failed") && second == "  at main" && third.contains("earlier"), "{lines:#?}");
    assert_eq!(fourth, "no time yet", "what has none at all is kept in sight, at the end");
    let (lines, _) = read.around(500);
    assert!(
        lines.iter().any(|line| line.contains("later")) && !lines.iter().any(|line| line.contains("main"))
    );
}

#[test]
fn what_cannot_be_read_is_said_in_both_languages() {
    let dir = TempDir::new().unwrap();
    let said = |logs: &mut Logs, what: &str, lang| {
        let files = [dir.path().join(what).display().to_string()];
        let lines = logs.around(at(0), at(1), &files, false, lang);
        lines.into_iter().find(|line| line.ts.is_none()).unwrap().text
    };
    fs::create_dir(dir.path().join("folder")).unwrap();
    let mut logs = Logs::default();
    assert_eq!(said(&mut logs, "none", Lang::En), "no such file");
    assert_eq!(said(&mut logs, "none", Lang::Fr), "aucun fichier de ce nom");
    assert_eq!(said(&mut logs, "folder", Lang::Fr), "pas un fichier ordinaire");
}
