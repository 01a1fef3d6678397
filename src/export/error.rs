//! What can go wrong while writing.

use std::io;

use arrow::error::ArrowError;

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other end: its kind tells a closed pipe from a full disk.
    #[error("cannot write the output: {0}")]
    Io(#[from] io::Error),
    /// A column of a type that the format has no form for.
    #[error("cannot write the result in this format: {0}; cast the column in the query")]
    Value(ArrowError),
    /// Columns of which no chart can be drawn.
    #[error("{0}")]
    Chart(&'static str),
    /// No such format.
    #[error("there is no format `{0}`; use {names}", names = listed())]
    Format(String),
}

impl From<ArrowError> for Error {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, source) => Error::Io(source),
            other => Error::Value(other),
        }
    }
}

/// The names of all formats.
fn listed() -> String {
    let [first @ .., last] = super::Format::ALL.map(super::Format::name);
    format!("{} or {last}", first.join(", "))
}
