//! Rows of `event` about rules, as they are written and as they are read again.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::rule::Rule;
use super::tracked::Tracked;
use super::watch::{MOST_RAISED, MOST_TRACKED};
use crate::collect::one_line;
use crate::schema::rows::Event;
use crate::schema::{Table, Text, Value, entity, keys};
use crate::time::show_duration;

/// The kind of event that says that a rule was raised.
pub const ALERT: &str = "alert";

/// The kind of event that says that it was cleared.
pub const ALERT_CLEAR: &str = "alert_clear";

/// Why it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Its value is on the other side again.
    Value,
    /// There is no row of it any more.
    Gone,
}

/// Key columns that tell something from what bore its name before, and say nothing to people.
const SERIAL: [&str; 6] =
    ["disk_seq", "interface_index", "cgroup_id", "inode", "start_time", "process_start_time"];

/// What a row is called for people, and by its key columns: of a disk its name, of a process its name and number.
pub fn names<'a>(table: &'static Table, look: impl Fn(usize) -> Value<'a>) -> (Text, Text) {
    let mut whole = String::new();
    entity(keys(table).map(&look), &mut whole);
    let comm = (0..table.columns.len()).filter(|at| table.columns[*at].name == "comm");
    let telling = keys(table).filter(|at| !SERIAL.contains(&table.columns[*at].name));
    let known = comm.chain(telling).map(look).filter(|value| *value != Value::Unknown);
    let name = known.map(|value| value.to_string()).collect::<Vec<_>>().join(" ");
    // A process may call itself what would break a line.
    (one_line(name.as_bytes()).into(), whole.into())
}

/// It holds, and has for as long as it should.
pub fn raised(rule: &Rule, tracked: &Tracked, now: Duration) -> Event {
    let condition = &rule.condition;
    let lasted = now.saturating_sub(tracked.since);
    let lasted = if rule.lasts.is_zero() { String::new() } else { format!(" for {}", seconds(lasted)) };
    let about = rule.about.as_ref().map_or(String::new(), |about| format!(": {about}"));
    let message = format!(
        "{}{} is {}, {} {}{lasted}{about}",
        condition.name(),
        of(&tracked.name),
        condition.show(tracked.value),
        condition.comparison.word(),
        condition.limit(condition.threshold),
    );
    let mut detail = detail(rule, tracked);
    detail["since_us"] = tracked.since_ts.0.into();
    told(ALERT, rule.severity, rule, tracked, message, detail)
}

/// It is over; `None` where it was not raised.
pub fn cleared(rule: &Rule, tracked: &Tracked, over: Over, now: Duration) -> Option<Event> {
    let (at, ts) = tracked.raised?;
    let condition = &rule.condition;
    let after = seconds(now.saturating_sub(at));
    let (name, of) = (condition.name(), of(&tracked.name));
    let message = match over {
        Over::Value => {
            let value = condition.show(tracked.value);
            let limit = condition.limit(rule.clear);
            format!(
                "{name}{of} is {value}, no longer {} {limit}: over after {after}",
                condition.comparison.word()
            )
        }
        Over::Gone => format!("{name}{of} is not there any more: over after {after}"),
    };
    let mut detail = detail(rule, tracked);
    detail["raised_us"] = ts.0.into();
    detail["worst"] = if condition.comparison.is_upwards() { tracked.greatest } else { tracked.least }.into();
    detail["why"] = match over {
        Over::Value => "value".into(),
        Over::Gone => "gone".into(),
    };
    if over == Over::Gone {
        detail["value"] = Json::Null;
    }
    Some(told(ALERT_CLEAR, Event::INFO, rule, tracked, message, detail))
}

/// It holds of more than are followed.
pub fn too_many(rule: &Rule) -> Event {
    about_rule(rule, format!("it holds of more than {MOST_TRACKED} at once: the others are not followed"))
}

/// More are due than are raised in a minute.
pub fn held_back(rule: &Rule) -> Event {
    about_rule(rule, format!("more than {MOST_RAISED} are due within a minute: the others are raised later"))
}

fn about_rule(rule: &Rule, what: String) -> Event {
    Event::about("error", Event::WARNING, &subject(&rule.name, ""), &what)
}

/// The command of a rule failed.
pub fn failed(rule: &str, what: &str) -> Event {
    let message = format!("its command failed: {what}");
    Event::about("error", Event::WARNING, &subject(rule, ""), &message)
}

fn told(kind: &str, severity: &str, rule: &Rule, tracked: &Tracked, message: String, detail: Json) -> Event {
    let about = Event::about(kind, severity, &subject(&rule.name, &tracked.name), &message);
    Event { detail: Some(detail.to_string().into()), ..about }
}

fn detail(rule: &Rule, tracked: &Tracked) -> Json {
    json!({
        "rule": rule.name,
        "when": rule.when(),
        "name": &*tracked.name,
        "entity": &*tracked.entity,
        "value": tracked.value,
    })
}

/// The rule and what it is about.
fn subject(rule: &str, name: &str) -> String {
    if name.is_empty() { rule.into() } else { format!("{rule} {name}") }
}

fn of(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" of {name}") }
}

/// A time to the second, and shorter ones to the tenth.
fn seconds(time: Duration) -> String {
    let grain = if time < Duration::from_secs(10) { 100 } else { 1000 };
    let millis = (time.as_millis() as u64 + grain / 2) / grain * grain;
    show_duration(Duration::from_millis(millis))
}
