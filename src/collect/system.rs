//! The parts of `system` that stand in no other table: limits of the kernel, connection tracking and
//! uptime. `record` fills in the rest of the row.

use super::parse::{float, int, ints};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::System;

/// Reads what belongs to the host as a whole and to no table of its own.
#[derive(Default)]
pub struct SystemCollector;

impl Collector for SystemCollector {
    fn name(&self) -> &'static str {
        "system"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["system"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let mut row = System::default();
        if let Some(text) = host.proc_if_any("sys/fs/file-nr")? {
            (row.open_files, row.open_files_limit) = parse_file_nr(text);
        }
        row.tasks_limit = host.proc_if_any("sys/kernel/threads-max")?.and_then(int);
        row.conntrack_entries = host.proc_if_any("sys/net/netfilter/nf_conntrack_count")?.and_then(int);
        row.conntrack_limit = host.proc_if_any("sys/net/netfilter/nf_conntrack_max")?.and_then(int);
        row.uptime_us = host.proc_if_any("uptime")?.and_then(parse_uptime);
        sample.system.push(row);
        Ok(())
    }
}

/// `/proc/sys/fs/file-nr`: files open, and how many may be. The number between them is always 0, and the
/// highest there is stands for no limit.
pub fn parse_file_nr(text: &str) -> (Option<i64>, Option<i64>) {
    let mut numbers = ints(text);
    (numbers.next(), numbers.nth(1).filter(|limit| (0..i64::MAX).contains(limit)))
}

/// `/proc/uptime`: the first number, seconds with two digits behind the point, as microseconds.
pub fn parse_uptime(text: &str) -> Option<i64> {
    let seconds = text.split_ascii_whitespace().next().and_then(float).filter(|s| s.is_finite())?;
    Some((seconds * 1e6).round() as i64)
}
