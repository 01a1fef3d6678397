//! Where runs begin: at each row of which a key is not that of the row before.

use std::collections::BTreeSet;
use std::ops::Range;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::buffer::{BooleanBuffer, Buffer};
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
        let changed = keys.iter().map(|key| match key.as_string_view_opt() {
            Some(texts) => Ok(changes(texts)),
            None => {
                let (before, after) = (key.slice(0, rows - 1), key.slice(1, rows - 1));
                Ok(distinct(&before, &after)?.values().clone())
            }
        });
        let changed = changed.collect::<Result<Vec<BooleanBuffer>>>()?;
        let changed = changed.into_iter().reduce(|one, other| &one | &other);
        let mut starts = vec![0];
        starts.extend(changed.iter().flat_map(BooleanBuffer::set_indices_u32).map(|row| row + 1));
        Ok(Self { starts, rows: rows as u32 })
    }

    /// Each row a run.
    pub(super) fn of_rows(rows: usize) -> Self {
        Self { starts: (0..rows as u32).collect(), rows: rows as u32 }
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

/// Whether each row but the first is another text than the one before it.
fn changes(texts: &StringViewArray) -> BooleanBuffer {
    let views = texts.views();
    let differ = |row: usize| {
        let (before, after) = (views[row], views[row + 1]);
        // The lowest 32 bits are the length.
        let (length, other) = (before as u32, after as u32);
        before != after
            && (length != other || length <= INLINE_BYTES || texts.value(row) != texts.value(row + 1))
    };
    let nulls = texts.nulls().filter(|nulls| nulls.null_count() > 0);
    let changed = |row: usize| match nulls.map(|nulls| (nulls.is_valid(row), nulls.is_valid(row + 1))) {
        None | Some((true, true)) => differ(row),
        Some((before, after)) => before != after,
    };
    let changes = texts.len() - 1;
    let words = (0..changes).step_by(BLOCK).map(|from| {
        let to = changes.min(from + BLOCK);
        // Most blocks are of one run: to be told so by the bytes costs a quarter of looking at each row.
        let stands = views[from..to] == views[from + 1..=to]
            && nulls.is_none_or(|nulls| {
                [0, to + 1 - from].contains(&nulls.slice(from, to + 1 - from).null_count())
            });
        if stands {
            return 0;
        }
        (from..to).fold(0, |word, row| word | u64::from(changed(row)) << (row - from))
    });
    BooleanBuffer::new(Buffer::from_iter(words), 0, changes)
}
