//! Finished spans become one file: parts to hours, hours to what `--rotate` says; of tiers hours to
//! days, days to months.
//!
//! Many small files cost the tables of few rows more in footers than in rows. Merging keeps row
//! groups as they were sealed, but for those of tiers, which are small, and adds a generation to the
//! name.

use std::path::Path;

use super::layout::{self, SegmentName};
use super::segment::{self, Writer};
use super::{Error, Policy, Rotation};
use crate::schema::{Micros, Order, Table, table};

/// Rows of a tier that lie together at least, but for the last ones of a file. With hundreds of columns
/// this is what a merge holds in memory.
const GROUP_ROWS: usize = 16_384;

/// Spans are merged in two steps.
#[derive(Clone, Copy)]
enum Stage {
    First,
    Last,
}

impl Stage {
    /// The span of a file after this step that an instant belongs to.
    fn span(self, table: &str, ts: Micros, policy: &Policy) -> (i64, i64) {
        match (self, layout::is_tier(table)) {
            (Stage::First, false) => Rotation::HOUR.min(policy.rotation).span(ts),
            (Stage::Last, false) => policy.rotation.span(ts),
            (Stage::First, true) => (layout::day_start(ts), 0),
            (Stage::Last, true) => (layout::month_start(ts), 0),
        }
    }
}

/// Merges what can be merged of one host; the files merged stay until the next maintenance.
pub fn merge(root: &Path, host: &str, policy: &Policy, now: Micros) -> Result<usize, Error> {
    let mut merged = 0;
    for stage in [Stage::First, Stage::Last] {
        let unsealed: Vec<u64> = layout::parts(root, Some(host))?.iter().map(|part| part.first_seq).collect();
        let segments = layout::uncovered(&layout::segments(root, Some(host))?);
        // A file may only cover frames that are all sealed.
        let apart = |a: u64, b: u64| unsealed.iter().any(|seq| (a..b).contains(seq));
        let same = |a: &SegmentName, b: &SegmentName| {
            a.table == b.table
                && stage.span(&a.table, a.to, policy) == stage.span(&b.table, b.to, policy)
                && !apart(a.first_seq, b.first_seq)
        };
        for group in segments.chunk_by(same) {
            let span = |ts| stage.span(&group[0].table, ts, policy);
            let over = span(now) > span(group[0].to);
            if group.len() > 1 && over {
                merged += merge_group(root, group, policy)?;
            }
        }
    }
    Ok(merged)
}

fn merge_group(root: &Path, group: &[SegmentName], policy: &Policy) -> Result<usize, Error> {
    let Some(table) = table(&group[0].table) else { return Ok(0) };
    let (Some(from), Some(to)) = (group.iter().map(|s| s.from).min(), group.iter().map(|s| s.to).max())
    else {
        return Ok(0);
    };
    let name = SegmentName {
        from,
        to,
        first_seq: group[0].first_seq,
        last_seq: group.iter().map(|s| s.last_seq).max().unwrap_or(group[0].last_seq),
        generation: group.iter().map(|s| s.generation).max().unwrap_or(0) + 1,
        ..group[0].clone()
    };
    let mut writer = Writer::new(root, table, name, policy.compression)?;
    let mut rows = 0;
    for source in group {
        if !copy(root, table, source, &mut writer, &mut rows)? {
            return Ok(0);
        }
    }
    Ok(if writer.publish()? { group.len() } else { 0 })
}

/// Copies a segment's rows; false where it has columns that this program would lose. `rows` are those
/// in the row group under way.
fn copy(
    root: &Path,
    table: &'static Table,
    source: &SegmentName,
    into: &mut Writer,
    rows: &mut usize,
) -> Result<bool, Error> {
    let path = source.path(root);
    let damaged = |e: String| Error::damaged(&path, e);
    let file = segment::Reader::open(&path)?;
    let known = table.schema();
    if file.schema().fields().iter().any(|field| known.field_with_name(field.name()).is_err()) {
        return Ok(false);
    }
    for group in 0..file.row_groups() {
        for batch in file.row_group(group)? {
            let batch = batch.map_err(|e| damaged(e.to_string()))?;
            *rows += batch.num_rows();
            into.write(&batch)?;
        }
        let ends = if table.tier.is_some() { *rows >= GROUP_ROWS } else { table.order == Order::Entity };
        if ends {
            *rows = 0;
            into.end_row_group()?;
        }
    }
    Ok(true)
}
