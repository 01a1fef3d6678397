//! Finished spans become one file: parts to hours, hours to what `--rotate` says; of tiers hours to
//! days, days to months.
//!
//! Many small files cost the tables of few rows more in footers than in rows. Row groups of recorded
//! rows that lie by entity are taken over as they were sealed, without unpacking them; others are put
//! together. A file merged has a generation more than those it was made of.

use std::path::Path;

use super::disk::Folder;
use super::layout::{self, SegmentName};
use super::runs::Runs;
use super::segment::{Reader, Writer};
use super::sums::Sums;
use super::{Error, Policy, Rotation, usage};
use crate::schema::{Micros, Order, Table, table};

/// As many rows of a table that lies by time are put into one row group: a column of them is what
/// has to fit into memory.
const GROUP_ROWS: usize = 1 << 20;
/// The same of a tier, which has hundreds of columns.
const TIER_GROUP_ROWS: usize = 1 << 14;
/// A file larger than this share of what the store may be is not made: whole files are given up, and
/// each should be a small part of the whole.
const LARGEST_SHARE: u64 = 8;
/// What a file may be larger than those it was made of.
const SLACK_BYTES: u64 = 256 << 10;

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
pub fn merge(
    folder: &Folder,
    host: &str,
    policy: &Policy,
    now: Micros,
    sums: &mut Sums,
) -> Result<usize, Error> {
    let root = folder.root();
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
            if group.len() > 1 && over && fits(root, group, policy) {
                merged += merge_group(folder, group, policy, sums)?;
            }
        }
    }
    Ok(merged)
}

/// The segments of one host that no maintenance merges any more, where it is done with these bounds: those
/// of spans that are over and are one file each, or too large for one. After a day more they are taken as they are:
/// a full store has no room to merge in, and a part that cannot be sealed stays.
pub fn settled(root: &Path, host: &str, policy: &Policy, now: Micros) -> Result<Vec<SegmentName>, Error> {
    let span = |table: &str, ts| Stage::Last.span(table, ts, policy);
    // Parts first: one that is sealed meanwhile is seen twice and not missed.
    let parts = layout::parts(root, Some(host))?;
    let segments = layout::uncovered(&layout::segments(root, Some(host))?);
    let same =
        |a: &SegmentName, b: &SegmentName| a.table == b.table && span(&a.table, a.to) == span(&b.table, b.to);
    let is_settled = |group: &&[SegmentName]| {
        let SegmentName { table, to, .. } = &group[0];
        let (own, at) = (span(table, *to), |ts| span(table, Micros(ts)));
        // A part may have rows of what it began in and of what it ended in.
        let waits =
            parts.iter().any(|part| [0, layout::BUCKET_US].iter().any(|us| at(part.from.0 + us) == own));
        let is_whole = !waits && (group.len() == 1 || !is_small(bytes(root, group), policy));
        at(now.0) > own && (is_whole || at(now.0 - layout::DAY_US) > own)
    };
    Ok(segments.chunk_by(same).filter(is_settled).flatten().cloned().collect())
}

/// Whether there is room for the merged file beside those that it is made of.
fn fits(root: &Path, group: &[SegmentName], policy: &Policy) -> bool {
    let bytes = bytes(root, group);
    is_small(bytes, policy) && usage::sealed(root) + bytes + SLACK_BYTES <= policy.sealed_bytes()
}

fn bytes(root: &Path, group: &[SegmentName]) -> u64 {
    group.iter().map(|name| usage::file(&name.path(root))).sum()
}

fn is_small(bytes: u64, policy: &Policy) -> bool {
    policy.max_bytes.is_none_or(|max| bytes <= max / LARGEST_SHARE)
}

fn merge_group(
    folder: &Folder,
    group: &[SegmentName],
    policy: &Policy,
    sums: &mut Sums,
) -> Result<usize, Error> {
    let root = folder.root();
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
    let known = table.schema();
    let mut sources = Vec::new();
    for source in group {
        let reader = Reader::open(&source.path(root))?;
        // Columns that this program does not know would be lost.
        if reader.schema().fields().iter().any(|field| known.field_with_name(field.name()).is_err()) {
            return Ok(0);
        }
        sources.push(reader);
    }
    let mut writer = Writer::new(folder, table, &name, policy.compression)?;
    for run in runs(table, &sources) {
        write_run(&mut writer, table, &run)?;
    }
    sources.iter().for_each(Reader::forget);
    if let Some(sum) = writer.publish()? {
        sums.note(&name, sum);
    }
    sums.write(folder)?;
    Ok(group.len())
}

/// The row groups that become one: each a source and the number of a row group in it.
fn runs<'a>(table: &Table, sources: &'a [Reader]) -> Vec<Vec<(&'a Reader, usize)>> {
    let mut runs: Vec<Vec<(&Reader, usize)>> = Vec::new();
    let limit = if table.tier.is_some() { TIER_GROUP_ROWS } else { GROUP_ROWS };
    let apart = table.order == Order::Entity && table.tier.is_none();
    let mut rows = usize::MAX;
    for source in sources {
        for group in 0..source.row_groups() {
            let more = source.group_rows(group);
            rows = rows.saturating_add(more);
            if apart || rows > limit {
                runs.push(Vec::new());
                rows = more;
            }
            if let Some(run) = runs.last_mut() {
                run.push((source, group));
            }
        }
    }
    runs
}

fn write_run(writer: &mut Writer, table: &Table, run: &[(&Reader, usize)]) -> Result<(), Error> {
    if let [(source, group)] = run
        && source.has_columns_of(table)
    {
        return writer.splice(source, *group);
    }
    writer.row_group(|column| {
        let mut runs = Runs::new(column.datatype);
        run.iter().try_for_each(|(source, group)| source.column(*group, column.name, &mut runs))?;
        Ok(runs)
    })
}
