//! Where rows come from, as the engine sees it: a store's catalog, or in a test anything else.
//!
//! It decides nothing about SQL, and hands out what it chose held open.

use std::path::PathBuf;

use crate::schema::{Micros, Table};
use crate::store::{Catalog, Error, Lone, Segment, SegmentName, Selection};
use crate::time::Range;

/// A file that holds rows, by what its name and its folder say of it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The table; `None` where it holds rows of all of them: a part of the journal.
    pub table: Option<String>,
    pub host: String,
    pub from: Micros,
    /// `None` of a part of the journal, which may still grow.
    pub to: Option<Micros>,
    pub first_seq: u64,
    pub last_seq: Option<u64>,
    /// How often its rows were merged.
    pub generation: Option<u32>,
    /// `None` where it is gone by now.
    pub bytes: Option<u64>,
    pub path: PathBuf,
}

impl Held {
    fn segment(name: &SegmentName, path: PathBuf) -> Self {
        Held {
            table: Some(name.table.clone()),
            host: name.host.clone(),
            from: name.from,
            to: Some(name.to),
            first_seq: name.first_seq,
            last_seq: Some(name.last_seq),
            generation: Some(name.generation),
            bytes: std::fs::metadata(&path).ok().map(|file| file.len()),
            path,
        }
    }
}

/// Something that has recorded rows.
pub trait Source: Send + Sync {
    /// What holds rows of `table` in the range, and perhaps others: rows are not filtered.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    fn select(&self, table: &'static Table, range: &Range) -> Result<Selection, Error>;

    /// The same for who reads no more than these columns: rows that are handed out may be without others.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Selection, Error> {
        let _ = columns;
        self.select(table, range)
    }

    /// The first and last `ts` of all that is recorded; `None` where nothing is.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error>;

    /// The files it has, none of them opened.
    fn held(&self) -> Vec<Held> {
        Vec::new()
    }
}

impl Source for Catalog {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Selection, Error> {
        Catalog::select(self, table, range)
    }

    fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Selection, Error> {
        Catalog::select_columns(self, table, range, columns)
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Catalog::extent(self)
    }

    fn held(&self) -> Vec<Held> {
        let segments = self.segments().iter().map(|name| Held::segment(name, name.path(self.root())));
        let parts = self.parts().map(|(name, bytes)| Held {
            table: None,
            host: name.host.clone(),
            from: name.from,
            to: None,
            first_seq: name.first_seq,
            last_seq: None,
            generation: None,
            bytes: Some(bytes),
            path: name.path(self.root()),
        });
        segments.chain(parts).collect()
    }
}

impl Source for Lone {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Selection, Error> {
        Ok(Lone::select(self, table, range))
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(Some(Lone::extent(self)))
    }

    fn held(&self) -> Vec<Held> {
        let Segment { name, path, .. } = self.segment();
        vec![Held::segment(name, path.clone())]
    }
}
