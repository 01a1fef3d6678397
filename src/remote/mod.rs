//! Stores in buckets: the tree of a store's sealed segments under `s3://bucket/prefix`, as it lies on disk.
//!
//! The only room that knows object stores. It waits for the network on a thread of its own, whoever asks.
//! Nothing in a bucket is ever overwritten or deleted, but for `sysray-store.json`, which gains hosts.

mod address;
mod bucket;
mod error;
mod push;
mod tree;

pub use address::Address;
pub use bucket::Bucket;
pub use error::Error;
pub use push::{Ask, Pushed, push};
pub use tree::Tree;
