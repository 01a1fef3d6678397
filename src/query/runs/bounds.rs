//! Where runs begin: at each row of which a key is not that of the row before.

use std::collections::BTreeSet;
use std::ops::Range;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use datafusion::arrow::compute::kernels::cmp::distinct;
use datafusion::common::Result;

/// Texts of up to so many bytes lie in the view itself, the rest of which is zero.
const INLINE_BYTES: u32 = 12;
/// As many rows as a word has bits.
const BLOCK: usize = 64;

/// The runs of one batch.
pub(in crate::query) struct Bounds {
    pub(in crate::query) starts: Vec<u32>,
    rows: u32,
}

impl Bounds {
    /// The runs of at least one row.
    pub(in crate::query) fn of(keys: &[ArrayRef], rows: usize) -> Result<Self> {
        let mut starts = vec![0];
        starts.extend(changes(keys, rows, 1)?.set_indices_u32().map(|row| row + 1));
        Ok(Self::starting(starts, rows))
    }

    /// The runs that begin at these rows, the first of which is 0.
    pub(super) fn starting(starts: Vec<u32>, rows: usize) -> Self {
        Self { starts, rows: rows as u32 }
    }

    /// Each row a run.
    pub(super) fn of_rows(rows: usize) -> Self {
        Self::starting((0..rows as u32).collect(), rows)
    }

    pub(in crate::query) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let ends = self.starts.iter().skip(1).copied().chain([self.rows]);
        self.starts.iter().zip(ends).map(|(start, end)| *start as usize..end as usize)
    }

    /// The same, but of the runs that are named each row by itself.
    pub(super) fn split(&self, runs: &BTreeSet<usize>) -> Self {
        let mut starts = Vec::with_capacity(self.starts.len());
        for (run, rows) in self.ranges().enumerate() {
            match runs.contains(&run) {
                true => starts.extend(rows.start as u32..rows.end as u32),
                false => starts.push(rows.start as u32),
            }
        }
        Self { starts, rows: self.rows }
    }
}

/// Whether each row has a key that the one so many rows on has not; of the last ones nothing.
pub(super) fn changes(keys: &[ArrayRef], rows: usize, by: usize) -> Result<BooleanBuffer> {
    let changed = keys.iter().map(|key| match key.as_string_view_opt() {
        Some(texts) => Ok(changes_of_texts(texts, by)),
        None => {
            let (before, after) = (key.slice(0, rows - by), key.slice(by, rows - by));
            Ok(distinct(&before, &after)?.values().clone())
        }
    });
    let changed = changed.collect::<Result<Vec<BooleanBuffer>>>()?;
    let changed = changed.into_iter().reduce(|one, other| &one | &other);
    Ok(changed.unwrap_or_else(|| BooleanBuffer::new_unset(rows - by)))
}

fn changes_of_texts(texts: &StringViewArray, by: usize) -> BooleanBuffer {
    let views = texts.views();
    let differ = |row: usize| {
        let (before, after) = (views[row], views[row + by]);
        // The lowest 32 bits are the length.
        let (length, other) = (before as u32, after as u32);
        before != after
            && (length != other || length <= INLINE_BYTES || texts.value(row) != texts.value(row + by))
    };
    let nulls = texts.nulls().filter(|nulls| nulls.null_count() > 0);
    let changed = |row: usize| match nulls.map(|nulls| (nulls.is_valid(row), nulls.is_valid(row + by))) {
        None | Some((true, true)) => differ(row),
        Some((before, after)) => before != after,
    };
    let changes = texts.len() - by;
    let words = (0..changes).step_by(BLOCK).map(|from| {
        let to = changes.min(from + BLOCK);
        let unknown = |nulls: &NullBuffer, from: usize| nulls.slice(from, to - from).null_count();
        // Most blocks are of one run: to be told so by the bytes costs a quarter of looking at each row.
        let stands = views[from..to] == views[from + by..to + by]
            && nulls.is_none_or(|nulls| {
                let unknown = [unknown(nulls, from), unknown(nulls, from + by)];
                unknown == [0, 0] || unknown == [to - from; 2]
            });
        if stands {
            return 0;
        }
        (from..to).fold(0, |word, row| word | u64::from(changed(row)) << (row - from))
    });
    BooleanBuffer::new(Buffer::from_iter(words), 0, changes)
}
