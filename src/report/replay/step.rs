//! The rows of a step, named as the columns of `queries/replay`.

use serde::Deserialize;

use crate::report::ask::At;

/// What the host was doing. `None` is unknown.
#[derive(Deserialize)]
pub struct Sample {
    pub ts: At,
    pub tick: i64,
    pub interval_us: Option<i64>,
    pub cpu: Option<f64>,
    pub iowait_pct: Option<f64>,
    pub steal_pct: Option<f64>,
    pub runnable: Option<i64>,
    pub blocked: Option<i64>,
    pub memory_used_pct: Option<f64>,
    pub disk_read_bytes_per_s: Option<f64>,
    pub disk_write_bytes_per_s: Option<f64>,
    pub network_rx_bytes_per_s: Option<f64>,
    pub network_tx_bytes_per_s: Option<f64>,
    pub cpu_some_pct: Option<f64>,
    pub memory_some_pct: Option<f64>,
    pub io_some_pct: Option<f64>,
}

/// A process in it.
#[derive(Deserialize)]
pub struct Process {
    pub tick: i64,
    pub pid: i64,
    pub comm: Option<String>,
    pub username: Option<String>,
    pub state: Option<String>,
    pub cpu_pct: Option<f64>,
    pub rss_bytes: Option<i64>,
    pub read_bytes_per_s: Option<f64>,
    pub write_bytes_per_s: Option<f64>,
}

/// What happened.
#[derive(Deserialize)]
pub struct Event {
    pub ts: At,
    pub kind: Option<String>,
    pub severity: Option<String>,
    pub subject: Option<String>,
    pub message: Option<String>,
}

/// The first sample of a range, if there is any.
#[derive(Deserialize)]
pub struct Next {
    pub ts: Option<At>,
}
