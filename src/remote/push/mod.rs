//! Sealed segments go up, each once. What is there already is left as it is, so that what broke off goes on
//! where it was; what was sent is looked at again.

mod again;
mod introduce;
mod send;
mod workers;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::{Bucket, Error};
use crate::store::{self, SegmentName, Sums};

/// What a server takes at once.
const MOST_BYTES: u64 = 5 << 30;

/// What is to be pushed.
pub struct Ask<'a> {
    /// The store's folder.
    pub root: &'a Path,
    /// Its segments that are to be in the bucket.
    pub segments: Vec<SegmentName>,
    /// Whether all that is there is read back and compared, also what was there before.
    pub verify: bool,
    /// Whether nothing is sent at all.
    pub dry_run: bool,
    /// Is told how many bytes are done, of how many.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Pushed {
    /// Segments that were sent, or would be.
    pub sent: usize,
    pub sent_bytes: u64,
    /// Segments that were there.
    pub there: usize,
    /// Segments that were read back, and are as they are here.
    pub verified: usize,
    /// What is not as it should be, here or there.
    pub findings: Vec<String>,
}

/// What keeps a push from going on.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Remote(#[from] Error),
}

/// A segment, and its size here.
type Sized<'a> = (&'a SegmentName, u64);

/// Sends what is not there.
///
/// # Errors
/// A store that cannot be read; a server that does not answer, or refuses: what was sent until then stays.
pub fn push(bucket: &Bucket, ask: &Ask) -> Result<Pushed, PushError> {
    let mut pushed = Pushed::default();
    let mut left = HashSet::new();
    let here = here(ask)?;
    let to_send = missing(bucket, ask, &here, &mut pushed, &mut left)?;
    if ask.dry_run {
        pushed.sent = to_send.len();
        pushed.sent_bytes = to_send.iter().map(|(_, bytes)| bytes).sum();
        return Ok(pushed);
    }
    introduce::introduce(bucket, ask)?;
    let sums = sums(ask)?;
    send::send_all(bucket, ask, &to_send, &sums, &mut pushed, &mut left)?;
    let here: Vec<Sized> = here.into_iter().filter(|(segment, _)| !left.contains(*segment)).collect();
    again::look(bucket, ask, &here, &sums, &mut pushed)?;
    // Not every server keeps two who write it at the same time apart.
    introduce::introduce(bucket, ask)?;
    pushed.findings.sort_unstable();
    Ok(pushed)
}

/// The hosts whose segments these are.
fn hosts(ask: &Ask) -> Vec<String> {
    let hosts: BTreeSet<&String> = ask.segments.iter().map(|segment| &segment.host).collect();
    hosts.into_iter().cloned().collect()
}

/// Those that are here still: maintenance may have merged some since they were chosen.
fn here<'a>(ask: &'a Ask) -> Result<Vec<Sized<'a>>, store::Error> {
    let mut here = Vec::new();
    for segment in &ask.segments {
        let path = segment.path(ask.root);
        match fs::metadata(&path) {
            Ok(file) => here.push((segment, file.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(store::Error::io(&path)(source)),
        }
    }
    Ok(here)
}

/// Those of them that are not there; what cannot be sent is told, and left.
fn missing<'a>(
    bucket: &Bucket,
    ask: &Ask,
    here: &[Sized<'a>],
    pushed: &mut Pushed,
    left: &mut HashSet<&'a SegmentName>,
) -> Result<Vec<Sized<'a>>, Error> {
    let there: HashMap<String, u64> = bucket.list(Some(&hosts(ask)))?.into_iter().collect();
    let mut missing = Vec::new();
    for (segment, bytes) in here {
        let name = segment.to_path();
        let finding = match there.get(&name) {
            Some(there) if there == bytes => {
                pushed.there += 1;
                continue;
            }
            None if *bytes <= MOST_BYTES => {
                missing.push((*segment, *bytes));
                continue;
            }
            Some(there) => {
                let place = bucket.place(&name);
                format!("{place}: it has {there} bytes there and {bytes} here; it was not overwritten")
            }
            None => {
                let what = "a segment of more than 5 GiB cannot be sent; record with a shorter --rotate";
                format!("{}: {what}", segment.path(ask.root).display())
            }
        };
        pushed.findings.push(finding);
        left.insert(*segment);
    }
    Ok(missing)
}

/// The sums that were noted when segments were sealed, by host.
fn sums(ask: &Ask) -> Result<HashMap<String, Sums>, store::Error> {
    let mut sums = HashMap::new();
    for host in hosts(ask) {
        let known = Sums::read(ask.root, &host)?;
        sums.insert(host, known);
    }
    Ok(sums)
}
