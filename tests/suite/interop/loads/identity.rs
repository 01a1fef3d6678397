//! What becomes another and stays the same process: by exec, by name, by title, by user, by control group.

use std::fs;

use super::super::host::{Undo, group, one, rest, skip};
use super::super::started::epoch;
use super::{Load, Recording, TWO_TICKS};

/// One that changes: how, what shows it, and within how many seconds that is promised.
struct Change {
    load: Load,
    how: &'static str,
    shows: String,
    within: f64,
    at: f64,
}

#[test]
#[ignore = "compares with the running kernel, and takes up to a minute"]
fn one_that_becomes_another_keeps_its_start_time_and_shows_it_within_the_promised_time() {
    let mut recording = Recording::start();
    let group = group("identity");
    let _undo = Undo(|| drop(group.as_ref().map(fs::remove_dir)));
    let mut changes: Vec<Change> = [
        // The name stays: the image's place in memory shows it.
        ("exec", "comm = 'identity' and cmdline like '%/identity after exec'", TWO_TICKS),
        ("name", "comm = 'renamed' and cmdline like '%/identity name'", TWO_TICKS),
        ("user", "uid = 65534", TWO_TICKS),
        ("group", "cgroup like '%sysray-interop-%'", 10.0),
        // Nothing shows that: what was read is read again every minute.
        ("title", "comm = 'identity' and cmdline = 'titled'", 60.0),
    ]
    .into_iter()
    .map(|(how, shows, within)| {
        let mut load = recording.load("identity", &[how]);
        load.says();
        Change { load, how, shows: shows.into(), within, at: 0.0 }
    })
    .collect();
    // Past the second tick of life, on which all is read anyway.
    rest(2.0 * TWO_TICKS);
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
        change.at = epoch();
        match (change.how, &group) {
            ("group", Ok(group)) => {
                fs::write(group.join("cgroup.procs"), change.load.pid().to_string()).unwrap();
            }
            _ => {
                change.load.go_on();
                change.load.says();
            }
        }
    }
    // What is promised sooner is looked for when that is over too.
    while epoch() < changes.last().unwrap().at + 61.0 && seen(&recording, changes.last().unwrap()).is_none() {
        rest(1.0);
    }
    let moved = changes.iter().find(|change| change.how == "group").map_or(0.0, |change| change.at);
    rest((moved + 11.0 - epoch()).max(0.0));
    recording.end();
    for change in &changes {
        let behind = seen(&recording, change).map(|seen| seen - change.at);
        println!("{}: told {behind:?} s behind", change.how);
        assert!(
            behind.is_some_and(|behind| behind <= change.within + TWO_TICKS),
            "{}: {behind:?}",
            change.how
        );
        let of = format!("from process where pid = {}", change.load.pid());
        assert_eq!(
            one(recording.store(), &format!("select count(distinct start_time) {of}")),
            1.0,
            "{}",
            change.how
        );
        let before = format!("select count(*) {of} and ts < '@{:.3}' and {}", change.at, change.shows);
        assert_eq!(one(recording.store(), &before), 0.0, "{}: it was so before", change.how);
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
