//! What the reports of these tests are about.

use serde_json::{Value, json};

use super::recording::Recording;
use super::{GIB, HOST, HOSTILE, MIB, at, micros};

/// A hundred seconds at one sample a second. Nothing was recorded in seconds 41 to 50, and the
/// sample of second 51 covers them. A hog burns a CPU from second 52 on and grows; the disk is busy
/// all through seconds 61 to 70; the filesystem is full from second 91 on.
pub fn story() -> Recording {
    let mut story = Recording::default();
    let inventory = json!({
        "hostname": "db-1.example", "os": "Debian GNU/Linux", "os_version": "12", "kernel": "6.1.0-28-amd64",
        "architecture": "x86_64", "cpu_model": "Example CPU @ 2.4GHz", "sockets": 1, "cores": 2, "threads": 2,
        "numa_nodes": 1, "memory_bytes": 4 * GIB, "virtualisation": "kvm", "timezone": "Europe/Berlin",
        "boot_time": "2026-11-20T07:00:00Z", "sysray_version": "0.6.0"
    });
    story.add("host", HOST, &at(0), None, inventory);
    let gap = json!({ "kind": "gap", "severity": "warning", "message": "the recorder was not running",
        "until_ts": at(50) });
    story.add("event", HOST, &at(40), None, gap);
    let start = json!({ "kind": "start", "severity": "info", "message": "recording started" });
    story.add("event", HOST, &at(50), None, start);
    for second in (1..=40).chain(51..=100) {
        let us = if second == 51 { 11_000_000 } else { 1_000_000 };
        sample(&mut story, second, us);
    }
    let failed = json!({ "collector": "disk", "errors": 1, "error": "/proc/diskstats: line 3: no number" });
    story.add("recorder", HOST, &at(7), Some(1_000_000), failed);
    alert(
        &mut story,
        70,
        "disk_busy",
        ("vda 1", "vda"),
        json!({ "value": 91.5, "worst": null, "since": 61 }),
        false,
    );
    alert(&mut story, 74, "disk_busy", ("vda 1", "vda"), json!({ "value": 3.0, "worst": 99.5 }), true);
    alert(&mut story, 95, "full", (HOSTILE, HOSTILE), json!({ "value": 100.0, "since": 91 }), false);
    story
}

/// An event about a rule, as the recorder writes it.
fn alert(
    story: &mut Recording,
    second: i64,
    rule: &str,
    (entity, name): (&str, &str),
    of: Value,
    is_over: bool,
) {
    let mut detail = json!({ "rule": rule, "when": format!("{rule}.used_pct > 90 %"), "name": name, "entity": entity,
        "value": of["value"] });
    if is_over {
        detail["worst"] = of["worst"].clone();
    } else {
        detail["since_us"] = micros(of["since"].as_i64().unwrap()).0.into();
    }
    let (kind, severity) = if is_over { ("alert_clear", "info") } else { ("alert", "critical") };
    let event = json!({ "kind": kind, "severity": severity, "subject": format!("{rule} {name}"),
        "message": format!("{rule} of {name}"), "detail": detail.to_string() });
    story.add("event", HOST, &at(second), None, event);
}

fn sample(story: &mut Recording, second: i64, us: i64) {
    let mut add = |table: &str, columns: Value| story.add(table, HOST, &at(second), Some(us), columns);
    let busy_pct = match second {
        ..=40 => 10,
        51 => 20,
        77 => 100,
        _ => 90,
    };
    let busy_us = 2 * us * busy_pct / 100;
    add(
        "system",
        json!({ "threads": 150, "tasks_limit": 30_000, "open_files": 1_000 + second,
        "open_files_limit": 100_000, "tcp_established": 20 }),
    );
    add(
        "cpu",
        json!({ "user_us": busy_us, "nice_us": 0, "system_us": 0, "idle_us": 2 * us - busy_us,
        "iowait_us": 0, "irq_us": 0, "softirq_us": 0, "steal_us": 0, "online": 2,
        "runnable": if second > 51 { 5 } else { 1 } }),
    );
    add(
        "memory",
        json!({ "total_bytes": 4 * GIB, "available_bytes": 3 * GIB, "swap_out_bytes": 0,
        "oom_kills": i64::from(second == 95) }),
    );
    add("pressure", json!({ "resource": "cpu", "some_us": if second > 51 { us / 4 } else { 0 } }));
    add("pressure", json!({ "resource": "io", "some_us": 0, "full_us": 0 }));
    let busy = (61..=70).contains(&second);
    add(
        "disk",
        json!({ "device": "vda", "disk_seq": 1, "kind": "disk", "counted": true, "size_bytes": 40 * GIB,
        "rotational": false, "reads": if busy { 100 } else { 0 }, "writes": if busy { 100 } else { 0 },
        "read_us": if busy { 400_000 } else { 0 }, "write_us": if busy { 2_000_000 } else { 0 },
        "busy_us": if busy { us } else { us / 100 }, "queue_us": if busy { 4 * us } else { 0 } }),
    );
    add(
        "disk",
        json!({ "device": "vda1", "disk_seq": 1, "kind": "partition", "counted": false,
        "busy_us": us }),
    );
    let free = if second > 90 { 0 } else { 10 * GIB };
    for (mount, device, fstype) in [
        ("/", "/dev/vda1", "ext4"),
        ("/srv/the-same-again", "/dev/vda1", "ext4"),
        ("/run", "tmpfs", "tmpfs"),
        ("/snap/core/1", "/dev/loop0", "squashfs"),
    ] {
        add(
            "filesystem",
            json!({ "mount": mount, "device": device, "fstype": fstype, "read_only": second > 98,
            "total_bytes": 40 * GIB, "free_bytes": free, "available_bytes": free, "inodes": 1000,
            "inodes_free": 900 }),
        );
    }
    add(
        "network",
        json!({ "interface": "eth0", "interface_index": 2, "driver": "virtio_net",
        "operstate": "up", "speed_bits_per_s": 1_000_000_000, "counted": true, "rx_bytes": us * 5 / 4,
        "tx_bytes": us / 2, "rx_errors": 0, "tx_errors": 0, "rx_dropped": i64::from(second == 20) * 3,
        "tx_dropped": 0, "carrier_changes": 0 }),
    );
    add("network", json!({ "interface": "lo", "interface_index": 1, "counted": false, "rx_bytes": us }));
    add(
        "protocol",
        json!({ "tcp_segments_out": 200, "tcp_retransmits": 1, "tcp_errors_in": 0,
        "tcp_listen_overflows": 0, "tcp_listen_drops": 0 }),
    );
    add(
        "recorder",
        json!({ "collector": "recorder", "cpu_us": us / 500, "rss_bytes": 12 * MIB,
        "written_bytes": 4096, "journal_bytes": second * 4096, "store_bytes": 3 * MIB, "skipped_ticks": 0,
        "dropped_frames": 0, "late_us": 250 + second }),
    );
    let born = "2026-11-20T07:00:03Z";
    add(
        "process",
        json!({ "pid": 810, "start_time": born, "comm": "postgres", "username": "postgres",
        "cmdline": "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main", "is_kernel": false,
        "rss_bytes": 512 * MIB, "cpu_us": us / 20, "read_bytes": 0, "write_bytes": 8192 }),
    );
    add(
        "process",
        json!({ "pid": 17, "start_time": born, "comm": "kworker/0:1", "username": "root",
        "is_kernel": true, "rss_bytes": 0, "cpu_us": us / 1000 }),
    );
    add(
        "process",
        json!({ "pid": 900, "start_time": born, "comm": "backup", "username": "root",
        "cmdline": "backup --to /srv", "is_kernel": false, "rss_bytes": 20 * MIB,
        "cpu_us": 0, "read_bytes": MIB, "write_bytes": 2 * MIB }),
    );
    if second >= 51 {
        let cpu_us = (second > 51).then_some(950_000);
        add(
            "process",
            json!({ "pid": 4242, "start_time": at(45), "comm": "hog", "username": "app",
            "cmdline": "/opt/app/hog --burn", "is_kernel": false, "rss_bytes": (100 + 10 * (second - 51)) * MIB,
            "cpu_us": cpu_us }),
        );
        add(
            "process",
            json!({ "pid": 666, "start_time": at(46), "comm": HOSTILE, "username": "nobody",
            "cmdline": HOSTILE, "is_kernel": false, "rss_bytes": 3 * MIB, "cpu_us": 20_000 }),
        );
    }
}
