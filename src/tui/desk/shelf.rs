//! Decoded stretches of time, a few at hand: a sample in one of them costs no question.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, concat, sort_to_indices, take};
use arrow::datatypes::{DataType, Field, Schema, TimestampMicrosecondType};
use arrow::error::ArrowError;

use super::super::sheet::Sheet;
use crate::time::Micros;

/// All stretches together take so much at most.
const MOST_BYTES: usize = 32 << 20;

/// Which stretch: of which question, how long, and when it begins.
pub type Place = (&'static str, i64, i64);

/// Some samples, each of whose rows lie together.
struct Piece {
    rows: RecordBatch,
    /// When, from which row on, how many.
    samples: Vec<(i64, usize, usize)>,
}

/// One stretch.
struct Stretch {
    pieces: Vec<Piece>,
    /// Up to when all is in it that was recorded.
    upto: i64,
    used: u64,
}

/// The stretches at hand.
#[derive(Default)]
pub struct Shelf {
    /// Whose rows they are.
    pub host: String,
    stretches: HashMap<Place, Stretch>,
    uses: u64,
}

impl Shelf {
    /// An empty one for a host.
    pub fn of(host: String) -> Self {
        Shelf { host, ..Shelf::default() }
    }

    /// Up to when the stretch is known; `None` where it is not at all.
    pub fn known_to(&self, place: Place) -> Option<Micros> {
        self.stretches.get(&place).map(|stretch| Micros(stretch.upto))
    }

    /// Adds what was recorded behind what is known; what was used longest ago gives way.
    pub fn add(&mut self, place: Place, upto: Micros, rows: &[RecordBatch]) -> Result<(), ArrowError> {
        let piece = piece(rows)?;
        self.uses += 1;
        let used = self.uses;
        let stretch =
            self.stretches.entry(place).or_insert(Stretch { pieces: Vec::new(), upto: i64::MIN, used });
        stretch.pieces.extend(piece);
        (stretch.upto, stretch.used) = (stretch.upto.max(upto.0), used);
        while self.stretches.len() > 1 && self.bytes() > MOST_BYTES {
            let oldest =
                self.stretches.iter().min_by_key(|(_, stretch)| stretch.used).map(|(place, _)| *place);
            oldest.and_then(|place| self.stretches.remove(&place));
        }
        Ok(())
    }

    /// The instants of a stretch, in their order.
    pub fn samples(&mut self, place: Place) -> Vec<i64> {
        let Some(stretch) = self.stretches.get(&place) else { return Vec::new() };
        let mut all: Vec<i64> =
            stretch.pieces.iter().flat_map(|piece| piece.samples.iter().map(|sample| sample.0)).collect();
        all.sort_unstable();
        all
    }

    /// The rows of the sample at `ts`; with `before` the last ones not later. `None` where there are none.
    pub fn sheet(&mut self, place: Place, ts: Micros, before: bool) -> Option<Sheet> {
        self.uses += 1;
        let stretch = self.stretches.get_mut(&place)?;
        stretch.used = self.uses;
        let fits = |sample: &&(i64, usize, usize)| if before { sample.0 <= ts.0 } else { sample.0 == ts.0 };
        let in_piece = |piece: &Piece| {
            let sample = *piece.samples.iter().rev().find(fits)?;
            Some((sample.0, Sheet::new(piece.rows.slice(sample.1, sample.2))))
        };
        let found = stretch.pieces.iter().filter_map(in_piece).max_by_key(|(ts, _)| *ts);
        found.map(|(_, sheet)| sheet)
    }

    fn bytes(&self) -> usize {
        let pieces = self.stretches.values().flat_map(|stretch| &stretch.pieces);
        pieces.map(|piece| piece.rows.get_array_memory_size()).sum()
    }
}

/// The rows in order of time, a column after the other, so that never all of them are there twice; texts each once,
/// since most rows say what the one before said.
fn piece(rows: &[RecordBatch]) -> Result<Option<Piece>, ArrowError> {
    let Some(first) = rows.iter().find(|batch| batch.num_rows() > 0) else { return Ok(None) };
    let Ok(ts) = first.schema_ref().index_of("ts") else { return Ok(None) };
    let whole = |column: usize| {
        let parts: Vec<&dyn Array> = rows.iter().map(|batch| batch.column(column).as_ref()).collect();
        concat(&parts)
    };
    let times = whole(ts)?;
    let order = sort_to_indices(&times, None, None)?;
    let sorted = |column: usize| match whole(column)? {
        texts if *texts.data_type() == DataType::Utf8 => take(&cast(&texts, &once())?, &order, None),
        values => take(&values, &order, None),
    };
    let columns = (0..first.num_columns()).map(sorted).collect::<Result<Vec<_>, _>>()?;
    let field = |(field, column): (&Arc<Field>, &ArrayRef)| {
        field.as_ref().clone().with_data_type(column.data_type().clone())
    };
    let fields: Vec<Field> = first.schema_ref().fields().iter().zip(&columns).map(field).collect();
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let Some(times) = rows.column(ts).as_primitive_opt::<TimestampMicrosecondType>() else { return Ok(None) };
    let mut samples: Vec<(i64, usize, usize)> = Vec::new();
    for (row, ts) in times.values().iter().enumerate() {
        match samples.last_mut() {
            Some((last, _, many)) if last == ts => *many += 1,
            _ => samples.push((*ts, row, 1)),
        }
    }
    Ok(Some(Piece { rows, samples }))
}

/// Texts by their number.
fn once() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}
