//! What can be wrong with a question, each as one line that names the thing and the way out.

use std::sync::Arc;

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
    #[error("no function `{name}`; {hint}")]
    Function { name: String, hint: String },
    /// A text that is compared with a timestamp and is none.
    #[error("'{text}' is compared with a time: {why}")]
    Time { text: String, why: String },
    #[error(
        "the question needs more than {} MiB of memory; narrow its range, select fewer columns or allow it more",
        .allowed_bytes >> 20
    )]
    Memory { allowed_bytes: usize },
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Store(Arc<store::Error>),
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
