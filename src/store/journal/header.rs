//! What a part says of itself at its beginning: whose it is, and which tables its frames have.
//!
//! ```text
//! magic "SRJ2" · length u32 · CRC-32C u32 · header as JSON, packed by zstd        then frames, see `frame`
//! ```
//!
//! It declares every table's columns, so that a part can be sealed by a later program. Unpacked that is some
//! 20 KB. Parts of earlier programs have it so, behind the magic `SRJ1`, and are read as before.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use crate::schema::{COMMON, PART_FORMAT, TABLES, Table, Type};

const MAGIC: [u8; 4] = *b"SRJ2";
const MAGIC_UNPACKED: [u8; 4] = *b"SRJ1";
/// The level of zstd: a header is packed once in ten minutes.
const LEVEL: i32 = 9;
/// No header unpacks to more, whatever it says of itself.
const MOST_UNPACKED: usize = 4 << 20;
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
    let packed = zstd::bulk::compress(&json, LEVEL).expect("there is memory for a few KB");
    let mut bytes = Vec::from(MAGIC);
    bytes.extend_from_slice(&(packed.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&crc32c::crc32c(&packed).to_le_bytes());
    bytes.extend_from_slice(&packed);
    bytes
}

/// How long the header is that the bytes begin with, as they say.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(4..8)?.try_into().ok().map(u32::from_le_bytes)?;
    [MAGIC, MAGIC_UNPACKED]
        .iter()
        .any(|magic| bytes.starts_with(magic))
        .then_some(BEGINNING + header as usize)
}

/// Reads the header that the bytes begin with, and its length. `None` where it is not whole and
/// sound.
pub fn decode(bytes: &[u8]) -> Option<(Header, usize)> {
    let length = length(bytes)?;
    let check = bytes.get(8..BEGINNING)?.try_into().ok().map(u32::from_le_bytes)?;
    let header = bytes.get(BEGINNING..length).filter(|header| crc32c::crc32c(header) == check)?;
    let json = match bytes.starts_with(&MAGIC) {
        true => Cow::from(zstd::bulk::decompress(header, MOST_UNPACKED).ok()?),
        false => header.into(),
    };
    Some((serde_json::from_slice(&json).ok()?, length))
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
