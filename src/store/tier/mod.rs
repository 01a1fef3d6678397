//! Tiers: rows of a minute and of an hour, made of the recorded ones once their hour is over, so that
//! years stay where seconds would not.
//!
//! It reads sealed segments and writes files of its own; it changes and removes nothing.

mod accumulator;
mod buckets;
mod coverage;
mod entity;
mod hour;
mod rates;
mod rest;
mod source;
mod top;

use std::path::Path;

use self::coverage::Piece;
use self::source::Source;
use super::layout::{self, SegmentName};
use super::segment::Writer;
use super::{Error, Policy};
use crate::schema::{Micros, TABLES, Table, Tier};

/// One maintenance makes tiers of about so many bytes of segments, and leaves the rest to the next:
/// a store that has none yet must not keep parts from being sealed.
const MOST_BYTES: u64 = 256 << 20;

/// Makes the tiers of one host that can be made. Counts the files.
///
/// # Errors
/// The last thing that went wrong; what could be made was made.
pub fn make(root: &Path, host: &str, policy: &Policy, now: Micros) -> Result<usize, Error> {
    let unsealed = layout::parts(root, Some(host))?.iter().map(|part| part.first_seq).min();
    let segments = layout::uncovered(&layout::segments(root, Some(host))?);
    let (mut written, mut bytes, mut failed) = (0, 0, None);
    for raw in &TABLES {
        let of = |table: &str| segments.iter().filter(|s| s.table == table).collect::<Vec<_>>();
        let recorded = of(raw.name);
        let plan = |tier| {
            let table = raw.at(tier)?;
            Some((tier, coverage::missing(&recorded, &of(table.name), unsealed, now)))
        };
        let plans: Vec<(Tier, Vec<Piece>)> =
            [Tier::Minute, Tier::Hour].into_iter().filter_map(plan).collect();
        // Both tiers are made of one reading, but where a maintenance was cut off between the two.
        let work: Vec<(Vec<Tier>, &Piece)> = match plans.as_slice() {
            [(minute, a), (hour, b)] if a == b => a.iter().map(|p| (vec![*minute, *hour], p)).collect(),
            plans => plans.iter().flat_map(|(t, pieces)| pieces.iter().map(|p| (vec![*t], p))).collect(),
        };
        for (tiers, piece) in work {
            if bytes > MOST_BYTES {
                break;
            }
            bytes += size(root, piece);
            match make_files(root, host, raw, &tiers, piece, policy) {
                Ok(files) => written += files,
                // One bad segment must not keep the others from having tiers.
                Err(error) => failed = Some(error),
            }
        }
    }
    failed.map_or(Ok(written), Err)
}

fn size(root: &Path, piece: &Piece) -> u64 {
    let sizes = piece.segments.iter().filter_map(|s| std::fs::metadata(s.path(root)).ok());
    sizes.map(|m| m.len()).sum()
}

fn make_files(
    root: &Path,
    host: &str,
    raw: &'static Table,
    tiers: &[Tier],
    piece: &Piece,
    policy: &Policy,
) -> Result<usize, Error> {
    let frames = (piece.first_seq, piece.last_seq);
    let source = Source::open(root, raw, &piece.segments, frames)?;
    let Some((first, last)) = source.extent()? else { return Ok(0) };
    let mut files: Vec<(Tier, Writer)> = Vec::new();
    for tier in tiers {
        let Some(table) = raw.at(*tier) else { continue };
        let name = SegmentName {
            table: table.name.into(),
            host: host.into(),
            first_seq: frames.0,
            last_seq: frames.1,
            from: tier.end(first),
            to: tier.end(last),
            generation: 0,
        };
        files.push((*tier, Writer::new(root, table, name, policy.compression)?));
    }
    let length = Tier::Hour.length_us();
    for end in (Tier::Hour.end(first).0..=Tier::Hour.end(last).0).step_by(length as usize) {
        hour::aggregate(&source, (end - length, end), &mut |tier, batch| match files
            .iter_mut()
            .find(|(own, _)| *own == tier)
        {
            Some((_, file)) if batch.num_rows() > 0 => file.write(&batch),
            _ => Ok(()),
        })?;
    }
    let mut written = 0;
    for (_, file) in files {
        written += usize::from(file.publish()?);
    }
    Ok(written)
}
