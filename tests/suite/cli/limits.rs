//! How much a question may take, as a user meets it: time, memory, and somebody's patience.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::{Sysray, files, recorded, wait_until};

/// Never done, and needs no store to speak of.
const ENDLESS: &str = "select max(value) from generate_series(1, 9000000000000000000)";
/// Goes to disk, and on for long.
const LARGE: &str = "select count(*) from (select value, row_number() over (order by hash) as n from
    (select value, repeat(cast(value * 7919 % 1000003 as varchar), 20) as hash from generate_series(1, 900000000)))
    where n > 0";

fn question(root: &Path, words: &[&str]) -> Command {
    Sysray::new(&["query"]).store(root).with(words).into_command()
}

fn ended(output: &Output) -> (Option<i32>, String) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    (output.status.code(), said)
}

#[test]
fn a_question_that_takes_too_long_is_five() {
    let dir = recorded(1);
    let (code, said) = ended(&question(dir.path(), &["--timeout", "300ms", ENDLESS]).output().unwrap());
    assert_eq!(code, Some(5));
    assert!(said.contains("no answer within 0.3 s") && said.contains("--timeout"), "{said}");
    let (code, said) = Sysray::new(&["query", "--timeout", "soon", "select 1"]).store(dir.path()).fails();
    assert_eq!(code, 2, "{said}");
}

/// What reserves nothing is found by its size.
#[test]
fn a_question_that_takes_too_much_memory_is_five() {
    let dir = recorded(1);
    for sql in [
        "select length(repeat('x', 2000000000))",
        "select cardinality(array_agg(value)) from generate_series(1, 900000000)",
        "with a as (select 1 as n) select count(*) from generate_series(1, 4000000) a(v) join generate_series(1, 4000000) b(v) on a.v = b.v",
    ] {
        let output = question(dir.path(), &["--memory", "200MiB", sql]).output().unwrap();
        let (code, said) = ended(&output);
        assert_eq!(code, Some(5), "{sql}: {said}");
        assert!(said.contains("more than 200 MiB of memory") && said.contains("--memory"), "{sql}: {said}");
    }
    let (code, said) = Sysray::new(&["query", "--memory", "1MiB", "select 1"]).store(dir.path()).fails();
    assert!(code == 2 && said.contains("at least"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_question_is_130_and_leaves_nothing_behind() {
    let dir = recorded(1);
    let folder = TempDir::new().unwrap();
    let out = TempDir::new().unwrap();
    let answer = out.path().join("answer.csv");
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM, rustix::process::Signal::HUP]
    {
        let mut command =
            question(dir.path(), &["--memory", "200MiB", "-o", answer.to_str().unwrap(), LARGE]);
        command.env("TMPDIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let pid = child.id();
        wait_until(|| !cfg!(target_os = "linux") || spilled(pid, folder.path()) > 0);
        // They have no name even while they are there.
        assert!(files(folder.path()).is_empty());
        let process = rustix::process::Pid::from_raw(pid as i32).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
        let (code, said) = ended(&child.wait_with_output().unwrap());
        assert_eq!((code, said.as_str()), (Some(130), "sysray: interrupted\n"), "{signal:?}");
        assert!(files(folder.path()).is_empty() && files(out.path()).is_empty(), "{signal:?}");
    }
}

/// Temporary files of a process in a folder, and without a name.
#[cfg(target_os = "linux")]
fn spilled(pid: u32, folder: &Path) -> usize {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return 0 };
    let targets = open.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets
        .filter(|target| target.starts_with(folder) && target.to_string_lossy().ends_with("(deleted)"))
        .count()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn spilled(_pid: u32, _folder: &Path) -> usize {
    std::thread::sleep(std::time::Duration::from_secs(2));
    1
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_takes_no_temporary_files_is_told() {
    let dir = recorded(1);
    let mut command = question(dir.path(), &["--memory", "200MiB", LARGE]);
    let (code, said) = ended(&command.env("TMPDIR", "/proc/no/such").output().unwrap());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot be kept in /proc/no/such") && said.contains("TMPDIR"), "{said}");
    // A question that needs none is answered all the same.
    let mut command = question(dir.path(), &["select 1"]);
    assert!(command.env("TMPDIR", "/proc/no/such").output().unwrap().status.success());
}

#[test]
fn a_deep_question_is_refused_and_overflows_nothing() {
    let dir = recorded(1);
    let file = dir.path().join("question.sql");
    for sql in [
        format!("select {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("select 1 from system where tick = 0{}", " or tick = 1".repeat(50_000)),
        format!("{}select 1", "explain ".repeat(100_000)),
        format!("select {}1", "- ".repeat(100_000)),
        format!("select {}'1'", "interval ".repeat(1_999)),
        format!("select {}'1'", "interval ".repeat(200)),
        format!("select {}'1'", "date ".repeat(1_990)),
        format!("select 1{}", "::int".repeat(600)),
        format!("select 1 is null{}", " is true".repeat(900)),
        format!("select {}1{}", "[".repeat(99), "]".repeat(99)),
        format!("select * from {}system{}", "(".repeat(99), ")".repeat(99)),
        format!("select {}true", "not ".repeat(1_900)),
    ] {
        std::fs::write(&file, &sql).unwrap();
        let output = question(dir.path(), &["-f", file.to_str().unwrap()]).output().unwrap();
        let (code, said) = ended(&output);
        assert_eq!(code, Some(1), "{}: {said}", &sql[..40]);
        assert!(said.len() < 400, "{said}");
    }
}
