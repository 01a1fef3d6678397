//! Questions and answers: fills a question's parameters in, has it answered, and reads the answer's
//! rows into structs whose fields are named as the columns. It knows no question in particular.

use arrow::array::RecordBatch;
use arrow::json::ArrayWriter;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::Error;
use crate::query;
use crate::query::tiers::{self, Grain, Scope, Sealed, literal, quoted};
use crate::time::Micros;

/// Why a question had no answer.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What answers SQL. Every closure from a statement to batches does.
pub trait Ask {
    /// The rows of one SELECT over the tables of a recording.
    fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, Failure>;
}

impl<F, E> Ask for F
where
    F: Fn(&str) -> Result<Vec<RecordBatch>, E>,
    E: Into<Failure>,
{
    fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, Failure> {
        self(sql).map_err(Into::into)
    }
}

/// A question: a file of `queries/reports/`.
#[derive(Clone, Copy)]
pub(super) struct Question {
    /// The file's name, for messages.
    pub name: &'static str,
    /// What it holds.
    pub sql: &'static str,
}

/// `question!("cpu")` is `queries/reports/cpu.sql`.
macro_rules! question {
    ($name:literal) => {
        $crate::report::ask::Question {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/reports/", $name, ".sql")),
        }
    };
}
pub(super) use question;

/// Asks about one host and one range.
pub(super) struct Inquiry<'a> {
    pub ask: &'a dyn Ask,
    /// Empty where the question is which hosts there are.
    pub host: &'a str,
    /// Rows later than this …
    pub from: Micros,
    /// … and no later than this.
    pub to: Micros,
    /// What lies in the store, by which the rows that answer are chosen.
    pub held: &'a [Sealed],
}

impl Inquiry<'_> {
    /// The answer's rows.
    pub fn rows<T: DeserializeOwned>(&self, question: Question) -> Result<Vec<T>, Error> {
        self.rows_of(question, question.sql)
    }

    /// The answer's rows, where the statement was made from the question's text.
    pub fn rows_of<T: DeserializeOwned>(&self, question: Question, sql: &str) -> Result<Vec<T>, Error> {
        let failed = |source: Failure| Error::Question { question: question.name, source };
        let sql = self.filled(sql);
        let batches = match self.ask.ask(&sql) {
            // What goes through a file by itself tells of the tables that it has.
            Err(error) if matches!(error.downcast_ref(), Some(query::Error::Elsewhere { .. })) => {
                return Ok(Vec::new());
            }
            answer => answer.map_err(failed)?,
        };
        let mut json = ArrayWriter::new(Vec::new());
        json.write_batches(&batches.iter().collect::<Vec<_>>()).map_err(|e| failed(e.into()))?;
        json.finish().map_err(|e| failed(e.into()))?;
        let json = json.into_inner();
        // Of no batches the writer writes nothing at all.
        if json.is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_slice(&json).map_err(|e| failed(e.into()))
    }

    fn filled(&self, sql: &str) -> String {
        let Inquiry { held, host, from, to, .. } = *self;
        let sql = tiers::filled(sql, &Scope { held, host, from, to, grain: Grain::FINE });
        // The host comes last: nothing in it is taken for a parameter.
        sql.replace("$from", &literal(self.from))
            .replace("$to", &literal(self.to))
            .replace("$host", &quoted(self.host))
    }
}

/// A time as answers have it.
#[derive(Clone, Copy)]
pub(super) struct At(pub Micros);

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let text = String::deserialize(json)?;
        let ts: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
        Ok(At(Micros(ts.as_microsecond())))
    }
}
