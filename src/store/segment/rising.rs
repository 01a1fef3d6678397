//! Whether the rows of a segment lie in order of `ts`. Rows of one host mostly do, but for entities apart, and but for a
//! clock that was set back; what is known to is said in the footer, so that no reader sorts it again.

use parquet::file::metadata::ParquetMetaData;

use super::Reader;
use crate::store::runs::Runs;

/// Under this key a footer names the column by which all its rows rise. Without it nothing is known.
pub const SORTED_BY: &str = "sysray.sorted_by";

/// Whether that is the footer of a segment whose rows all lie in order of `ts`. Other programs keep what a footer says
/// when they write its rows anew, in whatever order: of theirs nothing is known.
pub fn rises(footer: &ParquetMetaData) -> bool {
    if footer.file_metadata().created_by().is_none_or(|by| !by.starts_with("parquet-rs")) {
        return false;
    }
    let facts = footer.file_metadata().key_value_metadata();
    let mut facts = facts.into_iter().flatten();
    facts.any(|fact| fact.key == SORTED_BY && fact.value.as_deref() == Some("ts"))
}

/// What is known of the rows so far.
#[derive(Default)]
pub struct Rising {
    last: Option<i64>,
    is_broken: bool,
}

impl Rising {
    /// The `ts` of more rows.
    pub fn rows(&mut self, ts: &Runs) {
        for (_, ts) in ts.iter() {
            self.span(ts.map(|ts| (ts as i64, ts as i64)));
        }
    }

    /// A row group of another segment.
    pub fn group(&mut self, from: &Reader, index: usize) {
        self.span(from.bounds(index, "ts").filter(|_| from.rises()));
    }

    fn span(&mut self, span: Option<(i64, i64)>) {
        match span {
            Some((first, last)) if self.last.is_none_or(|before| before <= first) => self.last = Some(last),
            _ => self.is_broken = true,
        }
    }

    /// Whether all of them rise.
    pub fn is_whole(&self) -> bool {
        !self.is_broken && self.last.is_some()
    }
}
