//! The kernel's log: which messages become events, and what of them.

use std::time::Duration;

use serde_json::Value;
use sysray::collect::kernel_log::{Limit, Reader};
use sysray::schema::rows::Event;

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
fn a_process_that_was_killed_for_want_of_memory_is_told_with_its_group_and_size() {
    let mut reader = Reader::default();
    // Linux 6.18, as /dev/kmsg has them.
    let context = "6,597,2884857630,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,\
                   oom_memcg=/app,task_memcg=/app/web,1,task=python3,pid=27563,uid=0\n";
    assert!(reader.message(context.as_bytes()).is_none());
    let killed = "3,598,2884857833,-;Memory cgroup out of memory: Killed process 27563 (python3) total-vm:139564kB, \
                  anon-rss:129520kB, file-rss:3656kB, shmem-rss:0kB, UID:0 pgtables:308kB oom_score_adj:500\n";
    let event = reader.message(killed.as_bytes()).unwrap();
    assert_eq!((event.kind.as_deref(), event.subject.as_deref()), (Some("oom_kill"), Some("python3[27563]")));
    let detail: Value = serde_json::from_str(event.detail.as_deref().unwrap()).unwrap();
    let expected = serde_json::json!({
        "pid": 27563, "comm": "python3", "cgroup": "/app/web,1", "limit_of": "/app", "is_of_cgroup": true,
        "rss_anon_bytes": 129_520 << 10, "rss_file_bytes": 3656 << 10, "rss_shmem_bytes": 0,
        "uptime_us": 2_884_857_833_i64,
    });
    assert_eq!(detail, expected);
    // The next one's group is not this one's.
    let next =
        said("Out of memory: Killed process 5 (a (b) c) total-vm:1kB, anon-rss:2kB, file-rss:0kB").unwrap();
    assert_eq!(next.subject.as_deref(), Some("a (b) c[5]"));
    assert!(!next.detail.unwrap().contains("cgroup\":\""));
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
