//! A reader's view of a store: which files and which frames are to be read, each tick exactly once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::{Error, SegmentName};
use crate::schema::{Micros, Table, Text};
use crate::time::Range;

/// A store, opened for reading.
pub struct Catalog {
    root: PathBuf,
}

/// What is to be read of one table.
#[derive(Default)]
pub struct Selection {
    /// Sealed segments, oldest first.
    pub segments: Vec<Segment>,
    /// Rows that are still in the journal, oldest first.
    pub tail: Vec<Tail>,
}

/// A sealed segment, held open: it can be read even when it has been merged away meanwhile.
#[derive(Clone)]
pub struct Segment {
    /// What its path says of it.
    pub name: SegmentName,
    /// Where it lies, for messages and as a cache key. Not to be opened again.
    pub path: PathBuf,
    /// The open file.
    pub file: Arc<File>,
    /// Its size.
    pub bytes: u64,
}

/// Rows of the journal of one host. Their schema is the table's of today.
#[derive(Clone)]
pub struct Tail {
    /// The host they are of.
    pub host: Text,
    /// The rows, in order of `ts`.
    pub batch: RecordBatch,
}

impl Catalog {
    /// Looks at what the folder holds now.
    pub fn open(root: &Path) -> Result<Self, Error> {
        Ok(Catalog { root: root.into() })
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What holds rows of `table` in the range, and perhaps others: rows are not filtered.
    pub fn select(&self, _table: &'static Table, _range: &Range) -> Result<Selection, Error> {
        Ok(Selection::default())
    }

    /// The first and last `ts` of all that is recorded; `None` where nothing is.
    pub fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(None)
    }
}
