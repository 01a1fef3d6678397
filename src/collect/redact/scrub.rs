//! Secrets in the middle of a word: in URLs, in their queries, in connection strings, in JSON, tokens.

use super::names::{is_plural_of_secret, is_secret_name, is_secret_parameter, is_secret_variable};
use super::tokens;
use super::{HIDDEN, TOKEN_LENGTH};

/// Appends the word without what is secret in it.
pub fn scrub(word: &str, out: &mut String) {
    let mut named = String::with_capacity(word.len());
    hide_named(word, &mut named);
    tokens::hide(&named, out);
}

/// What is named a secret, or stands where one does.
fn hide_named(word: &str, out: &mut String) {
    let mut rest = word;
    while let Some(at) = rest.find([':', '=']) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        rest = after;
        let skipped = match after.strip_prefix("//").filter(|_| before.ends_with(':')) {
            Some(authority) => credentials(authority).map(|(from, to)| (from + 2, to + 2)),
            None => field(before, after).map(|length| (0, length)),
        };
        if let Some((from, to)) = skipped.filter(|(from, to)| to > from) {
            out.push_str(&after[..from]);
            out.push_str(HIDDEN);
            rest = &after[to..];
        }
    }
    out.push_str(rest);
}

/// Where in `user:password@host/…` the password is.
fn credentials(text: &str) -> Option<(usize, usize)> {
    let stops = |stops: &'static [char]| text.find(stops).unwrap_or(text.len());
    let authority = &text[..stops(&['/', '?', '#', ' ', '"', '\''])];
    if let Some(at) = authority.rfind('@') {
        return match authority[..at].find(':') {
            Some(colon) => Some((colon + 1, at)),
            None => (at >= TOKEN_LENGTH).then_some((0, at)),
        };
    }
    // A password with a slash in it that should have been escaped: then there is no port.
    let colon = authority.find(':')?;
    let is_port = authority[colon + 1..].bytes().all(|b| b.is_ascii_digit());
    let at = text[..stops(&[' ', '"', '\''])].rfind('@')?;
    (!is_port).then_some((colon + 1, at))
}

/// How long the value at the beginning of `after` is, if what ends `before` names a secret.
fn field(before: &str, after: &str) -> Option<usize> {
    let (named, sign) = before.split_at(before.len() - 1);
    let unquoted = named.trim_end_matches(['"', '\'', '\\', ' ']);
    let behind = &named[unquoted.len()..];
    let is_quoted = behind.contains(['"', '\'']);
    let is_named = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = unquoted.rsplit(|c| !is_named(c)).next().unwrap_or("");
    let separator = unquoted[..unquoted.len() - name.len()].chars().next_back();
    let name = name.trim_start_matches('-');
    // A colon between bare words is a port, a tag or a time; in a header and in JSON it is not.
    let lower = name.to_ascii_lowercase();
    let is_header = lower.starts_with("x-") || lower == "private-token";
    let is_parameter = sign == "=" && matches!(separator, Some('?' | '&')) && is_secret_parameter(name);
    let is_secret = is_secret_name(name) || is_secret_variable(name) || is_parameter;
    let is_value = sign == "=" || is_quoted || is_header;
    let skipped = |set: &[char]| after.len() - after.trim_start_matches(set).len();
    // A blank behind an equals sign without one before it ends an empty value.
    let opening = if sign == "=" && behind.is_empty() { 0 } else { skipped(&[' ', '\\']) };
    let value = &after[opening..];
    if value.starts_with('[') && is_value && (is_secret || is_plural_of_secret(name)) {
        return Some(opening + value.find(']').unwrap_or(value.len()));
    }
    if !is_secret || !is_value {
        return None;
    }
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = &value[1..];
            Some(opening + 1 + inner.find(quote).map_or(inner.len(), |end| end + 1))
        }
        // Between semicolons a value may have all but these.
        _ if separator == Some(';') => Some(opening + value.find([';', '"', '\'']).unwrap_or(value.len())),
        _ => Some(opening + value.find(['&', ';', ',', '"', '\'', ' ', '}']).unwrap_or(value.len())),
    }
}
