//! What can be wrong with a question, each as one line that names the thing and the way out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::store;

/// Why a question has no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("the question is empty; try `select max(cpu) from system`")]
    Empty,
    #[error("this is more than one question; ask them one at a time")]
    Several,
    #[error(
        "only questions are allowed: begin with `select`, `with`, `show`, `describe` or `explain`; nothing in a store is changed by SQL"
    )]
    NotAQuestion,
    /// It is no SQL.
    #[error("cannot read the question: {0}")]
    Syntax(String),
    #[error("no table `{name}`; {hint}")]
    Table { name: String, hint: String },
    #[error("no column `{name}`{place}; {hint}")]
    Column {
        name: String,
        /// ` in system, process`, or nothing.
        place: String,
        hint: String,
    },
    /// One of the tables that are not in the single files which were named.
    #[error("no rows of `{name}` are there: {file} holds only `{held}`; name the whole store with --store")]
    Elsewhere { name: String, file: String, held: String },
    #[error("no function `{name}`; {hint}")]
    Function { name: String, hint: String },
    /// A text that is compared with a timestamp and is none.
    #[error("'{text}' is compared with a time: {why}")]
    Time { text: String, why: String },
    #[error(
        "the question needs more than {} MiB of memory; narrow its range, select fewer columns or allow it more with --memory",
        .allowed_bytes >> 20
    )]
    Memory { allowed_bytes: usize },
    /// The question itself, before it is planned.
    #[error("the question is too large: {0}")]
    TooLarge(String),
    #[error("no answer within {}; narrow the range, or allow it longer with --timeout", seconds(.allowed))]
    Timeout { allowed: Duration },
    #[error("interrupted")]
    Interrupted,
    #[error(
        "the question needs more than {} MiB of temporary files in {}; narrow its range, select fewer columns or allow it more memory with --memory",
        .allowed_bytes >> 20, .folder.display()
    )]
    Spilled { folder: PathBuf, allowed_bytes: u64 },
    /// The disk, or what may be done there.
    #[error(
        "what does not fit into memory cannot be kept in {} ({why}); name another folder in TMPDIR, or allow it more memory with --memory",
        .folder.display()
    )]
    Temporary { folder: PathBuf, why: String },
    /// A segment that was named and is not there: to record into it is no advice.
    #[error("there is no file {0}; --store takes a store's folder or one of its Parquet files")]
    NoFile(PathBuf),
    #[error(transparent)]
    Store(Arc<store::Error>),
    /// A store in a bucket, or the way there.
    #[error("{0}")]
    Far(String),
    #[error("cannot start the query engine: {0}")]
    Start(String),
    /// Anything else, as the engine tells it.
    #[error("{0}")]
    Other(String),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Error::Store(Arc::new(error))
    }
}

#[cfg(feature = "s3")]
impl From<crate::remote::Error> for Error {
    fn from(error: crate::remote::Error) -> Self {
        Error::Far(error.to_string())
    }
}

fn seconds(time: &Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
