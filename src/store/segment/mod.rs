//! A segment: rows of one table as a Parquet file that any tool opens and that knows itself.

mod reader;
mod rising;
mod writer;

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::{SortColumn, lexsort_to_indices};
use arrow::datatypes::{Field, SchemaRef};
use arrow::error::ArrowError;
use parquet::errors::ParquetError;

pub use self::reader::Reader;
pub use self::rising::rises;
pub use self::writer::Writer;

use super::Error;
use crate::schema::{Kind, Order, Table};

/// What Parquet says went wrong: a disk that failed is not a damaged file.
fn failed(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(source) => Error::Io { path: path.into(), source: *source },
            Err(other) => Error::damaged(path, other.to_string()),
        },
        other => Error::damaged(path, other.to_string()),
    }
}

/// The order in which rows lie in the table's segments, as positions in `columns`: those of
/// [`sort_keys`]. `None` where they lie as they arrive, by time.
pub fn order(table: &Table, columns: &[ArrayRef]) -> Result<Option<UInt32Array>, ArrowError> {
    if table.order == Order::Time {
        return Ok(None);
    }
    let columns: Vec<SortColumn> =
        columns.iter().map(|values| SortColumn { values: values.clone(), options: None }).collect();
    lexsort_to_indices(&columns, None).map(Some)
}

/// What the table's rows are sorted by within a row group.
pub fn sort_keys(table: &Table) -> Vec<&'static str> {
    if table.order == Order::Time {
        return vec!["ts"];
    }
    table.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name).chain(["ts"]).collect()
}

/// The batch with the columns of `schema`: by name, NULL where it has none of that name.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |field: &Arc<Field>| -> ArrayRef {
        let found = batch.column_by_name(field.name()).filter(|c| c.data_type() == field.data_type());
        found.cloned().unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
    };
    RecordBatch::try_new(schema.clone(), schema.fields().iter().map(column).collect())
}
