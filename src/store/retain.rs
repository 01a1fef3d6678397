//! What is over the bounds goes, oldest span first; the span being recorded stays.

use std::path::Path;

use super::layout::{self, SegmentName};
use super::{Error, Policy, disk};
use crate::schema::Micros;

/// Removes the segments of one host that are over a bound. Counts them.
pub fn retain(root: &Path, host: &str, policy: &Policy, now: Micros) -> Result<usize, Error> {
    let all = layout::segments(root, Some(host))?;
    // Tiers are what stays: they count, and are not retired.
    let (tiers, mut segments): (Vec<SegmentName>, Vec<SegmentName>) =
        all.into_iter().partition(|s| layout::is_tier(&s.table));
    segments.sort_by_key(|s| policy.rotation.span(s.to));
    let mut spans: Vec<&[SegmentName]> =
        segments.chunk_by(|a, b| policy.rotation.span(a.to) == policy.rotation.span(b.to)).collect();
    let mut bytes =
        journal_bytes(root, host)? + size(root, &tiers) + spans.iter().map(|s| size(root, s)).sum::<u64>();
    let mut removed = 0;
    while let Some((oldest, newer)) = spans.split_first() {
        let current = policy.rotation.span(oldest[0].to) >= policy.rotation.span(now);
        let too_many = policy.keep_files.is_some_and(|n| spans.len() as u64 > n.max(1));
        let too_old =
            policy.keep.is_some_and(|age| oldest.iter().all(|s| s.to.0 < now.0 - age.as_micros() as i64));
        let too_large = policy.max_bytes.is_some_and(|max| bytes > max) && !current;
        if !(too_many || too_old || too_large) {
            break;
        }
        bytes -= size(root, oldest);
        for segment in *oldest {
            remove(root, segment)?;
            removed += 1;
        }
        spans = newer.to_vec();
    }
    Ok(removed)
}

fn remove(root: &Path, segment: &SegmentName) -> Result<(), Error> {
    let path = segment.path(root);
    disk::remove(&path)?;
    // A day's folder goes with its last file; one that holds anything else stays.
    if let Some(folder) = path.parent() {
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

fn size(root: &Path, segments: &[SegmentName]) -> u64 {
    segments.iter().filter_map(|s| std::fs::metadata(s.path(root)).ok()).map(|m| m.len()).sum()
}

/// The sizes of a host's journal and of its segments, those included that a wider one covers.
pub fn sizes(root: &Path, host: &str) -> Result<(u64, u64), Error> {
    Ok((journal_bytes(root, host)?, size(root, &layout::segments(root, Some(host))?)))
}

/// The size of a host's journal.
fn journal_bytes(root: &Path, host: &str) -> Result<u64, Error> {
    let parts = layout::parts(root, Some(host))?;
    Ok(parts.iter().filter_map(|p| std::fs::metadata(p.path(root)).ok()).map(|m| m.len()).sum())
}
