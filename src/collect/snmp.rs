//! The form of `/proc/net/snmp` and `/proc/net/netstat`: a line of names, then a line of numbers,
//! both headed by the protocol. What a counter means is left to those who ask.

use super::parse::int;

/// Each number as (protocol, name, number). A line of numbers that does not follow its names is
/// passed over.
pub fn counters(text: &str) -> impl Iterator<Item = (&str, &str, i64)> {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let pairs = lines.clone().zip(lines.skip(1));
    pairs
        .filter(|((protocol, _), (same, _))| protocol == same)
        .flat_map(|((protocol, names), (_, numbers))| {
            let numbers = numbers.split_ascii_whitespace().map(int);
            names.split_ascii_whitespace().zip(numbers).map(move |(name, n)| (protocol, name, n))
        })
        .filter_map(|(protocol, name, n)| Some((protocol, name, n?)))
}

/// TCP connections in state ESTABLISHED or CLOSE_WAIT, from `/proc/net/snmp`.
pub fn established(text: &str) -> Option<i64> {
    counters(text).find(|(protocol, name, _)| (*protocol, *name) == ("Tcp", "CurrEstab")).map(|(.., n)| n)
}
