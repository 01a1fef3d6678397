//! `process_exit`: what the kernel says of each process when it ends, over taskstats
//! (Documentation/accounting/taskstats.rst). A thread of its own hears it as it happens; a tick takes what
//! has come since the one before.

mod ending;
mod listener;
mod record;

pub use ending::{Endings, ProcessExit as Ended};
pub use listener::is_enough;
pub use record::{Sums, ThreadExit, parse};

use super::redact::one_line;
use super::{Collector, Error, Host};
use crate::schema::rows::{Event, ProcessExit};
use crate::schema::{Micros, Sample};
use listener::{Heard, Listener};

/// Tells of processes that ended.
#[derive(Default)]
pub struct ExitCollector {
    state: State,
    /// Whether the kernel counts what processes read and write.
    counts_io: bool,
}

#[derive(Default)]
enum State {
    #[default]
    Untried,
    Listening(Listener),
    Over,
}

impl Collector for ExitCollector {
    fn name(&self) -> &'static str {
        "process_exit"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process_exit"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        if matches!(self.state, State::Untried) {
            self.state = State::Over;
            self.counts_io = host.proc_if_any("self/io")?.is_some();
            let cpus =
                host.sys_if_any("devices/system/cpu/possible")?.map(str::trim).unwrap_or("0").to_string();
            if host.is_here() {
                match Listener::start(&cpus) {
                    Ok(listener) => self.state = State::Listening(listener),
                    Err(why) => sample.event.push(refused(&why)),
                }
            }
        }
        let State::Listening(listener) = &self.state else { return Ok(()) };
        let Heard { exits, lost, is_over } = listener.take();
        if is_over {
            sample.event.push(refused("the kernel tells nothing more"));
            self.state = State::Over;
        }
        if lost > 0 {
            sample.event.push(too_many(lost));
        }
        sample.process_exit.extend(exits.iter().map(|exit| row(exit, self.counts_io)));
        Ok(())
    }
}

/// The row of a process that ended, counters as totals. Of a kernel that does not count I/O zeros of it are unknown.
pub fn row(exit: &Ended, counts_io: bool) -> ProcessExit {
    let sums = Some(exit.sums).filter(|_| exit.is_whole);
    let of = |what: fn(&Sums) -> i64| sums.as_ref().map(what);
    let io = |what: fn(&Sums) -> i64| of(what).filter(|_| counts_io);
    // What ended has run: 0 is a kernel that keeps the scheduler's clock of nobody.
    let scheduled = Some((exit.cpu_ns, exit.waited_ns)).filter(|(ran_ns, _)| *ran_ns > 0);
    let ticks_us = || of(|s| s.user_us.saturating_add(s.system_us));
    let cpu_us = scheduled.map(|(ran_ns, _)| ran_ns / 1000).or_else(ticks_us);
    let signal = exit.status.map(|status| i64::from(status & 0x7f));
    ProcessExit {
        pid: exit.pid,
        start_time: Micros(exit.at_us - exit.life_us),
        ppid: Some(exit.ppid),
        comm: Some(one_line(&exit.comm).as_str().into()),
        uid: Some(exit.uid),
        exit_code: exit.status.filter(|_| signal == Some(0)).map(|status| i64::from(status >> 8 & 0xff)),
        signal: signal.filter(|signal| *signal != 0),
        dumped_core: Some(exit.dumped_core),
        processes: Some(1),
        threads_ended: Some(exit.threads),
        life_us: Some(exit.life_us),
        life_cpu_us: cpu_us,
        life_user_us: of(|s| s.user_us),
        life_system_us: of(|s| s.system_us),
        life_run_delay_us: scheduled.map(|(_, waited_ns)| waited_ns / 1000),
        life_minor_faults: of(|s| s.minor_faults),
        life_major_faults: of(|s| s.major_faults),
        life_read_bytes: io(|s| s.read_bytes),
        life_write_bytes: io(|s| s.write_bytes),
        life_read_chars: io(|s| s.read_chars),
        life_write_chars: io(|s| s.write_chars),
        life_voluntary_switches: of(|s| s.voluntary_switches),
        life_involuntary_switches: of(|s| s.involuntary_switches),
        rss_peak_bytes: Some(exit.rss_peak_bytes).filter(|bytes| *bytes > 0),
        cpu_us,
        minor_faults: of(|s| s.minor_faults),
        major_faults: of(|s| s.major_faults),
        read_bytes: io(|s| s.read_bytes),
        write_bytes: io(|s| s.write_bytes),
        read_chars: io(|s| s.read_chars),
        write_chars: io(|s| s.write_chars),
    }
}

fn refused(why: &str) -> Event {
    event("standing", Event::INFO, format!("no process_exit: {why}"))
}

fn too_many(lost: i64) -> Event {
    event(
        "lost",
        Event::WARNING,
        format!("more processes ended than could be told of, {lost} times since the tick before"),
    )
}

fn event(kind: &str, severity: &str, message: String) -> Event {
    Event::about(kind, severity, "process_exit", &message)
}
