//! Rows that go round: one of each of a few groups, and then again, as tables by time have a row of each device in
//! each tick. Put side by side they are runs.
//!
//! Only batches are taken that go round from their first row to their last, with no group twice in a round. So rows of
//! one group stay in their order, and what the batch is ordered by is, as far as keys tell it, the same of all its rows.

use std::collections::HashSet;

use datafusion::arrow::array::{ArrayRef, Scalar, UInt32Array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::kernels::cmp::distinct;
use datafusion::arrow::compute::take;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::Result;

use super::bounds::{Bounds, changes};

/// A round comes at least so often in a batch: fewer save less than it costs to put them side by side.
const LEAST_TIMES: usize = 16;

/// A batch that goes round.
pub(super) struct Rounds {
    /// Its rows, those of one group after the other.
    side_by_side: UInt32Array,
    pub(super) bounds: Bounds,
}

impl Rounds {
    /// Whether rows with these keys go round, and how they lie then.
    pub(super) fn of(keys: &[ArrayRef], rows: usize) -> Result<Option<Self>> {
        let most = rows / LEAST_TIMES;
        if most < 2 {
            return Ok(None);
        }
        let others = keys.iter().map(|key| {
            let first: Scalar<ArrayRef> = Scalar::new(key.slice(0, 1));
            Ok(distinct(&key.slice(1, most), &first)?.values().clone())
        });
        let others = others.collect::<Result<Vec<BooleanBuffer>>>()?;
        let Some(others) = others.into_iter().reduce(|one, other| &one | &other) else { return Ok(None) };
        // The first row's group has come round where it comes again.
        let Some(length) = (!&others).set_indices().next().map(|before| before + 1) else { return Ok(None) };
        let goes_round = changes(keys, rows, length)?.count_set_bits() == 0;
        Ok((goes_round && differ(keys, length)?).then(|| Self::with(rows, length)))
    }

    fn with(rows: usize, length: usize) -> Self {
        let mut order = Vec::with_capacity(rows);
        let mut starts = Vec::with_capacity(length);
        for first in 0..length {
            starts.push(order.len() as u32);
            order.extend((first..rows).step_by(length).map(|row| row as u32));
        }
        Self { side_by_side: UInt32Array::from(order), bounds: Bounds::starting(starts, rows) }
    }

    /// Those columns, rows of one group after the other.
    pub(super) fn side_by_side(&self, columns: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
        columns.iter().map(|column| Ok(take(column, &self.side_by_side, None)?)).collect()
    }
}

/// Whether no two of the first rows have the same keys.
fn differ(keys: &[ArrayRef], rows: usize) -> Result<bool> {
    let fields = keys.iter().map(|key| SortField::new(key.data_type().clone())).collect();
    let first: Vec<ArrayRef> = keys.iter().map(|key| key.slice(0, rows)).collect();
    let first = RowConverter::new(fields)?.convert_columns(&first)?;
    Ok(first.iter().collect::<HashSet<_>>().len() == rows)
}
