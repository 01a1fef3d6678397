//! The journal's parts: what of them cannot be read, and what they say of themselves.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::Found;
use super::sealed::{Wrong, told};
use super::tree::Tree;
use crate::store::journal::{Content, Frame, Moment, Part};
use crate::store::layout::PartName;
use crate::store::{Error, Recording};

const RECOVER: &str =
    "maintenance seals what is sound and keeps the part; `sysray store recover` reads it as well";

/// Looks at each part.
pub fn check(
    root: &Path,
    tree: &Tree,
    recorder: &Recording,
    deep: bool,
    found: &mut Found,
) -> Result<(), Error> {
    // Frames of the parts before, by host.
    let mut last_seq: HashMap<&str, u64> = HashMap::new();
    for (at, name) in tree.parts.iter().enumerate() {
        let path = name.path(root);
        // Where it is gone by now it was sealed.
        let Ok(file) = File::open(&path) else {
            if path.exists() {
                found.wrong(short(name), "cannot be opened", "");
            }
            continue;
        };
        let length = file.metadata().map_err(Error::io(&path))?.len();
        found.verified.files += 1;
        found.verified.bytes += length;
        let is_last = tree.parts.get(at + 1).is_none_or(|next| next.host != name.host);
        let is_written = is_last && *recorder != Recording::Nobody;
        let part = match Part::read(&path, &file, length) {
            Ok(part) => part,
            Err(error) => {
                found.wrong(short(name), told(&path, error), "");
                continue;
            }
        };
        damage(name, &part, is_written, found);
        let frames = part.frames();
        let first = frames.first().map(|frame| frame.moment.seq);
        if first.is_some_and(|first| first < name.first_seq)
            || part.header().is_some_and(|header| header.host != name.host)
        {
            found.wrong(short(name), "bears a name that is not its own", RECOVER);
        }
        let before = last_seq.entry(&name.host).or_default();
        if let Some(first) = first.filter(|first| *first <= *before) {
            let what = format!("has tick {first}, which stands in the part before too: readers see it twice");
            found.wrong(short(name), what, "move the one that does not belong out of the store");
        }
        *before = frames.last().map_or(*before, |frame| frame.moment.seq.max(*before));
        let entries = frames.iter().flat_map(|frame| &frame.entries);
        let own = entries.filter(|entry| entry.content == Content::Interval && entry.packed.is_some());
        found.verified.rows += own.map(|entry| u64::from(entry.rows)).sum::<u64>();
        if deep
            && !part.damage().is_inside()
            && let Err(what) = unpack(&part, &frames)
        {
            found.wrong(short(name), what, RECOVER);
        }
    }
    Ok(())
}

fn short(name: &PartName) -> PathBuf {
    name.path(Path::new(""))
}

fn damage(name: &PartName, part: &Part, is_written: bool, found: &mut Found) {
    let damage = part.damage();
    if damage.headless {
        found.wrong(short(name), "its header is damaged: no tick of it is read", RECOVER);
    } else if damage.is_inside() {
        let what = format!(
            "is damaged: {} tables of ticks and {} bytes are lost",
            damage.lost_tables, damage.lost_bytes
        );
        found.wrong(short(name), what, RECOVER);
    }
    // While it is written a tick may be on its way.
    if damage.torn_bytes > 0 && !is_written {
        let what = format!("a tick at its end was cut off: {} bytes are left out", damage.torn_bytes);
        found.note(short(name), what, "");
    }
}

/// Unpacks every table of every frame.
fn unpack(part: &Part, frames: &[Frame<'_>]) -> Result<(), Wrong> {
    for table in part.tables() {
        let Some(mut reader) = part.table(table) else { continue };
        for frame in frames {
            reader.enter(frame);
            for content in [Content::Interval, Content::Totals] {
                let Some(promised) = reader.promised(frame, content) else { continue };
                let Some(batch) = reader.rows(frame, content) else {
                    return Err(format!("`{table}` of tick {} cannot be unpacked", frame.moment.seq));
                };
                if batch.num_rows() as u64 != promised || !is_of(&batch, &frame.moment) {
                    return Err(format!(
                        "`{table}` of tick {} has other rows than it says",
                        frame.moment.seq
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Whether every row is stamped as its frame is.
pub fn is_of(batch: &RecordBatch, moment: &Moment) -> bool {
    let tick = batch.column_by_name("tick").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let ts = batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
    let (Some(tick), Some(ts)) = (tick, ts) else { return false };
    tick.null_count() + ts.null_count() == 0
        && tick.values().iter().all(|tick| *tick == moment.seq as i64)
        && ts.values().iter().all(|ts| *ts == moment.wall.0)
}
