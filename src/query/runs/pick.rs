//! The first row of a run in some order, or the last.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use datafusion::arrow::compute::{LexicographicalComparator, SortColumn, SortOptions, take};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::Result;

use super::bounds::Bounds;

/// Which row it is. Of those that are equal it is the first, as it is for the aggregate.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    options: Arc<[SortOptions]>,
    is_last: bool,
}

impl Pick {
    pub(super) fn new(options: Vec<SortOptions>, is_last: bool) -> Self {
        Self { options: options.into(), is_last }
    }

    pub(super) fn name(&self) -> &'static str {
        if self.is_last { "last_value" } else { "first_value" }
    }

    /// Of a value and what it is ordered by, those of one row a run; and that there is one.
    pub(super) fn of(&self, columns: &[ArrayRef], bounds: &Bounds) -> Result<Vec<ArrayRef>> {
        let rows = self.rows(&columns[1..], bounds)?;
        let columns = columns.iter().map(|column| Ok(take(column, &rows, None)?));
        let mut picked = columns.collect::<Result<Vec<_>>>()?;
        picked.push(Arc::new(BooleanArray::from(vec![true; bounds.len()])));
        Ok(picked)
    }

    fn rows(&self, by: &[ArrayRef], bounds: &Bounds) -> Result<UInt32Array> {
        if let ([by], [options]) = (by, &*self.options)
            && let Some(by) = whole_numbers(by)
        {
            let wants_more = self.is_last != options.descending;
            return Ok(match wants_more {
                true => picked(bounds, |kept, next| by[next] > by[kept]),
                false => picked(bounds, |kept, next| by[next] < by[kept]),
            });
        }
        let columns = by.iter().zip(&*self.options);
        let columns: Vec<SortColumn> = columns
            .map(|(values, options)| SortColumn { values: values.clone(), options: Some(*options) })
            .collect();
        let order = LexicographicalComparator::try_new(&columns)?;
        Ok(match self.is_last {
            true => picked(bounds, |kept, next| order.compare(kept, next).is_lt()),
            false => picked(bounds, |kept, next| order.compare(kept, next).is_gt()),
        })
    }
}

/// Numbers of 64 bits, all of them known.
fn whole_numbers(by: &ArrayRef) -> Option<&[i64]> {
    if by.null_count() > 0 {
        return None;
    }
    match by.data_type() {
        DataType::Int64 => Some(by.as_primitive::<Int64Type>().values()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Some(by.as_primitive::<TimestampMicrosecondType>().values())
        }
        _ => None,
    }
}

fn picked(bounds: &Bounds, is_further: impl Fn(usize, usize) -> bool) -> UInt32Array {
    let pick = |rows: std::ops::Range<usize>| {
        let first = rows.start;
        rows.fold(first, |kept, next| if is_further(kept, next) { next } else { kept }) as u32
    };
    UInt32Array::from_iter_values(bounds.ranges().map(pick))
}
