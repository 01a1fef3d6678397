//! `socket` from `/proc/net/sockstat`, `/proc/net/sockstat6` and `/proc/net/snmp`, and the TCP states
//! from a sock_diag dump or, where there is none, from `/proc/net/tcp` and `/proc/net/tcp6`.
//!
//! It never lists connections on a host that has many: states are counted by whoever is cheapest.

use std::time::Duration;

use super::aside::{About, Answer};
use super::parse::{int, pairs, release};
use super::snmp::established;
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Socket;

/// How often TCP states are read.
const STATES_EVERY: Duration = Duration::from_secs(10);

/// As many sockets are looked through within the tick; more aside of it, and never as text: the kernel
/// takes about a microsecond to print each.
const LIMIT: i64 = 20_000;

const SMALL_PAGE: i64 = 4096;
/// The first kernel that counts memory in pages again.
const FIRST_IN_PAGES: (i64, i64) = (6, 0);

/// How many TCP sockets are in each state, by the kernel's number of the state.
pub type Counts = [i64; 16];

/// Reads how many sockets there are.
#[derive(Default)]
pub struct SocketCollector {
    ask: Option<fn() -> Option<Counts>>,
    due: Duration,
    many: Answer<Option<Counts>>,
    /// Whether the kernel counts memory in pages, of those whose pages are larger than most.
    is_in_pages: Option<bool>,
}

impl SocketCollector {
    /// One that asks the running kernel for TCP states, which costs less than the files by far.
    /// For the machine it runs on only: the answer is not the tree's.
    #[cfg(target_os = "linux")]
    pub fn asking_kernel() -> Self {
        SocketCollector { ask: Some(super::sock_diag::tcp_states), ..SocketCollector::default() }
    }

    /// The unit of memory in sockets: a page, from Linux 6.0 on. Before, and from some version on, it was 4,096 bytes
    /// whatever a page is, so that where that is more nobody can tell.
    fn unit_bytes(&mut self, host: &mut Host) -> Result<Option<i64>, Error> {
        let page_bytes = host.units.page_bytes;
        if page_bytes == SMALL_PAGE {
            return Ok(Some(page_bytes));
        }
        if self.is_in_pages.is_none() {
            let version = host.proc_if_any("sys/kernel/osrelease")?.and_then(release);
            self.is_in_pages = Some(version.is_some_and(|version| version >= FIRST_IN_PAGES));
        }
        Ok(self.is_in_pages.filter(|known| *known).map(|_| page_bytes))
    }

    /// The states, where they are due and known.
    fn states(&mut self, host: &mut Host, row: &Socket) -> Result<Option<Counts>, Error> {
        if let Some(late) = self.many.take(Duration::ZERO) {
            return Ok(late);
        }
        if host.now < self.due {
            return Ok(None);
        }
        self.due = host.now + STATES_EVERY;
        let sockets = [row.tcp_in_use, row.tcp_orphan, row.tcp_time_wait].into_iter().flatten();
        let sockets: i64 = sockets.fold(0, i64::saturating_add);
        if sockets >= LIMIT || row.tcp_in_use.is_none() {
            if let Some(ask) = self.ask {
                self.many.renew(&host.aside, About::Other, host.now, Duration::ZERO, ask);
            }
            return Ok(None);
        }
        match self.ask.and_then(|ask| ask()) {
            Some(states) => Ok(Some(states)),
            None => read_states(host),
        }
    }
}

/// The states as the text files have them.
fn read_states(host: &mut Host) -> Result<Option<Counts>, Error> {
    let Some(text) = host.proc_if_any("net/tcp")? else { return Ok(None) };
    let mut states = Counts::default();
    parse_tcp(text, &mut states);
    if let Some(text) = host.proc_if_any("net/tcp6")? {
        parse_tcp(text, &mut states);
    }
    Ok(Some(states))
}

impl Collector for SocketCollector {
    fn name(&self) -> &'static str {
        "socket"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["socket"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let unit_bytes = self.unit_bytes(host)?;
        let mut row = Socket::default();
        let path = host.proc_path("net/sockstat");
        parse_sockstat(host.proc("net/sockstat")?, unit_bytes, &mut row);
        if row == Socket::default() {
            return Err(Error::Parse { path, what: "no sockets line".into() });
        }
        if let Some(text) = host.proc_if_any("net/sockstat6")? {
            parse_sockstat(text, unit_bytes, &mut row);
        }
        row.tcp_established = host.proc_if_any("net/snmp")?.and_then(established);
        if let Some(states) = self.states(host, &row)? {
            fill_states(&states, &mut row);
        }
        sample.socket.push(row);
        Ok(())
    }
}

/// Adds what `/proc/net/sockstat` or `/proc/net/sockstat6` says. Memory is told in units of so many bytes.
pub fn parse_sockstat(text: &str, unit_bytes: Option<i64>, row: &mut Socket) {
    let bytes = |number: i64| number.saturating_mul(unit_bytes.unwrap_or(0));
    for (family, rest) in pairs(text) {
        let mut words = rest.split_ascii_whitespace();
        while let (Some(name), Some(number)) = (words.next(), words.next().and_then(int)) {
            let (field, number) = match (family, name) {
                ("sockets", "used") => (&mut row.sockets, number),
                ("TCP" | "TCP6", "inuse") => (&mut row.tcp_in_use, number),
                ("TCP", "orphan") => (&mut row.tcp_orphan, number),
                ("TCP", "tw") => (&mut row.tcp_time_wait, number),
                ("TCP", "alloc") => (&mut row.tcp_allocated, number),
                (_, "mem") if unit_bytes.is_none() => continue,
                ("TCP", "mem") => (&mut row.tcp_memory_bytes, bytes(number)),
                ("UDP" | "UDP6", "inuse") => (&mut row.udp_in_use, number),
                ("UDP", "mem") => (&mut row.udp_memory_bytes, bytes(number)),
                ("RAW" | "RAW6", "inuse") => (&mut row.raw_in_use, number),
                _ => continue,
            };
            *field = Some(field.unwrap_or(0).saturating_add(number));
        }
    }
}

/// Counts the states in `/proc/net/tcp` or `/proc/net/tcp6`: the fourth word of a line, hexadecimal.
pub fn parse_tcp(text: &str, states: &mut Counts) {
    for line in text.lines().skip(1) {
        let state = line.split_ascii_whitespace().nth(3).and_then(|st| usize::from_str_radix(st, 16).ok());
        if let Some(count) = state.and_then(|state| states.get_mut(state)) {
            *count += 1;
        }
    }
}

/// The states no other file tells, by the kernel's numbers (include/net/tcp_states.h).
fn fill_states(states: &Counts, row: &mut Socket) {
    row.tcp_syn_sent = Some(states[2]);
    // 12 is a request that has no socket of its own yet, which the files print as 3.
    row.tcp_syn_received = Some(states[3] + states[12]);
    row.tcp_fin_wait1 = Some(states[4]);
    row.tcp_fin_wait2 = Some(states[5]);
    row.tcp_close = Some(states[7]);
    row.tcp_close_wait = Some(states[8]);
    row.tcp_last_ack = Some(states[9]);
    row.tcp_listen = Some(states[10]);
    row.tcp_closing = Some(states[11]);
}
