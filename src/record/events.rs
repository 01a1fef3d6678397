//! Rows of `event` that the tick loop itself knows of.

use std::path::Path;
use std::time::Duration;

use super::budget::{self, STEPS};
use super::episode::{News, Stage};
use super::storm;
use crate::schema::Text;
use crate::schema::rows::Event;
use crate::store::Note;
use crate::time::Micros;

fn event(kind: &str, severity: &str, message: String) -> Event {
    Event::about(kind, severity, "recorder", &message)
}

/// The kind of event that says that something recorded is lost.
pub const LOST: &str = "lost";

/// The kind of event that says that a recording began.
pub const START: &str = "start";

/// The kind of event that says that a recording ended.
pub const STOP: &str = "stop";

/// A recording that was cut off left a part of a tick.
pub fn torn(part: &Path, bytes: usize) -> Event {
    let message = format!("{}: a tick was cut off, {bytes} bytes of it are left out", part.display());
    event(LOST, Event::WARNING, message)
}

/// Not all of a part can be read.
pub fn damaged(part: &Path) -> Event {
    let message =
        format!("{0}: damaged; what is sound is sealed, and the part is kept as {0}.damaged", part.display());
    event(LOST, Event::WARNING, message)
}

/// The recording begins.
pub fn start(interval_s: f64) -> Event {
    let detail = serde_json::json!({ "interval_s": interval_s, "version": env!("CARGO_PKG_VERSION") });
    let message = format!("recording began, a sample each {interval_s} s");
    Event { detail: Some(detail.to_string().into()), ..event(START, Event::INFO, message) }
}

/// The recording ends because it was asked to.
pub fn stop(ticks: u64) -> Event {
    event(STOP, Event::INFO, format!("recording ended after {ticks} samples"))
}

/// The host booted since it was last recorded. Where that recording had not ended, the host may have gone
/// down under it.
pub fn boot(at: Micros, has_ended: bool) -> Event {
    let (kind, severity, message) = match has_ended {
        true => ("boot", Event::INFO, "the host booted"),
        false => {
            ("unclean_boot", Event::WARNING, "the host booted, and the recording before that was cut off")
        }
    };
    Event {
        subject: Some("host".into()),
        detail: Some(at.0.to_string().into()),
        ..event(kind, severity, message.into())
    }
}

/// Nothing was recorded from `since` on; the row itself stands at the end of the gap.
pub fn gap(since: Micros, until: Micros, why: &str) -> Event {
    let seconds = (until.0 - since.0) as f64 / 1e6;
    let detail = serde_json::json!({ "from_us": since.0, "to_us": until.0 });
    Event {
        detail: Some(detail.to_string().into()),
        ..event("gap", Event::WARNING, format!("nothing was recorded for {seconds:.1} s: {why}"))
    }
}

/// The wall clock jumped against the monotonic one.
pub fn clock_step(by_us: i64) -> Event {
    let message = format!("the wall clock stepped by {:+.3} s", by_us as f64 / 1e6);
    Event {
        subject: Some("clock".into()),
        detail: Some(by_us.to_string().into()),
        ..event("clock_step", Event::WARNING, message)
    }
}

/// The host slept between two ticks; the row itself stands at the end.
pub fn suspend(since: Micros, until: Micros, length: Duration) -> Event {
    let detail = serde_json::json!({
        "from_us": since.0, "to_us": until.0, "suspended_us": length.as_micros() as i64,
    });
    Event {
        subject: Some("host".into()),
        detail: Some(detail.to_string().into()),
        ..event("suspend", Event::INFO, format!("the host was suspended for {:.1} s", length.as_secs_f64()))
    }
}

/// Ticks were due and not taken.
pub fn skipped(news: &News, interval: Duration) -> Event {
    let (took_ms, interval_ms) = (news.most as f64 / 1e3, interval.as_secs_f64() * 1e3);
    let message = match news.stage {
        Stage::Began => format!(
            "samples are skipped: one was there {took_ms:.1} ms after it was due, the interval is {interval_ms} ms"
        ),
        stage => format!(
            "{} samples were skipped in {:.1} s{}: one was there up to {took_ms:.1} ms after it was due, the interval is \
             {interval_ms} ms",
            news.count,
            seconds(news),
            ended(stage)
        ),
    };
    let more = serde_json::json!({ "skipped": news.count, "longest_us": news.most });
    Event { detail: Some(spanned(news, more)), ..event("skipped", Event::WARNING, message) }
}

/// Processes came and went between two samples.
pub fn fork_storm(told: &storm::Told) -> Event {
    let (news, in_rows) = (&told.news, told.ended);
    let unseen = (news.count - in_rows).max(0);
    let shown = match (unseen, in_rows) {
        (_, 0) => "no row shows them".into(),
        (0, _) => "process_exit has them".into(),
        (unseen, _) => format!("process_exit has them but for {unseen}"),
    };
    let message = match news.stage {
        Stage::Began => format!("{} processes a second come and go between two samples; {shown}", news.most),
        stage => format!(
            "{} processes came and went between two samples within {:.1} s, up to {} a second{}; {shown}",
            news.count,
            seconds(news),
            news.most,
            ended(stage)
        ),
    };
    let more = serde_json::json!({ "short_lived": news.count, "unseen": unseen, "most_per_s": news.most });
    Event {
        subject: Some("host".into()),
        detail: Some(spanned(news, more)),
        ..event("fork_storm", Event::WARNING, message)
    }
}

fn seconds(news: &News) -> f64 {
    (news.until.0 - news.since.0) as f64 / 1e6
}

fn ended(stage: Stage) -> &'static str {
    if stage == Stage::Ended { " in all" } else { "" }
}

/// The span of something that goes on, before what else there is to say of it.
fn spanned(news: &News, more: serde_json::Value) -> Text {
    let mut detail = serde_json::json!({ "from_us": news.since.0, "to_us": news.until.0 });
    if let (Some(detail), serde_json::Value::Object(more)) = (detail.as_object_mut(), more) {
        detail.extend(more);
    }
    detail.to_string().into()
}

/// What somebody noted. The row stands at the tick that took it in; `detail` says when it was noted.
pub fn note(note: &Note) -> Event {
    let severity = match &*note.severity {
        known @ (Event::WARNING | Event::CRITICAL) => known,
        _ => Event::INFO,
    };
    let subject = note.subject.as_deref().unwrap_or_default();
    let detail = serde_json::json!({ "at_us": note.at_us, "user": note.user });
    let about = Event::about("note", severity, subject, &note.text);
    Event { detail: Some(detail.to_string().into()), ..about }
}

/// The kernel refused the recorder something that it asked for.
pub fn standing(refused: String) -> Event {
    event("standing", Event::INFO, refused)
}

/// A maintenance waits until memory is no longer short.
pub fn postponed(why: &str) -> Event {
    let message = format!("maintenance of the store waits, for some minutes at most: {why}");
    Event { subject: Some("maintenance".into()), ..event("postponed", Event::INFO, message) }
}

/// Something failed that the recording survives.
pub fn error(subject: &str, message: String) -> Event {
    Event { subject: Some(subject.into()), ..event("error", Event::WARNING, message) }
}

/// Less is recorded than was asked for, or as much again, because of what recording costs; `is_read` says
/// which collectors there are.
pub fn degraded(
    news: &budget::News,
    budget_pct: f64,
    interval: Duration,
    is_read: impl Fn(&str) -> bool,
) -> Event {
    let used = format!("recording took {:.2} % of a CPU, and may take {budget_pct} %", news.used_pct);
    let often = |(collector, ticks): &(&str, u32)| {
        format!("{collector} every {} s", (interval * *ticks).as_secs_f64())
    };
    let now = match news.step {
        None => "there is nothing more to give up".into(),
        Some(0) => "everything is read as often as before".into(),
        Some(step) => {
            let less = STEPS[step].iter().filter(|(collector, _)| is_read(collector));
            format!("less is read now: {}", less.map(often).collect::<Vec<_>>().join(", "))
        }
    };
    let detail =
        serde_json::json!({ "step": news.step, "used_pct": news.used_pct, "budget_pct": budget_pct });
    let severity = if news.is_less { Event::WARNING } else { Event::INFO };
    Event { detail: Some(detail.to_string().into()), ..event("degraded", severity, format!("{used}: {now}")) }
}
