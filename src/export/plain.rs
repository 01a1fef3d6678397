//! Makes a batch fit for Arrow's text writers: every instant in UTC, written with a `Z`.
//!
//! Arrow without a zone database reads no zone but offsets, and SQL hands out instants without a
//! zone that are meant in UTC. Only the types change here, never a number.

use std::sync::Arc;

use arrow::array::{Array, ArrayData, ArrayRef, RecordBatch, RecordBatchOptions, StringArray, make_array};
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::Error;

/// The batch with all instants, also those inside lists and structs, in UTC by offset.
pub(super) fn in_utc(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let columns = batch.columns().iter().map(|column| column_in_utc(column));
    rebuilt(batch, columns.collect::<Result<_, _>>()?)
}

/// The batch with lists, structs and maps as text.
pub(super) fn flat(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let text = |column: &ArrayRef| -> Result<ArrayRef, Error> {
        if !column.data_type().is_nested() {
            return Ok(column.clone());
        }
        let options = FormatOptions::default().with_null("NULL");
        let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
        let cell = |row| match column.is_null(row) {
            true => Ok(None),
            false => formatter.value(row).try_to_string().map(Some),
        };
        let cells = (0..column.len()).map(cell).collect::<Result<StringArray, _>>()?;
        Ok(Arc::new(cells))
    };
    rebuilt(batch, batch.columns().iter().map(text).collect::<Result<_, _>>()?)
}

/// One column with all instants in UTC by offset.
pub(super) fn column_in_utc(column: &ArrayRef) -> Result<ArrayRef, Error> {
    match utc(column.data_type()) == *column.data_type() {
        true => Ok(column.clone()),
        false => Ok(make_array(retyped(column.to_data())?)),
    }
}

fn rebuilt(batch: &RecordBatch, columns: Vec<ArrayRef>) -> Result<RecordBatch, Error> {
    let schema = batch.schema();
    let field =
        |(field, column): (&FieldRef, &ArrayRef)| Field::new(field.name(), column.data_type().clone(), true);
    let fields: Vec<Field> = schema.fields().iter().zip(&columns).map(field).collect();
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows)?)
}

fn retyped(data: ArrayData) -> Result<ArrayData, Error> {
    let datatype = utc(data.data_type());
    if datatype == *data.data_type() {
        return Ok(data);
    }
    let children = data.child_data().iter().cloned().map(retyped).collect::<Result<_, _>>()?;
    Ok(data.into_builder().data_type(datatype).child_data(children).build()?)
}

/// The type with every instant in UTC by offset.
fn utc(datatype: &DataType) -> DataType {
    let field = |field: &FieldRef| -> FieldRef {
        Arc::new(field.as_ref().clone().with_data_type(utc(field.data_type())))
    };
    match datatype {
        DataType::Timestamp(unit, _) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::List(item) => DataType::List(field(item)),
        DataType::LargeList(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(field(item), *length),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::Dictionary(key, value) => DataType::Dictionary(key.clone(), Box::new(utc(value))),
        other => other.clone(),
    }
}
