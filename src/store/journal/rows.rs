//! A table's unpacked rows: an Arrow IPC record batch, proved before Arrow sees a byte of it.
//!
//! Arrow takes the lengths in a message for granted, and panics where they lie. All columns are
//! proved, also those that nobody asks for, so that a frame has its rows or has none: whichever
//! columns are read of it, they are equally long.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc;
use arrow::ipc::reader::read_record_batch;
use arrow::ipc::root_as_message;

/// The rows in an encapsulated message (a marker, the metadata's length, the metadata, the body), of
/// which there are to be `rows`; of the columns at some places, which rise, or of all.
pub fn decode(
    raw: Vec<u8>,
    schema: &SchemaRef,
    rows: u32,
    places: Option<&[usize]>,
) -> Result<RecordBatch, ArrowError> {
    let raw = Buffer::from_vec(raw);
    let wrong = || ArrowError::IpcError("a batch that contradicts itself".into());
    let length = raw.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(wrong)?;
    let body = 8usize.checked_add(length as usize).ok_or_else(wrong)?;
    let metadata = raw.get(8..body).ok_or_else(wrong)?;
    let message = root_as_message(metadata).map_err(|e| ArrowError::IpcError(e.to_string()))?;
    let batch = message.header_as_record_batch().ok_or_else(wrong)?;
    is_sound(&batch, &raw[body..], schema, rows as usize).ok_or_else(wrong)?;
    let version = message.version();
    read_record_batch(&raw.slice(body), batch, schema.clone(), &HashMap::new(), places, &version)
}

/// No rows, of the columns at some places, or of all.
pub fn none(schema: &SchemaRef, places: Option<&[usize]>) -> RecordBatch {
    let chosen = places.and_then(|places| schema.project(places).ok()).map(SchemaRef::new);
    RecordBatch::new_empty(chosen.unwrap_or_else(|| schema.clone()))
}

/// `Some` where the message says what the directory and the declared columns say, and where every
/// buffer lies in the body and holds what its column needs.
fn is_sound(batch: &ipc::RecordBatch<'_>, body: &[u8], schema: &SchemaRef, rows: usize) -> Option<()> {
    let (nodes, buffers) = (batch.nodes()?, batch.buffers()?);
    // Every row has at least its time, in eight bytes: no count is believed beyond that.
    let counted = batch.length() == rows as i64 && rows <= body.len() / 8;
    let plain = batch.compression().is_none() && nodes.len() == schema.fields().len();
    (counted && plain).then_some(())?;
    let mut buffers = buffers.iter().map(|buffer| {
        let begin = usize::try_from(buffer.offset()).ok()?;
        body.get(begin..begin.checked_add(usize::try_from(buffer.length()).ok()?)?)
    });
    for (field, node) in schema.fields().iter().zip(nodes.iter()) {
        let nulls = usize::try_from(node.null_count()).ok()?;
        let fits = node.length() == rows as i64 && (nulls == 0 || field.is_nullable());
        fits.then_some(())?;
        let validity = buffers.next()??;
        (nulls == 0 || rows - set_bits(validity, rows)? == nulls).then_some(())?;
        column(field, rows, &mut buffers)?;
    }
    buffers.next().is_none().then_some(())
}

/// The values of one column.
fn column<'a>(
    field: &Field,
    rows: usize,
    buffers: &mut impl Iterator<Item = Option<&'a [u8]>>,
) -> Option<()> {
    let values = buffers.next()??;
    match field.data_type() {
        DataType::Utf8 if rows == 0 => buffers.next()?.map(|_| ()),
        DataType::Utf8 => texts(values.get(..(rows + 1) * 4)?, buffers.next()??),
        DataType::Boolean => values.get(..rows.div_ceil(8)).map(|_| ()),
        _ => values.get(..rows * 8).map(|_| ()),
    }
}

/// Offsets that rise within the bytes, from one whole character to another.
fn texts(offsets: &[u8], bytes: &[u8]) -> Option<()> {
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
