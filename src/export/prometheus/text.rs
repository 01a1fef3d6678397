//! The text format's small print: what is escaped, and how numbers are written.

/// Help, as it stands after `# HELP name`.
pub fn help(text: &str) -> String {
    text.replace('\\', r"\\").replace('\n', r"\n")
}

/// A label with its value, escaped and in quotes.
pub fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("{name}=\"{value}\"")
}

/// Microseconds as seconds, exactly.
pub(super) fn seconds_of(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, rest) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    match rest {
        0 => format!("{sign}{seconds}"),
        _ => format!("{sign}{seconds}.{}", format!("{rest:06}").trim_end_matches('0')),
    }
}
