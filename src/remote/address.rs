//! `s3://bucket/prefix`: where a tree lies.

use std::fmt;
use std::str::FromStr;

use object_store::path::Path;

use super::Error;

/// How an address begins.
const SCHEME: &str = "s3://";

/// A bucket, and the folder in it that is a store's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub bucket: String,
    /// Empty where the store is all there is in the bucket.
    pub prefix: Path,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Address { text: text.into(), why: why.into() };
        let rest = text.strip_prefix(SCHEME).ok_or_else(|| wrong("it does not begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(wrong("it names no bucket"));
        }
        if !bucket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
            return Err(wrong("a bucket's name has letters, digits, dots and dashes"));
        }
        let prefix = Path::parse(prefix.trim_matches('/')).map_err(|error| wrong(&error.to_string()))?;
        Ok(Address { bucket: bucket.into(), prefix })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.bucket)?;
        if self.prefix.as_ref().is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}
