//! What the kernel says when memory has run out and it kills a process. Several messages belong together:
//!
//! - since 5.0 `oom-kill:constraint=…,oom_memcg=/a,task_memcg=/a/b,task=name,pid=1,uid=0`, before that `Task in /a/b
//!   killed as a result of limit of /a`, where a control group's limit was reached;
//! - before 5.2 `Out of memory: Kill process 1 (name) score 5 or sacrifice child`, or `Memory cgroup out of memory: …`:
//!   who is chosen, in whose stead the kernel may kill a child;
//! - `Killed process 1 (name) total-vm:1kB, anon-rss:2kB, …`: who was killed, since 5.2 behind why.

use serde_json::{Map, Value, json};

use super::kinds::{after, between};
use crate::schema::rows::Event;

/// What was said of the next process that is killed.
#[derive(Default)]
pub struct Oom {
    /// Who was chosen.
    pid: Option<i64>,
    /// The control group it is in, and the one whose limit was reached.
    cgroup: Option<String>,
    limit_of: Option<String>,
    is_of_cgroup: Option<bool>,
}

impl Oom {
    /// Takes in a message; an event where it says that a process was killed.
    pub fn text(&mut self, text: &str) -> Option<Event> {
        if text.contains(" invoked oom-killer: ") {
            *self = Oom::default();
        } else if let Some(said) = text.strip_prefix("oom-kill:") {
            *self = Oom::constraint(said);
        } else if let Some((own, limit)) =
            text.strip_prefix("Task in ").and_then(|rest| rest.split_once(" killed as a result of limit of "))
        {
            *self = Oom { cgroup: Some(own.into()), limit_of: Some(limit.into()), ..Oom::default() };
        } else if let Some((before, chosen)) =
            text.split_once("Kill process ").filter(|(_, chosen)| chosen.contains(" score "))
        {
            self.pid = pid(chosen);
            self.is_of_cgroup = is_of_cgroup(before);
        } else if let Some((before, killed)) = text.split_once("Killed process ") {
            return Some(std::mem::take(self).killed(text, before, killed));
        }
        None
    }

    /// A name may hold commas, a group too.
    fn constraint(said: &str) -> Oom {
        let group = |from: &str, to: &str| between(said, from, to).map(str::to_string);
        Oom {
            pid: said.rsplit_once(",pid=").and_then(|(_, rest)| pid(rest)),
            cgroup: group("task_memcg=", ",task="),
            limit_of: group("oom_memcg=", ",task_memcg="),
            is_of_cgroup: after(said, "constraint=").map(|what| what == "CONSTRAINT_MEMCG"),
        }
    }

    /// `123 (name) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:0 …`; Red Hat's 3.10 has `, UID 0,`
    /// behind the name.
    fn killed(self, text: &str, before: &str, killed: &str) -> Event {
        let pid = pid(killed);
        let head = killed.split_once(" total-vm:").map_or(killed, |(head, _)| head);
        let comm = head.find('(').zip(head.rfind(')')).and_then(|(open, close)| head.get(open + 1..close));
        let mut detail = Map::new();
        // A child that was killed in its stead may be in another group, below the same limit.
        let is_chosen = self.pid.is_none() || self.pid == pid;
        let group = |group: Option<String>| group.map(Value::from);
        detail.extend(group(self.cgroup.filter(|_| is_chosen)).map(|own| ("cgroup".into(), own)));
        detail.extend(group(self.limit_of).map(|limit| ("limit_of".into(), limit)));
        detail.insert("pid".into(), json!(pid));
        detail.insert("comm".into(), json!(comm));
        let bytes = |name: &str| {
            after(killed, name)?.trim_end_matches("kB").parse::<i64>().ok().map(|kib| kib * 1024)
        };
        for (name, column) in [
            ("anon-rss:", "rss_anon_bytes"),
            ("file-rss:", "rss_file_bytes"),
            ("shmem-rss:", "rss_shmem_bytes"),
        ] {
            detail.insert(column.into(), json!(bytes(name)));
        }
        detail.insert("is_of_cgroup".into(), json!(is_of_cgroup(before).or(self.is_of_cgroup)));
        let subject = match (comm, pid) {
            (Some(comm), Some(pid)) => format!("{comm}[{pid}]"),
            _ => String::new(),
        };
        let detail = Some(Value::Object(detail).to_string().into());
        Event { detail, ..Event::about("oom_kill", Event::CRITICAL, &subject, text) }
    }
}

fn pid(text: &str) -> Option<i64> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whose memory has run out, by what stands before the process; unknown where that says nothing.
fn is_of_cgroup(before: &str) -> Option<bool> {
    match before {
        _ if before.starts_with("Memory cgroup out of memory") => Some(true),
        _ if before.starts_with("Out of memory") => Some(false),
        _ => None,
    }
}
