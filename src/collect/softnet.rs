//! `softnet` from `/proc/net/softnet_stat`: a line a CPU that is online, its numbers hexadecimal and of 32 bits
//! (net/core/net-procfs.c). Later kernels have more of them.

use std::sync::Arc;

use super::parse::list;
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Softnet;

/// Reads how each CPU takes packets in.
#[derive(Default)]
pub struct SoftnetCollector {
    /// The rows of the tick before: a CPU that took nothing in has the same again.
    rows: Vec<Arc<Softnet>>,
}

impl Collector for SoftnetCollector {
    fn name(&self) -> &'static str {
        "softnet"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["softnet"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let path = host.proc_path("net/softnet_stat");
        let Some(text) = host.proc_if_any("net/softnet_stat")? else { return Ok(()) };
        let (mut rows, has_lines) = (parse_softnet(text), !text.trim().is_empty());
        if rows.is_empty() && has_lines {
            return Err(Error::Parse { path, what: "no line of it is about a CPU".into() });
        }
        if rows.iter().any(|(cpu, _)| cpu.is_none()) {
            let online = host.sys_if_any("devices/system/cpu/online")?.and_then(list);
            name_lines(&mut rows, &online.unwrap_or_default());
        }
        let mut known = std::mem::take(&mut self.rows).into_iter();
        for (cpu, row) in rows {
            let Some(cpu) = cpu else { continue };
            let row = Softnet { cpu, ..row };
            let row = known.next().filter(|before| **before == row).unwrap_or_else(|| Arc::new(row));
            self.rows.push(row.clone());
            sample.softnet.share(row);
        }
        Ok(())
    }
}

/// Says which CPUs lines are about that do not say it themselves: those online, in order. Where those are not
/// as many as there are lines, one came or went in between, and nobody knows.
fn name_lines(rows: &mut [(Option<i64>, Softnet)], online: &[i64]) {
    let is_known = rows.len() == online.len();
    for (at, (cpu, _)) in rows.iter_mut().enumerate() {
        *cpu = online.get(at).copied().filter(|_| is_known);
    }
}

/// The totals of each line, and its CPU where it says that, as from Linux 5.10 on.
pub fn parse_softnet(text: &str) -> Vec<(Option<i64>, Softnet)> {
    text.lines().filter_map(parse_line).collect()
}

/// A line with at least the nine numbers that Linux 2.6.23 had; one that was cut short is none.
fn parse_line(line: &str) -> Option<(Option<i64>, Softnet)> {
    const MOST: usize = 13;
    let mut numbers = [None; MOST];
    for (number, word) in numbers.iter_mut().zip(line.split_ascii_whitespace()) {
        *number = Some(i64::from(u32::from_str_radix(word, 16).ok()?));
    }
    let [processed, dropped, squeezed, .., collisions, received_rps, flow_limit_dropped, backlog, cpu] =
        numbers;
    // Nothing is made of collisions: no kernel from 4.7 on counts them, and all write 0.
    collisions?;
    let row = Softnet { cpu: 0, backlog, processed, dropped, squeezed, received_rps, flow_limit_dropped };
    Some((cpu, row))
}
