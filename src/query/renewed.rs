//! A store that is looked at anew from time to time, while the engine over it stays: what it has read of
//! files, their footers, it does not read again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::copies::once;
use super::source::{Chosen, Held, Source};
use super::{Error, sources};
use crate::schema::{Micros, Table};
use crate::store::Error as StoreError;
use crate::time::Range;

/// What a path stands for, as it was when last looked at.
pub struct Renewed {
    path: PathBuf,
    now: RwLock<Vec<Arc<dyn Source>>>,
}

impl Renewed {
    /// Opens it.
    ///
    /// # Errors
    /// A path with nothing behind it that was recorded.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let now = sources(&[path.to_path_buf()])?;
        Ok(Renewed { path: path.to_path_buf(), now: RwLock::new(now) })
    }

    /// Looks at it again. Questions under way go on with what they have.
    ///
    /// # Errors
    /// What is there no more or cannot be read; then all is as it was.
    pub fn renew(&self) -> Result<(), Error> {
        let now = sources(std::slice::from_ref(&self.path))?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    fn now(&self) -> Vec<Arc<dyn Source>> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn gathered(
        &self,
        choose: impl Fn(&dyn Source) -> Result<Chosen, StoreError>,
    ) -> Result<Chosen, StoreError> {
        let chosen = self.now().into_iter().map(|source| {
            let one = choose(source.as_ref())?;
            Ok((source, one))
        });
        Ok(once(chosen.collect::<Result<_, StoreError>>()?))
    }
}

impl Source for Renewed {
    fn select(&self, table: &'static Table, range: &Range) -> Result<Chosen, StoreError> {
        self.gathered(|source| source.select(table, range))
    }

    fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Chosen, StoreError> {
        self.gathered(|source| source.select_columns(table, range, columns))
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, StoreError> {
        let mut all: Option<(Micros, Micros)> = None;
        for source in self.now() {
            if let Some((from, to)) = source.extent()? {
                all = Some(all.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
            }
        }
        Ok(all)
    }

    fn held(&self) -> Vec<Held> {
        self.now().iter().flat_map(|source| source.held()).collect()
    }

    fn machine(&self, host: &str) -> Option<String> {
        let mut ids = self.now().into_iter().filter_map(|source| source.machine(host));
        let id = ids.next()?;
        ids.all(|other| other == id).then_some(id)
    }

    fn stores(&self) -> BTreeSet<String> {
        self.now().iter().flat_map(|source| source.stores()).collect()
    }

    fn hosts(&self) -> Option<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        for source in self.now() {
            all.extend(source.hosts()?);
        }
        Some(all)
    }
}
