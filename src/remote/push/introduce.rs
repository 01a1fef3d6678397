//! A store in a bucket says what it is, and whose hosts it has, before anything of it is there.

use std::path::Path;
use std::time::Duration;
use std::{process, thread};

use super::{Ask, PushError};
use crate::remote::{Bucket, Error};
use crate::store::Identity;

/// How often it is tried while others write it too.
const TRIES: u32 = 20;

/// Adds the hosts that are pushed to `sysray-store.json`, or makes it. It is there when a read has shown it: not
/// every server keeps its promise of writing only over what was read.
///
/// # Errors
/// Hosts that another machine has there; a file there that cannot be read.
pub fn introduce(bucket: &Bucket, ask: &Ask) -> Result<(), PushError> {
    let mut own = Identity::read(ask.root)?;
    own.hosts.retain(|_, label| ask.segments.iter().any(|segment| segment.host == *label));
    for tried in 0..TRIES {
        match is_known(bucket, &own) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            // Somebody else wrote it between: many hosts may begin by one timer.
            Err(PushError::Remote(Error::Taken { .. })) => {
                thread::sleep(Duration::from_millis(u64::from(tried * (20 + process::id() % 50))));
            }
            Err(other) => return Err(other),
        }
    }
    let place = bucket.place(Identity::FILE);
    let what = format!("others write it as fast as we do, {TRIES} times by now; push again");
    Err(Error::Damaged { place, what }.into())
}

/// Whether all is there already; else it is written.
fn is_known(bucket: &Bucket, own: &Identity) -> Result<bool, PushError> {
    let place = bucket.address().to_string();
    let there = bucket.read(Identity::FILE)?;
    let known = there.as_ref().map(|there| Identity::parse(&there.bytes, Path::new(&place)));
    let known = known.transpose()?;
    let namesakes: Vec<String> = known.iter().flat_map(|known| known.namesakes(own)).collect();
    if !namesakes.is_empty() {
        return Err(Error::Namesakes { place, hosts: namesakes.join(", ") }.into());
    }
    let joined = known.as_ref().map_or_else(|| own.clone(), |known| known.joined(own));
    if known.is_some_and(|known| known == joined) {
        return Ok(true);
    }
    let text = joined.text().map_err(|error| Error::Damaged { place, what: error.to_string() })?;
    bucket.write(Identity::FILE, text.into(), there)?;
    Ok(false)
}
