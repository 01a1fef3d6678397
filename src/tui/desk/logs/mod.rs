//! What was logged around an instant: the journal where there is one, and files, with those that they were rotated
//! into as far as they are wanted. Of a file it is kept at hand
//! which of its parts tell of which time, as long as it only grows: one that was rotated, cut or written anew is
//! read anew.

mod file;
mod line;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::super::model::LogLine;
use super::super::words::{self, Lang};
use crate::time::Micros;
use file::Indexed;

/// So many lines of a file, and of the journal, are shown.
const MOST_LINES: usize = 2_000;
/// So many files match a pattern at most.
const MOST_FILES: usize = 16;
/// So many of those that a file was rotated into are looked at.
const MOST_ROTATED: usize = 9;

/// The files that were read, and what of them need not be read again.
#[derive(Default)]
pub struct Logs {
    files: HashMap<PathBuf, Indexed>,
}

impl Logs {
    /// Lines between two instants, in the order of time; lines without a time stand where their file has them.
    pub fn around(
        &mut self,
        from: Micros,
        to: Micros,
        files: &[String],
        errors: bool,
        lang: Lang,
    ) -> Vec<LogLine> {
        let mut lines = journal(from, to, errors);
        let mut read = HashMap::new();
        let asked = Asked { from, to, errors, lang };
        for pattern in files {
            let paths: Vec<PathBuf> = match glob::glob(pattern) {
                Ok(paths) => paths.flatten().take(MOST_FILES).collect(),
                Err(error) => {
                    lines.push(said(pattern, &error.to_string()));
                    continue;
                }
            };
            if paths.is_empty() {
                lines.push(said(pattern, words::NO_SUCH_FILE.in_lang(lang)));
            }
            for path in &paths {
                let mut is_back = self.read(path, &asked, &mut read, &mut lines);
                for older in rotated(path).filter(|older| !paths.contains(older)) {
                    if is_back && older.is_file() {
                        is_back = self.read(&older, &asked, &mut read, &mut lines);
                    } else if let Some(known) = self.files.remove(&older) {
                        // The cursor may go back there.
                        read.insert(older, known);
                    }
                }
            }
        }
        // What is no longer asked for is forgotten.
        self.files = read;
        // Stable: a line without a time has taken that of the line before it.
        lines.sort_by_key(|line| line.ts.map_or(i64::MAX, |ts| ts.0));
        lines
    }

    /// Reads one file; whether what was wanted begins before it does, and may stand in the one before.
    fn read(
        &mut self,
        path: &Path,
        asked: &Asked,
        read: &mut HashMap<PathBuf, Indexed>,
        lines: &mut Vec<LogLine>,
    ) -> bool {
        let known = self.files.remove(path).or_else(|| read.remove(path)).unwrap_or_default();
        match known.between(path, asked.from, asked.to, asked.errors) {
            Ok((indexed, found)) => {
                lines.extend(found);
                let is_back = indexed.begins_after(asked.from);
                read.insert(path.to_path_buf(), indexed);
                is_back
            }
            Err(error) => {
                lines.push(said(&path.display().to_string(), &why(&error, asked.lang)));
                false
            }
        }
    }

    /// How many bytes of the files at hand have been read so far.
    pub fn bytes_read(&self) -> u64 {
        self.files.values().map(|file| file.bytes_read).sum()
    }
}

/// What is wanted of each file.
struct Asked {
    from: Micros,
    to: Micros,
    errors: bool,
    lang: Lang,
}

/// What a file was called before, the newest first: as `logrotate` numbers them.
fn rotated(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let path = path.as_os_str().to_os_string();
    (1..=MOST_ROTATED).map(move |number| {
        let mut name = path.clone();
        name.push(format!(".{number}"));
        name.into()
    })
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
