//! A store is made of what can be proved of one part of a journal, wherever that lies and whatever
//! has become of it. The part is only read.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use super::disk::Staged;
use super::identity::Identity;
use super::journal::{Content, Damage, Part};
use super::layout::PartName;
use super::sums::Sums;
use super::verify::is_of;
use super::{Compression, Error, seal};
use crate::schema::Micros;

/// The label of a host that cannot be told.
const UNKNOWN_HOST: &str = "recovered";

/// What was read of a part, and what was not.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The label of its host.
    pub host: String,
    /// Ticks that were read.
    pub ticks: u64,
    /// The first and last of them.
    pub extent: (Micros, Micros),
    /// Rows, by table, in the part's order; tables without rows are left out.
    pub rows: Vec<(String, u64)>,
    /// What could not be read.
    pub damage: Damage,
    /// Tables whose columns this program cannot read.
    pub unknown: Vec<String>,
}

/// Makes a store at `target`, which must not exist or be empty, of the part `file`.
///
/// # Errors
/// Where the file cannot be read or holds nothing that can be proved, and where the store cannot be
/// made; then nothing is left of it.
pub fn recover(file: &Path, target: &Path) -> Result<Recovered, Error> {
    let open = File::open(file).map_err(Error::io(file))?;
    let facts = open.metadata().map_err(Error::io(file))?;
    if !facts.is_file() {
        return Err(Error::damaged(
            file,
            "is no file; name a part of a journal, such as journal/host=…/….part",
        ));
    }
    let part = Part::read(file, &open, facts.len())?;
    let damage = part.damage();
    let part = if part.header().is_none() { assumed(part, file) } else { part };
    let host = part.header().map_or(UNKNOWN_HOST.into(), |header| header.host.clone());
    let frames = part.frames();
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else {
        let what = if facts.len() == 0 { "it is empty" } else { "no tick in it is whole" };
        return Err(Error::NothingSound { path: file.into(), what: what.into() });
    };
    let (from, to) = frames.iter().fold((first.moment.wall, last.moment.wall), |(from, to), frame| {
        (from.min(frame.moment.wall), to.max(frame.moment.wall))
    });
    let mut recovered = Recovered {
        host: host.clone(),
        ticks: frames.len() as u64,
        extent: (from, to),
        rows: Vec::new(),
        damage,
        unknown: Vec::new(),
    };
    for table in part.tables() {
        match part.table(table) {
            Some(mut reader) => {
                let mut rows = 0;
                for frame in &frames {
                    reader.enter(frame);
                    rows += reader.rows(frame, Content::Interval).map_or(0, |batch| batch.num_rows() as u64);
                }
                if rows > 0 {
                    recovered.rows.push((table.into(), rows));
                }
            }
            None => recovered.unknown.push(table.into()),
        }
    }
    if recovered.rows.is_empty() {
        let what = "no table of any tick can be unpacked".into();
        return Err(Error::NothingSound { path: file.into(), what });
    }
    let staged = Staged::new(target)?;
    let name = PartName { host: host.clone(), first_seq: first.moment.seq, from };
    let mut sums = Sums::read(staged.folder().root(), &host)?;
    seal::seal(staged.folder(), &name, &part, Compression::Zstd(3), &mut sums)?;
    sums.write(staged.folder())?;
    // Of which store the part was nothing says.
    Identity { stores: BTreeSet::new(), ..Identity::new() }.found(staged.folder())?;
    staged.publish()?;
    Ok(recovered)
}

/// The part with this program's tables, those left out that have other columns in it: rows that were
/// unpacked as what they are not are not stamped as their frame.
fn assumed(part: Part, file: &Path) -> Part {
    let part = part.assume_header(host_of(file).as_deref().unwrap_or(UNKNOWN_HOST));
    let frames = part.frames();
    let fits = |table: &&str| {
        let Some(mut reader) = part.table(table) else { return true };
        frames.iter().all(|frame| {
            reader.enter(frame);
            let promised = reader.promised(frame, Content::Interval);
            let rows = reader.rows(frame, Content::Interval);
            rows.is_none_or(|rows| Some(rows.num_rows() as u64) == promised && is_of(&rows, &frame.moment))
        })
    };
    let strange: Vec<String> = part.tables().filter(|table| !fits(table)).map(Into::into).collect();
    drop(frames);
    strange.iter().fold(part, |part, table| part.without(table))
}

/// The host whose journal a file lies in, by its path.
fn host_of(file: &Path) -> Option<String> {
    let folder = std::path::absolute(file).ok()?.parent()?.file_name()?.to_string_lossy().into_owned();
    folder.strip_prefix("host=").filter(|host| !host.is_empty()).map(Into::into)
}
