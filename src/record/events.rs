//! Rows of `event` that the tick loop itself knows of.

use std::path::Path;

use crate::schema::rows::Event;
use crate::time::Micros;

/// A severity's word.
const INFO: &str = "info";
const WARNING: &str = "warning";

fn event(kind: &str, severity: &str, message: String) -> Event {
    Event {
        kind: Some(kind.into()),
        severity: Some(severity.into()),
        subject: Some("recorder".into()),
        message: Some(message.into()),
        ..Event::default()
    }
}

/// The kind of event that says that something recorded is lost.
pub const LOST: &str = "lost";

/// A recording that was cut off left a part of a tick.
pub fn torn(part: &Path, bytes: usize) -> Event {
    let message = format!("{}: a tick was cut off, {bytes} bytes of it are left out", part.display());
    event(LOST, WARNING, message)
}

/// Not all of a part can be read.
pub fn damaged(part: &Path) -> Event {
    let message =
        format!("{0}: damaged; what is sound is sealed, and the part is kept as {0}.damaged", part.display());
    event(LOST, WARNING, message)
}

/// The recording begins.
pub fn start(interval_s: f64) -> Event {
    let detail = serde_json::json!({ "interval_s": interval_s, "version": env!("CARGO_PKG_VERSION") });
    let message = format!("recording began, a sample each {interval_s} s");
    Event { detail: Some(detail.to_string().into()), ..event("start", INFO, message) }
}

/// The recording ends because it was asked to.
pub fn stop(ticks: u64) -> Event {
    event("stop", INFO, format!("recording ended after {ticks} samples"))
}

/// The host booted since it was last recorded, or since the first row.
pub fn boot(at: Micros) -> Event {
    Event {
        subject: Some("host".into()),
        detail: Some(at.0.to_string().into()),
        ..event("boot", INFO, "the host booted".into())
    }
}

/// Nothing was recorded from `since` on; the row itself stands at the end of the gap.
pub fn gap(since: Micros, until: Micros, why: &str) -> Event {
    let seconds = (until.0 - since.0) as f64 / 1e6;
    let detail = serde_json::json!({ "from_us": since.0, "to_us": until.0 });
    Event {
        detail: Some(detail.to_string().into()),
        ..event("gap", WARNING, format!("nothing was recorded for {seconds:.1} s: {why}"))
    }
}

/// The wall clock jumped against the monotonic one.
pub fn clock_step(by_us: i64) -> Event {
    let message = format!("the wall clock stepped by {:+.3} s", by_us as f64 / 1e6);
    Event {
        subject: Some("clock".into()),
        detail: Some(by_us.to_string().into()),
        ..event("clock_step", WARNING, message)
    }
}

/// Something failed that the recording survives.
pub fn error(subject: &str, message: String) -> Event {
    Event { subject: Some(subject.into()), ..event("error", WARNING, message) }
}
