//! A store's tree in a bucket, as a reader sees it: which segments there are, by their names alone.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Address, Bucket, Error};
use crate::schema::Micros;
use crate::store::{Extents, Identity, SegmentName, uncovered};

/// The segments of a store in a bucket, as they were when it was opened.
#[derive(Debug)]
pub struct Tree {
    bucket: Arc<Bucket>,
    identity: Identity,
    /// With their sizes, by table, host and first frame.
    segments: Vec<(SegmentName, u64)>,
}

impl Tree {
    /// Lists what is there. Blocks.
    ///
    /// # Errors
    /// A server that does not answer or refuses, and a place without a store in it.
    pub fn open(address: Address) -> Result<Self, Error> {
        let bucket = Bucket::open(address)?;
        let place = bucket.address().to_string();
        let Some(identity) = bucket.read(Identity::FILE)? else {
            return Err(Error::NoStore { place });
        };
        let identity = Identity::parse(&identity.bytes, std::path::Path::new(&place))
            .map_err(|error| Error::Damaged { place, what: error.to_string() })?;
        let objects = bucket.list(None)?;
        let mut bytes: HashMap<SegmentName, u64> = HashMap::new();
        bytes
            .extend(objects.iter().filter_map(|(name, bytes)| Some((SegmentName::from_path(name)?, *bytes))));
        let mut names: Vec<SegmentName> = bytes.keys().cloned().collect();
        names.sort_unstable();
        let segments = uncovered(&names).into_iter().map(|name| {
            let bytes = bytes.get(&name).copied().unwrap_or_default();
            (name, bytes)
        });
        Ok(Tree { segments: segments.collect(), bucket: Arc::new(bucket), identity })
    }

    /// Where they are.
    pub fn bucket(&self) -> &Arc<Bucket> {
        &self.bucket
    }

    /// What the store says of itself.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The segments that are to be read, with their sizes.
    pub fn segments(&self) -> &[(SegmentName, u64)] {
        &self.segments
    }

    /// The first and last `ts` of all that is there, to the second; `None` where nothing is.
    pub fn extent(&self) -> Option<(Micros, Micros)> {
        let mut extents = Extents::default();
        self.segments.iter().for_each(|(name, _)| extents.segment(name));
        extents.whole()
    }
}
