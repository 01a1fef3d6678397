//! A process that was killed for want of memory, in the words of kernels of different age.

use serde_json::{Value, json};
use sysray::collect::kernel_log::Reader;
use sysray::schema::rows::Event;

/// The events of a log, and their details without the time.
fn told(log: &[&str]) -> Vec<(Event, Value)> {
    let mut reader = Reader::default();
    let lines = log.iter().map(|text| format!("3,598,2884857833,-;{text}\n"));
    let events = lines.filter_map(|line| reader.message(line.as_bytes()));
    let detail = |event: &Event| {
        let mut detail: Value = serde_json::from_str(event.detail.as_deref().unwrap()).unwrap();
        assert_eq!(detail.as_object_mut().unwrap().remove("uptime_us"), Some(json!(2_884_857_833_i64)));
        detail
    };
    events.map(|event| (event.clone(), detail(&event))).collect()
}

/// The one event of a log.
fn killed(log: &[&str]) -> (String, Value) {
    let told = told(log);
    assert_eq!(told.len(), 1, "{told:?}");
    let (event, detail) = &told[0];
    assert_eq!((event.kind.as_deref(), event.severity.as_deref()), (Some("oom_kill"), Some("critical")));
    (event.subject.as_deref().unwrap_or("NULL").to_string(), detail.clone())
}

#[test]
fn in_6_x() {
    let (subject, detail) = killed(&[
        "python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=500",
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/app,\
         task_memcg=/app/web,1,task=python3,pid=27563,uid=0",
        "Memory cgroup out of memory: Killed process 27563 (python3) total-vm:139564kB, anon-rss:129520kB, \
         file-rss:3656kB, shmem-rss:0kB, UID:0 pgtables:308kB oom_score_adj:500",
    ]);
    assert_eq!(subject, "python3[27563]");
    let expected = json!({
        "pid": 27563, "comm": "python3", "cgroup": "/app/web,1", "limit_of": "/app", "is_of_cgroup": true,
        "rss_anon_bytes": 129_520 << 10, "rss_file_bytes": 3656 << 10, "rss_shmem_bytes": 0,
    });
    assert_eq!(detail, expected);
}

#[test]
fn in_5_x() {
    // 5.4 has no more behind the sizes; the host's own memory ran out.
    let (subject, detail) = killed(&[
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,\
         task_memcg=/user.slice,task=a (b) c,pid=5,uid=1000",
        "Out of memory: Killed process 5 (a (b) c) total-vm:10kB, anon-rss:2kB, file-rss:1kB, shmem-rss:0kB",
    ]);
    assert_eq!(subject, "a (b) c[5]");
    let expected = json!({
        "pid": 5, "comm": "a (b) c", "cgroup": "/user.slice", "is_of_cgroup": false,
        "rss_anon_bytes": 2048, "rss_file_bytes": 1024, "rss_shmem_bytes": 0,
    });
    assert_eq!(detail, expected);
    // 5.0 and 5.1 say in two messages who is chosen and who was killed.
    let (_, detail) = killed(&[
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,\
         task_memcg=/a/b,task=java,pid=9,uid=0",
        "Memory cgroup out of memory: Kill process 9 (java) score 979 or sacrifice child",
        "Killed process 9 (java) total-vm:10kB, anon-rss:2kB, file-rss:1kB, shmem-rss:0kB",
    ]);
    let of = |name: &str| detail[name].clone();
    assert_eq!((of("cgroup"), of("limit_of"), of("is_of_cgroup")), (json!("/a/b"), json!("/a"), json!(true)));
}

#[test]
fn in_4_19() {
    let (subject, detail) = killed(&[
        "java invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null), order=0, oom_score_adj=0",
        "Task in /a/b killed as a result of limit of /a",
        "memory: usage 524288kB, limit 524288kB, failcnt 31",
        "Memory cgroup out of memory: Kill process 1234 (java) score 5 or sacrifice child",
        "Killed process 1234 (java) total-vm:3450000kB, anon-rss:520000kB, file-rss:8192kB, shmem-rss:4kB",
    ]);
    assert_eq!(subject, "java[1234]");
    let expected = json!({
        "pid": 1234, "comm": "java", "cgroup": "/a/b", "limit_of": "/a", "is_of_cgroup": true,
        "rss_anon_bytes": 520_000 << 10, "rss_file_bytes": 8192 << 10, "rss_shmem_bytes": 4096,
    });
    assert_eq!(detail, expected);
    let (_, detail) = killed(&[
        "Out of memory: Kill process 7 (mysqld) score 300 or sacrifice child",
        "Killed process 7 (mysqld) total-vm:3450000kB, anon-rss:520000kB, file-rss:8192kB, shmem-rss:4kB",
    ]);
    assert_eq!((&detail["is_of_cgroup"], detail.get("cgroup")), (&json!(false), None));
}

#[test]
fn in_3_10() {
    let (subject, detail) = killed(&[
        "Task in /docker/f00 killed as a result of limit of /docker/f00",
        "Memory cgroup out of memory: Kill process 1234 (httpd) score 979 or sacrifice child",
        "Killed process 1234 (httpd) total-vm:345000kB, anon-rss:52000kB, file-rss:8192kB",
    ]);
    assert_eq!(subject, "httpd[1234]");
    let expected = json!({
        "pid": 1234, "comm": "httpd", "cgroup": "/docker/f00", "limit_of": "/docker/f00", "is_of_cgroup": true,
        "rss_anon_bytes": 52_000 << 10, "rss_file_bytes": 8192 << 10, "rss_shmem_bytes": null,
    });
    assert_eq!(detail, expected);
    // Red Hat's.
    let (subject, detail) = killed(&[
        "Out of memory: Kill process 88 (java) score 802 or sacrifice child",
        "Killed process 88 (java), UID 1000, total-vm:345000kB, anon-rss:52000kB, file-rss:0kB, shmem-rss:12kB",
    ]);
    assert_eq!(subject, "java[88]");
    assert_eq!((&detail["comm"], &detail["rss_shmem_bytes"]), (&json!("java"), &json!(12 << 10)));
}

/// Its group may be another, below the same limit.
#[test]
fn a_child_that_is_killed_in_the_chosen_ones_stead_has_the_limit_and_no_group() {
    let (subject, detail) = killed(&[
        "Task in /a/b killed as a result of limit of /a",
        "Memory cgroup out of memory: Kill process 1234 (java) score 5 or sacrifice child",
        "Killed process 1300 (sh) total-vm:3450kB, anon-rss:520kB, file-rss:8kB, shmem-rss:4kB",
    ]);
    assert_eq!(subject, "sh[1300]");
    let of = |name: &str| detail.get(name).cloned();
    assert_eq!((of("cgroup"), of("limit_of")), (None, Some(json!("/a"))));
    assert_eq!(of("is_of_cgroup"), Some(json!(true)));
}

#[test]
fn what_was_said_of_one_is_not_said_of_the_next() {
    let log = [
        "Task in /a killed as a result of limit of /a",
        "Memory cgroup out of memory: Kill process 1 (x) score 5 or sacrifice child",
        "Killed process 1 (x) total-vm:1kB, anon-rss:2kB, file-rss:0kB, shmem-rss:0kB",
        // Of this one nobody has said why.
        "Killed process 2 (y) total-vm:1kB, anon-rss:2kB, file-rss:0kB, shmem-rss:0kB",
        "Task in /b killed as a result of limit of /b",
        // That came to nothing.
        "z invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0",
        "Out of memory: Kill process 3 (z) score 5 or sacrifice child",
        "Killed process 3 (z) total-vm:1kB, anon-rss:2kB, file-rss:0kB, shmem-rss:0kB",
    ];
    let of: Vec<_> = told(&log)
        .iter()
        .map(|(_, detail)| (detail.get("cgroup").cloned(), detail["is_of_cgroup"].clone()))
        .collect();
    assert_eq!(of, [(Some(json!("/a")), json!(true)), (None, Value::Null), (None, json!(false))]);
}
