//! The row groups of a segment that can hold rows of a range.
//!
//! A merged day has 144 of processes, each with sixty columns: a question about a second of them would clone their
//! statistics and parse all their page indexes, which takes longer than to decode the one row group it is about.

use std::sync::Arc;

use datafusion::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use datafusion::parquet::file::statistics::Statistics;

use crate::schema::Micros;
use crate::time::Range;

/// The footer without row groups that have no row in the range; the same one where all may have some.
pub(super) fn within(footer: &Arc<ParquetMetaData>, range: &Range) -> Arc<ParquetMetaData> {
    let columns = footer.file_metadata().schema_descr().columns();
    let Some(ts) = columns.iter().position(|column| column.name() == "ts") else { return footer.clone() };
    let touches = |group: &&RowGroupMetaData| {
        extent(group, ts).is_none_or(|(first, last)| range.touches(Micros(first), Micros(last)))
    };
    let kept = footer.row_groups().iter().filter(touches);
    if kept.clone().count() == footer.num_row_groups() {
        return footer.clone();
    }
    let kept = kept.cloned().collect();
    Arc::new(ParquetMetaData::new(footer.file_metadata().clone(), kept))
}

/// The least and the greatest instant in a row group, whose column `ts` is; `None` where it does not tell.
pub(super) fn extent(group: &RowGroupMetaData, ts: usize) -> Option<(i64, i64)> {
    match group.column(ts).statistics()? {
        Statistics::Int64(values) if values.null_count_opt() == Some(0) => {
            Some((*values.min_opt()?, *values.max_opt()?))
        }
        _ => None,
    }
}
