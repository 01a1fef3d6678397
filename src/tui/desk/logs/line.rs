//! What a line of a log tells of itself: when it was written, and whether something went wrong.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::time::Micros;

/// Whether it tells of something that went wrong.
pub fn is_error(line: &str) -> bool {
    let line = line.to_lowercase();
    ["error", "fatal", "panic", "critical", "emerg", "segfault", "oom-kill", "failed"]
        .iter()
        .any(|word| line.contains(word))
}

/// The time a line begins with: RFC 3339, `2026-11-28 14:05:01` with or without an offset, `Nov 28 14:05:01`, or in brackets; else seconds
/// since 1970.
pub fn time_of(line: &str) -> Option<Micros> {
    let line = line.trim_start_matches(['[', '(', '<', '"', ' ']);
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let trimmed = |word: &str| word.trim_end_matches([']', ')', '>', ',', '"']).to_string();
    let first = trimmed(words.first()?);
    if let Ok(at) = first.parse::<jiff::Timestamp>() {
        return Some(Micros(at.as_microsecond()));
    }
    let local = |text: &str| -> Option<Micros> {
        let at: DateTime = text.replace(',', ".").parse().ok()?;
        at.to_zoned(TimeZone::system()).ok().map(|at| Micros(at.timestamp().as_microsecond()))
    };
    if let Some(second) = words.get(1) {
        let both = format!("{first}T{}", trimmed(second));
        if let Ok(at) = both.replace(',', ".").parse::<jiff::Timestamp>() {
            return Some(Micros(at.as_microsecond()));
        }
        if let Some(at) = local(&both) {
            return Some(at);
        }
    }
    if let Some(at) = local(&first) {
        return Some(at);
    }
    if words.len() == 3 {
        // Without a year: this one, or where that is still to come the last.
        let now = jiff::Zoned::now();
        for year in [now.year(), now.year() - 1] {
            let text = format!("{year} {} {} {}", words[0], words[1], trimmed(words[2]));
            let Ok(at) = DateTime::strptime("%Y %b %d %H:%M:%S", &text) else { break };
            let Ok(at) = at.to_zoned(TimeZone::system()) else { break };
            if at <= now {
                return Some(Micros(at.timestamp().as_microsecond()));
            }
        }
    }
    let seconds: f64 = first.parse().ok()?;
    (seconds > 1e9 && seconds < 1e10).then_some(Micros((seconds * 1e6) as i64))
}
