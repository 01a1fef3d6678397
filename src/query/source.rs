//! Where rows come from, as the engine sees it: a store's catalog, or in a test anything else.
//!
//! It decides nothing about SQL, and hands out what it chose held open.

use crate::schema::{Micros, Table};
use crate::store::{Catalog, Error, Lone, Selection};
use crate::time::Range;

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
}

impl Source for Lone {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Selection, Error> {
        Ok(Lone::select(self, table, range))
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(Some(Lone::extent(self)))
    }
}
