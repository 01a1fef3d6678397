//! What a footer tells the planner: how many rows, and from when to when.
//!
//! Only what is exact is told; of other columns nothing, since reading the rest of a footer costs
//! more than knowing it saves.

use datafusion::common::ScalarValue;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Statistics};
use datafusion::parquet::file::metadata::ParquetMetaData;

use super::row_groups;
use crate::schema::Table;

/// The statistics of a segment, in the order of the table's stored columns.
pub(super) fn statistics(footer: &ParquetMetaData, table: &Table) -> Statistics {
    let schema = table.schema();
    let mut known = Statistics::new_unknown(&schema);
    let rows = footer.file_metadata().num_rows();
    known.num_rows = usize::try_from(rows).map_or(Precision::Absent, Precision::Exact);
    let bytes: i64 = footer.row_groups().iter().map(|group| group.total_byte_size()).sum();
    known.total_byte_size = usize::try_from(bytes).map_or(Precision::Absent, Precision::Inexact);
    if let (Ok(index), Some((first, last))) = (schema.index_of("ts"), extent(footer)) {
        let at =
            |micros| Precision::Exact(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())));
        known.column_statistics[index] = ColumnStatistics {
            min_value: at(first),
            max_value: at(last),
            null_count: Precision::Exact(0),
            ..ColumnStatistics::new_unknown()
        };
    }
    known
}

/// The least and the greatest `ts`; `None` where a row group does not tell.
fn extent(footer: &ParquetMetaData) -> Option<(i64, i64)> {
    let columns = footer.file_metadata().schema_descr().columns();
    let ts = columns.iter().position(|column| column.name() == "ts")?;
    let each = footer.row_groups().iter().map(|group| row_groups::extent(group, ts));
    let widest = |(a, b): (i64, i64), (c, d): (i64, i64)| (a.min(c), b.max(d));
    each.reduce(|all, one| Some(widest(all?, one?))).flatten()
}
