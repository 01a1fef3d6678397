//! Rows of one table, as panels read them: a cell by its row and its column's name.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::util::display::array_value_to_string;

use crate::time::Micros;

/// Some rows. What is NULL, and a column that is not there, is `None`.
#[derive(Clone, Debug)]
pub struct Sheet(RecordBatch);

impl Sheet {
    /// Those of a batch.
    pub fn new(batch: RecordBatch) -> Self {
        Sheet(batch)
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.0.num_rows()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns' names, in their order.
    pub fn columns(&self) -> Vec<String> {
        self.0.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Whether the column holds numbers.
    pub fn is_number(&self, name: &str) -> bool {
        self.0.column_by_name(name).is_some_and(|column| column.data_type().is_numeric())
    }

    /// A number, whatever its type; a truth as 0 or 1.
    pub fn number(&self, row: usize, name: &str) -> Option<f64> {
        let column = self.cell(row, name)?;
        match column.data_type() {
            DataType::Float64 => Some(column.as_primitive::<Float64Type>().value(row)),
            DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row) as f64),
            DataType::Boolean => Some(f64::from(u8::from(column.as_boolean().value(row)))),
            DataType::Timestamp(..) => self.time(row, name).map(|at| at.0 as f64),
            other if other.is_numeric() => array_value_to_string(column, row).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// A text; of anything else what it reads as.
    pub fn text(&self, row: usize, name: &str) -> Option<String> {
        let column = self.cell(row, name)?;
        match column.data_type() {
            DataType::Utf8 => Some(column.as_string::<i32>().value(row).to_string()),
            DataType::Dictionary(..) => match column.as_dictionary_opt::<Int32Type>() {
                Some(words) => {
                    let word = usize::try_from(words.keys().value(row)).ok()?;
                    let values = words.values().as_string_opt::<i32>()?;
                    values.is_valid(word).then(|| values.value(word).to_string())
                }
                None => array_value_to_string(column, row).ok(),
            },
            _ => array_value_to_string(column, row).ok(),
        }
    }

    /// A truth.
    pub fn is(&self, row: usize, name: &str) -> bool {
        self.number(row, name) == Some(1.0)
    }

    /// An instant.
    pub fn time(&self, row: usize, name: &str) -> Option<Micros> {
        let column = self.cell(row, name)?;
        let DataType::Timestamp(unit, _) = column.data_type() else { return None };
        // Recorded ones are in microseconds; what functions of SQL make of them may be in another unit.
        Some(Micros(match unit {
            TimeUnit::Second => {
                column.as_primitive::<TimestampSecondType>().value(row).checked_mul(1_000_000)?
            }
            TimeUnit::Millisecond => {
                column.as_primitive::<TimestampMillisecondType>().value(row).checked_mul(1_000)?
            }
            TimeUnit::Microsecond => column.as_primitive::<TimestampMicrosecondType>().value(row),
            TimeUnit::Nanosecond => {
                column.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000)
            }
        }))
    }

    /// The first row that has this text there.
    pub fn find(&self, name: &str, text: &str) -> Option<usize> {
        (0..self.len()).find(|row| self.text(*row, name).as_deref() == Some(text))
    }

    fn cell(&self, row: usize, name: &str) -> Option<&ArrayRef> {
        self.0.column_by_name(name).filter(|column| row < column.len() && column.is_valid(row))
    }
}
