//! What was sent is looked at again: whether it is there, in its size, and where that is asked for, in every
//! byte.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::workers::{each, room_for};
use super::{Ask, PushError, Pushed, Sized, hosts};
use crate::remote::Bucket;
use crate::store::{self, Sums, hex};

/// Looks at all of `here`.
pub fn look(
    bucket: &Bucket,
    ask: &Ask,
    here: &[Sized],
    sums: &HashMap<String, Sums>,
    pushed: &mut Pushed,
) -> Result<(), PushError> {
    let there: HashMap<String, u64> = bucket.list(Some(&hosts(ask)))?.into_iter().collect();
    let mut as_large = Vec::new();
    for (segment, bytes) in here {
        let name = segment.to_path();
        let place = bucket.place(&name);
        match there.get(&name) {
            Some(size) if size == bytes => as_large.push((*segment, *bytes)),
            Some(size) => pushed
                .findings
                .push(format!("{place}: it was sent, and has {size} bytes there and {bytes} here")),
            None => pushed.findings.push(format!("{place}: it was sent, and is not there")),
        }
    }
    if ask.verify { compare(bucket, ask, &as_large, sums, pushed) } else { Ok(()) }
}

/// Reads them back.
fn compare(
    bucket: &Bucket,
    ask: &Ask,
    to_read: &[Sized],
    sums: &HashMap<String, Sums>,
    pushed: &mut Pushed,
) -> Result<(), PushError> {
    let (done, all) = (AtomicU64::new(0), to_read.iter().map(|(_, bytes)| bytes).sum());
    let looked = each(to_read, |(segment, bytes)| {
        let name = segment.to_path();
        let _room = room_for(*bytes);
        let here = match sums.get(&segment.host).and_then(|sums| sums.sum(segment)) {
            Some(noted) => noted.to_string(),
            None => match store::sum_of_file(&segment.path(ask.root)) {
                Ok(sum) => hex(&sum),
                // Merged away meanwhile: there is nothing to compare it with.
                Err(error) if error.is_missing() => return Ok(None),
                Err(error) => return Err(error.into()),
            },
        };
        let there = bucket.read(&name)?.map(|object| hex(&Sha256::digest(&object.bytes)));
        (ask.progress)(done.fetch_add(*bytes, Ordering::Relaxed) + bytes, all);
        Ok::<_, PushError>(Some((name, there == Some(here))))
    })?;
    for (name, is_equal) in looked.into_iter().flatten() {
        if is_equal {
            pushed.verified += 1;
        } else {
            let what = "what is there is not what was sealed here; nothing was overwritten";
            pushed.findings.push(format!("{}: {what}", bucket.place(&name)));
        }
    }
    Ok(())
}
