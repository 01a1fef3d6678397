//! What a recording finds when it begins: what was missed, what was cut off, and what it counts on
//! from. It changes no byte of what was recorded.

use std::path::Path;
use std::time::Duration;

use arrow::array::AsArray;

use super::resume::{self, Left};
use super::{Error, events};
use crate::schema::Micros;
use crate::schema::rows::Event;
use crate::store::{self, Catalog, Folder};

/// What is to be said before the first tick.
pub fn events(
    catalog: &Catalog,
    host: &str,
    interval: Duration,
    booted: Option<Micros>,
    now: Micros,
) -> Result<Vec<Event>, Error> {
    let mut said = Vec::new();
    for (part, _, damage) in catalog.tail()?.into_iter().filter(|(part, ..)| part.host == host) {
        let path = part.path(catalog.root());
        if damage.torn_bytes > 0 {
            said.push(events::torn(&path, damage.torn_bytes));
        }
        if damage.is_inside() {
            said.push(events::damaged(&path));
        }
    }
    if let Some(last) = last_ts(catalog, host)? {
        if let Some(boot) = booted.filter(|boot| *boot > last) {
            said.push(events::boot(boot, has_ended(catalog, host, last)));
        }
        if now > last {
            said.push(events::gap(last, now, "no recorder was running"));
        }
    }
    said.push(events::start(interval.as_secs_f64()));
    Ok(said)
}

/// Gives back what was reserved for parts whose recording was cut off.
pub fn trim(catalog: &Catalog, folder: &Folder, host: &str) {
    for (part, length) in catalog.parts().filter(|(part, _)| part.host == host) {
        // Where that fails, sealing the part does it.
        let file = folder.open_lock(&part.path(folder.root()));
        let _ = file.map(|mut file| file.set_len(length));
    }
}

/// The `ts` of a host's last tick. Segments say it to the second; the journal, and what a recording
/// that ended well left beside it, exactly.
fn last_ts(catalog: &Catalog, host: &str) -> Result<Option<Micros>, Error> {
    let of_part = |part: &store::Part| part.frames().last().map(|frame| frame.moment.wall);
    let exact = match catalog.last_part(host)?.and_then(of_part) {
        Some(last) => Some(last),
        None => store::read_last(catalog.root(), host).ok().flatten().as_ref().and_then(of_part),
    };
    let sealed = catalog.segments().iter().filter(|name| name.host == host).map(|name| name.to).max();
    // What is rounded up may lie ahead of the last tick by a second, and not by more.
    let near = |exact: &Micros| sealed.is_none_or(|sealed| sealed.0 - exact.0 < 1_000_000);
    Ok(exact.filter(near).or(sealed))
}

/// Whether the recording that took the last tick ended: its last frame then says so. Where that is sealed, the
/// totals tell that it left beside it; where nobody ever left any, nothing does, and it may have.
fn has_ended(catalog: &Catalog, host: &str, last: Micros) -> bool {
    let is_of_last =
        |part: &&store::Part| part.frames().last().is_some_and(|frame| frame.moment.wall == last);
    if let Some(part) = catalog.last_part(host).ok().flatten().filter(is_of_last) {
        let rows = part.batches("event", |moment| moment.wall == last);
        let mut kinds = rows.iter().flat_map(|rows| rows["kind"].as_string::<i32>());
        return kinds.any(|kind| kind == Some(events::STOP));
    }
    let kept = store::read_last(catalog.root(), host).ok().flatten();
    let ended = kept.and_then(|part| part.frames().last().map(|frame| frame.moment.wall));
    // Names of segments tell of the last tick to the second.
    ended.is_none_or(|ended| (last.0 - ended.0).abs() < 1_000_000)
}

/// The totals that the last recording of this boot left. Those that anything was recorded behind are none: it
/// would be counted again.
pub fn totals(
    catalog: &Catalog,
    root: &Path,
    host: &str,
    boot_id: &str,
    now: Duration,
) -> Result<Option<Left>, Error> {
    let last = catalog.last_frame(host)?;
    let is_last = |part: &&store::Part| part.last_seq().is_some_and(|seq| seq >= last);
    // One that cannot be read is as good as none: the first row is then counted from a new sample.
    let kept = store::read_last(root, host).ok().flatten();
    let parts = kept.iter().chain(catalog.parts_of(host)?);
    Ok(parts.filter(is_last).filter_map(|part| resume::totals(part, boot_id, now)).max_by_key(|left| left.at))
}
