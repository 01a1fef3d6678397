//! The recorder's child: when it is started, what becomes of it, and that memory it may not have costs no
//! part.
//!
//! `outcome` is the one helper: what a maintenance comes to.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sysray::collect::Host;
use sysray::record::{self, Maintenance, Outcome};
use tempfile::TempDir;

use crate::cli::{Sysray, wait_until};
use crate::made::files;

/// What a maintenance comes to, looked at as a recording does.
fn outcome(maintenance: &mut Maintenance) -> Outcome {
    for _ in 0..2000 {
        if let Some(outcome) = maintenance.tend(Duration::from_secs(1)) {
            return outcome;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing came of it")
}

#[test]
fn a_maintenance_waits_while_memory_is_short_and_not_when_the_recording_ends() {
    let dir = TempDir::new().unwrap();
    let marks = dir.path().join("marks");
    let path = marks.clone();
    let command = move || {
        let mut command = Command::new("sh");
        command.args(["-c", "echo ran >> \"$0\""]).arg(&path);
        command
    };
    let mut maintenance = Maintenance::postponed(command, || Some("none is left".into()));
    maintenance.want();
    assert_eq!(outcome(&mut maintenance), Outcome::Postponed("none is left".into()));
    assert!(!marks.exists());
    assert_eq!(maintenance.finish(), Ok(()));
    assert_eq!(fs::read_to_string(&marks).unwrap(), "ran\nran\n", "the one that waited, and the last");
}

#[test]
fn a_maintenance_that_fails_says_why_and_is_tried_again_later() {
    let command = || {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'sysray: no luck' >&2; exit 1"]);
        command
    };
    let mut maintenance = Maintenance::new(command);
    maintenance.want();
    assert_eq!(outcome(&mut maintenance), Outcome::Failed("no luck".into()));
    assert_eq!(maintenance.tend(Duration::from_secs(2)), None, "not at once");
    assert_eq!(maintenance.tend(Duration::from_secs(40)), None);
    assert_eq!(outcome(&mut maintenance), Outcome::Failed("no luck".into()));
}

#[test]
fn memory_is_short_by_what_is_available_or_by_how_long_it_is_waited_for() {
    let short = |available_kib: u64, avg10: &str| {
        let tree = TempDir::new().unwrap();
        fs::create_dir_all(tree.path().join("proc/pressure")).unwrap();
        let meminfo = format!("MemTotal:        1000000 kB\nMemAvailable:    {available_kib} kB\n");
        fs::write(tree.path().join("proc/meminfo"), meminfo).unwrap();
        if !avg10.is_empty() {
            let pressure = format!(
                "some avg10={avg10} avg60=90.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=1\n"
            );
            fs::write(tree.path().join("proc/pressure/memory"), pressure).unwrap();
        }
        record::memory_shortage(&mut Host::at(tree.path()))
    };
    assert_eq!(short(500_000, "0.00"), None);
    assert_eq!(short(500_000, ""), None);
    assert_eq!(short(49_000, "").as_deref(), Some("4.9 % of memory is available"));
    assert_eq!(short(500_000, "20.00"), None);
    assert_eq!(short(500_000, "34.50").as_deref(), Some("some process waits for memory 34 % of the time"));
    assert_eq!(record::memory_shortage(&mut Host::at(Path::new("/nowhere"))), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_maintenance_over_its_memory_fails_and_leaves_the_part_to_the_next() {
    let dir = TempDir::new().unwrap();
    let mut recorder = Sysray::new(&["record", "-i", "50ms"]).store(dir.path()).start();
    let parts = || files(dir.path(), ".part").len();
    wait_until(|| parts() == 1);
    std::thread::sleep(Duration::from_secs(1));
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    let host = fs::read_dir(dir.path().join("journal")).unwrap().next().unwrap().unwrap().file_name();
    let host = host.to_str().unwrap().strip_prefix("host=").unwrap().to_string();
    let maintain = |memory| {
        let words = ["store", "maintain", "--host", &host, "--max-memory", memory];
        // A backtrace would take memory that is refused as well.
        Sysray::new(&words).env("RUST_BACKTRACE", "1").store(dir.path()).run()
    };
    assert_eq!(parts(), 1);
    let failed = maintain("2MiB");
    assert!(!failed.status.success());
    assert!(String::from_utf8_lossy(&failed.stderr).contains("memory"), "{failed:?}");
    assert_eq!(parts(), 1);
    assert!(maintain("256MiB").status.success());
    assert_eq!(parts(), 0);
    // It ended silently, as if there had been nothing to do.
    let other = Sysray::new(&["store", "maintain", "--host", "nosuch"]).store(dir.path()).run();
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert_eq!(other.status.code(), Some(1), "{said}");
    assert!(
        said.ends_with(&format!("has no host nosuch; it has {host}\n")) && said.lines().count() == 1,
        "{said}"
    );
}

/// What of a program is given back can be read from its file again.
#[test]
fn what_is_written_to_when_a_program_is_loaded_is_never_given_back() {
    let maps = "\
00200000-00300000 r--p 00000000 fe:00 7                  /usr/bin/sysray
00300000-00700000 r-xp 00100000 fe:00 7                  /usr/bin/sysray
00700000-00720000 r--p 00500000 fe:00 7                  /usr/bin/sysray
00720000-00730000 rw-p 00520000 fe:00 7                  /usr/bin/sysray
7f0000000000-7f0000001000 r-xp 00000000 fe:00 9          /usr/lib/libc.so.6
";
    let program = Path::new("/usr/bin/sysray");
    assert_eq!(record::clean_parts(maps, program), [(0x20_0000, 0x10_0000), (0x30_0000, 0x40_0000)]);
    assert_eq!(record::clean_parts(maps, Path::new("/usr/bin/other")), []);
    let writable = maps.replace("r--p 00000000", "rw-p 00000000");
    assert_eq!(record::clean_parts(&writable, program), []);
}
