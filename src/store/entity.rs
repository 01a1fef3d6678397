//! Entities as small numbers: which row is about whom, by the table's key columns.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::row::{OwnedRow, Row, RowConverter, SortField};

use super::Error;
use crate::schema::{Kind, Table};

/// The entity whose keys are NULL: all those that a tier does not keep.
pub const REST: u32 = 0;

/// The entities met so far, in the order in which they were.
pub struct Entities {
    keys: Vec<&'static str>,
    converter: RowConverter,
    numbers: HashMap<Box<[u8]>, u32>,
    rows: Vec<OwnedRow>,
}

impl Entities {
    /// Nobody yet, but for [`REST`].
    pub fn new(raw: &'static Table) -> Result<Self, Error> {
        let keys: Vec<_> = raw.columns.iter().filter(|c| c.kind == Kind::Key).collect();
        let fields = keys.iter().map(|c| SortField::new(c.datatype.arrow())).collect();
        let converter = RowConverter::new(fields).map_err(|e| failed(raw.name, &e))?;
        let mut entities = Entities {
            keys: keys.iter().map(|c| c.name).collect(),
            converter,
            numbers: HashMap::new(),
            rows: Vec::new(),
        };
        if raw.top.is_some() {
            let nobody: Vec<ArrayRef> = keys.iter().map(|c| new_null_array(&c.datatype.arrow(), 1)).collect();
            let rows = entities.converter.convert_columns(&nobody).map_err(|e| failed(raw.name, &e))?;
            entities.number(rows.row(0));
        }
        Ok(entities)
    }

    /// The key columns.
    pub fn keys(&self) -> &[&'static str] {
        &self.keys
    }

    /// Whom each row is about. A table without keys is about one.
    pub fn of(&mut self, batch: &RecordBatch) -> Result<Vec<u32>, Error> {
        let columns = self.keys.iter().filter_map(|key| batch.column_by_name(key)).cloned();
        let columns: Vec<ArrayRef> = columns.collect();
        self.of_keys(&columns, batch.num_rows())
    }

    /// The same of so many rows, of which these are the key columns.
    pub fn of_keys(&mut self, columns: &[ArrayRef], count: usize) -> Result<Vec<u32>, Error> {
        if self.keys.is_empty() {
            return Ok(vec![0; count]);
        }
        let rows = self.converter.convert_columns(columns).map_err(|e| failed("keys", &e))?;
        let mut numbers: Vec<u32> = Vec::with_capacity(count);
        for (index, row) in rows.iter().enumerate() {
            // Rows of one entity mostly stand together.
            let same = index > 0 && rows.row(index - 1) == row;
            let number = if same { numbers[index - 1] } else { self.number(row) };
            numbers.push(number);
        }
        Ok(numbers)
    }

    fn number(&mut self, row: Row<'_>) -> u32 {
        if let Some(number) = self.numbers.get(row.as_ref()) {
            return *number;
        }
        let number = u32::try_from(self.rows.len()).expect("rows are fewer than entities can be numbered");
        self.rows.push(row.owned());
        self.numbers.insert(row.as_ref().into(), number);
        number
    }

    /// The key columns of these entities.
    pub fn columns(&self, numbers: impl Iterator<Item = u32>) -> Result<Vec<ArrayRef>, Error> {
        if self.keys.is_empty() {
            return Ok(vec![]);
        }
        let rows = numbers.map(|number| self.rows[number as usize].row());
        self.converter.convert_rows(rows).map_err(|e| failed("keys", &e))
    }

    /// What orders entities as their keys do.
    pub fn order(&self, number: u32) -> Option<Row<'_>> {
        self.rows.get(number as usize).map(OwnedRow::row)
    }
}

fn failed(what: &str, error: &arrow::error::ArrowError) -> Error {
    Error::damaged(Path::new(what), error.to_string())
}
