//! Segments are read, held against the sum they were sealed with, and sent.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::workers::{each, room_for};
use super::{Ask, PushError, Pushed, Sized};
use crate::remote::{Bucket, Error};
use crate::store::{self, SegmentName, Sums, hex};

enum Outcome {
    Sent(u64),
    /// Merged away meanwhile.
    Gone,
    Damaged(String),
}

/// Sends them, some at a time; what was not sent after all is left.
pub fn send_all<'a>(
    bucket: &Bucket,
    ask: &Ask,
    to_send: &[Sized<'a>],
    sums: &HashMap<String, Sums>,
    pushed: &mut Pushed,
    left: &mut HashSet<&'a SegmentName>,
) -> Result<(), PushError> {
    let (done, all) = (AtomicU64::new(0), to_send.iter().map(|(_, bytes)| bytes).sum());
    let outcomes = each(to_send, |one| {
        let outcome = send(bucket, ask, one, sums)?;
        (ask.progress)(done.fetch_add(one.1, Ordering::Relaxed) + one.1, all);
        Ok::<_, PushError>((one.0, outcome))
    })?;
    for (segment, outcome) in outcomes {
        if !matches!(outcome, Outcome::Sent(_)) {
            left.insert(segment);
        }
        match outcome {
            Outcome::Sent(bytes) => {
                pushed.sent += 1;
                pushed.sent_bytes += bytes;
            }
            Outcome::Gone => {}
            Outcome::Damaged(what) => pushed.findings.push(what),
        }
    }
    Ok(())
}

fn send(
    bucket: &Bucket,
    ask: &Ask,
    (segment, bytes): &Sized,
    sums: &HashMap<String, Sums>,
) -> Result<Outcome, PushError> {
    let path = segment.path(ask.root);
    let _room = room_for(*bytes);
    let content = match fs::read(&path) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Outcome::Gone),
        Err(source) => return Err(store::Error::io(&path)(source).into()),
    };
    let noted = sums.get(&segment.host).and_then(|sums| sums.sum(segment));
    if noted.is_some_and(|noted| noted != hex(&Sha256::digest(&content))) {
        let what = "it is not as it was sealed, and was not sent; `sysray store verify` says more";
        return Ok(Outcome::Damaged(format!("{}: {what}", path.display())));
    }
    match bucket.write(&segment.to_path(), Bytes::from(content), None) {
        // Somebody else was sooner, or our own request was heard twice: what is there is looked at later.
        Ok(()) | Err(Error::Taken { .. }) => Ok(Outcome::Sent(*bytes)),
        Err(other) => Err(other.into()),
    }
}
