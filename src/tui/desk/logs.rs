//! What was logged around an instant: the journal where there is one, and files. Each time they are read
//! anew, so that a file that was rotated or cut is what it is now.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::model::LogLine;
use super::super::words::{self, Lang};
use crate::time::Micros;

/// So much of a file's end is read.
const MOST_BYTES: u64 = 8 << 20;
/// So many lines of a file, and of the journal, are shown.
const MOST_LINES: usize = 2_000;
/// So many files match a pattern at most.
const MOST_FILES: usize = 16;

/// Lines between two instants, in the order of time; lines without a time stand where their file has them.
pub fn around(from: Micros, to: Micros, files: &[String], errors: bool, lang: Lang) -> Vec<LogLine> {
    let mut lines = journal(from, to, errors);
    for pattern in files {
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths.flatten().take(MOST_FILES).collect(),
            Err(error) => {
                lines.push(said(pattern, &error.to_string()));
                continue;
            }
        };
        let paths: Vec<std::path::PathBuf> = paths;
        if paths.is_empty() {
            lines.push(said(pattern, words::NO_SUCH_FILE.in_lang(lang)));
        }
        for path in paths {
            match read(&path) {
                Ok(text) => lines.extend(chosen(&path, &text, from, to, errors)),
                Err(error) => lines.push(said(&path.display().to_string(), &why(&error, lang))),
            }
        }
    }
    // Stable: a line without a time has taken that of the line before it.
    lines.sort_by_key(|line| line.ts.map_or(i64::MAX, |ts| ts.0));
    lines
}

fn said(from: &str, text: &str) -> LogLine {
    LogLine { ts: None, from: from.into(), text: text.into(), is_error: true }
}

/// Why a file cannot be read, of what is usual in the desk's language.
fn why(error: &std::io::Error, lang: Lang) -> String {
    match error.kind() {
        ErrorKind::NotFound => words::NO_SUCH_FILE.in_lang(lang).into(),
        ErrorKind::PermissionDenied => words::NOT_ALLOWED.in_lang(lang).into(),
        _ => words::said(&error.to_string(), lang).into(),
    }
}

fn journal(from: Micros, to: Micros, errors: bool) -> Vec<LogLine> {
    let at = |ts: Micros| format!("@{}", ts.0.div_euclid(1_000_000));
    let mut command = Command::new("journalctl");
    command.args(["-o", "json", "--no-pager", "--quiet", "-n"]).arg(MOST_LINES.to_string());
    command.args(["--since", &at(from), "--until", &at(Micros(to.0 + 1_000_000))]);
    if errors {
        command.args(["-p", "err"]);
    }
    let done = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let Ok(done) = done else { return Vec::new() };
    String::from_utf8_lossy(&done.stdout).lines().filter_map(entry).collect()
}

fn entry(json: &str) -> Option<LogLine> {
    let entry: Value = serde_json::from_str(json).ok()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let ts = text("__REALTIME_TIMESTAMP")?.parse().ok()?;
    let from = text("SYSLOG_IDENTIFIER").or_else(|| text("_SYSTEMD_UNIT")).unwrap_or("journal");
    let priority: u8 = text("PRIORITY").and_then(|priority| priority.parse().ok()).unwrap_or(6);
    Some(LogLine {
        ts: Some(Micros(ts)),
        from: from.into(),
        text: text("MESSAGE")?.into(),
        is_error: priority <= 3,
    })
}

/// The end of a file.
fn read(path: &Path) -> std::io::Result<String> {
    // A pipe would keep whoever opens it waiting.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other(words::NO_REGULAR_FILE.en));
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn chosen(path: &Path, text: &str, from: Micros, to: Micros, errors: bool) -> Vec<LogLine> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut before = None;
    let mut lines: Vec<LogLine> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let ts = time_of(line).or(before);
        before = ts;
        lines.push(LogLine { ts, from: name.clone(), text: line.into(), is_error: is_error(line) });
    }
    lines.retain(|line| line.ts.is_none_or(|ts| ts >= from && ts <= to) && (!errors || line.is_error));
    lines.drain(..lines.len().saturating_sub(MOST_LINES));
    lines
}

fn is_error(line: &str) -> bool {
    let line = line.to_lowercase();
    ["error", "fatal", "panic", "critical", "emerg", "segfault", "oom-kill", "failed"]
        .iter()
        .any(|word| line.contains(word))
}

/// The time a line begins with: RFC 3339, `2026-11-28 14:05:01`, `Nov 28 14:05:01`, or in brackets; else seconds
/// since 1970.
fn time_of(line: &str) -> Option<Micros> {
    let line = line.trim_start_matches(['[', '(', '<', '"', ' ']);
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let trimmed = |word: &str| word.trim_end_matches([']', ')', '>', ',', '"']).to_string();
    let first = trimmed(words.first()?);
    if let Ok(at) = first.parse::<jiff::Timestamp>() {
        return Some(Micros(at.as_microsecond()));
    }
    let local = |text: &str| -> Option<Micros> {
        let at: DateTime = text.replace(',', ".").parse().ok()?;
        at.to_zoned(TimeZone::system()).ok().map(|at| Micros(at.timestamp().as_microsecond()))
    };
    if let Some(second) = words.get(1)
        && let Some(at) = local(&format!("{first}T{}", trimmed(second)))
    {
        return Some(at);
    }
    if let Some(at) = local(&first) {
        return Some(at);
    }
    if words.len() == 3 {
        // Without a year: this one, or where that is still to come the last.
        let now = jiff::Zoned::now();
        for year in [now.year(), now.year() - 1] {
            let text = format!("{year} {} {} {}", words[0], words[1], trimmed(words[2]));
            let at = DateTime::strptime("%Y %b %d %H:%M:%S", &text).ok()?;
            let at = at.to_zoned(TimeZone::system()).ok()?;
            if at <= now {
                return Some(Micros(at.timestamp().as_microsecond()));
            }
        }
    }
    let seconds: f64 = first.parse().ok()?;
    (seconds > 1e9 && seconds < 1e10).then_some(Micros((seconds * 1e6) as i64))
}
