//! The journal: parts that frames are appended to, each a file that says which tables it has.
//!
//! ```text
//! magic "SRJ0" · length u32 · CRC-32C u32 · header as JSON        then frames, see `frame`
//! ```
//!
//! The header declares every table's columns, so that a part can be sealed by a later program.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use super::frame::{self, Encoder, Frame, Moment};
use super::layout::PartName;
use super::{Error, disk};
use crate::schema::{STORE_FORMAT, TABLES, Table, Type};

const MAGIC: [u8; 4] = *b"SRJ0";

/// What a part says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    format: u32,
    host: String,
    boot_id: String,
    tables: Vec<Declared>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Declared {
    name: String,
    /// (name, type, nullable)
    columns: Vec<(String, String, bool)>,
}

/// A part that is being written. It is locked meanwhile, so that nobody seals it.
pub struct Writer {
    file: File,
    path: PathBuf,
    name: PartName,
    encoder: Encoder,
    bytes: u64,
}

impl Writer {
    /// Begins a part.
    pub fn begin(root: &Path, name: PartName, boot_id: &str) -> Result<Self, Error> {
        let path = name.path(root);
        disk::make_folder(path.parent().unwrap_or(root))?;
        let mut file = disk::create(&path)?;
        file.lock().map_err(Error::io(&path))?;
        let header = Header {
            format: STORE_FORMAT,
            host: name.host.clone(),
            boot_id: boot_id.into(),
            tables: TABLES.iter().map(declared).collect(),
        };
        let json = serde_json::to_vec(&header).map_err(std::io::Error::from).map_err(Error::io(&path))?;
        let mut bytes = Vec::from(MAGIC);
        bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&json).to_le_bytes());
        bytes.extend_from_slice(&json);
        file.write_all(&bytes).map_err(Error::io(&path))?;
        disk::sync_folder(&path)?;
        let encoder = Encoder::new().map_err(|e| Error::damaged(&path, e.to_string()))?;
        Ok(Writer { file, path, name, encoder, bytes: bytes.len() as u64 })
    }

    /// Appends one frame with one write. After an error the part is cut back to what it had.
    pub fn append(&mut self, moment: Moment, tables: &[(u32, RecordBatch)]) -> Result<usize, Error> {
        let frame =
            self.encoder.encode(moment, tables).map_err(|e| Error::damaged(&self.path, e.to_string()))?;
        if let Err(source) = self.file.write_all(frame) {
            let _ = self.file.set_len(self.bytes);
            let _ = std::io::Seek::seek(&mut self.file, std::io::SeekFrom::Start(self.bytes));
            return Err(Error::Io { path: self.path.clone(), source });
        }
        self.bytes += frame.len() as u64;
        Ok(frame.len())
    }

    /// Syncs what was appended.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.file.sync_data().map_err(Error::io(&self.path))
    }

    /// The part's name.
    pub fn name(&self) -> &PartName {
        &self.name
    }

    /// Its size so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn declared(table: &Table) -> Declared {
    let columns = crate::schema::COMMON.iter().chain(table.columns);
    let columns = columns.map(|c| (c.name.into(), c.datatype.name().into(), c.nullable));
    Declared { name: table.name.into(), columns: columns.collect() }
}

/// A part, read as it was when it was opened.
pub struct Part {
    path: PathBuf,
    bytes: Vec<u8>,
    frames: usize,
    /// By id; a table whose columns this program cannot read has no schema.
    tables: Vec<(String, Option<SchemaRef>)>,
}

impl Part {
    /// Reads an open part up to `length`. A part whose header is not all there has no frames.
    pub fn read(path: &Path, file: &File, length: u64) -> Result<Part, Error> {
        let mut bytes = Vec::with_capacity(length as usize);
        file.take(length).read_to_end(&mut bytes).map_err(Error::io(path))?;
        let mut part = Part { path: path.into(), frames: bytes.len(), bytes, tables: Vec::new() };
        if let Some((json, at)) = header(&part.bytes) {
            let header: Header = serde_json::from_slice(json)
                .map_err(|e| Error::damaged(path, format!("unreadable header ({e})")))?;
            if header.format != STORE_FORMAT {
                return Err(Error::Format { path: path.into(), found: header.format, known: STORE_FORMAT });
            }
            part.frames = at;
            part.tables = header.tables.iter().map(|t| (t.name.clone(), schema_of(t))).collect();
        }
        Ok(part)
    }

    /// The sound frames from its beginning on.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        let mut rest = &self.bytes[self.frames..];
        std::iter::from_fn(move || {
            let (frame, behind) = frame::decode(rest)?;
            rest = behind;
            Some(frame)
        })
    }

    /// How many bytes at its end belong to no sound frame.
    pub fn torn_bytes(&self) -> usize {
        let mut rest = &self.bytes[self.frames..];
        while let Some((_, behind)) = frame::decode(rest) {
            rest = behind;
        }
        rest.len()
    }

    /// The rows of a table, frame by frame, for those frames that `wanted` names.
    pub fn batches(&self, table: &str, wanted: impl Fn(&Moment) -> bool) -> Result<Vec<RecordBatch>, Error> {
        let Some(id) = self.tables.iter().position(|(name, _)| name == table) else { return Ok(vec![]) };
        let Some(schema) = &self.tables[id].1 else { return Ok(vec![]) };
        let mut batches = Vec::new();
        for frame in self.frames().filter(|frame| wanted(&frame.moment)) {
            let batch = frame.batch(id as u32, schema);
            batches.extend(batch.map_err(|e| Error::damaged(&self.path, e.to_string()))?);
        }
        Ok(batches)
    }
}

fn header(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let json = bytes.get(12..12usize.checked_add(number(4)? as usize)?)?;
    (bytes[..4] == MAGIC && crc32c::crc32c(json) == number(8)?).then_some((json, 12 + json.len()))
}

/// The schema as the part declares it; none where a type is of a later program.
fn schema_of(declared: &Declared) -> Option<SchemaRef> {
    let field = |(name, datatype, nullable): &(String, String, bool)| {
        let types = [Type::Int64, Type::Float64, Type::Boolean, Type::Utf8, Type::Timestamp];
        let datatype = types.into_iter().find(|t| t.name() == datatype)?;
        Some(Field::new(name, datatype.arrow(), *nullable))
    };
    let fields: Option<Vec<Field>> = declared.columns.iter().map(field).collect();
    Some(Arc::new(Schema::new(fields?)))
}
