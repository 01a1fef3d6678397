//! HTTP headers whose values are secrets.

use super::names::is_key;

/// Options whose value is a header, of whatever program.
const OPTIONS: [&str; 6] =
    ["-H", "--header", "--headers", "--add-header", "--proxy-header", "--request-header"];

/// A header whose name holds one of these is secret.
const SECRETS: [&str; 9] =
    ["token", "auth", "key", "secret", "cookie", "password", "session", "credential", "signature"];

/// Whether the next word is a header.
pub fn is_option(word: &str) -> bool {
    OPTIONS.contains(&word)
}

/// What an option has in the same word, and where it begins: `--header=…`, `-H…`.
pub fn in_option(word: &str) -> Option<(usize, &str)> {
    let rest = match word.split_once('=') {
        Some((option, rest)) if option.starts_with("--") && is_option(option) => rest,
        _ => word.strip_prefix("-H").filter(|rest| !rest.is_empty())?,
    };
    Some((word.len() - rest.len(), rest))
}

/// Where the value of a header begins that an option announced, if its name tells that it is secret. Those that
/// [`value_of_any`] finds are left to it.
pub fn value(header: &str) -> Option<usize> {
    let body = header.trim_start_matches(['"', '\'', '\\']);
    let (name, rest) = body.split_once(':').filter(|(name, _)| is_key(name))?;
    let lower = name.to_ascii_lowercase();
    let is_secret = SECRETS.iter().any(|secret| lower.contains(secret));
    (is_secret && value_of_any(header).is_none()).then(|| header.len() - rest.len())
}

/// Where the value of a header begins that is secret as a whole, wherever it stands.
pub fn value_of_any(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let ends = ["authorization:", "cookie:"].map(|name| lower.find(name).map(|at| at + name.len()));
    ends.into_iter().flatten().min()
}

/// Whether it names how the value is meant, and is none itself.
pub fn is_scheme(word: &str) -> bool {
    let schemes = ["basic", "bearer", "digest", "negotiate", "token", "apikey", "aws4-hmac-sha256"];
    schemes.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}
