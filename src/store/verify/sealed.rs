//! Sealed files: each says in its footer what its name says, has the bytes that were noted, and no
//! other has its rows.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::rows::{Rows, TickSet};
use super::tree::Tree;
use super::{Found, Looked};
use crate::schema::{STORE_FORMAT, table};
use crate::store::layout::{self, SegmentName};
use crate::store::segment::Reader;
use crate::store::sums::{Sums, hex};
use crate::store::{Class, Error};

/// How much is hashed between two words of how far it has come.
const STEP: usize = 1 << 20;

/// What can be done about a file that cannot be read.
pub const PUT_BACK: &str = "put back a copy of it, or move it out of the store to read the rest";

/// What came of all sealed files.
#[derive(Default)]
pub struct Seen {
    /// Rows in those that a reader reads.
    pub rows: u64,
    /// Those that were gone when they were to be opened.
    pub vanished: Vec<SegmentName>,
}

/// Looks at each sealed file.
pub fn check(
    root: &Path,
    tree: &Tree,
    sums: &BTreeMap<String, Sums>,
    deep: bool,
    found: &mut Found,
    watch: &mut dyn FnMut(Looked),
) -> Result<Seen, Error> {
    let uncovered = layout::uncovered(&tree.segments);
    overlaps(&uncovered, found);
    let size = |name: &SegmentName| std::fs::metadata(name.path(root)).map_or(0, |facts| facts.len());
    let mut looked = Looked { bytes: 0, of_bytes: tree.segments.iter().map(size).sum() };
    let mut seen = Seen::default();
    // Ticks of the files before, by table and host.
    let mut ticks: HashMap<(&str, &str), TickSet> = HashMap::new();
    for name in &tree.segments {
        let path = name.path(root);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                seen.vanished.push(name.clone());
                continue;
            }
            Err(error) => {
                found.wrong(name.path(Path::new("")), format!("cannot be opened: {error}"), PUT_BACK);
                continue;
            }
        };
        let bytes = file.metadata().map_or(0, |facts| facts.len());
        found.verified.files += 1;
        found.verified.bytes += bytes;
        let begin = looked.bytes;
        let is_read = uncovered.binary_search(name).is_ok();
        let checked = guarded(|| {
            if deep {
                let sum = hash(&mut file, &mut looked, watch).map_err(|e| format!("cannot be read: {e}"))?;
                let noted = sums.get(&name.host).and_then(|sums| sums.sum(name));
                if noted.is_some_and(|noted| !noted.eq_ignore_ascii_case(&sum)) {
                    return Err("its bytes are not those that were noted: its SHA-256 is another".to_string());
                }
            }
            let reader = Reader::of(&path, file).map_err(|e| told(&path, e))?;
            agrees(name, &reader)?;
            if deep {
                let table = table(&name.table).ok_or("no such table")?;
                // Ticks of a tier, and of a file that nobody reads, may stand elsewhere as well.
                let mut spare = TickSet::default();
                let is_once = is_read && Class::of(&name.table) <= Class::Raw;
                let before = ticks.entry((&name.table, &name.host)).or_default();
                Rows { table, name, reader: &reader, path: &path }.check(if is_once {
                    before
                } else {
                    &mut spare
                })?;
            }
            Ok(reader.rows())
        });
        match checked {
            Ok(rows) if is_read => seen.rows += rows,
            Ok(_) => {}
            Err(what) => found.wrong(name.path(Path::new("")), what, PUT_BACK),
        }
        looked.bytes = begin + bytes;
        watch(looked);
    }
    unnoted(root, tree, sums, found)?;
    Ok(seen)
}

/// Damage can bring down the code that reads Parquet, where no sum has told of it before.
pub fn guarded<T>(check: impl FnOnce() -> Result<T, Wrong>) -> Result<T, Wrong> {
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    checked.unwrap_or_else(|_| {
        Err("cannot be read: it is damaged in a way that Parquet's reader gives up on".into())
    })
}

/// What is wrong with a file, as it is told.
pub type Wrong = String;

/// An error without the path that a finding names already.
pub fn told(path: &Path, error: Error) -> Wrong {
    match error {
        Error::Damaged { what, .. } => format!("cannot be read: {what}"),
        other => other.to_string().replace(&format!("{}: ", path.display()), "cannot be read: "),
    }
}

/// Two files that a reader reads, and that say they hold rows of the same frames of one day.
fn overlaps(uncovered: &[SegmentName], found: &mut Found) {
    let same = |a: &SegmentName, b: &SegmentName| {
        a.table == b.table && a.host == b.host && Class::of(&a.table) <= Class::Raw
    };
    for group in uncovered.chunk_by(same) {
        for (at, one) in group.iter().enumerate() {
            // Sorted by first frame: behind the first that begins later none overlaps.
            let behind = group[at + 1..].iter().take_while(|other| other.first_seq <= one.last_seq);
            // A clock that stepped over midnight leaves one part's rows on two days.
            for other in behind.filter(|other| other.period() == one.period()) {
                let what = format!(
                    "holds frames {}-{}, and {} holds some of them too: readers see them twice",
                    other.first_seq,
                    other.last_seq,
                    one.path(Path::new("")).display()
                );
                found.wrong(
                    other.path(Path::new("")),
                    what,
                    "move the one that does not belong out of the store",
                );
            }
        }
    }
}

/// The footer says what the name says.
fn agrees(name: &SegmentName, reader: &Reader) -> Result<(), Wrong> {
    let format = reader.fact("sysray.format").and_then(|format| format.parse::<u32>().ok());
    match format {
        Some(format) if !(STORE_FORMAT + 1..).contains(&format) => {}
        Some(format) => return Err(format!("has store format {format}, this sysray reads {STORE_FORMAT}")),
        None => return Err("is Parquet, and none that sysray wrote".into()),
    }
    let expected = [
        ("sysray.table", name.table.clone()),
        ("sysray.host", name.host.clone()),
        ("sysray.first_seq", name.first_seq.to_string()),
        ("sysray.last_seq", name.last_seq.to_string()),
        ("sysray.generation", name.generation.to_string()),
    ];
    for (key, expected) in expected {
        let said = reader.fact(key).unwrap_or("nothing");
        if said != expected {
            return Err(format!(
                "bears a name that is not its own: its footer has {key} {said}, the name {expected}"
            ));
        }
    }
    Ok(())
}

fn hash(file: &mut File, looked: &mut Looked, watch: &mut dyn FnMut(Looked)) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; STEP];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => {
                hash.update(&buffer[..read]);
                looked.bytes += read as u64;
                watch(*looked);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Files without a sum: a maintenance that was cut off did not get to note them.
fn unnoted(root: &Path, tree: &Tree, sums: &BTreeMap<String, Sums>, found: &mut Found) -> Result<(), Error> {
    let knows = |sums: Option<&Sums>, name: &SegmentName| sums.is_some_and(|sums| sums.knows(name));
    let unknown: Vec<&SegmentName> =
        tree.segments.iter().filter(|name| !knows(sums.get(&name.host), name)).collect();
    for group in unknown.chunk_by(|a, b| a.host == b.host) {
        let now = Sums::read(root, &group[0].host)?;
        for name in group.iter().filter(|name| !now.knows(name) && name.path(root).exists()) {
            let path = name.path(Path::new(""));
            found.note(
                path,
                "has no sum noted, so its bytes cannot be proved",
                "the next maintenance notes it",
            );
        }
    }
    Ok(())
}
