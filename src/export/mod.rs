//! Batches → bytes, one file a format. What is exported, and to where, is decided by the caller.
//!
//! Faces for people (`table`, `markdown`) escape what could drive a terminal or break the layout;
//! faces for programs (`csv`, `json`, `ndjson`, `parquet`, `arrow`) keep every byte of text. Nothing here
//! opens a file.

mod binary;
mod cell;
mod chart;
mod csv;
mod error;
pub mod figures;
mod fold;
mod json;
mod markdown;
mod plain;
pub mod prometheus;
mod records;
mod table;

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::str::FromStr;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use jiff::tz::TimeZone;

pub use error::Error;

/// What batches are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns for a terminal.
    Table,
    /// A header, then a line a row; text quoted where it must be, NULL an empty field.
    Csv,
    /// One array of objects, NULL as `null`.
    Json,
    /// An object a line, NULL as `null`.
    Ndjson,
    /// A table as GitHub renders it.
    Markdown,
    /// A column a line, for rows that are wide.
    Records,
    /// Lines over time, drawn in braille.
    Chart,
    /// A Parquet file.
    Parquet,
    /// An Arrow IPC file.
    Arrow,
    /// An Arrow IPC stream.
    Arrows,
}

impl Format {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Format; 10] = [
        Format::Table,
        Format::Records,
        Format::Chart,
        Format::Csv,
        Format::Json,
        Format::Ndjson,
        Format::Markdown,
        Format::Parquet,
        Format::Arrow,
        Format::Arrows,
    ];

    /// The word for it after `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Markdown => "markdown",
            Format::Records => "records",
            Format::Chart => "chart",
            Format::Parquet => "parquet",
            Format::Arrow => "arrow",
            Format::Arrows => "arrows",
        }
    }

    /// Whether it is bytes that a terminal cannot show.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Parquet | Format::Arrow | Format::Arrows)
    }

    /// The format that a file's extension asks for.
    pub fn of_path(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        ENDINGS.iter().find(|(ending, _)| *ending == extension).map(|(_, format)| *format)
    }
}

/// What files of a format end in.
pub const ENDINGS: [(&str, Format); 9] = [
    ("txt", Format::Table),
    ("csv", Format::Csv),
    ("json", Format::Json),
    ("ndjson", Format::Ndjson),
    ("jsonl", Format::Ndjson),
    ("md", Format::Markdown),
    ("parquet", Format::Parquet),
    ("arrow", Format::Arrow),
    ("arrows", Format::Arrows),
];

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let named = Format::ALL.into_iter().find(|f| f.name() == word);
        named.ok_or_else(|| Error::Format(word.escape_debug().to_string()))
    }
}

/// How people want to read it, which formats for programs ignore; what a file says of itself, and what may be held for it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// Columns of the terminal; `None`: as wide as it gets.
    pub width: Option<usize>,
    /// Whether colours and bold type may be used.
    pub colour: bool,
    /// What a Parquet file says of itself, by keys; the one of these that formats for programs heed.
    pub facts: Vec<(&'static str, String)>,
    /// How much a row group of Parquet may take in memory until it is written.
    pub held_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        let (zone, facts) = (TimeZone::UTC, Vec::new());
        Options { zone, width: None, colour: false, facts, held_bytes: 64 << 20 }
    }
}

/// Takes batches of one schema, one after the other.
///
/// Every format writes each batch as it comes, but for `Chart`, which keeps what it draws. `Table` has to see a
/// thousand rows before it knows how wide its columns are, and goes on by the thousand.
pub trait Writer {
    /// Writes a batch, or keeps it.
    ///
    /// # Errors
    /// [`Error::Io`] with the kind kept, so that a closed pipe can be told from a full disk.
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error>;

    /// Writes what is left and flushes. Without it, what was written is not complete.
    ///
    /// # Errors
    /// As [`Writer::batch`].
    fn finish(&mut self) -> Result<(), Error>;
}

/// A writer of that format.
pub fn writer<'a>(
    format: Format,
    schema: &SchemaRef,
    out: &'a mut dyn Write,
    options: &Options,
) -> Box<dyn Writer + 'a> {
    match format {
        Format::Table => Box::new(table::Table::new(schema, out, options)),
        Format::Csv => Box::new(csv::Csv::new(schema, out)),
        Format::Json => Box::new(json::Json::<json::Array>::new(out)),
        Format::Ndjson => Box::new(json::Json::<json::Lines>::new(out)),
        Format::Markdown => Box::new(markdown::Markdown::new(schema, out, options)),
        Format::Records => Box::new(records::Records::new(schema, out, options)),
        Format::Chart => Box::new(chart::Chart::new(schema, out, options)),
        Format::Parquet => Box::new(binary::Binary::<binary::Parquet>::new(schema, out, options)),
        Format::Arrow => Box::new(binary::Binary::<binary::ArrowFile>::new(schema, out, options)),
        Format::Arrows => Box::new(binary::Binary::<binary::ArrowStream>::new(schema, out, options)),
    }
}

/// Writes all batches.
///
/// # Errors
/// As [`Writer::batch`].
pub fn write<'b>(
    format: Format,
    schema: &SchemaRef,
    batches: impl IntoIterator<Item = &'b RecordBatch>,
    out: &mut dyn Write,
    options: &Options,
) -> Result<(), Error> {
    let mut writer = writer(format, schema, out, options);
    for batch in batches {
        writer.batch(batch)?;
    }
    writer.finish()
}
