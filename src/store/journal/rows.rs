//! A table's unpacked rows: an Arrow IPC record batch, proved before anybody sees a byte of it.
//!
//! Arrow takes the lengths in a message for granted, and panics where they lie. All columns are
//! proved, also those that nobody asks for, so that a frame has its rows or has none: whichever
//! columns are read of it, they are equally long.

use std::collections::HashMap;
use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc;
use arrow::ipc::reader::read_record_batch;
use arrow::ipc::{Message, root_as_message};

/// Rows that are proved, and left where they lie: most of them are only compared.
pub struct Rows {
    raw: Buffer,
    count: usize,
    /// Of each column, by its place.
    lies: Vec<Lies>,
}

/// Where a column's buffers lie.
struct Lies {
    /// A bit a row that is known; `None` where all are.
    known: Option<Range<usize>>,
    /// Numbers of eight bytes, bits, or where texts begin and end, of four bytes each.
    values: Range<usize>,
    texts: Range<usize>,
}

/// The bytes of a column, as the Arrow columnar format has them.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// A bit a row that is known; `None` where all are.
    pub known: Option<&'a [u8]>,
    /// Numbers of eight bytes, bits, or where texts begin and end, of four bytes each.
    pub values: &'a [u8],
    /// The texts, one behind the other.
    pub texts: &'a [u8],
}

impl Rows {
    /// The rows in an encapsulated message (a marker, the metadata's length, the metadata, the body), of
    /// which there are to be `count`. `None` where it contradicts itself.
    pub fn prove(raw: Vec<u8>, schema: &SchemaRef, count: u32) -> Option<Rows> {
        let raw = Buffer::from_vec(raw);
        let (body, message) = message(&raw)?;
        let lies = prove(&message.header_as_record_batch()?, &raw, body, schema, count as usize)?;
        Some(Rows { count: count as usize, lies, raw })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The column at a place.
    pub fn column(&self, place: usize) -> Column<'_> {
        let Lies { known, values, texts } = &self.lies[place];
        let bytes = |range: &Range<usize>| &self.raw[range.clone()];
        Column { known: known.as_ref().map(bytes), values: bytes(values), texts: bytes(texts) }
    }

    /// The columns at some places, which rise, or all.
    pub fn batch(&self, schema: &SchemaRef, places: Option<&[usize]>) -> Result<RecordBatch, ArrowError> {
        let wrong = || ArrowError::IpcError("a batch that contradicts itself".into());
        let (body, message) = message(&self.raw).ok_or_else(wrong)?;
        let batch = message.header_as_record_batch().ok_or_else(wrong)?;
        let (body, version) = (self.raw.slice(body), message.version());
        read_record_batch(&body, batch, schema.clone(), &HashMap::new(), places, &version)
    }
}

/// No rows, of the columns at some places, or of all.
pub fn none(schema: &SchemaRef, places: Option<&[usize]>) -> RecordBatch {
    let chosen = places.and_then(|places| schema.project(places).ok()).map(SchemaRef::new);
    RecordBatch::new_empty(chosen.unwrap_or_else(|| schema.clone()))
}

/// The metadata, and where the body begins.
fn message(raw: &[u8]) -> Option<(usize, Message<'_>)> {
    let length = u32::from_le_bytes(raw.get(4..8)?.try_into().ok()?);
    let body = 8usize.checked_add(length as usize)?;
    Some((body, root_as_message(raw.get(8..body)?).ok()?))
}

/// Where all columns lie, if the message says what the directory and the declared columns say, and if
/// every buffer lies in the body, which begins at `body`, and holds what its column needs.
fn prove(
    batch: &ipc::RecordBatch<'_>,
    raw: &[u8],
    body: usize,
    schema: &SchemaRef,
    rows: usize,
) -> Option<Vec<Lies>> {
    let (nodes, buffers) = (batch.nodes()?, batch.buffers()?);
    // Every row has at least its time, in eight bytes: no count is believed beyond that.
    let counted = batch.length() == rows as i64 && rows <= (raw.len() - body) / 8;
    let plain = batch.compression().is_none()
        && batch.variadicBufferCounts().is_none_or(|counts| counts.is_empty())
        && nodes.len() == schema.fields().len();
    (counted && plain).then_some(())?;
    let mut buffers = buffers.iter().map(|buffer| {
        let begin = body.checked_add(usize::try_from(buffer.offset()).ok()?)?;
        let end = begin.checked_add(usize::try_from(buffer.length()).ok()?)?;
        (end <= raw.len()).then_some(begin..end)
    });
    let mut lies = Vec::with_capacity(nodes.len());
    for (field, node) in schema.fields().iter().zip(nodes.iter()) {
        let nulls = usize::try_from(node.null_count()).ok()?;
        let fits = node.length() == rows as i64 && (nulls == 0 || field.is_nullable());
        fits.then_some(())?;
        let known = buffers.next()??;
        (nulls == 0 || rows - set_bits(&raw[known.clone()], rows)? == nulls).then_some(())?;
        let (values, texts) = column(field, rows, raw, &mut buffers)?;
        lies.push(Lies { known: (nulls > 0).then_some(known), values, texts });
    }
    buffers.next().is_none().then_some(lies)
}

/// The values of one column.
fn column(
    field: &Field,
    rows: usize,
    raw: &[u8],
    buffers: &mut impl Iterator<Item = Option<Range<usize>>>,
) -> Option<(Range<usize>, Range<usize>)> {
    let values = buffers.next()??;
    let needed = match field.data_type() {
        // Of no rows there may be no place either where the first would begin.
        DataType::Utf8 if rows == 0 && values.is_empty() => 0,
        DataType::Utf8 => (rows + 1) * 4,
        DataType::Boolean => rows.div_ceil(8),
        _ => rows * 8,
    };
    let values = (values.len() >= needed).then(|| values.start..values.start + needed)?;
    let texts = if *field.data_type() == DataType::Utf8 { buffers.next()?? } else { 0..0 };
    if needed > 0 && *field.data_type() == DataType::Utf8 {
        texts_are_sound(&raw[values.clone()], &raw[texts.clone()])?;
    }
    Some((values, texts))
}

/// Offsets that rise within the bytes, from one whole character to another.
fn texts_are_sound(offsets: &[u8], bytes: &[u8]) -> Option<()> {
    let mut offsets = offsets.chunks_exact(4).map(|word| {
        let offset = i32::from_le_bytes(word.try_into().ok()?);
        usize::try_from(offset).ok()
    });
    let first = offsets.next()??;
    let text = std::str::from_utf8(bytes).ok()?;
    text.is_char_boundary(first).then_some(())?;
    let mut before = first;
    for offset in offsets {
        let offset = offset?;
        (offset >= before && text.is_char_boundary(offset)).then_some(())?;
        before = offset;
    }
    Some(())
}

/// How many of the first `count` bits are set.
fn set_bits(bytes: &[u8], count: usize) -> Option<usize> {
    let bytes = bytes.get(..count.div_ceil(8))?;
    let whole: usize = bytes[..count / 8].iter().map(|byte| byte.count_ones() as usize).sum();
    let rest = bytes.get(count / 8).map_or(0, |byte| byte & ((1 << (count % 8)) - 1));
    Some(whole + rest.count_ones() as usize)
}
