//! Rows of a row group that lie together: those of one entity in one minute.

use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};

use super::super::Error;
use super::super::entity::Entities;
use super::source::Group;
use crate::schema::{Micros, Table, Tier};

/// Rows of one entity and minute.
#[derive(Clone, Debug)]
pub struct Span {
    pub rows: Range<usize>,
    pub entity: u32,
    /// The end of the minute.
    pub end: i64,
}

/// The wanted rows of a group.
pub fn of(group: &Group<'_>, table: &'static Table, entities: &mut Entities) -> Result<Vec<Span>, Error> {
    let keys: Vec<&'static str> = entities.keys().to_vec();
    let columns = keys.iter().map(|key| group.column(key)).collect::<Result<Vec<_>, _>>()?;
    // Where some key becomes another.
    let mut begins: Vec<usize> = vec![0];
    for runs in &columns {
        begins.extend(runs.iter().scan(0, |row, (rows, _)| {
            *row += rows;
            Some(*row)
        }));
    }
    let count = group.stamps.len();
    begins.sort_unstable();
    begins.dedup();
    begins.retain(|row| *row < count);
    let picked: Vec<Range<usize>> = begins.iter().map(|row| *row..row + 1).collect();
    let field = |key: &&str| table.column(key).map(|c| Field::new(c.name, c.datatype.arrow(), true));
    let schema = Schema::new(keys.iter().filter_map(field).collect::<Vec<_>>());
    let numbers = if columns.is_empty() {
        vec![0; begins.len()]
    } else {
        let arrays = columns.iter().map(|runs| runs.pick(&picked)).collect();
        let batch = RecordBatch::try_new(schema.into(), arrays);
        entities.of(&batch.map_err(|e| Error::damaged(table.name.as_ref(), e.to_string()))?)?
    };
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    for rows in &group.wanted {
        // Which entity the row at hand is about, and the first row behind it that may be about another.
        let mut edge = 0;
        for row in rows.clone() {
            if row >= edge {
                while begins.get(at + 1).is_some_and(|begin| *begin <= row) {
                    at += 1;
                }
                edge = begins.get(at + 1).copied().unwrap_or(count);
            }
            let (entity, ts) = (numbers[at], group.stamps[row].0);
            match spans.last_mut() {
                Some(span) if span.rows.end == row && span.entity == entity && is_in(span.end, ts) => {
                    span.rows.end += 1;
                }
                _ => spans.push(Span { rows: row..row + 1, entity, end: Tier::Minute.end(Micros(ts)).0 }),
            }
        }
    }
    Ok(spans)
}

/// Whether an instant lies in the minute that ends then.
fn is_in(end: i64, ts: i64) -> bool {
    ts <= end && end - Tier::Minute.length_us() < ts
}
