//! A step as lines: one of the host, one a busy process, one an event. What is unknown is a dash.

use std::fmt::Write;

use super::Step;
use super::step::{Event, Process, Sample};
use crate::export::figures::{amount, bytes, length, number};
use crate::report::gather::Zone;
use crate::report::model::Moment;
use crate::time::Micros;

/// So much longer than its interval a sample may come after the one before, without a word.
const SLACK_US: i64 = 1_000_000;

/// How a step's time is written.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S%.f";

/// The first line: whose recording it is, and the zone of its times; of a file by itself which of the tables that
/// are told it does not have.
pub fn heading(host: &str, begin: &Moment, missing: &[&str]) -> String {
    let zone =
        begin.0.time_zone().iana_name().map_or_else(|| begin.0.strftime("%:z").to_string(), str::to_string);
    let missing = match missing {
        [] => String::new(),
        missing => format!("; the file has no table {}", missing.join(", ")),
    };
    format!("{host}, times in {zone}{missing}\n")
}

/// A step behind the one before, which was at `before`.
pub fn step(step: &Step, before: Option<Micros>, clock: &Zone) -> String {
    let mut text = String::from("\n");
    if let (Some(before), Some(interval)) = (before, step.sample.interval_us) {
        let missing = step.sample.ts.0.0 - interval - before.0;
        // Between two steps that are not next to each other something was recorded, but for a gap.
        if missing > SLACK_US && step.events.iter().any(|event| event.kind.as_deref() == Some("gap")) {
            let _ = writeln!(text, "nothing recorded for {}\n", length(missing));
        }
    }
    match (clock.moment(step.sample.ts.0), step.has_host) {
        (at, true) => host(&mut text, &step.sample, &at),
        (at, false) => {
            let _ = writeln!(text, "{}", at.0.strftime(MOMENT));
        }
    }
    step.processes.iter().for_each(|one| process(&mut text, one));
    step.events.iter().for_each(|event| happened(&mut text, event));
    text
}

fn host(text: &mut String, sample: &Sample, at: &Moment) {
    let pct = |x: Option<f64>| told(x, |x| format!("{} %", number(x)));
    let tasks = |x: Option<i64>| told(x, |x| x.to_string());
    let _ = writeln!(
        text,
        "{}  cpu {}, iowait {}, steal {}  runnable {}, blocked {}  memory {}  disk {} read, {} written  \
         network {} in, {} out  stalled cpu {}, memory {}, io {}",
        at.0.strftime(MOMENT),
        pct(sample.cpu),
        pct(sample.iowait_pct),
        pct(sample.steal_pct),
        tasks(sample.runnable),
        tasks(sample.blocked),
        pct(sample.memory_used_pct),
        rate(sample.disk_read_bytes_per_s),
        rate(sample.disk_write_bytes_per_s),
        rate(sample.network_rx_bytes_per_s),
        rate(sample.network_tx_bytes_per_s),
        pct(sample.cpu_some_pct),
        pct(sample.memory_some_pct),
        pct(sample.io_some_pct),
    );
}

fn process(text: &mut String, process: &Process) {
    let _ = writeln!(
        text,
        "  {:>8} {:<16} {} {:>7} of a CPU, {:>9} resident, {:>11} read, {:>11} written  {}",
        process.pid,
        told(process.comm.as_deref(), str::to_string),
        told(process.state.as_deref(), str::to_string),
        told(process.cpu_pct, |x| format!("{} %", number(x))),
        told(process.rss_bytes, bytes),
        rate(process.read_bytes_per_s),
        rate(process.write_bytes_per_s),
        told(process.username.as_deref(), str::to_string),
    );
}

fn happened(text: &mut String, event: &Event) {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let line = [part(&event.severity), part(&event.kind), part(&event.subject), part(&event.message)];
    let line: Vec<&str> = line.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let _ = writeln!(text, "  ! {}", line.join("  "));
}

fn rate(bytes_per_s: Option<f64>) -> String {
    told(bytes_per_s, |x| amount("bytes_per_s", x))
}

fn told<T>(value: Option<T>, tell: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".into(), tell)
}
