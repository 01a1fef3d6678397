//! Columns of a table out of a part's frames, a few at a time, so that sealing a part takes the same
//! memory however many columns and processes there are.

use arrow::array::{
    ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int64Builder, StringDictionaryBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType};
use std::sync::Arc;

use super::journal::{Content, Frame, Part};

/// The values of some columns in all frames, in their order. Strings come as dictionaries: they
/// repeat from tick to tick. A column that the part does not have is `None`.
pub fn gather(part: &Part, frames: &[Frame<'_>], table: &str, columns: &[&str]) -> Vec<Option<ArrayRef>> {
    let Some(mut reader) = part.table(table) else { return columns.iter().map(|_| None).collect() };
    let places: Vec<Option<usize>> = columns.iter().map(|name| reader.schema().index_of(name).ok()).collect();
    let mut wanted: Vec<usize> = places.iter().flatten().copied().collect();
    wanted.sort_unstable();
    let mut gathered: Vec<Gathered> = wanted.iter().map(|at| Gathered::new(reader.schema(), *at)).collect();
    for frame in frames {
        reader.enter(frame);
        if let Some(rows) = reader.columns(frame, Content::Interval, &wanted) {
            gathered.iter_mut().zip(rows.columns()).for_each(|(into, values)| into.append(values));
        }
    }
    let finished: Vec<ArrayRef> = gathered.into_iter().map(Gathered::finish).collect();
    let find = |place: &Option<usize>| {
        let at = wanted.iter().position(|own| Some(*own) == *place)?;
        Some(finished[at].clone())
    };
    places.iter().map(find).collect()
}

/// One column being put together.
enum Gathered {
    Int64(Int64Builder),
    Float64(Float64Builder),
    Boolean(BooleanBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Text(StringDictionaryBuilder<Int32Type>),
}

impl Gathered {
    fn new(schema: &SchemaRef, at: usize) -> Self {
        match schema.field(at).data_type() {
            DataType::Int64 => Gathered::Int64(Int64Builder::new()),
            DataType::Float64 => Gathered::Float64(Float64Builder::new()),
            DataType::Boolean => Gathered::Boolean(BooleanBuilder::new()),
            DataType::Timestamp(..) => Gathered::Timestamp(TimestampMicrosecondBuilder::new()),
            _ => Gathered::Text(StringDictionaryBuilder::new()),
        }
    }

    fn append(&mut self, values: &ArrayRef) {
        match self {
            Gathered::Int64(into) => into.append_array(values.as_primitive::<Int64Type>()),
            Gathered::Float64(into) => into.append_array(values.as_primitive::<Float64Type>()),
            Gathered::Boolean(into) => into.append_array(values.as_boolean()),
            Gathered::Timestamp(into) => {
                let values = values.as_primitive::<TimestampMicrosecondType>();
                values.iter().for_each(|value| into.append_option(value));
            }
            Gathered::Text(into) => {
                values.as_string::<i32>().iter().for_each(|value| into.append_option(value))
            }
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Gathered::Int64(mut values) => Arc::new(values.finish()),
            Gathered::Float64(mut values) => Arc::new(values.finish()),
            Gathered::Boolean(mut values) => Arc::new(values.finish()),
            Gathered::Timestamp(mut values) => Arc::new(values.finish().with_timezone("UTC")),
            Gathered::Text(mut values) => Arc::new(values.finish()),
        }
    }
}
