//! What a recording counts on from where the one before it was cut off, sealed or lost something: what is told again
//! would be more than the interval held.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sysray::collect::{Host, Settings};
use sysray::schema::Micros;
use sysray::store::{Folder, Policy, maintain, prove};
use tempfile::TempDir;

use crate::record::{Growing, Meanwhile, SECOND, START, booted, numbers, record_on, record_with, rows};

/// Records a few ticks of boot b1, in which the totals begin with some number, as time goes on.
fn record(root: &Path, since: i64, totals: i64, ticks: usize) {
    let (tree, clock) = booted("b1", since);
    let script = vec![Meanwhile::Nothing; ticks];
    record_on(&Folder::at(root), Host::at(tree.path()), &clock, Growing(totals), &script);
}

fn last_totals(root: &Path) -> PathBuf {
    root.join("journal/host=web1/last.totals")
}

fn parts(root: &Path) -> Vec<PathBuf> {
    crate::made::files(root, ".part")
}

/// What each row counted, first to last, sealed or not.
fn counted(root: &Path) -> Vec<Option<i64>> {
    numbers(&rows(root, "cpu"), "user_us")
}

/// Everything that does not add up.
fn wrong(root: &Path) -> Vec<String> {
    prove(root, &mut |_, _| {}).unwrap().findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn what_a_killed_recording_left_sealed_is_not_counted_again() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), 0, 1000, 2);
    let first = fs::read(last_totals(dir.path())).unwrap();
    // The second is killed: what lies beside the journal is still the first one's. All is sealed by hand.
    record(dir.path(), 100 * SECOND, 2000, 2);
    fs::write(last_totals(dir.path()), first).unwrap();
    maintain(&Folder::at(dir.path()), "web1", &Policy::default(), Micros(START + 200 * SECOND)).unwrap();
    assert_eq!(parts(dir.path()), Vec::<PathBuf>::new());
    record(dir.path(), 300 * SECOND, 5000, 2);
    // From 2200, at which the second ended, and not from the 1200 of the first: nobody knows, so from a new sample.
    assert_eq!(counted(dir.path()), [100, 100].map(Some));
    assert_eq!(wrong(dir.path()), Vec::<String>::new());
}

#[test]
fn a_part_that_was_only_begun_hides_none_of_the_one_before() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), 0, 1000, 2);
    fs::remove_file(last_totals(dir.path())).unwrap();
    let part = parts(dir.path()).remove(0);
    fs::write(part.with_file_name("20261122T141000Z.9.part"), b"").unwrap();
    record(dir.path(), 700 * SECOND, 5000, 2);
    assert_eq!(counted(dir.path()), [100, 100, 3800, 100].map(Some));
    assert_eq!(wrong(dir.path()), Vec::<String>::new());
}

/// Takes a frame out of a part, as if the disk had not taken it.
fn lose_frame(part: &Path, at: usize) {
    let bytes = fs::read(part).unwrap();
    let begins: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| *w == b"SRF1").map(|(at, _)| at).collect();
    let end = begins.get(at + 1).copied().unwrap_or(bytes.len());
    fs::write(part, [&bytes[..begins[at]], &bytes[end..]].concat()).unwrap();
}

#[test]
fn behind_a_frame_that_was_lost_a_restart_counts_from_a_sample_of_its_own() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), 0, 1000, 4);
    fs::remove_file(last_totals(dir.path())).unwrap();
    lose_frame(&parts(dir.path())[0], 2);
    record(dir.path(), 100 * SECOND, 5000, 2);
    // Otherwise the row behind it would tell what was counted in the frame that nobody has.
    assert_eq!(counted(dir.path()), [100; 5].map(Some));
    assert_eq!(wrong(dir.path()), Vec::<String>::new());
}

#[test]
fn behind_a_restart_an_interval_begins_where_its_table_was_read_last() {
    for is_killed in [false, true] {
        let dir = TempDir::new().unwrap();
        let folder = Folder::at(dir.path());
        let record = |since: i64, totals: i64, ticks: usize| {
            let (tree, clock) = booted("b1", since);
            let intervals = BTreeMap::from([("cpu", Duration::from_secs(5))]);
            let settings = Settings { intervals, ..Settings::default() };
            let script = vec![Meanwhile::Nothing; ticks];
            record_with(&folder, Host::at(tree.path()), &clock, Growing(totals), &script, settings);
        };
        // Read at 1, 6 and 11 s; the last tick is at 13 s.
        record(0, 1000, 13);
        if is_killed {
            fs::remove_file(last_totals(dir.path())).unwrap();
        }
        record(20 * SECOND, 5000, 1);
        let cpu = rows(dir.path(), "cpu");
        let ends = numbers(&cpu, "ts");
        assert_eq!(ends, [1, 6, 11, 21].map(|s| Some(s * SECOND)));
        assert_eq!(numbers(&cpu, "user_us")[3], Some(5100 - 1400));
        assert_eq!(numbers(&cpu, "interval_us")[3], Some(10 * SECOND), "killed: {is_killed}");
    }
}
