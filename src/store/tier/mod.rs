//! Tiers: rows of a minute and of an hour, made of the recorded ones once their hour is over, so that
//! years stay where seconds would not.
//!
//! It reads sealed segments and writes files of its own; it changes and removes nothing.

mod accumulator;
mod buckets;
mod coverage;
mod going;
mod hour;
mod rates;
mod rest;
mod source;
mod spans;
mod top;

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;

use self::coverage::Piece;
use self::source::Source;
use super::disk::Folder;
use super::layout::{self, SegmentName};
use super::segment::Writer;
use super::sums::Sums;
use super::{Error, Policy};
use crate::schema::{Micros, TABLES, Table, Tier};

/// One maintenance makes tiers of about so many bytes of segments, and leaves the rest to the next:
/// a store that has none yet must not keep parts from being sealed.
const MOST_BYTES: u64 = 256 << 20;

/// Rows that a row group has at least, but for the last one.
const GROUP_ROWS: usize = 16_384;

/// Makes the tiers of one host that can be made. Counts the files.
///
/// # Errors
/// The last thing that went wrong; what could be made was made.
pub fn make(
    folder: &Folder,
    host: &str,
    policy: &Policy,
    now: Micros,
    sums: &mut Sums,
) -> Result<usize, Error> {
    let root = folder.root();
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
            match make_files(folder, host, raw, &tiers, piece, policy, sums) {
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
    folder: &Folder,
    host: &str,
    raw: &'static Table,
    tiers: &[Tier],
    piece: &Piece,
    policy: &Policy,
    sums: &mut Sums,
) -> Result<usize, Error> {
    let frames = (piece.first_seq, piece.last_seq);
    let source = Source::open(folder.root(), raw, &piece.segments, frames)?;
    let Some((first, last)) = source.extent()? else { return Ok(0) };
    let mut files: Vec<TierFile> = Vec::new();
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
        let writer = Writer::new(folder, table, &name, policy.compression)?;
        files.push(TierFile { tier: *tier, name, writer, waiting: Vec::new() });
    }
    let length = Tier::Hour.length_us();
    for end in (Tier::Hour.end(first).0..=Tier::Hour.end(last).0).step_by(length as usize) {
        hour::aggregate(&source, (end - length, end), &mut |tier, batch| {
            let file = files.iter_mut().find(|file| file.tier == tier);
            file.map_or(Ok(()), |file| file.take(batch))
        })?;
    }
    source.forget();
    let mut written = 0;
    for mut file in files {
        file.flush()?;
        if let Some(sum) = file.writer.publish()? {
            sums.note(&file.name, sum);
            written += 1;
        }
    }
    Ok(written)
}

/// A file of a tier being written.
struct TierFile {
    tier: Tier,
    name: SegmentName,
    writer: Writer,
    /// Rows that wait for a row group to be full.
    waiting: Vec<RecordBatch>,
}

impl TierFile {
    fn take(&mut self, batch: RecordBatch) -> Result<(), Error> {
        self.waiting.push(batch);
        let rows: usize = self.waiting.iter().map(RecordBatch::num_rows).sum();
        if rows >= GROUP_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let Some(schema) = self.waiting.first().map(RecordBatch::schema) else { return Ok(()) };
        let rows = concat_batches(&schema, &std::mem::take(&mut self.waiting));
        let rows = rows.map_err(|e| Error::damaged(Path::new(&self.name.table), e.to_string()))?;
        if rows.num_rows() > 0 { self.writer.write(&rows) } else { Ok(()) }
    }
}
