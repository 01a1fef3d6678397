//! What a path stands for that was named to be asked: a store, a folder of copied stores, one segment
//! by itself, or a store in a bucket.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Error;
use super::source::Source;
#[cfg(feature = "s3")]
use crate::remote::Tree;
use crate::schema::Micros;
use crate::store::{Catalog, Error as StoreError, Lone, is_far};

/// Opens all of them; what is named twice is read once.
///
/// # Errors
/// A path with nothing behind it that was recorded.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<Arc<dyn Source>>, Error> {
    Listed::for_at_most(Duration::ZERO).sources(paths)
}

/// What was listed in buckets a moment ago, for who asks again and again: each listing goes to and fro between here
/// and there, and what is there changes once a day.
pub struct Listed {
    fresh: Duration,
    known: Mutex<BTreeMap<PathBuf, Listing>>,
}

/// A source, and when it was listed.
type Listing = (Instant, Arc<dyn Source>);

impl Listed {
    /// A listing is used again until it is so old.
    pub fn for_at_most(fresh: Duration) -> Self {
        Listed { fresh, known: Mutex::default() }
    }

    /// Opens all of them; what is named twice is read once.
    ///
    /// # Errors
    /// A path with nothing behind it that was recorded.
    pub fn sources(&self, paths: &[PathBuf]) -> Result<Vec<Arc<dyn Source>>, Error> {
        // By where it is, so that each is opened once, and as it was named, so that messages do so too.
        let mut places = BTreeMap::new();
        for path in paths {
            if is_far(path) {
                places.insert(path.clone(), path.clone());
                continue;
            }
            for place in stores_of(path)? {
                places.insert(place.canonicalize().unwrap_or_else(|_| place.clone()), place);
            }
        }
        let opened = |place: &PathBuf| match is_far(place) {
            true => self.source(place, far),
            false => open(place),
        };
        places.values().map(opened).collect()
    }

    /// What stands for the place since it was opened the last time, or as it is opened now.
    ///
    /// # Errors
    /// Those of opening it, which are not kept.
    pub fn source(
        &self,
        place: &Path,
        open: impl FnOnce(&Path) -> Result<Arc<dyn Source>, Error>,
    ) -> Result<Arc<dyn Source>, Error> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, source)) = known.get(place).filter(|(listed, _)| listed.elapsed() < self.fresh) {
            return Ok(source.clone());
        }
        let listed = Instant::now();
        let source = open(place)?;
        known.insert(place.to_path_buf(), (listed, source.clone()));
        Ok(source)
    }
}

fn open(place: &Path) -> Result<Arc<dyn Source>, Error> {
    if place.extension().is_some_and(|ending| ending == "parquet") && !place.exists() {
        return Err(Error::NoFile(place.to_path_buf()));
    }
    Ok(if place.is_file() { Arc::new(Lone::open(place)?) } else { Arc::new(Catalog::open(place)?) })
}

#[cfg(feature = "s3")]
fn far(place: &Path) -> Result<Arc<dyn Source>, Error> {
    Ok(Arc::new(Tree::open(place.to_string_lossy().parse()?)?))
}

#[cfg(not(feature = "s3"))]
fn far(place: &Path) -> Result<Arc<dyn Source>, Error> {
    let place = place.display();
    let what =
        "is in a bucket, and this sysray was built without what reads those; build one with `--features s3`";
    Err(Error::Far(format!("{place} {what}")))
}

/// From when to when anything is recorded in them; `None` where nothing is.
///
/// # Errors
/// A folder or a file that cannot be read.
pub fn extent(sources: &[Arc<dyn Source>]) -> Result<Option<(Micros, Micros)>, Error> {
    let mut all: Option<(Micros, Micros)> = None;
    for source in sources {
        if let Some((from, to)) = source.extent()? {
            all = Some(all.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
        }
    }
    Ok(all)
}

/// The path itself, or the stores that lie in it where it is none.
fn stores_of(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    if path.is_dir() && !Catalog::is_store(path) {
        for entry in std::fs::read_dir(path).map_err(StoreError::io(path))? {
            found.push(entry.map_err(StoreError::io(path))?.path());
        }
        found.retain(|folder| Catalog::is_store(folder));
    }
    // Without any it is to be said that the folder which was named is none.
    Ok(if found.is_empty() { vec![path.to_path_buf()] } else { found })
}
