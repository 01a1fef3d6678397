//! What a message of the kernel is about. Pure; reads nothing.

use serde_json::{Map, Value};

use super::oom::Oom;
use crate::schema::rows::Event;

/// Reads messages one after the other: some belong together.
#[derive(Default)]
pub struct Reader {
    oom: Oom,
    /// The number of the message before.
    number: Option<i64>,
}

const CRITICAL: &str = Event::CRITICAL;
const WARNING: &str = Event::WARNING;
const INFO: &str = Event::INFO;

impl Reader {
    /// A message as `/dev/kmsg` hands it out: `priority,number,microseconds,flags;text`, and behind the first
    /// line what drivers add. `None` where it is about nothing that is told.
    pub fn message(&mut self, bytes: &[u8]) -> Option<Event> {
        let bytes = bytes.split(|byte| *byte == b'\n').next()?;
        let at = bytes.iter().position(|byte| *byte == b';')?;
        let head = std::str::from_utf8(&bytes[..at]).ok()?;
        let mut head = head.split(',');
        let priority: u32 = head.next()?.parse().ok()?;
        self.number = head.next()?.parse().ok().or(self.number);
        let uptime_us: i64 = head.next()?.parse().ok()?;
        // What programs write into the log stands there under their own facility, and is not the kernel's.
        if priority >> 3 != 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes[at + 1..]);
        let mut event = self.text(&text)?;
        let mut detail = match event.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()) {
            Some(Value::Object(detail)) => detail,
            _ => Map::new(),
        };
        detail.insert("uptime_us".into(), uptime_us.into());
        event.detail = Some(Value::Object(detail).to_string().into());
        Some(event)
    }

    /// The number of the last message: the kernel counts them from boot on.
    pub fn number(&self) -> Option<i64> {
        self.number
    }

    fn text(&mut self, text: &str) -> Option<Event> {
        if let Some(killed) = self.oom.text(text) {
            return Some(killed);
        }
        let told = |kind: &str, severity, subject: &str| Some(Event::about(kind, severity, subject, text));
        if let Some((_, rest)) = text.split_once("I/O error") {
            let device = after(rest, "dev ").or_else(|| after(rest, "on dev "));
            let device = device.or_else(|| between(text, "(", ")"));
            return device.and_then(|device| told("io_error", CRITICAL, device));
        }
        // `critical medium error, dev sda, sector 8`, and what else a block device may have; one that says it cannot
        // do a thing has lost nothing.
        if let Some((what, rest)) = text.split_once(" error, dev ")
            && let Some((device, _)) = rest.split_once(", sector")
            && !what.ends_with("operation not supported")
        {
            return told("io_error", CRITICAL, device);
        }
        if let Some(rest) = text.strip_prefix("INFO: task ")
            && let Some((task, _)) = rest.split_once(" blocked for more than ")
        {
            return told("hung_task", WARNING, task);
        }
        if text.contains("soft lockup - CPU#") || text.contains("hard LOCKUP") {
            return told("soft_lockup", CRITICAL, &cpu(text));
        }
        if text.contains("[Hardware Error]") || text.starts_with("mce: ") && text.contains("Machine check") {
            return told("machine_check", CRITICAL, "host");
        }
        if let Some((task, _)) = text.split_once(": segfault at ") {
            return told("segfault", INFO, task);
        }
        if let Some((task, _)) =
            text.strip_prefix("traps: ").and_then(|rest| rest.split_once(" general protection"))
        {
            return told("segfault", INFO, task);
        }
        let lower = text.to_ascii_lowercase();
        if lower.contains("remounting filesystem read-only") || lower.contains("forced readonly") {
            let device = between(text, "(", ")").or_else(|| between(text, "device ", "):")).unwrap_or("");
            return told("readonly_remount", CRITICAL, device.trim_start_matches("device "));
        }
        if lower.contains("filesystem has been shut down") {
            return told("readonly_remount", CRITICAL, between(text, "(", ")").unwrap_or(""));
        }
        if lower.contains("re-mounted") && (lower.ends_with(" ro") || lower.contains(" ro.")) {
            return told("readonly_remount", WARNING, between(text, "(", ")").unwrap_or(""));
        }
        if let Some(state) = LINKS.iter().find(|s| lower.contains(**s))
            && !lower.contains("pciehp")
        {
            let severity = if state.ends_with("down") { WARNING } else { INFO };
            return told("link", severity, &interface(text, &lower, state));
        }
        if text.starts_with("clocksource: ") && (lower.contains("unstable") || lower.contains("switched to"))
        {
            return told("clock_source", WARNING, between(text, "'", "'").unwrap_or(""));
        }
        None
    }
}

/// The word behind some text.
pub(super) fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.split_once(what)?.1.split([' ', ',', ':']).next().filter(|word| !word.is_empty())
}

pub(super) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    Some(text.split_once(from)?.1.split_once(to)?.0)
}

/// `CPU#1` of a message that has it.
fn cpu(text: &str) -> String {
    let number = text.split_once("CPU#").map(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()).next());
    number.flatten().map_or_else(String::new, |number| format!("cpu{number}"))
}

/// What is said of a link that came or went, in small letters.
const LINKS: [&str; 7] = [
    "link is up",
    "link is down",
    "link becomes ready",
    ": link up",
    ": link down",
    "link status definitely up",
    "link status definitely down",
];

/// The last word before what is said of the link that may be the name of an interface.
fn interface(text: &str, lower: &str, state: &str) -> String {
    let before = lower.find(state).and_then(|at| text.get(..at)).unwrap_or_default();
    let words = before.split([' ', '(', ')']).map(|word| word.trim_end_matches(':'));
    let mut named = words.filter(|word| {
        !word.is_empty() && !["NIC", "ADDRCONF", "NETDEV_CHANGE", "IPv6", "Copper"].contains(word)
    });
    named.next_back().unwrap_or_default().to_string()
}
