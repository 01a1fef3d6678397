//! Every path in a store is built and parsed here: the directory is the manifest.
//!
//! ```text
//! <store>/sysray-store.json                        what the folder is
//! <store>/recorder.lock, maintain.lock             who works on it
//! <store>/journal/host=<host>/<from>.<first_seq>.part
//! <store>/<table>/host=<host>/date=<YYYY-MM-DD>/<from>-<to>.<first_seq>-<last_seq>.<generation>.parquet
//! <store>/<tier>/host=<host>/month=<YYYY-MM>/<from>-<to>.<first_seq>-<last_seq>.<generation>.parquet
//! <store>/sums/host=<host>/<YYYY-MM-DD or YYYY-MM>.sha256
//! <store>/notes/<µs>-<pid>.note                    what waits to be noted in `event`
//! ```
//!
//! Instants in names are UTC to the second, as `20261122T140000Z`. A name that does not parse is
//! somebody else's file, and is left alone.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Error, disk};
use crate::schema::{Micros, Table, all_tables, table};

/// Length of a bucket: what a part spans at most, and a row group of a table ordered by entity.
pub const BUCKET_US: i64 = 600 * SECOND_US;
/// Length of a UTC day, which no file crosses.
pub const DAY_US: i64 = 86_400 * SECOND_US;
const SECOND_US: i64 = 1_000_000;
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

/// What a segment's path says of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentName {
    /// The table it holds.
    pub table: String,
    /// The host it is of.
    pub host: String,
    /// The first frame it holds rows of; of a tier, the first whose rows went in.
    pub first_seq: u64,
    /// The last frame it holds rows of.
    pub last_seq: u64,
    /// No row is earlier: the first `ts`, rounded down to a second.
    pub from: Micros,
    /// No row is later: the last `ts`, rounded up to a second.
    pub to: Micros,
    /// How often its rows were merged; 0 is a part as it was sealed.
    pub generation: u32,
}

impl SegmentName {
    /// Where it lies, from the store's root.
    pub fn path(&self, root: &Path) -> PathBuf {
        let SegmentName { table, host, first_seq, last_seq, generation, .. } = self;
        let (from, to) = (instant(self.from), instant(self.to));
        root.join(table)
            .join(format!("host={host}"))
            .join(format!("{}{}", span_prefix(is_tier(table)), self.period()))
            .join(format!("{from}-{to}.{first_seq}-{last_seq}.{generation}.parquet"))
    }

    /// The day that it is of, as `2026-11-22`; of a tier the month, as `2026-11`.
    pub fn period(&self) -> String {
        let day = Timestamp::from_microsecond(day_start(self.to)).unwrap_or_default();
        day.strftime(if is_tier(&self.table) { "%Y-%m" } else { "%Y-%m-%d" }).to_string()
    }

    /// Reads a file's name back.
    pub fn parse(table: &str, host: &str, file: &str) -> Option<Self> {
        let mut fields = file.strip_suffix(".parquet")?.split('.');
        let (from, to) = fields.next()?.split_once('-')?;
        let (first, last) = fields.next()?.split_once('-')?;
        let name = SegmentName {
            table: table.into(),
            host: host.into(),
            from: parse_instant(from)?,
            to: parse_instant(to)?,
            first_seq: parse_seq(first)?,
            last_seq: parse_seq(last)?,
            generation: fields.next()?.parse().ok()?,
        };
        let is_range = name.from <= name.to && name.first_seq <= name.last_seq;
        (fields.next().is_none() && is_range).then_some(name)
    }

    /// Where it lies, from the store's root, with `/` between folders on every system: in a bucket, in sums.
    pub fn to_path(&self) -> String {
        let path = self.path(Path::new(""));
        path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// Reads that back; `None` where we would have written it otherwise, or it is something else.
    pub fn from_path(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let (table, host) = (parts.next()?, parts.next()?.strip_prefix("host=")?);
        let name = SegmentName::parse(table, host, parts.nth(1)?)?;
        (name.to_path() == path).then_some(name)
    }

    /// Whether a reader that has this file needs the other no more. A part that a power cut made
    /// shorter while it was sealed is sealed again to files of fewer frames, of the same generation.
    pub fn covers(&self, other: &SegmentName) -> bool {
        let (own, others) = ((self.first_seq, self.last_seq), (other.first_seq, other.last_seq));
        self.table == other.table
            && self.host == other.host
            && self.first_seq <= other.first_seq
            && self.last_seq >= other.last_seq
            // Where two days have a share in a part there are two files of one range of frames.
            && self.from <= other.from
            && self.to >= other.to
            && (self.generation > other.generation || self.generation == other.generation && own != others)
    }
}

/// What a journal part's path says of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartName {
    /// The host it is of.
    pub host: String,
    /// The first frame written to it.
    pub first_seq: u64,
    /// When it was begun.
    pub from: Micros,
}

impl PartName {
    /// Where it lies, from the store's root.
    pub fn path(&self, root: &Path) -> PathBuf {
        journal_folder(root, &self.host).join(format!("{}.{}.part", instant(self.from), self.first_seq))
    }

    /// Reads a file's name back.
    pub fn parse(host: &str, file: &str) -> Option<Self> {
        let (from, first_seq) = file.strip_suffix(".part")?.split_once('.')?;
        Some(PartName { host: host.into(), first_seq: parse_seq(first_seq)?, from: parse_instant(from)? })
    }
}

/// The folder of the journal, in a store's root.
pub const JOURNAL: &str = "journal";
/// How the name of a part ends that is kept because not all of it could be read.
pub const SET_ASIDE: &str = ".damaged";

/// Whether a path is the address of a store in a bucket, and none on disk.
pub fn is_far(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with("s3:/"))
}

/// Where the parts of a host lie.
pub fn journal_folder(root: &Path, host: &str) -> PathBuf {
    root.join(JOURNAL).join(format!("host={host}"))
}

/// What a part is called that is sealed as far as it could be read, and kept.
pub fn set_aside_path(part: &Path) -> PathBuf {
    let name = part.file_name().unwrap_or_default().to_string_lossy();
    part.with_file_name(format!("{name}{SET_ASIDE}"))
}

/// The parts of a host that were set aside, oldest first.
pub fn set_aside(root: &Path, host: &str) -> Result<Vec<PathBuf>, Error> {
    let folder = journal_folder(root, host);
    let is_part = |name: &&String| {
        name.strip_suffix(SET_ASIDE).is_some_and(|part| PartName::parse(host, part).is_some())
    };
    Ok(disk::files(&folder)?.iter().filter(is_part).map(|name| folder.join(name)).collect())
}

/// The journal's parts, of all hosts or one, oldest first within a host.
pub fn parts(root: &Path, host: Option<&str>) -> Result<Vec<PartName>, Error> {
    let mut found = Vec::new();
    for (host, folder) in hosts(&root.join(JOURNAL), host)? {
        let names = disk::files(&folder)?.into_iter().filter_map(|file| {
            let name = PartName::parse(&host, &file)?;
            // A name that we would have written otherwise is not ours.
            (name.path(root) == folder.join(file)).then_some(name)
        });
        found.extend(names);
    }
    found.sort_unstable();
    Ok(found)
}

/// The segments of all tables, of all hosts or one, by table, host and first frame.
pub fn segments(root: &Path, host: Option<&str>) -> Result<Vec<SegmentName>, Error> {
    let mut found = Vec::new();
    for table in all_tables() {
        for (host, folder) in hosts(&root.join(table.name), host)? {
            for span in disk::names(&folder)?.iter().filter(|name| is_span(table, name)) {
                let folder = folder.join(span);
                let names = disk::files(&folder)?.into_iter().filter_map(|file| {
                    let name = SegmentName::parse(table.name, &host, &file)?;
                    (name.path(root) == folder.join(file)).then_some(name)
                });
                found.extend(names);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether segments of the table lie in a folder of that name: a day, and of a tier a month.
pub fn is_span(table: &Table, folder: &str) -> bool {
    folder.starts_with(span_prefix(table.tier.is_some()))
}

fn span_prefix(is_tier: bool) -> &'static str {
    if is_tier { "month=" } else { "date=" }
}

/// Whether that is the name of a tier.
pub fn is_tier(name: &str) -> bool {
    table(name).is_some_and(|table| table.tier.is_some())
}

/// The hosts that a store has files of, sorted.
pub fn host_names(root: &Path) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = segments(root, None)?.into_iter().map(|segment| segment.host).collect();
    found.extend(hosts(&root.join(JOURNAL), None)?.into_iter().map(|(host, _)| host));
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn hosts(folder: &Path, only: Option<&str>) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    for name in disk::names(folder)? {
        match name.strip_prefix("host=") {
            Some(host) if only.is_none_or(|only| only == host) => {
                found.push((host.into(), folder.join(&name)))
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Those of the segments that no other covers; they come sorted, and stay so.
pub fn uncovered(segments: &[SegmentName]) -> Vec<SegmentName> {
    let same = |a: &SegmentName, b: &SegmentName| a.table == b.table && a.host == b.host;
    let mut uncovered = Vec::new();
    for group in segments.chunk_by(same) {
        // Only what reaches beyond the frame at hand can cover what begins there.
        let mut open: Vec<&SegmentName> = Vec::new();
        for begin in group.chunk_by(|a, b| a.first_seq == b.first_seq) {
            open.retain(|one| one.last_seq >= begin[0].first_seq);
            open.extend(begin);
            uncovered.extend(begin.iter().filter(|one| !open.iter().any(|other| other.covers(one))).cloned());
        }
    }
    uncovered
}

/// The bucket of an instant. One on the edge is the end of the interval before it.
pub fn bucket(ts: Micros) -> i64 {
    ts.0.saturating_sub(1).div_euclid(BUCKET_US)
}

/// The beginning of the UTC day that an instant ends an interval of.
pub fn day_start(ts: Micros) -> i64 {
    (ts.0.saturating_sub(1).div_euclid(DAY_US)).saturating_mul(DAY_US)
}

/// The beginning of the UTC month that an instant ends an interval of.
pub fn month_start(ts: Micros) -> i64 {
    let day = Timestamp::from_microsecond(day_start(ts)).unwrap_or_default().to_zoned(TimeZone::UTC);
    day.first_of_month().map_or(day_start(ts), |first| first.timestamp().as_microsecond())
}

/// An instant rounded down to the second, as names have it.
pub fn second_below(ts: Micros) -> Micros {
    Micros(ts.0.div_euclid(SECOND_US).saturating_mul(SECOND_US))
}

/// An instant rounded up to the second, as names have it.
pub fn second_above(ts: Micros) -> Micros {
    Micros(ts.0.saturating_add(SECOND_US - 1).div_euclid(SECOND_US).saturating_mul(SECOND_US))
}

fn instant(at: Micros) -> String {
    let at = Timestamp::from_microsecond(at.0).unwrap_or_default();
    at.strftime(INSTANT).to_string()
}

/// A frame's number, which is also its rows' `tick`: an `Int64`.
fn parse_seq(text: &str) -> Option<u64> {
    text.parse().ok().filter(|seq| *seq < i64::MAX as u64)
}

fn parse_instant(text: &str) -> Option<Micros> {
    let civil = DateTime::strptime(INSTANT, text).ok()?;
    let at = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(Micros(at.timestamp().as_microsecond()))
}
