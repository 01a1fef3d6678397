//! Variables of the environment that look like ours and are none: a mistyped one would say nothing.

use std::io::{Write, stderr};

use super::KEYS;
use super::near;

/// Those that are near no key's, so that nothing was said of them yet. Scripts may have some of their own that begin so.
pub fn strangers() -> Vec<String> {
    let known = known();
    unknown().into_iter().filter(|name| near::variable(name, &known).is_none()).collect()
}

fn unknown() -> Vec<String> {
    let known = known();
    let mut strangers: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("SYSRAY_") && !known.contains(name))
        .collect();
    strangers.sort();
    strangers
}

/// Those that are near the variable of a key, each with the one that was meant.
pub fn mistyped() -> Vec<String> {
    let known = known();
    let told = |name: String| {
        let near = near::variable(&name, &known)?;
        Some(format!("no key has the variable {name}; did you mean {near}?"))
    };
    unknown().into_iter().filter_map(told).collect()
}

/// Says so of each.
pub fn warn() {
    for told in mistyped() {
        let _ = writeln!(stderr(), "sysray: {told}");
    }
}

fn known() -> Vec<String> {
    KEYS.iter().map(|key| key.variable()).chain(["SYSRAY_CONFIG".into()]).collect()
}
