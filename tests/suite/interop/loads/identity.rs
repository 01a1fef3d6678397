//! What becomes another and stays the same process: by exec, by name, by title, by user, by control group.

use std::fs;

use super::super::host::{Undo, group, one, rest, skip};
use super::super::started::epoch;
use super::{Load, Recording};

/// How many ticks may begin until one shows what is promised in the next: what a process runs is asked aside of the
/// tick, and where that is not answered at once it is told in a later one.
const TICKS: f64 = 3.0;

/// One that changes: how, what shows it, and behind how many seconds no row may be without that; where that is not said
/// the next tick is promised.
struct Change {
    load: Load,
    how: &'static str,
    shows: String,
    within: Option<f64>,
    /// When it began to change, and when it had, in seconds since 1970.
    from: f64,
    to: f64,
}

#[test]
#[ignore = "compares with the running kernel, and takes up to a minute"]
fn one_that_becomes_another_keeps_its_start_time_and_shows_it_within_the_promised_time() {
    let mut recording = Recording::start();
    let group = group("identity");
    let _undo = Undo(|| drop(group.as_ref().map(fs::remove_dir)));
    let mut changes: Vec<Change> = [
        // The name stays: the image's place in memory shows it.
        ("exec", "comm = 'identity' and cmdline like '%/identity after exec'", None),
        ("name", "comm = 'renamed' and cmdline like '%/identity name'", None),
        ("user", "uid = 65534", None),
        // It is read every ten seconds, in a tick.
        ("group", "cgroup like '%sysray-interop-%'", Some(10.3)),
        // Nothing shows that: what was read is read again every minute, at the sixth of those looks, each of which may
        // be a tick behind.
        ("title", "comm = 'identity' and cmdline = 'titled'", Some(62.0)),
    ]
    .into_iter()
    .map(|(how, shows, within)| {
        let mut load = recording.load("identity", &[how]);
        load.says();
        Change { load, how, shows: shows.into(), within, from: 0.0, to: 0.0 }
    })
    .collect();
    // Past the second tick of life, on which all is read anyway.
    recording.pass();
    let is_root = rustix::process::geteuid().is_root();
    changes.retain_mut(|change| match (change.how, &group) {
        ("user", _) if !is_root => {
            skip("one that becomes another user", &"only root can");
            false
        }
        ("group", Err(why)) => {
            skip("one that is moved to another group", why);
            false
        }
        _ => true,
    });
    for change in &mut changes {
        change.from = epoch();
        match (change.how, &group) {
            ("group", Ok(group)) => {
                fs::write(group.join("cgroup.procs"), change.load.pid().to_string()).unwrap();
            }
            _ => {
                change.load.go_on();
                change.load.says();
            }
        }
        change.to = epoch();
    }
    // What is promised sooner is looked for when that is over too.
    let last = changes.last().unwrap();
    while epoch() < last.to + 63.0 && seen(&recording, last).is_none() {
        rest(1.0);
    }
    let moved = changes.iter().find(|change| change.how == "group").map_or(0.0, |change| change.to);
    rest((moved + 11.0 - epoch()).max(0.0));
    recording.end();
    for change in &changes {
        let Change { how, shows, within, from, to, .. } = change;
        let behind = seen(&recording, change).map(|seen| seen - to);
        println!("{how}: told {behind:?} s behind");
        assert!(behind.is_some(), "{how}: it is never told");
        let of = format!("from process where pid = {}", change.load.pid());
        let ask = |what: &str, rows: &str| one(recording.store(), &format!("select {what} {rows}"));
        match within {
            Some(within) => {
                let late = format!("{of} and ts > '@{:.3}' and not coalesce({shows}, false)", to + within);
                assert_eq!(ask("count(*)", &late), 0.0, "{how}: it is not told in time");
            }
            None => {
                let first = format!("select min(ts) {of} and {shows}");
                let ticks = format!("from system where ts > '@{to:.3}' and ts <= ({first})");
                assert!(ask("count(*)", &ticks) <= TICKS, "{how}: {behind:?} s behind");
            }
        }
        assert_eq!(ask("count(distinct start_time)", &of), 1.0, "{how}");
        let before = format!("{of} and ts < '@{from:.3}' and {shows}");
        assert_eq!(ask("count(*)", &before), 0.0, "{how}: it was so before");
    }
    // Only an empty group can be taken away.
    drop(changes);
}

/// When its row first showed it, in seconds since 1970.
fn seen(recording: &Recording, change: &Change) -> Option<f64> {
    let sql = format!(
        "select min(cast(ts as bigint)) / 1e6 from process where pid = {} and {}",
        change.load.pid(),
        change.shows
    );
    super::super::host::column(recording.store(), &sql)[0]
}
