//! `sysray store verify --counters`: what was counted leads from what counters stood at to what they stand at.

use std::fs;
use std::path::{Path, PathBuf};

use sysray::collect::{Collector, Error, Host};
use sysray::schema::Micros;
use sysray::schema::rows::Sample;
use sysray::store::{Folder, Policy, Proof, Unproved, maintain, prove};
use tempfile::TempDir;

use super::{HOUR, START, Sysray};
use crate::record::{Growing, Meanwhile, booted, numbers, record_on, rows, texts};

/// Records of a boot: a tick a second, and where it says so an hour between two.
fn record(root: &Path, boot: &str, since: i64, totals: i64, script: &[Meanwhile]) {
    let (tree, clock) = booted(boot, since);
    record_on(&Folder::at(root), Host::at(tree.path()), &clock, Growing(totals), script);
}

/// Three ticks in each of three hours.
fn three_hours() -> Vec<Meanwhile> {
    use Meanwhile::{Nothing, Stall};
    [[Stall(HOUR), Nothing, Nothing]; 3].concat()
}

fn proof(root: &Path) -> Proof {
    prove(root, &mut |_, _| {}).unwrap()
}

fn seal(root: &Path) {
    maintain(&Folder::at(root), "web1", &Policy::default(), Micros(START + 20 * HOUR)).unwrap();
}

/// Counters, spans and what is not provable, of the one table.
fn proved(root: &Path) -> (u64, u64, Vec<(Unproved, u64)>) {
    let proof = proof(root);
    assert_eq!(proof.findings, vec![]);
    let [table] = &proof.tables[..] else { panic!("{:?}", proof.tables) };
    assert_eq!((table.table, table.wrong), ("cpu", 0));
    (table.counters, table.spans, table.unproved.clone().into_iter().collect())
}

#[test]
fn counters_are_written_down_at_the_first_sample_of_each_hour_and_at_the_end() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    let base = rows(dir.path(), "base");
    // Ticks 1, 4 and 7 are the first of an hour; 10 is the frame in which the recording said that it ended.
    let ticks: Vec<_> = numbers(&base, "tick").into_iter().flatten().collect();
    assert_eq!(ticks, [1, 1, 4, 4, 7, 7, 10, 10]);
    let user: Vec<_> = numbers(&base, "total").into_iter().step_by(2).collect();
    assert_eq!(user, [1200, 1500, 1800, 2000].map(Some));
    // Idle time is what the recorder counts from: 1800 was told as 1650, and held at 1700.
    let idle: Vec<_> = numbers(&base, "total").into_iter().skip(1).step_by(2).collect();
    assert_eq!(idle, [1100, 1400, 1700, 2000].map(Some));
    assert_eq!(texts(&base, "column_name")[..2], ["user_us", "idle_us"]);
}

#[test]
fn a_recording_adds_up_in_the_journal_and_sealed_and_over_restarts() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    assert_eq!(proved(dir.path()), (2, 6, vec![]));
    seal(dir.path());
    assert_eq!(proved(dir.path()), (2, 6, vec![]));
    // A second recording of the boot counts on: the span from the end of the first is proved as well.
    record(dir.path(), "b1", 5 * HOUR, 9000, &three_hours());
    assert_eq!(proved(dir.path()), (2, 14, vec![]));
    // Of another boot nothing leads up to what counters stand at.
    record(dir.path(), "b2", 10 * HOUR, 100, &three_hours());
    assert_eq!(proved(dir.path()), (2, 20, vec![(Unproved::BeganAnew, 2)]));
    seal(dir.path());
    assert_eq!(proved(dir.path()), (2, 20, vec![(Unproved::BeganAnew, 2)]));
    let said = Sysray::new(&["store", "verify", "--counters"]).store(dir.path()).prints();
    let line = "counters  cpu/host=web1: 2 counters proved over 20 spans; not provable: 2 (the recording began anew, as after a boot)";
    assert!(said.lines().any(|said| said == line), "{said}");
}

/// Makes a recording that ended one that was killed: of its last part only some frames were written.
pub fn kill(root: &Path, is_written: impl Fn(usize, usize) -> bool) {
    fs::remove_file(root.join("journal/host=web1/last.totals")).unwrap();
    let last = crate::made::files(root, ".part").pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    let begins = bytes.windows(4).enumerate().filter(|(_, word)| *word == b"SRF1").map(|(at, _)| at);
    let begins: Vec<usize> = begins.chain([bytes.len()]).collect();
    let count = begins.len() - 1;
    let frames = (0..count).filter(|at| is_written(*at, count)).map(|at| &bytes[begins[at]..begins[at + 1]]);
    fs::write(&last, [&[&bytes[..begins[0]]], &frames.collect::<Vec<_>>()[..]].concat().concat()).unwrap();
}

#[test]
fn a_recording_that_was_killed_adds_up_over_what_was_not_written_any_more() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    kill(dir.path(), |frame, count| frame + 2 < count);
    record(dir.path(), "b1", 4 * HOUR, 9000, &three_hours());
    // The first row of the second tells what was counted since the last that the first has kept.
    assert_eq!(proved(dir.path()), (2, 4 + 8, vec![]));
}

#[test]
fn where_a_tick_is_lost_nothing_is_proved_and_a_restart_counts_from_a_sample_of_its_own() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    kill(dir.path(), |frame, count| frame + 2 != count);
    record(dir.path(), "b1", 4 * HOUR, 9000, &three_hours());
    let unproved = vec![(Unproved::BeganAnew, 2), (Unproved::Lost, 2)];
    assert_eq!(proved(dir.path()), (2, 4 + 6, unproved));
}

/// The same host as `Growing`, which counts half as much again.
struct Faster(Growing);

impl Collector for Faster {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "process"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.0.0 += 50;
        self.0.collect(host, sample)
    }
}

fn of_cpu(root: &Path) -> Vec<PathBuf> {
    let files = crate::made::files(root, ".parquet").into_iter();
    files.filter(|path| path.to_string_lossy().contains("/cpu/host=web1/date=")).collect()
}

#[test]
fn what_does_not_add_up_is_named_with_what_was_expected_and_found() {
    let (dir, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    record(dir.path(), "b1", 0, 1000, &three_hours());
    let (tree, clock) = booted("b1", 0);
    let faster = Faster(Growing(1000));
    record_on(&Folder::at(other.path()), Host::at(tree.path()), &clock, faster, &three_hours());
    seal(dir.path());
    seal(other.path());
    // Its file of `cpu` is sound in itself, and has the name of the right one.
    for path in of_cpu(dir.path()) {
        fs::copy(other.path().join(path.strip_prefix(dir.path()).unwrap()), path).unwrap();
    }
    let output = Sysray::new(&["store", "verify", "--counters"]).store(dir.path()).run();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    let finding = "finding  cpu/host=web1: user_us does not add up from tick 1 (2026-11-22 15:00:01Z) to tick 4 \
                   (2026-11-22 16:00:04Z): 1200 and 450 counted make 1650, found is 1500\n";
    assert!(said.contains(finding), "{said}");
    // That idle time was held at its end makes one of them right.
    assert!(
        said.contains("counters  cpu/host=web1: 1 counter proved over 1 span; 5 spans wrong\n"),
        "{said}"
    );
}

#[test]
fn rows_that_are_gone_prove_nothing_and_are_no_finding_of_the_counters() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    seal(dir.path());
    of_cpu(dir.path()).into_iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(proved(dir.path()), (0, 0, vec![(Unproved::NotThere, 6)]));
    let output = Sysray::new(&["store", "verify", "--counters"]).store(dir.path()).run();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(3) && said.contains("is missing, and its sum is noted"), "{said}");
}

#[test]
fn a_redacted_cut_has_no_bases_whose_names_would_be_others() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), "b1", 0, 1000, &three_hours());
    for (redact, tables) in [(false, 1), (true, 0)] {
        let out = dir.path().join(format!("cut-{redact}"));
        let mut args = vec!["store", "cut", "-b", "2026-11-22", "-o", out.to_str().unwrap()];
        if redact {
            args.push("--redact");
        }
        Sysray::new(&args).store(dir.path()).prints();
        assert_eq!(proof(&out).tables.len(), tables);
    }
}
