//! Writes rows as one encapsulated Arrow IPC message: a marker, the metadata's length, the metadata, the body.
//!
//! arrow-rs writes the same. It makes a description of each column to do so, looks in it for dictionaries,
//! and writes bitmaps for columns in which all is known; for some dozens of tables of a few rows a second
//! that was twice the work.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::ipc::{Buffer, FieldNode, MessageBuilder, MessageHeader, MetadataVersion, RecordBatchBuilder};
use flatbuffers::FlatBufferBuilder;

/// Before the length of the metadata: what follows is no message of the format before 0.15.
const MARKER: [u8; 4] = [0xff; 4];
/// Of the metadata's end and of each buffer.
const ALIGNMENT: usize = 8;

/// Writes messages; keeps its buffers from one to the next.
#[derive(Default)]
pub struct MessageWriter {
    metadata: FlatBufferBuilder<'static>,
    nodes: Vec<FieldNode>,
    buffers: Vec<Buffer>,
    body: Vec<u8>,
}

impl MessageWriter {
    /// Appends the message of these rows.
    pub fn write(&mut self, rows: &RecordBatch, out: &mut Vec<u8>) -> Result<(), ArrowError> {
        self.nodes.clear();
        self.buffers.clear();
        self.body.clear();
        for column in rows.columns() {
            self.column(column)?;
        }
        let metadata = &mut self.metadata;
        metadata.reset();
        let buffers = metadata.create_vector(&self.buffers);
        let nodes = metadata.create_vector(&self.nodes);
        let mut batch = RecordBatchBuilder::new(metadata);
        batch.add_length(rows.num_rows() as i64);
        batch.add_nodes(nodes);
        batch.add_buffers(buffers);
        let batch = batch.finish().as_union_value();
        let mut message = MessageBuilder::new(metadata);
        message.add_version(MetadataVersion::V5);
        message.add_header_type(MessageHeader::RecordBatch);
        message.add_bodyLength(self.body.len() as i64);
        message.add_header(batch);
        let message = message.finish();
        metadata.finish(message, None);
        let metadata = metadata.finished_data();
        let padded = metadata.len().next_multiple_of(ALIGNMENT);
        out.reserve(MARKER.len() + 4 + padded + self.body.len());
        out.extend_from_slice(&MARKER);
        out.extend_from_slice(&(padded as u32).to_le_bytes());
        out.extend_from_slice(metadata);
        out.resize(out.len() + padded - metadata.len(), 0);
        out.extend_from_slice(&self.body);
        Ok(())
    }

    fn column(&mut self, column: &dyn Array) -> Result<(), ArrowError> {
        self.nodes.push(FieldNode::new(column.len() as i64, column.null_count() as i64));
        match column.nulls().filter(|nulls| nulls.null_count() > 0) {
            Some(nulls) => self.buffer(&nulls.inner().sliced()),
            None => self.buffer(&[]),
        }
        match column.data_type() {
            DataType::Int64 => self.buffer(column.as_primitive::<Int64Type>().values().inner()),
            DataType::Float64 => self.buffer(column.as_primitive::<Float64Type>().values().inner()),
            DataType::Timestamp(..) => {
                self.buffer(column.as_primitive::<TimestampMicrosecondType>().values().inner());
            }
            DataType::Boolean => self.buffer(&column.as_boolean().values().sliced()),
            DataType::Utf8 => {
                let texts = column.as_string::<i32>();
                self.buffer(texts.offsets().inner().inner());
                self.buffer(texts.values());
            }
            other => return Err(ArrowError::IpcError(format!("no table has a column of {other}"))),
        }
        Ok(())
    }

    fn buffer(&mut self, bytes: &[u8]) {
        self.buffers.push(Buffer::new(self.body.len() as i64, bytes.len() as i64));
        self.body.extend_from_slice(bytes);
        self.body.resize(self.body.len().next_multiple_of(ALIGNMENT), 0);
    }
}
