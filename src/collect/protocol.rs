//! `protocol` from `/proc/net/snmp`, `/proc/net/netstat` and `/proc/net/snmp6`: proc_pid_net(5).
//!
//! The kernel counts TCP for both versions of IP at once, and everything else for each by itself.

use super::parse::{int, pairs};
use super::snmp::counters;
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Protocol;

/// Reads the counters of TCP, UDP, ICMP and IP.
#[derive(Default)]
pub struct ProtocolCollector;

impl Collector for ProtocolCollector {
    fn name(&self) -> &'static str {
        "protocol"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["protocol"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let mut row = Protocol::default();
        let path = host.proc_path("net/snmp");
        parse_snmp(host.proc("net/snmp")?, &mut row);
        if row == Protocol::default() {
            return Err(Error::Parse { path, what: "no counters".into() });
        }
        if let Some(text) = host.proc_if_any("net/netstat")? {
            parse_snmp(text, &mut row);
        }
        if let Some(text) = host.proc_if_any("net/snmp6")? {
            parse_snmp6(text, &mut row);
        }
        sample.protocol.push(row);
        Ok(())
    }
}

/// Fills in the counters of `/proc/net/snmp` or `/proc/net/netstat`, as totals.
pub fn parse_snmp(text: &str, row: &mut Protocol) {
    for (protocol, name, n) in counters(text) {
        let field = match (protocol, name) {
            ("Tcp", "ActiveOpens") => &mut row.tcp_active_opens,
            ("Tcp", "PassiveOpens") => &mut row.tcp_passive_opens,
            ("Tcp", "AttemptFails") => &mut row.tcp_attempt_fails,
            ("Tcp", "EstabResets") => &mut row.tcp_resets_in,
            ("Tcp", "OutRsts") => &mut row.tcp_resets_out,
            ("Tcp", "InSegs") => &mut row.tcp_segments_in,
            ("Tcp", "OutSegs") => &mut row.tcp_segments_out,
            ("Tcp", "RetransSegs") => &mut row.tcp_retransmits,
            ("Tcp", "InErrs") => &mut row.tcp_errors_in,
            ("TcpExt", "ListenOverflows") => &mut row.tcp_listen_overflows,
            ("TcpExt", "ListenDrops") => &mut row.tcp_listen_drops,
            ("TcpExt", "TCPSynRetrans") => &mut row.tcp_syn_retransmits,
            ("TcpExt", "TCPTimeouts") => &mut row.tcp_timeouts,
            ("TcpExt", "TCPBacklogDrop") => &mut row.tcp_backlog_drops,
            ("Udp", "InDatagrams") => &mut row.udp_datagrams_in,
            ("Udp", "OutDatagrams") => &mut row.udp_datagrams_out,
            ("Udp", "NoPorts") => &mut row.udp_no_ports,
            ("Udp", "InErrors") => &mut row.udp_errors_in,
            ("Udp", "RcvbufErrors") => &mut row.udp_receive_buffer_errors,
            ("Udp", "SndbufErrors") => &mut row.udp_send_buffer_errors,
            ("Icmp", "InMsgs") => &mut row.icmp_messages_in,
            ("Icmp", "InErrors") => &mut row.icmp_errors_in,
            ("IpExt", "InOctets") => &mut row.ip_bytes_in,
            ("IpExt", "OutOctets") => &mut row.ip_bytes_out,
            ("Ip", "InDiscards") => &mut row.ip_discards_in,
            ("Ip", "OutDiscards") => &mut row.ip_discards_out,
            ("Ip", "FragFails") => &mut row.ip_fragments_failed,
            _ => continue,
        };
        *field = Some(n);
    }
}

/// Adds the counters of `/proc/net/snmp6` to those of IPv4. One whose IPv4 part is unknown stays so:
/// half of a total would show as a jump when the other half returns.
pub fn parse_snmp6(text: &str, row: &mut Protocol) {
    for (name, rest) in pairs(text) {
        let field = match name {
            "Udp6InDatagrams" => &mut row.udp_datagrams_in,
            "Udp6OutDatagrams" => &mut row.udp_datagrams_out,
            "Udp6NoPorts" => &mut row.udp_no_ports,
            "Udp6InErrors" => &mut row.udp_errors_in,
            "Udp6RcvbufErrors" => &mut row.udp_receive_buffer_errors,
            "Udp6SndbufErrors" => &mut row.udp_send_buffer_errors,
            "Icmp6InMsgs" => &mut row.icmp_messages_in,
            "Icmp6InErrors" => &mut row.icmp_errors_in,
            "Ip6InOctets" => &mut row.ip_bytes_in,
            "Ip6OutOctets" => &mut row.ip_bytes_out,
            "Ip6InDiscards" => &mut row.ip_discards_in,
            "Ip6OutDiscards" => &mut row.ip_discards_out,
            "Ip6FragFails" => &mut row.ip_fragments_failed,
            _ => continue,
        };
        if let (Some(total), Some(n)) = (field.as_mut(), int(rest)) {
            *total = total.saturating_add(n);
        }
    }
}
