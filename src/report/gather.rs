//! Fills the model: which host and range, what it is, and what ran on it. It asks and sorts; what
//! is computed over rows is computed by the SQL.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::ask::{Ask, At, Inquiry, Question, question};
use super::model::*;
use super::{Error, alerts, quality, resources};
use crate::query::tiers::Sealed;
use crate::time::{Micros, Range};

/// What to report on.
#[derive(Clone, Debug)]
pub struct Options {
    /// The host; may be left out where the recording holds only one.
    pub host: Option<String>,
    /// The range; an open end is the recording's. An end in the future counts as a gap.
    pub range: Range,
    /// The zone in which times are told.
    pub zone: TimeZone,
    /// What lies in the store, recorded and as tiers. Where nothing is said, the recorded rows answer.
    pub held: Vec<Sealed>,
}

/// Asks all that the report says. Where nothing was recorded in the range, [`Error::Empty`].
/// Questions narrow themselves to the range; what answers them should hold all of time, since the
/// inventory and the events about a gap can lie before it.
pub fn gather(ask: &dyn Ask, options: &Options) -> Result<Report, Error> {
    let clock = Zone::of(options);
    let found = host(ask, options, &clock)?;
    let nominal_us = found.nominal_us.unwrap_or(0.0).round() as i64;
    let begin = options.range.from.unwrap_or(Micros(found.first_ts.0.0 - nominal_us));
    let end = options.range.to.unwrap_or(found.last_ts.0);
    // Where no interval is known, the first sample is the beginning and belongs to the range.
    let from = Micros(begin.0.min(found.first_ts.0.0 - 1));
    let inquiry = Inquiry { ask, host: &found.host, from, to: end, held: &options.held };
    let quality = quality::quality(&inquiry, &clock)?;
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        sysray_version: env!("CARGO_PKG_VERSION").into(),
        scope: Scope {
            host: found.host.clone(),
            inventory: inventory(&inquiry, &clock)?,
            disks: inquiry.rows(question!("disks"))?,
            interfaces: inquiry.rows(question!("interfaces"))?,
            begin: clock.moment(begin),
            end: clock.moment(end),
            length_us: end.0 - begin.0,
            timezone: clock.name(begin),
        },
        alerts: alerts::alerts(&inquiry, &clock)?,
        resources: resources::resources(&inquiry, &clock)?,
        processes: processes(&inquiry, &clock, quality.accounted_us)?,
        recorder: recorder(&inquiry)?,
        quality,
    })
}

/// Makes instants into moments of the report's zone.
pub(super) struct Zone(TimeZone);

impl Zone {
    pub fn of(options: &Options) -> Self {
        Zone(options.zone.clone())
    }

    pub fn moment(&self, ts: Micros) -> Moment {
        let ts = Timestamp::from_microsecond(ts.0).unwrap_or(Timestamp::MAX);
        Moment(ts.to_zoned(self.0.clone()))
    }

    fn name(&self, at: Micros) -> String {
        match self.0.iana_name() {
            Some(name) => name.into(),
            None => self.moment(at).0.strftime("%:z").to_string(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Host {
    pub host: String,
    pub first_ts: At,
    pub last_ts: At,
    nominal_us: Option<f64>,
}

/// The host that is meant, which has rows in the range.
pub(super) fn host(ask: &dyn Ask, options: &Options, clock: &Zone) -> Result<Host, Error> {
    let question = question!("hosts");
    host_by(ask, options, clock, question, question.sql)
}

/// The same by a question of the caller's.
pub(super) fn host_by(
    ask: &dyn Ask,
    options: &Options,
    clock: &Zone,
    question: Question,
    sql: &str,
) -> Result<Host, Error> {
    let from = options.range.from.unwrap_or(Micros(0));
    let to = options.range.to.unwrap_or(Micros(Timestamp::MAX.as_microsecond().min(FAR_US)));
    let mut hosts: Vec<Host> =
        Inquiry { ask, host: "", from, to, held: &options.held }.rows_of(question, sql)?;
    let names = |hosts: Vec<Host>| hosts.into_iter().map(|h| h.host).collect::<Vec<_>>();
    match &options.host {
        _ if hosts.is_empty() => Err(Error::Empty(span(&options.range, clock))),
        None if hosts.len() > 1 => Err(Error::SeveralHosts(names(hosts))),
        None => Ok(hosts.remove(0)),
        Some(host) => match hosts.iter().position(|h| h.host == *host) {
            Some(index) => Ok(hosts.remove(index)),
            None => Err(Error::UnknownHost { host: host.clone(), known: names(hosts) }),
        },
    }
}

/// 2200-01-01: later than any recording, and within what nanoseconds can tell.
const FAR_US: i64 = 7_258_118_400_000_000;

fn span(range: &Range, clock: &Zone) -> String {
    let told = |ts: Micros| clock.moment(ts).0.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    match (range.from, range.to) {
        (None, None) => "yet".into(),
        (Some(from), None) => format!("after {}", told(from)),
        (None, Some(to)) => format!("until {}", told(to)),
        (Some(from), Some(to)) => format!("between {} and {}", told(from), told(to)),
    }
}

#[derive(Deserialize)]
struct HostRow {
    hostname: Option<String>,
    os: Option<String>,
    os_version: Option<String>,
    kernel: Option<String>,
    architecture: Option<String>,
    cpu_model: Option<String>,
    sockets: Option<i64>,
    cores: Option<i64>,
    threads: Option<i64>,
    numa_nodes: Option<i64>,
    memory_bytes: Option<i64>,
    virtualisation: Option<String>,
    container_runtime: Option<String>,
    timezone: Option<String>,
    boot_time: Option<At>,
    sysray_version: Option<String>,
}

fn inventory(inquiry: &Inquiry, clock: &Zone) -> Result<Inventory, Error> {
    let rows: Vec<HostRow> = inquiry.rows(question!("host"))?;
    let told = |row: HostRow| Inventory {
        hostname: row.hostname,
        os: row.os,
        os_version: row.os_version,
        kernel: row.kernel,
        architecture: row.architecture,
        cpu_model: row.cpu_model,
        sockets: row.sockets,
        cores: row.cores,
        threads: row.threads,
        numa_nodes: row.numa_nodes,
        memory_bytes: row.memory_bytes,
        virtualisation: row.virtualisation,
        container_runtime: row.container_runtime,
        timezone: row.timezone,
        boot_time: row.boot_time.map(|t| clock.moment(t.0)),
        recorded_by_sysray_version: row.sysray_version,
    };
    Ok(rows.into_iter().next().map(told).unwrap_or_default())
}

#[derive(Deserialize)]
struct ProcessRow {
    pid: i64,
    start_time: Option<At>,
    comm: Option<String>,
    cmdline: Option<String>,
    username: Option<String>,
    is_kernel: Option<bool>,
    samples: i64,
    first_ts: At,
    last_ts: At,
    cpu_us: Option<i64>,
    rss_max_bytes: Option<i64>,
    rss_growth_bytes: Option<i64>,
    read_bytes: Option<i64>,
    write_bytes: Option<i64>,
    cpu_place: Option<u64>,
    memory_place: Option<u64>,
    io_place: Option<u64>,
}

fn processes(inquiry: &Inquiry, clock: &Zone, accounted_us: Option<i64>) -> Result<Processes, Error> {
    let rows: Vec<ProcessRow> = inquiry.rows(question!("processes"))?;
    let told = |row: &ProcessRow| Process {
        pid: row.pid,
        start_time: row.start_time.map(|t| clock.moment(t.0)),
        comm: row.comm.clone(),
        cmdline: row.cmdline.clone(),
        username: row.username.clone(),
        is_kernel: row.is_kernel,
        samples: row.samples,
        first_seen: clock.moment(row.first_ts.0),
        last_seen: clock.moment(row.last_ts.0),
        cpu_seconds: row.cpu_us.map(|us| us as f64 / 1e6),
        cpu_pct: share_pct(row.cpu_us, accounted_us),
        rss_max_bytes: row.rss_max_bytes,
        rss_growth_bytes: row.rss_growth_bytes,
        read_bytes: row.read_bytes,
        write_bytes: row.write_bytes,
    };
    let by = |place: fn(&ProcessRow) -> Option<u64>| {
        let mut placed: Vec<_> = rows.iter().filter_map(|r| Some((place(r)?, r))).collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, row)| told(row)).collect()
    };
    Ok(Processes {
        by_cpu: by(|r| r.cpu_place),
        by_memory: by(|r| r.memory_place),
        by_io: by(|r| r.io_place),
    })
}

#[derive(Deserialize)]
struct RecorderRow {
    samples: i64,
    cpu_us: Option<i64>,
    interval_us: Option<i64>,
    rss_max_bytes: Option<i64>,
    written_bytes: Option<i64>,
    journal_bytes: Option<i64>,
    store_bytes: Option<i64>,
    skipped_ticks: Option<i64>,
    dropped_frames: Option<i64>,
    late_max_us: Option<i64>,
}

fn recorder(inquiry: &Inquiry) -> Result<Option<RecorderCost>, Error> {
    let rows: Vec<RecorderRow> = inquiry.rows(question!("recorder"))?;
    let told = |row: RecorderRow| RecorderCost {
        cpu_seconds: row.cpu_us.map(|us| us as f64 / 1e6),
        cpu_pct: share_pct(row.cpu_us, row.interval_us),
        rss_max_bytes: row.rss_max_bytes,
        written_bytes: row.written_bytes,
        journal_bytes: row.journal_bytes,
        store_bytes: row.store_bytes,
        skipped_ticks: row.skipped_ticks,
        dropped_frames: row.dropped_frames,
        late_max_us: row.late_max_us,
    };
    Ok(rows.into_iter().find(|r| r.samples > 0).map(told))
}

fn share_pct(part_us: Option<i64>, whole_us: Option<i64>) -> Option<f64> {
    let whole_us = whole_us.filter(|us| *us > 0)?;
    Some(100.0 * part_us? as f64 / whole_us as f64)
}
