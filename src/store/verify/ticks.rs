//! Frame numbers that nothing has and no event explains.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::Found;
use super::rows::TickSet;
use crate::schema::{Table, table};
use crate::store::segment::Reader;
use crate::store::{Catalog, Error};
use crate::time::Range;

/// Kinds of event that say why ticks are missing.
const EXPLAINING: [&str; 7] = ["gap", "lost", "start", "stop", "boot", "error", "clock_step"];
/// An event is written with the next tick that is kept, or the one behind it.
const BEHIND: i64 = 2;
/// How often a listing is repeated while maintenance changes the store under it.
const TRIES: usize = 5;

/// Notes each hole in the ticks of `system` that no event explains; counts the ticks.
pub fn check(root: &Path, found: &mut Found) -> Result<(), Error> {
    let (Some(system), Some(event)) = (table("system"), table("event")) else { return Ok(()) };
    let damaged: BTreeSet<PathBuf> = found.wrong_paths().map(|path| root.join(path)).collect();
    let ticks = read(root, system, None, &damaged)?;
    let events = read(root, event, Some("kind"), &damaged)?;
    // Without all of their files holes say nothing.
    let is_whole = !found.wrong_paths().any(|path| path.starts_with("system") || path.starts_with("event"));
    for (host, ticks) in &ticks {
        let mut set = TickSet::default();
        ticks.iter().for_each(|tick| {
            set.insert(*tick);
        });
        found.verified.ticks += set.len();
        if !is_whole {
            continue;
        }
        let told: BTreeSet<i64> = events.get(host).into_iter().flatten().copied().collect();
        for (before, behind) in set.holes() {
            if told.range(before + 1..=behind + BEHIND).next().is_some() {
                continue;
            }
            let what = match behind - before {
                2 => format!("has no tick {}, and no event says why", before + 1),
                _ => format!("has no ticks {} to {}, and no event says why", before + 1, behind - 1),
            };
            found.note(PathBuf::from("system").join(format!("host={host}")), what, "");
        }
    }
    Ok(())
}

/// The ticks of a table by host; with a column only those in which it explains. Files that are
/// damaged are left out.
fn read(
    root: &Path,
    table: &'static Table,
    kind: Option<&str>,
    damaged: &BTreeSet<PathBuf>,
) -> Result<BTreeMap<String, Vec<i64>>, Error> {
    let mut tries = 0;
    let (catalog, segments) = loop {
        let catalog = Catalog::open(root)?;
        match catalog.open_segments(table, &Range::ALL) {
            Err(Error::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound && tries < TRIES =>
            {
                tries += 1;
            }
            other => break (catalog, other?),
        }
    };
    let mut ticks: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for segment in segments.iter().filter(|segment| !damaged.contains(&segment.path)) {
        let file = segment.file.try_clone().map_err(Error::io(&segment.path))?;
        let Ok(reader) = Reader::of(&segment.path, file) else { continue };
        let columns: Vec<&str> = ["tick"].into_iter().chain(kind).collect();
        let groups = (0..reader.row_groups()).collect();
        // What breaks off here only a deep look can tell.
        for batch in reader.rows_of(groups, Some(&columns))?.map_while(Result::ok) {
            ticks.entry(segment.name.host.clone()).or_default().extend(of(&batch, kind));
        }
    }
    for tail in catalog.tails(table, &Range::ALL) {
        let tail = tail?;
        ticks.entry(tail.host.to_string()).or_default().extend(of(&tail.batch, kind));
    }
    Ok(ticks)
}

fn of(batch: &RecordBatch, kind: Option<&str>) -> Vec<i64> {
    let Some(ticks) = batch.column_by_name("tick").and_then(|c| c.as_primitive_opt::<Int64Type>()) else {
        return vec![];
    };
    let kinds = kind.and_then(|kind| batch.column_by_name(kind)?.as_string_opt::<i32>());
    let explains = |at: usize| {
        kind.is_none()
            || kinds.is_some_and(|kinds| kinds.is_valid(at) && EXPLAINING.contains(&kinds.value(at)))
    };
    ticks.values().iter().enumerate().filter(|(at, _)| explains(*at)).map(|(_, tick)| *tick).collect()
}
