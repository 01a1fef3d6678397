//! A recording behind another one: within one boot it goes on, behind another boot it begins anew, and what became
//! of the one before is told.

use std::fs;
use std::path::Path;

use sysray::collect::Host;
use sysray::schema::Micros;
use sysray::store::{self, Folder, Policy};
use tempfile::TempDir;

use super::{Growing, Meanwhile, SECOND, START, booted, numbers, record_on, rows, texts};

#[test]
fn within_one_boot_a_restart_goes_on_with_one_row_that_spans_the_gap() {
    let dir = TempDir::new().unwrap();
    let folder = Folder::at(dir.path());
    let script = [Meanwhile::Nothing; 2];
    let (tree, clock) = booted("b1", 0);
    record_on(&folder, Host::at(tree.path()), &clock, Growing(1000), &script);
    // Totals were 1100 | 1200 1300 when it ended; 100 s later they are 5100.
    let (tree, clock) = booted("b1", 100 * SECOND);
    record_on(&folder, Host::at(tree.path()), &clock, Growing(5000), &script);
    let cpu = rows(dir.path(), "cpu");
    assert_eq!(numbers(&cpu, "user_us"), [100, 100, 3800, 100].map(Some));
    assert_eq!(numbers(&cpu, "interval_us")[2], Some(99 * SECOND));
    assert_eq!(numbers(&rows(dir.path(), "process"), "user_us")[2], Some(3800));
    assert_eq!(texts(&rows(dir.path(), "event"), "kind"), ["start", "stop", "gap", "start", "stop"]);
}

/// Makes a recording that ended one that was killed: such a one keeps no totals at its end, and of its last
/// frame only some bytes are there.
fn cut_off(root: &Path, torn_bytes: usize) {
    let journal = root.join("journal/host=web1");
    fs::remove_file(journal.join("last.totals")).unwrap();
    let part = fs::read_dir(&journal).unwrap().flatten().next().unwrap().path();
    let bytes = fs::read(&part).unwrap();
    let last = bytes.windows(4).rposition(|word| word == b"SRF1").unwrap();
    fs::write(&part, &bytes[..last + torn_bytes]).unwrap();
}

#[test]
fn a_boot_is_told_and_whether_the_recording_before_it_was_cut_off() {
    for (is_cut_off, told) in [(false, ["stop", "boot"].as_slice()), (true, &["unclean_boot"])] {
        let dir = TempDir::new().unwrap();
        let folder = Folder::at(dir.path());
        let (tree, clock) = booted("b1", 0);
        record_on(&folder, Host::at(tree.path()), &clock, Growing(1000), &[Meanwhile::Nothing; 2]);
        if is_cut_off {
            cut_off(dir.path(), 0);
        }
        let (tree, clock) = booted("b2", 100 * SECOND);
        fs::write(tree.path().join("proc/stat"), format!("btime {}\n", START / SECOND + 90)).unwrap();
        record_on(&folder, Host::at(tree.path()), &clock, Growing(5000), &[Meanwhile::Nothing; 2]);
        let expected = [&["start"], told, &["gap", "start", "stop"]].concat();
        assert_eq!(texts(&rows(dir.path(), "event"), "kind"), expected);
    }
}

#[test]
fn where_the_last_tick_is_sealed_the_totals_beside_it_tell_whether_the_recording_ended() {
    // An earlier recording's are those of one that was cut off.
    for (kept, kind) in [("its own", "boot"), ("an earlier one's", "unclean_boot"), ("none", "boot")] {
        let dir = TempDir::new().unwrap();
        let folder = Folder::at(dir.path());
        let record = |boot: &str, since: i64, ticks: usize| {
            let (tree, clock) = booted(boot, since);
            fs::write(tree.path().join("proc/stat"), format!("btime {}\n", (START + since) / SECOND - 5))
                .unwrap();
            record_on(
                &folder,
                Host::at(tree.path()),
                &clock,
                Growing(1000),
                &vec![Meanwhile::Nothing; ticks],
            );
        };
        let last = dir.path().join("journal/host=web1/last.totals");
        record("b1", 0, 2);
        let early = fs::read(&last).unwrap();
        record("b1", 30 * SECOND, 2);
        match kept {
            "an earlier one's" => fs::write(&last, early).unwrap(),
            "none" => fs::remove_file(&last).unwrap(),
            _ => {}
        }
        store::maintain(&folder, "web1", &Policy::default(), Micros(START + 3600 * SECOND)).unwrap();
        record("b2", 7200 * SECOND, 1);
        let said = texts(&rows(dir.path(), "event"), "kind");
        assert_eq!(said, [kind, "gap", "start", "stop"], "{kept}");
    }
}

#[test]
fn a_recording_that_was_killed_is_gone_on_with_from_its_journal() {
    let dir = TempDir::new().unwrap();
    let folder = Folder::at(dir.path());
    let (tree, clock) = booted("b1", 0);
    record_on(&folder, Host::at(tree.path()), &clock, Growing(1000), &[Meanwhile::Nothing; 70]);
    cut_off(dir.path(), 20);
    let (tree, clock) = booted("b1", 200 * SECOND);
    let told = record_on(&folder, Host::at(tree.path()), &clock, Growing(20_000), &[Meanwhile::Nothing; 1]);
    assert!(told.iter().any(|line| line.contains("a tick was cut off")), "{told:?}");
    // 1100 + 70 × 100 = 8100; then 20100.
    let cpu = rows(dir.path(), "cpu");
    assert_eq!(numbers(&cpu, "user_us")[69..], [100, 12_000].map(Some));
    assert_eq!(numbers(&cpu, "user_us").iter().flatten().sum::<i64>(), 20_100 - 1100);
    let events = rows(dir.path(), "event");
    assert_eq!(texts(&events, "kind"), ["start", "lost", "gap", "start", "stop"]);
}

#[test]
fn another_boot_begins_with_a_sample_of_its_own() {
    let dir = TempDir::new().unwrap();
    let folder = Folder::at(dir.path());
    let (tree, clock) = booted("b1", 0);
    record_on(&folder, Host::at(tree.path()), &clock, Growing(1000), &[Meanwhile::Nothing; 2]);
    let (tree, clock) = booted("b2", 100 * SECOND);
    record_on(&folder, Host::at(tree.path()), &clock, Growing(5000), &[Meanwhile::Nothing; 2]);
    assert_eq!(numbers(&rows(dir.path(), "cpu"), "user_us"), [100; 4].map(Some));
}
