//! What can be wrong with a bucket, each as one line that names the thing and the way out.

/// Codes of answers that are about who asks, whatever their status is: 400 with some servers.
const REFUSALS: [&str; 6] = [
    "AccessDenied",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "NotSignedUp",
    "SignatureDoesNotMatch",
];

/// Why a bucket cannot be read or filled.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("{text} is no address of a store: {why}; write it as s3://bucket/prefix")]
    Address { text: String, why: String },
    #[error("cannot ask for {address}: {why}; the variables AWS_… say how")]
    Settings { address: String, why: String },
    #[error("{place}: nothing of that name is there ({why})")]
    Missing { place: String, why: String },
    #[error(
        "{place} is no store (it has no `sysray-store.json`); `sysray push` makes one of sealed segments"
    )]
    NoStore { place: String },
    #[error("{place}: there is no such bucket; name one that is there, since none is made")]
    NoBucket { place: String },
    #[error(
        "{place}: the server refuses ({why}); it wants AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of somebody who may, or AWS_SKIP_SIGNATURE=true where all may read"
    )]
    Refused { place: String, why: String },
    /// The object is there already, or was changed by somebody else meanwhile.
    #[error("{place} is there already; nothing was overwritten")]
    Taken { place: String },
    #[error("{place}: {why}")]
    Failed { place: String, why: String },
    #[error(
        "{place}: nobody answers ({why}); the server's address is in AWS_ENDPOINT_URL, and one that speaks http wants AWS_ALLOW_HTTP=true"
    )]
    Unreachable { place: String, why: String },
    #[error("{place}: {what}")]
    Damaged { place: String, what: String },
    #[error(
        "{place} has hosts of other machines under the same names ({hosts}), whose rows could not be told apart; push to another prefix"
    )]
    Namesakes { place: String, hosts: String },
    #[error("the thread for the network is not there: {0}")]
    Start(String),
}

impl Error {
    /// What the object store says of a place.
    pub(super) fn at(place: impl Into<String>) -> impl FnOnce(object_store::Error) -> Error {
        use object_store::Error as Told;
        let place = place.into();
        move |told| {
            let (why, is_connection) = cause(&told);
            match told {
                _ if why == "NoSuchBucket" => Error::NoBucket { place },
                Told::NotFound { .. } => Error::Missing { place, why },
                Told::PermissionDenied { .. } | Told::Unauthenticated { .. } => Error::Refused { place, why },
                _ if REFUSALS.contains(&why.as_str()) => Error::Refused { place, why },
                Told::AlreadyExists { .. } | Told::Precondition { .. } => Error::Taken { place },
                _ if is_connection => Error::Unreachable { place, why },
                _ => Error::Failed { place, why },
            }
        }
    }
}

/// The innermost reason, of an answer in XML its code; and whether it is one of the connection.
fn cause(error: &object_store::Error) -> (String, bool) {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let is_connection = innermost.is::<std::io::Error>() || text.contains("scheme");
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let why =
        code.map_or_else(|| text.trim_end_matches([':', ' ']).to_string(), |(code, _)| code.to_string());
    (why, is_connection)
}
