//! How single values are typed: times, sizes, spans, codecs, table names.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::args::{CollectorSet, MaxSize};
use crate::collect::{Cmdline, Whose};
use crate::record::Sync;
use crate::record::alerts::Which;
use crate::schema::{self, TABLES};
use crate::store::{Compression, LEAST_MAX_BYTES, Rotation};
use crate::time::parse_duration;

/// The shortest interval that can be recorded.
const SHORTEST: Duration = Duration::from_millis(10);

/// What no question can do without.
#[cfg(feature = "desk")]
const LEAST_MEMORY_BYTES: u64 = 96 << 20;

/// Bytes of a name that the kernel keeps: proc_pid_comm(5).
const LONGEST_COMM: usize = 15;

/// A time between samples.
pub fn interval(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text).map_err(|e| e.to_string())?;
    if interval < SHORTEST {
        return Err(format!("an interval is at least {} ms, such as 1s or 500ms", SHORTEST.as_millis()));
    }
    if interval > Duration::from_secs(86_400) {
        return Err("an interval is at most a day".into());
    }
    Ok(interval)
}

/// A time that is not 0.
pub fn span(text: &str) -> Result<Duration, String> {
    let span = parse_duration(text).map_err(|e| e.to_string())?;
    if span.is_zero() { Err("a time longer than 0 is wanted, such as 10m or 14d".into()) } else { Ok(span) }
}

/// The span of a finished file. Upstream's `never` is a day: no file passes a UTC day.
pub fn rotation(text: &str) -> Result<Rotation, String> {
    match text {
        "hourly" => Ok(Rotation::HOUR),
        "daily" | "never" => Ok(Rotation::DAY),
        other => match span(other) {
            Ok(span) if span < Duration::from_secs(60) => Err("a file spans at least a minute".into()),
            Ok(span) => Ok(Rotation::every(span)),
            Err(_) => Err("hourly, daily, or a time such as 15m is wanted".into()),
        },
    }
}

/// A codec.
pub fn compression(text: &str) -> Result<Compression, String> {
    let level = match text {
        "none" => return Ok(Compression::None),
        "zstd" => Some(3),
        other => other.strip_prefix("zstd:").and_then(|level| level.parse().ok()),
    };
    match level {
        Some(level @ 1..=22) => Ok(Compression::Zstd(level)),
        _ => Err("zstd, zstd:LEVEL with a level from 1 to 22, or none is wanted".into()),
    }
}

/// A size in bytes: 2GiB, 500MB, 1073741824.
pub fn bytes(text: &str) -> Result<u64, String> {
    match schema::parse_size(text) {
        Some(bytes) if bytes >= 1.0 => Ok(bytes as u64),
        Some(_) => Err("a size larger than 0 is wanted, such as 2GiB or 500MB".into()),
        None => Err("a size is wanted, such as 2GiB or 500MB".into()),
    }
}

/// How much memory a question may take.
#[cfg(feature = "desk")]
pub fn memory(text: &str) -> Result<u64, String> {
    match bytes(text)? {
        bytes if bytes < LEAST_MEMORY_BYTES => {
            Err(format!("a question takes at least {} MiB", LEAST_MEMORY_BYTES >> 20))
        }
        bytes => Ok(bytes),
    }
}

/// How large a store may be.
pub fn max_size(text: &str) -> Result<MaxSize, String> {
    if text == "none" {
        return Ok(MaxSize::None);
    }
    match bytes(text).map_err(|what| format!("{what}, or none"))? {
        bytes if bytes < LEAST_MAX_BYTES => {
            Err(format!("a store takes at least {} MiB", LEAST_MAX_BYTES >> 20))
        }
        bytes => Ok(MaxSize::Bytes(bytes)),
    }
}

/// A share: 10%, 2.5, 0.
pub fn percent(text: &str) -> Result<f64, String> {
    match text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>() {
        Ok(percent) if (0.0..100.0).contains(&percent) => Ok(percent),
        _ => Err("a share of the disk is wanted, such as 10%, and less than all of it".into()),
    }
}

/// A share of one CPU, or `None` for no bound: 1%, 0.5, none.
pub fn budget(text: &str) -> Result<Option<f64>, String> {
    if text == "none" {
        return Ok(None);
    }
    match text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>() {
        Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(Some(percent)),
        _ => Err("a share of one CPU is wanted, such as 1%, more than 0 and at most 100%, or none".into()),
    }
}

/// When a recording is synced.
pub fn sync(text: &str) -> Result<Sync, String> {
    match text {
        "tick" => Ok(Sync::Tick),
        "off" => Ok(Sync::Off),
        other => match span(other) {
            Ok(time) => Ok(Sync::Every(time)),
            Err(_) => Err("tick, off, or a time such as 5s is wanted".into()),
        },
    }
}

/// The name of a table.
pub fn table(text: &str) -> Result<String, String> {
    match schema::table(text) {
        Some(table) => Ok(table.name.into()),
        None => {
            let all: Vec<&str> = TABLES.iter().map(|t| t.name).collect();
            Err(format!("no such table; there are {}", all.join(", ")))
        }
    }
}

/// A folder.
pub fn folder(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("a folder is wanted".into()) } else { Ok(text.into()) }
}

/// Where figures come from.
pub fn collector(text: &str) -> Result<CollectorSet, String> {
    CollectorSet::from_str(text, false).map_err(|_| "linux or portable is wanted".into())
}

/// What is kept of a process's arguments.
pub fn cmdline(text: &str) -> Result<Cmdline, String> {
    match text {
        "redacted" => Ok(Cmdline::Redacted),
        "program" => Ok(Cmdline::Program),
        "none" => Ok(Cmdline::None),
        _ => Err("redacted, program or none is wanted".into()),
    }
}

/// Whose threads are read: names and pids with commas between them, or none.
pub fn threads(text: &str) -> Result<Vec<Whose>, String> {
    if text == "none" {
        return Ok(vec![]);
    }
    text.split(',').map(str::trim).map(whose).collect()
}

fn whose(text: &str) -> Result<Whose, String> {
    // A kernel worker's name goes on with what it works on.
    let may_be_longer = text.starts_with("kworker/");
    match text.parse() {
        Ok(pid @ 1..) => Ok(Whose::Pid(pid)),
        Ok(_) => Err(format!("{text} is no pid")),
        Err(_) if text.is_empty() => {
            Err("names of programs or pids are wanted, with commas between them: nginx,4711; or none".into())
        }
        Err(_) if text.len() > LONGEST_COMM && !may_be_longer => {
            let kept = &text[..text.floor_char_boundary(LONGEST_COMM)];
            Err(format!("the kernel keeps {LONGEST_COMM} bytes of a name, as process.comm shows it: {kept}"))
        }
        Err(_) => Ok(Whose::Comm(text.into())),
    }
}

/// Which rules raise alerts.
pub fn alerts(text: &str) -> Result<Which, String> {
    match text {
        "all" => Ok(Which::All),
        "own" => Ok(Which::Own),
        "none" => Ok(Which::None),
        _ => Err("all, own or none is wanted".into()),
    }
}

/// How many finished files are kept, or `None` for all.
pub fn keep_files(text: &str) -> Result<Option<u64>, String> {
    match whole(text) {
        Ok(None) => Ok(None),
        Ok(Some(number @ 1..)) => Ok(Some(number as u64)),
        _ => Err("a whole number from 1 on is wanted, or none".into()),
    }
}

/// A nice value, or `None` to leave it.
pub fn nice(text: &str) -> Result<Option<i32>, String> {
    match whole(text) {
        Ok(None) => Ok(None),
        Ok(Some(nice @ -20..=19)) => Ok(Some(nice as i32)),
        _ => Err("a nice value from -20 to 19 is wanted, or none".into()),
    }
}

/// An adjustment of the OOM score, or `None` to leave it.
pub fn oom_score_adj(text: &str) -> Result<Option<i32>, String> {
    match whole(text) {
        Ok(None) => Ok(None),
        Ok(Some(points @ -1000..=1000)) => Ok(Some(points as i32)),
        _ => Err("a number from -1000 to 1000 is wanted, or none".into()),
    }
}

fn whole(text: &str) -> Result<Option<i64>, std::num::ParseIntError> {
    if text == "none" { Ok(None) } else { text.parse().map(Some) }
}

/// Whether something is to be done.
pub fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("true or false is wanted".into()),
    }
}

/// `NAME=VALUE`, for a parameter of a question.
#[cfg(feature = "desk")]
pub fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE, such as n=5")?;
    Ok((name.trim().trim_start_matches(':').into(), value.into()))
}

/// A language of the terminal desk.
pub fn lang(text: &str) -> Result<String, String> {
    one_of(text, &["en", "fr"])
}

/// Colours of the terminal desk.
pub fn theme(text: &str) -> Result<String, String> {
    one_of(text, &["dark", "light", "high-contrast", "mono"])
}

/// A table of keys of the terminal desk.
pub fn keys(text: &str) -> Result<String, String> {
    one_of(text, &["sysray", "nmon"])
}

fn one_of(text: &str, words: &[&str]) -> Result<String, String> {
    match words.contains(&text) {
        true => Ok(text.into()),
        false => Err(format!("{} is wanted", words.join(" or "))),
    }
}
