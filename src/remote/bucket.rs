//! A bucket: objects listed, read and made, by a thread that does nothing else.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::path::Path;
use object_store::{
    ClientConfigKey, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload, RetryConfig, UpdateVersion,
};
use tokio::runtime::{Builder, Runtime};

use super::{Address, Error};
use crate::schema::table;

/// A request is tried again so often, for so long: whoever waits for an answer hears why there is none.
const RETRIES: usize = 4;
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one request may take, a segment under way in it included, where AWS_TIMEOUT does not say.
const LONGEST: &str = "1h";
/// So many folders are listed at the same time.
const LISTINGS: usize = 16;

/// The objects below an address.
#[derive(Debug)]
pub struct Bucket {
    address: Address,
    objects: Arc<dyn ObjectStore>,
    /// Where requests are at work. `None` only while it is dropped.
    network: Option<Runtime>,
}

/// An object that somebody may change, and which version of it this is.
pub(super) struct Versioned {
    pub bytes: Bytes,
    version: UpdateVersion,
}

impl Bucket {
    /// By what the environment says of servers and credentials (`AWS_ENDPOINT_URL`, `AWS_REGION`,
    /// `AWS_ACCESS_KEY_ID`, …). Nothing is asked yet.
    ///
    /// # Errors
    /// Settings that cannot be meant.
    pub fn open(address: Address) -> Result<Self, Error> {
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let mut objects = AmazonS3Builder::from_env();
        if std::env::var_os("AWS_TIMEOUT").is_none() {
            objects = objects.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), LONGEST);
        }
        let objects = objects
            .with_bucket_name(&address.bucket)
            // The server refuses what did not arrive as it was sent.
            .with_checksum_algorithm(Checksum::SHA256)
            .with_retry(retry)
            .build()
            .map_err(|error| Error::Settings { address: address.to_string(), why: error.to_string() })?;
        let network =
            Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build();
        let network = network.map_err(|error| Error::Start(error.to_string()))?;
        Ok(Bucket { address, objects: Arc::new(objects), network: Some(network) })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What an object is called in messages.
    pub fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.address.prefix.clone(), |path, part| path.join(part))
    }

    /// What an object is called from the root on.
    fn name(&self, path: &Path) -> Option<String> {
        let path = path.as_ref().strip_prefix(self.address.prefix.as_ref())?;
        Some(path.trim_start_matches('/').to_string())
    }

    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, object_store::Error>> + Send + 'static,
        name: &str,
    ) -> Result<T, Error> {
        let Some(network) = &self.network else { return Err(Error::Start("it has ended".into())) };
        network.block_on(work).map_err(Error::at(self.place(name)))
    }

    /// The objects in folders of tables, of all hosts or some, with their sizes. Blocks.
    ///
    /// # Errors
    /// A server that does not answer, or refuses.
    pub fn list(&self, hosts: Option<&[String]>) -> Result<Vec<(String, u64)>, Error> {
        let (objects, root) = (self.objects.clone(), self.address.prefix.clone());
        let hosts: Option<Vec<String>> =
            hosts.map(|hosts| hosts.iter().map(|host| format!("host={host}")).collect());
        let work = async move {
            let mut folders = objects.list_with_delimiter(Some(&root)).await?.common_prefixes;
            folders.retain(|folder| folder.filename().is_some_and(|name| table(name).is_some()));
            if let Some(hosts) = hosts {
                let of_hosts = |table: &Path| {
                    hosts.iter().map(|host| table.clone().join(host.as_str())).collect::<Vec<_>>()
                };
                folders = folders.iter().flat_map(of_hosts).collect();
            }
            // Folder by folder, since a listing is told page by page, one after the other.
            let folders = stream::iter(folders).map(|folder| {
                let objects = objects.clone();
                async move { objects.list(Some(&folder)).try_collect::<Vec<ObjectMeta>>().await }
            });
            let below: Vec<Vec<ObjectMeta>> = folders.buffer_unordered(LISTINGS).try_collect().await?;
            Ok(below.into_iter().flatten().collect::<Vec<_>>())
        };
        let found = self.wait(work, "")?;
        Ok(found.into_iter().filter_map(|object| Some((self.name(&object.location)?, object.size))).collect())
    }

    /// A whole object; `None` where there is none. Blocks.
    ///
    /// # Errors
    /// A server that does not answer, or refuses.
    pub(super) fn read(&self, name: &str) -> Result<Option<Versioned>, Error> {
        let (objects, path) = (self.objects.clone(), self.path(name));
        let work = async move {
            let object = match objects.get(&path).await {
                Err(object_store::Error::NotFound { .. }) => return Ok(None),
                other => other?,
            };
            let version =
                UpdateVersion { e_tag: object.meta.e_tag.clone(), version: object.meta.version.clone() };
            Ok(Some(Versioned { bytes: object.bytes().await?, version }))
        };
        self.wait(work, name)
    }

    /// Makes an object, or replaces that version of it. Blocks.
    ///
    /// # Errors
    /// [`Error::Taken`] where there is another by now; a server that does not answer, or refuses.
    pub(super) fn write(&self, name: &str, bytes: Bytes, over: Option<Versioned>) -> Result<(), Error> {
        let (objects, path) = (self.objects.clone(), self.path(name));
        let mode = over.map_or(PutMode::Create, |known| PutMode::Update(known.version));
        let work = async move { objects.put_opts(&path, PutPayload::from_bytes(bytes), mode.into()).await };
        self.wait(work, name).map(drop)
    }

    /// Parts of an object, in the order in which they are named; what lies close together is one request.
    ///
    /// # Errors
    /// A server that does not answer, or refuses.
    pub async fn parts(&self, name: &str, ranges: Vec<Range<u64>>) -> Result<Vec<Bytes>, Error> {
        let Some(network) = &self.network else { return Err(Error::Start("it has ended".into())) };
        let (objects, path) = (self.objects.clone(), self.path(name));
        // There, whichever runtime waits for it: connections live as long as the one that they were made in.
        let work = network.spawn(async move { objects.get_ranges(&path, &ranges).await });
        let place = self.place(name);
        work.await.map_err(|error| Error::Start(error.to_string()))?.map_err(Error::at(place))
    }
}

/// It may be let go of by a thread that must not wait.
impl Drop for Bucket {
    fn drop(&mut self) {
        if let Some(network) = self.network.take() {
            network.shutdown_background();
        }
    }
}
