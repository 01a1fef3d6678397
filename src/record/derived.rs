//! Derived columns without a query engine, for what is shown as it is taken.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, TimestampMicrosecondType};

use crate::schema::{Expr, Table, parse_expr};

/// The batch with the table's derived columns behind the stored ones.
pub fn extend(table: &Table, batch: &RecordBatch) -> RecordBatch {
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    for derived in table.derived {
        let expr = parse_expr(derived.expr).expect("the build has parsed every expression");
        fields.push(Arc::new(Field::new(derived.name, DataType::Float64, true)));
        columns.push(Arc::new(evaluate(&expr, batch)));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("each column has a value a row")
}

fn evaluate(expr: &Expr, batch: &RecordBatch) -> Float64Array {
    let rows = 0..batch.num_rows();
    rows.map(|row| expr.evaluate(&|name| number(batch.column_by_name(name)?, row))).collect()
}

fn number(column: &ArrayRef, row: usize) -> Option<f64> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row) as f64),
        DataType::Float64 => Some(column.as_primitive::<Float64Type>().value(row)),
        DataType::Timestamp(..) => Some(column.as_primitive::<TimestampMicrosecondType>().value(row) as f64),
        DataType::Boolean => Some(f64::from(u8::from(column.as_boolean().value(row)))),
        _ => None,
    }
}
