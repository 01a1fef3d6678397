//! The kernel's log: which messages become events, and what of them.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use sysray::collect::kernel_log::{Limit, Messages, Reader};
use sysray::collect::{Collector, Host, KernelLogCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Event;

mod oom;

fn said(text: &str) -> Option<Event> {
    Reader::default().message(format!("4,1,2884857630,-;{text}\n").as_bytes())
}

/// Kind, severity and subject of what a message becomes.
fn told(text: &str) -> Option<(String, String, String)> {
    let event = said(text)?;
    let text = |text: Option<sysray::schema::Text>| text.as_deref().unwrap_or("NULL").to_string();
    Some((text(event.kind), text(event.severity), text(event.subject)))
}

#[test]
fn what_the_kernel_says_has_a_kind_and_a_subject() {
    let cases = [
        (
            "I/O error, dev sda, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
            "io_error",
            "critical",
            "sda",
        ),
        ("blk_update_request: I/O error, dev vdb, sector 8", "io_error", "critical", "vdb"),
        ("critical medium error, dev sdb, sector 8 op 0x0:(READ) flags 0x0", "io_error", "critical", "sdb"),
        (
            "XFS (dm-3): metadata I/O error in \"xfs_trans_read_buf_map\" at daddr 0x2",
            "io_error",
            "critical",
            "dm-3",
        ),
        ("EXT4-fs (loop0): re-mounted 2f0c ro. Quota mode: none.", "readonly_remount", "warning", "loop0"),
        ("mlx5_core 0000:5e:00.0 ens1f0: Link down", "link", "warning", "ens1f0"),
        ("bond0: (slave eth1): link status definitely down, disabling slave", "link", "warning", "eth1"),
        ("r8169 0000:02:00.0 eth0: link up", "link", "info", "eth0"),
        (
            "Buffer I/O error on dev dm-0, logical block 1, lost async page write",
            "io_error",
            "critical",
            "dm-0",
        ),
        ("INFO: task touch:5941 blocked for more than 362 seconds.", "hung_task", "warning", "touch:5941"),
        (
            "watchdog: BUG: soft lockup - CPU#13 stuck for 22s! [kworker/13:1:77]",
            "soft_lockup",
            "critical",
            "cpu13",
        ),
        ("mce: [Hardware Error]: Machine check events logged", "machine_check", "critical", "host"),
        (
            "nginx[4711]: segfault at 0 ip 000055d0 sp 00007ffd error 4 in nginx[55d0+1000]",
            "segfault",
            "info",
            "nginx[4711]",
        ),
        (
            "traps: app[9] general protection fault ip:55 sp:7f error:0 in app[55+1]",
            "segfault",
            "info",
            "app[9]",
        ),
        ("EXT4-fs (sda1): Remounting filesystem read-only", "readonly_remount", "critical", "sda1"),
        (
            "XFS (dm-3): Filesystem has been shut down due to log error (0x2).",
            "readonly_remount",
            "critical",
            "dm-3",
        ),
        ("BTRFS info (device vdc: state E): forced readonly", "readonly_remount", "critical", "vdc: state E"),
        ("e1000e 0000:00:19.0 eno1: NIC Link is Down", "link", "warning", "eno1"),
        ("igb 0000:01:00.0 eth0: igb: eth0 NIC Link is Up 1000 Mbps Full Duplex", "link", "info", "eth0"),
        ("tg3 0000:03:00.0 em1: Link is down", "link", "warning", "em1"),
        ("IPv6: ADDRCONF(NETDEV_CHANGE): veth1: link becomes ready", "link", "info", "veth1"),
        (
            "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
            "clock_source",
            "warning",
            "tsc",
        ),
    ];
    for (text, kind, severity, subject) in cases {
        assert_eq!(told(text), Some((kind.into(), severity.into(), subject.into())), "{text}");
    }
    for text in
        ["usb 1-1: new high-speed USB device number 2", "Linux version 6.18.44", "", "Call Trace:", ";"]
    {
        assert_eq!(told(text), None, "{text}");
    }
}

#[test]
fn what_programs_write_there_is_not_the_kernels() {
    // Facility 3: a daemon.
    let forged = b"30,5,1,-;Out of memory: Killed process 1 (init) total-vm:1kB\n";
    assert!(Reader::default().message(forged).is_none());
}

#[test]
fn rubbish_is_no_message() {
    for bytes in
        [&b""[..], b";", b"x,y,z;a", b"4,1;Out of memory: Killed process ", b"\xff\xfe;\n", b"4,1,2,-;\xff"]
    {
        let _ = Reader::default().message(bytes);
    }
    let cut = said("Out of memory: Killed process ").unwrap();
    assert_eq!((cut.kind.as_deref(), cut.subject), (Some("oom_kill"), None));
}

#[test]
fn a_disk_that_says_the_same_a_thousand_times_is_told_twenty_times_a_minute_and_the_rest_is_counted() {
    let mut limit = Limit::default();
    let event = said("I/O error, dev sda, sector 1").unwrap();
    let passed = (0..1000).filter(|_| limit.lets_pass(&event, Duration::from_secs(5))).count();
    assert_eq!(passed, 20);
    let other = said("EXT4-fs (sda1): Remounting filesystem read-only").unwrap();
    assert!(limit.lets_pass(&other, Duration::from_secs(5)), "each kind by itself");
    assert!(limit.left_out(Duration::from_secs(64)).is_empty());
    let said = limit.left_out(Duration::from_secs(66));
    assert_eq!(said.len(), 1);
    assert!(said[0].message.as_deref().unwrap().starts_with("980 more"), "{said:?}");
    assert!(limit.lets_pass(&event, Duration::from_secs(66)));
}

/// A log that hands out these, an error of a kind where a message is none, and then has no more for now.
struct Log(VecDeque<Result<String, ErrorKind>>);

impl Read for Log {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.0.pop_front().unwrap_or(Err(ErrorKind::WouldBlock)).map_err(io::Error::from)?;
        buffer[..text.len()].copy_from_slice(text.as_bytes());
        Ok(text.len())
    }
}

/// What a log becomes from one second to the next; `None` stands for messages that were overwritten.
fn read(messages: &mut Messages, second: u64, log: &[Option<(i64, &str)>]) -> Vec<Event> {
    let line = |line: &Option<(i64, &str)>| match line {
        Some((number, text)) => Ok(format!("4,{number},1,-;{text}\n")),
        None => Err(ErrorKind::BrokenPipe),
    };
    let mut events = Vec::new();
    let mut log = Log(log.iter().map(line).collect());
    assert!(messages.take(&mut log, Duration::from_secs(second), |event| events.push(event)));
    events
}

#[test]
fn messages_that_were_overwritten_are_told_with_their_number() {
    let mut messages = Messages::default();
    let harmless = "usb 1-1: new high-speed USB device";
    assert!(read(&mut messages, 1, &[Some((7, harmless))]).is_empty());
    let told =
        read(&mut messages, 2, &[None, Some((108, "EXT4-fs (sda1): Remounting filesystem read-only"))]);
    let kinds: Vec<_> = told.iter().map(|event| event.kind.as_deref().unwrap()).collect();
    assert_eq!(kinds, ["readonly_remount", "left_out"]);
    assert_eq!(
        told[1].message.as_deref(),
        Some("100 messages of the kernel were overwritten before they were read")
    );
    assert_eq!(told[1].detail.as_deref(), Some(r#"{"is_all":true,"lost":100}"#));
    // In the minute behind they are added up.
    for second in 3..62 {
        let (from, to) = (second as i64 * 1000, second as i64 * 1000 + 11);
        let log = [Some((from, harmless)), None, Some((to, harmless))];
        assert!(read(&mut messages, second, &log).is_empty());
    }
    let told = read(&mut messages, 62, &[]);
    assert_eq!(told[0].detail.as_deref(), Some(r#"{"is_all":true,"lost":590}"#));
    assert!(read(&mut messages, 200, &[]).is_empty());
}

/// Before the first message nobody knows which number it would have had.
#[test]
fn of_messages_that_were_overwritten_before_the_first_was_read_the_number_is_unknown() {
    let told = read(&mut Messages::default(), 1, &[None, Some((108, "nothing"))]);
    assert_eq!(told[0].detail.as_deref(), Some(r#"{"is_all":false,"lost":null}"#));
}

#[test]
fn what_is_kept_of_a_message_has_no_secret_in_it() {
    let text = "I/O error, dev sda, said Authorization: Bearer abc";
    let told = read(&mut Messages::default(), 1, &[Some((1, text))]);
    assert_eq!(told[0].message.as_deref(), Some("I/O error, dev sda, said Authorization: Bearer ***"));
}

#[test]
fn a_log_that_cannot_be_read_is_told_once() {
    let tree = tempfile::tempdir().unwrap();
    let mut collector = KernelLogCollector::default();
    let mut sample = Sample::default();
    collector.collect(&mut Host::at(tree.path()), &mut sample).unwrap();
    let told: Vec<_> = sample.event.iter().collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind.as_deref(), told[0].subject.as_deref()), (Some("standing"), Some("kernel_log")));
    assert!(told[0].message.as_deref().unwrap().contains("No such file"), "{told:?}");
    let mut next = Sample::default();
    collector.collect(&mut Host::at(tree.path()), &mut next).unwrap();
    assert!(next.event.is_empty());
}
