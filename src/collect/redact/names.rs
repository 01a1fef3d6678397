//! Which names are names of secrets.

/// A part of a name that ends so names a secret, wherever in the name it stands.
const SECRETS: [&str; 8] =
    ["password", "passwd", "passphrase", "passcode", "secret", "token", "credential", "bearer"];

/// As the last part of a name these do too.
const LAST_SECRETS: [&str; 6] = ["pass", "pwd", "pw", "credentials", "passwords", "masterauth"];

/// A last part that ends so does too: `SharedAccessKey`.
const LAST_ENDS: [&str; 9] = [
    "apikey",
    "accesskey",
    "accountkey",
    "secretkey",
    "privatekey",
    "authkey",
    "sharedkey",
    "storagekey",
    "accesssignature",
];

/// As the last part a word that ends in `pass` does too (`storepass`), but for these.
const NO_PASSWORDS: [&str; 9] =
    ["allpass", "bandpass", "bypass", "compass", "firstpass", "highpass", "lowpass", "multipass", "trespass"];

/// Before a last `key` these make it a secret.
const KEYS: [&str; 14] = [
    "api",
    "access",
    "secret",
    "private",
    "auth",
    "account",
    "encryption",
    "signing",
    "master",
    "shared",
    "license",
    "storage",
    "subscription",
    "hmac",
];

/// As the last part of a name these say that it is about a secret, and holds none.
const ABOUT_SECRETS: [&str; 27] = [
    "file",
    "files",
    "path",
    "dir",
    "store",
    "stdin",
    "fd",
    "env",
    "name",
    "policy",
    "length",
    "type",
    "ttl",
    "url",
    "uri",
    "endpoint",
    "count",
    "limit",
    "expiry",
    "expiration",
    "timeout",
    "prompt",
    "manager",
    "provider",
    "helper",
    "command",
    "version",
];

/// Whether an option, a field or a header of that name holds a secret. Dashes in front are not part of it.
pub fn is_secret_name(name: &str) -> bool {
    if name == "PWD" {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let mut from_last = parts(&lower).rev();
    let Some(last) = from_last.next() else { return false };
    if ABOUT_SECRETS.contains(&last) {
        return false;
    }
    parts(&lower).any(|part| SECRETS.iter().any(|secret| part.ends_with(secret)))
        || LAST_SECRETS.contains(&last)
        || LAST_ENDS.iter().any(|end| last.ends_with(end))
        || (last.ends_with("pass") && !NO_PASSWORDS.contains(&last))
        || (last == "key" && from_last.next().is_some_and(|part| KEYS.contains(&part)))
}

/// Whether an option of that name takes a user, and behind a colon a password: `--basic-auth`.
pub fn is_login_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    parts(&lower).last().is_some_and(|last| ["auth", "basicauth", "creds"].contains(&last))
}

/// Whether an option of that name takes a cookie, `name=secret`, or the name of a file.
pub fn is_cookie_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    parts(&lower).last().is_some_and(|last| ["cookie", "cookies"].contains(&last))
}

/// Whether a list of that name is one of secrets. Of a number it says how many there are: `"max_tokens": 100`.
pub fn is_plural_of_secret(name: &str) -> bool {
    name.strip_suffix(['s', 'S']).is_some_and(is_secret_name)
}

/// Whether a parameter of that name in a URL is a secret, though it would be none elsewhere: `?sig=…`.
pub fn is_secret_parameter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    parts(&lower)
        .last()
        .is_some_and(|last| ["sig", "signature", "key", "auth", "jwt", "hmac"].contains(&last))
}

/// Whether it is all of characters that names of options, variables and headers have.
pub fn is_key(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Whether a bare word announces a secret as the next: `aws configure set aws_secret_access_key …`, `npm config set
/// //registry/:_authToken …`, `poetry config pypi-token.pypi …`.
pub fn announces_secret(word: &str) -> bool {
    let last = word.rsplit('.').next().unwrap_or(word);
    let of_registry = || word.strip_prefix("//").and_then(|rest| rest.rsplit_once(":_"));
    ["aws_secret_access_key", "aws_access_key_id", "aws_session_token"].contains(&last)
        || word.starts_with("pypi-token.")
        || of_registry().is_some_and(|(_, name)| is_secret_name(name) || name == "auth")
}

/// Whether an environment variable of that name holds one: `PGPASSWORD`, `AWS_ACCESS_KEY_ID`, `MY_KEY`.
pub fn is_secret_variable(name: &str) -> bool {
    if !name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let is_about = parts(&lower).last().is_some_and(|last| ABOUT_SECRETS.contains(&last));
    !is_about && parts(&lower).any(|part| part.ends_with("key") || part == "keys")
}

/// The parts of a name, without numbers behind them.
fn parts(lower: &str) -> impl DoubleEndedIterator<Item = &str> {
    let parts = lower.split(['-', '_', '.']);
    parts.map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit())).filter(|part| !part.is_empty())
}
