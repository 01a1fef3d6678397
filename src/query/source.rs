//! Where rows come from, as the engine sees it: a store's catalog, or in a test anything else.
//!
//! It decides nothing about SQL, and hands out what it chose held open, or how to read it from afar.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::files::Opened;
#[cfg(feature = "s3")]
use crate::remote::Tree;
use crate::schema::{Micros, Table};
use crate::store::{Catalog, Error, Lone, Segment, SegmentName, Selection, Tail};
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
    fn segment(name: &SegmentName, path: PathBuf, bytes: Option<u64>) -> Self {
        Held {
            table: Some(name.table.clone()),
            host: name.host.clone(),
            from: name.from,
            to: Some(name.to),
            first_seq: name.first_seq,
            last_seq: Some(name.last_seq),
            generation: Some(name.generation),
            bytes,
            path,
        }
    }
}

/// What is to be read of one table.
#[derive(Default)]
pub struct Chosen {
    /// Sealed segments, oldest first.
    pub segments: Vec<Opened>,
    /// Rows that are still in a journal, oldest first.
    pub tail: Vec<Tail>,
}

impl From<Selection> for Chosen {
    fn from(selection: Selection) -> Self {
        let segments = selection.segments.into_iter().map(Opened::from).collect();
        Chosen { segments, tail: selection.tail }
    }
}

/// Something that has recorded rows.
pub trait Source: Send + Sync {
    /// What holds rows of `table` in the range, and perhaps others: rows are not filtered.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    fn select(&self, table: &'static Table, range: &Range) -> Result<Chosen, Error>;

    /// The same for who reads no more than these columns: rows that are handed out may be without others.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Chosen, Error> {
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

    /// The id of the machine that a host of it is; `None` where it does not know.
    fn machine(&self, host: &str) -> Option<String> {
        let _ = host;
        None
    }

    /// Ids of the stores that its rows were recorded into; none where it does not know.
    fn stores(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// The tables that it may have rows of; `None` where that is all of them.
    fn tables(&self) -> Option<BTreeSet<String>> {
        None
    }

    /// All hosts that it may have rows of; `None` where it does not know.
    fn hosts(&self) -> Option<BTreeSet<String>> {
        None
    }
}

impl Source for Catalog {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Chosen, Error> {
        Catalog::select(self, table, range).map(Chosen::from)
    }

    fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Chosen, Error> {
        Catalog::select_columns(self, table, range, columns).map(Chosen::from)
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Catalog::extent(self)
    }

    fn held(&self) -> Vec<Held> {
        let segments = self.segments().iter().map(|name| {
            let path = name.path(self.root());
            let bytes = std::fs::metadata(&path).ok().map(|file| file.len());
            Held::segment(name, path, bytes)
        });
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

    fn machine(&self, host: &str) -> Option<String> {
        self.identity().machine(host).map(ToString::to_string)
    }

    fn stores(&self) -> BTreeSet<String> {
        self.identity().stores.clone()
    }

    fn hosts(&self) -> Option<BTreeSet<String>> {
        let (segments, parts) =
            (self.segments().iter().map(|name| &name.host), self.parts().map(|(name, _)| &name.host));
        Some(segments.chain(parts).cloned().collect())
    }
}

impl Source for Lone {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Chosen, Error> {
        Ok(Lone::select(self, table, range).into())
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(Some(Lone::extent(self)))
    }

    fn held(&self) -> Vec<Held> {
        let Segment { name, path, bytes, .. } = self.segment();
        vec![Held::segment(name, path.clone(), Some(*bytes))]
    }

    fn tables(&self) -> Option<BTreeSet<String>> {
        Some(BTreeSet::from([self.segment().name.table.clone()]))
    }

    fn hosts(&self) -> Option<BTreeSet<String>> {
        Some(BTreeSet::from([self.segment().name.host.clone()]))
    }
}

/// What a bucket holds is known by name and size: nothing is fetched to choose.
#[cfg(feature = "s3")]
impl Source for Tree {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Chosen, Error> {
        let chosen = |name: &SegmentName| name.table == table.name && range.touches(name.from, name.to);
        let mut segments: Vec<_> = self.segments().iter().filter(|(name, _)| chosen(name)).collect();
        segments.sort_by_key(|(name, _)| (name.from, name.first_seq));
        let segments = segments.into_iter().map(|(name, bytes)| Opened::far(self.bucket(), name, *bytes));
        Ok(Chosen { segments: segments.collect(), tail: Vec::new() })
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(Tree::extent(self))
    }

    fn held(&self) -> Vec<Held> {
        let held = |(name, bytes): &(SegmentName, u64)| {
            Held::segment(name, self.bucket().place(&name.to_path()).into(), Some(*bytes))
        };
        self.segments().iter().map(held).collect()
    }

    fn machine(&self, host: &str) -> Option<String> {
        self.identity().machine(host).map(ToString::to_string)
    }

    fn stores(&self) -> BTreeSet<String> {
        self.identity().stores.clone()
    }

    fn hosts(&self) -> Option<BTreeSet<String>> {
        Some(self.segments().iter().map(|(name, _)| name.host.clone()).collect())
    }
}
