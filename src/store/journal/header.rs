//! What a part says of itself at its beginning: whose it is, and which tables its frames have.
//!
//! ```text
//! magic "SRJ1" · length u32 · CRC-32C u32 · header as JSON        then frames, see `frame`
//! ```
//!
//! It declares every table's columns, so that a part can be sealed by a later program.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use crate::schema::{COMMON, PART_FORMAT, TABLES, Table, Type};

const MAGIC: [u8; 4] = *b"SRJ1";
/// What says how long a header is.
pub const BEGINNING: usize = 12;

/// What a part says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub format: u32,
    /// The label of the host.
    pub host: String,
    /// The kernel's name for the boot; empty where it has none.
    pub boot_id: String,
    tables: Vec<Declared>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Declared {
    name: String,
    /// (name, type, nullable)
    columns: Vec<(String, String, bool)>,
}

/// The beginning of a part, of this program's tables.
pub fn encode(host: &str, boot_id: &str) -> Vec<u8> {
    let header = Header::of_today(host, boot_id);
    let json = serde_json::to_vec(&header).expect("a header of strings and numbers is JSON");
    let mut bytes = Vec::from(MAGIC);
    bytes.extend_from_slice(&(json.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&crc32c::crc32c(&json).to_le_bytes());
    bytes.extend_from_slice(&json);
    bytes
}

/// How long the header is that the bytes begin with, as they say.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let json = bytes.get(4..8)?.try_into().ok().map(u32::from_le_bytes)?;
    (bytes[..4] == MAGIC).then_some(BEGINNING + json as usize)
}

/// Reads the header that the bytes begin with, and its length. `None` where it is not whole and
/// sound.
pub fn decode(bytes: &[u8]) -> Option<(Header, usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let json = bytes.get(12..12usize.checked_add(number(4)? as usize)?)?;
    let sound = bytes[..4] == MAGIC && crc32c::crc32c(json) == number(8)?;
    let header = sound.then(|| serde_json::from_slice(json).ok())??;
    Some((header, 12 + json.len()))
}

impl Header {
    /// A header of the tables that this program has.
    pub fn of_today(host: &str, boot_id: &str) -> Self {
        let tables = TABLES.iter().map(declared).collect();
        Header { format: PART_FORMAT, host: host.into(), boot_id: boot_id.into(), tables }
    }

    /// Each table's name and schema, by its place; no schema where a type is of a later program.
    pub fn tables(&self) -> Vec<(String, Option<SchemaRef>)> {
        self.tables.iter().map(|t| (t.name.clone(), schema_of(t))).collect()
    }
}

fn declared(table: &Table) -> Declared {
    let columns = COMMON.iter().chain(table.columns);
    let columns = columns.map(|c| (c.name.into(), c.datatype.name().into(), c.nullable));
    Declared { name: table.name.into(), columns: columns.collect() }
}

fn schema_of(declared: &Declared) -> Option<SchemaRef> {
    let field = |(name, datatype, nullable): &(String, String, bool)| {
        let types = [Type::Int64, Type::Float64, Type::Boolean, Type::Utf8, Type::Timestamp];
        let datatype = types.into_iter().find(|t| t.name() == datatype)?;
        Some(Field::new(name, datatype.arrow(), *nullable))
    };
    let fields: Option<Vec<Field>> = declared.columns.iter().map(field).collect();
    Some(Arc::new(Schema::new(fields?)))
}
