//! The program as a user meets it: what it prints, how it exits, what it leaves behind.
//!
//! `Sysray` is the one helper: a command line with a store of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use arrow::array::AsArray;
use sysray::store::Part;
use tempfile::TempDir;

pub struct Sysray {
    command: Command,
}

impl Sysray {
    pub fn new(words: &[&str]) -> Sysray {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysray"));
        command.args(words).stdin(Stdio::null());
        // Of the configuration of the host that tests run on nothing is to be seen.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SYSRAY_"))
        {
            command.env_remove(name);
        }
        command.env("SYSRAY_CONFIG", "/dev/null");
        Sysray { command }
    }

    /// With one more word.
    pub fn arg(mut self, word: impl AsRef<std::ffi::OsStr>) -> Sysray {
        self.command.arg(word);
        self
    }

    /// With a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Sysray {
        self.command.env(name, value);
        self
    }

    pub fn store(mut self, root: &Path) -> Sysray {
        self.command.arg("--store").arg(root);
        self
    }

    /// As a user who may write nothing, where the test may choose.
    #[cfg(unix)]
    pub fn by_nobody(mut self) -> Sysray {
        if rustix::process::geteuid().is_root() {
            std::os::unix::process::CommandExt::gid(&mut self.command, 65_534);
            std::os::unix::process::CommandExt::uid(&mut self.command, 65_534);
        }
        self
    }

    pub fn run(mut self) -> Output {
        self.command.output().unwrap()
    }

    pub fn start(mut self) -> Child {
        self.command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What a run that must succeed prints.
    pub fn prints(self) -> String {
        let output = self.run();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code and the one line of a run that must fail.
    pub fn fails(self) -> (i32, String) {
        let output = self.run();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().unwrap(), said)
    }
}

/// Fails with 1 and one line, which is returned.
fn one_line(command: Sysray) -> String {
    let (code, said) = command.fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    said
}

/// A store with some ticks, a quarter of a second apart.
#[cfg(feature = "desk")]
pub fn recorded(count: u32) -> TempDir {
    let dir = TempDir::new().unwrap();
    Sysray::new(&["record", "-i", "250ms", "-c", &count.to_string()]).store(dir.path()).prints();
    dir
}

#[cfg(feature = "desk")]
fn query(root: &Path, sql: &str) -> String {
    Sysray::new(&["query", "--format", "csv", sql]).store(root).prints()
}

#[cfg(feature = "desk")]
fn number(csv: &str) -> i64 {
    csv.lines().nth(1).unwrap().parse().unwrap()
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

/// Waits for something that takes as long as the machine is busy, and not for ever.
pub fn wait_until(done: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(std::time::Instant::now() < patience, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a part of the journal is there, which a recorder begins with its first tick.
pub fn is_recording(root: &Path) -> bool {
    root.is_dir() && files(root).iter().any(|path| path.extension().is_some_and(|e| e == "part"))
}

#[cfg(feature = "desk")]
#[test]
fn ten_samples_are_ten_rows_and_the_first_question_answers() {
    let dir = recorded(10);
    let busiest = query(dir.path(), "select max(cpu) from system");
    let busiest: f64 = busiest.lines().nth(1).unwrap().parse().unwrap();
    assert!((0.0..=100.0).contains(&busiest), "{busiest}");
    assert_eq!(number(&query(dir.path(), "select count(*) from system")), 10);
    assert_eq!(number(&query(dir.path(), "select count(distinct tick) from process")), 10);
    // The first row is a row of an interval, not of zeros since nothing.
    assert_eq!(
        number(&query(dir.path(), "select count(*) from cpu where cpu is null or idle_us is null")),
        0
    );
}

#[cfg(all(feature = "desk", unix))]
#[test]
fn a_recorder_killed_at_any_moment_loses_at_most_the_tick_in_flight() {
    let dir = TempDir::new().unwrap();
    let count = || number(&query(dir.path(), "select count(*) from system"));
    let mut before = 0;
    for ticks in [3, 6, 11] {
        let mut recorder = Sysray::new(&["record", "-i", "50ms"]).store(dir.path()).start();
        wait_until(|| is_recording(dir.path()));
        wait_until(|| count() >= before + ticks);
        let seen = count();
        recorder.kill().unwrap();
        recorder.wait().unwrap();
        let left = count();
        assert!(left >= seen, "{seen} ticks could be read before, {left} after");
        let whole = "select count(*) from (select tick from system except select tick from process)";
        assert_eq!(number(&query(dir.path(), whole)), 0, "a tick has all its tables or none");
        let missing = "select max(tick) - min(tick) + 1 - count(distinct tick) from system";
        assert_eq!(number(&query(dir.path(), missing)), 0, "no tick is missing before the last");
        assert_eq!(number(&query(dir.path(), "select count(*) - count(distinct tick) from system")), 0);
        before = left;
    }
    Sysray::new(&["record", "-i", "100ms", "-c", "2"]).store(dir.path()).prints();
    assert_eq!(number(&query(dir.path(), "select count(*) from system")), before + 2);
    let gaps = number(&query(
        dir.path(),
        "select count(*) from event where kind = 'gap' and message like '%no recorder%'",
    ));
    assert_eq!(gaps, 3, "each time it was killed is a gap");
}

#[cfg(unix)]
#[test]
fn signals_seal_and_end_well() {
    for signal in ["INT", "TERM", "HUP"] {
        let dir = TempDir::new().unwrap();
        let mut recorder = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
        wait_until(|| is_recording(dir.path()));
        let sent = Command::new("kill").args([&format!("-{signal}"), &recorder.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert!(recorder.wait().unwrap().success(), "{signal}");
        let left = files(dir.path());
        assert!(left.iter().any(|p| p.extension().is_some_and(|e| e == "parquet")), "{signal}: {left:?}");
        assert!(!left.iter().any(|p| p.extension().is_some_and(|e| e == "part")), "{signal}: {left:?}");
    }
}

#[test]
fn a_second_recorder_is_told_who_records() {
    let dir = TempDir::new().unwrap();
    let mut first = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()));
    let said = one_line(Sysray::new(&["record", "-c", "1"]).store(dir.path()));
    let pid = format!("pid {}", first.id());
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(said.contains(&pid), "{said}");
}

#[test]
fn misuse_is_two() {
    for words in [
        &["record", "--frobnicate"][..],
        &["record", "-i", "0"],
        &["record", "-i", "soon"],
        &["record", "-c", "0"],
        &["record", "--compress", "zip"],
        &["record", "--max-size", "lots"],
        &["schema", "procces"],
        &["frobnicate"],
    ] {
        let (code, said) = Sysray::new(words).fails();
        assert_eq!(code, 2, "{words:?}: {said}");
    }
}

#[test]
fn bad_stores_are_named_and_left_as_they_are() {
    let said = one_line(Sysray::new(&["record", "-c", "1", "--store", "/proc/no/such"]));
    assert!(said.contains("/proc/no") && said.contains("--store"), "{said}");
    assert_eq!(said.matches("os error").count(), 1, "a cause is told once: {said}");

    let newer = TempDir::new().unwrap();
    fs::write(newer.path().join("sysray-store.json"), r#"{"format": 9}"#).unwrap();
    let foreign = TempDir::new().unwrap();
    fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
    for (dir, word) in [(&newer, "format 9"), (&foreign, "store")] {
        let before = files(dir.path());
        for words in [&["record", "-c", "1"][..], &["store", "status"]] {
            let said = one_line(Sysray::new(words).store(dir.path()));
            assert!(said.contains(word) && said.contains(dir.path().to_str().unwrap()), "{said}");
        }
        assert_eq!(files(dir.path()), before);
    }
}

#[cfg(feature = "desk")]
#[test]
fn bad_questions_are_answered_in_one_line() {
    let dir = recorded(2);
    for (sql, word) in [
        ("selec 1", "selec"),
        ("select * from proces", "process"),
        ("select cpu_bsy from system", "cpu_busy_us"),
        ("drop table process", "question"),
        ("select * from process where ts > 'whenever'", "whenever"),
    ] {
        let said = one_line(Sysray::new(&["query", sql]).store(dir.path()));
        assert!(said.contains(word), "{sql}: {said}");
    }
    let cut = files(dir.path()).into_iter().find(|p| p.to_string_lossy().contains("/system/")).unwrap();
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let said = one_line(Sysray::new(&["query", "select * from system"]).store(dir.path()));
    assert!(said.contains(cut.file_name().unwrap().to_str().unwrap()), "{said}");
    assert_eq!(fs::read(&cut).unwrap().len(), bytes.len() / 2);
}

#[cfg(feature = "desk")]
#[test]
fn an_empty_range_is_four_and_says_what_there_is() {
    let dir = recorded(2);
    let (code, said) = Sysray::new(&["query", "-e", "2001-01-01", "select 1"]).store(dir.path()).fails();
    assert_eq!((code, said.lines().count()), (4, 1), "{said}");
    assert!(said.contains("2001-01-01") && said.matches("20").count() >= 3, "{said}");
}

#[cfg(all(feature = "desk", unix))]
#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let dir = recorded(3);
    let pipe = format!(
        "{} query --format csv --store {} 'select * from process' 2>&1 >/dev/full | head -1; \
         {0} query --format csv --store {1} 'select a.pid from process a, process b' | head -1",
        env!("CARGO_BIN_EXE_sysray"),
        dir.path().display()
    );
    let output = Command::new("sh").args(["-c", &pipe]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("No space left"), "a full disk is an error: {said}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(feature = "desk")]
#[test]
fn an_answer_goes_into_a_file_whole_or_not_at_all() {
    let dir = recorded(2);
    let out = TempDir::new().unwrap();
    let csv = out.path().join("answer.csv");
    let path = csv.to_str().unwrap();
    Sysray::new(&["query", "-o", path, "select count(*) as n from system"]).store(dir.path()).prints();
    assert_eq!(fs::read_to_string(&csv).unwrap(), "n\n2\n");
    one_line(Sysray::new(&["query", "-o", path, "select nothing from system"]).store(dir.path()));
    assert_eq!(fs::read_to_string(&csv).unwrap(), "n\n2\n");
    assert_eq!(files(out.path()), [csv]);
}

#[cfg(feature = "desk")]
#[test]
fn a_report_has_the_same_host_in_all_its_forms() {
    let dir = recorded(4);
    let form = |format: &str| Sysray::new(&["report", "--format", format]).store(dir.path()).prints();
    let json: serde_json::Value = serde_json::from_str(&form("json")).unwrap();
    assert!(json["schema_version"].is_number(), "{json}");
    for text in [form("text"), form("markdown")] {
        assert!(text.contains("CPU") && text.contains("samples"), "{text}");
    }
}

#[test]
fn a_snapshot_is_one_true_interval() {
    let shown = Sysray::new(&["snapshot", "-i", "300ms"]).prints();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let interval = shown["cpu"][0]["interval_us"].as_i64().unwrap();
    assert!(interval >= 290_000, "{interval}");
    let row = &shown["cpu"][0];
    let modes = ["user_us", "nice_us", "system_us", "idle_us", "iowait_us"];
    assert!(modes.iter().map(|m| row[m].as_i64().unwrap()).sum::<i64>() > 0);
    let own = shown["process"].as_array().unwrap().iter().filter(|p| p["comm"] == "sysray");
    assert!(own.count() >= 1);
}

#[test]
fn the_portable_collectors_record_too() {
    let dir = TempDir::new().unwrap();
    Sysray::new(&["record", "-i", "300ms", "-c", "2", "--collector", "portable"]).store(dir.path()).prints();
    let status = Sysray::new(&["store", "status"]).store(dir.path()).prints();
    for table in ["system", "cpu", "cpu_core", "memory", "process", "network"] {
        assert!(status.contains(&format!(" {table} ")), "{table}: {status}");
    }
}

#[test]
fn the_schema_can_be_read() {
    assert!(Sysray::new(&["schema"]).prints().contains("cpu_core"));
    assert!(Sysray::new(&["schema", "cpu"]).prints().contains("iowait_us"));
    let json = Sysray::new(&["schema", "cpu", "--format", "json"]).prints();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.as_array().unwrap().iter().any(|c| c["column"] == "busy_pct"));
}

#[cfg(unix)]
#[test]
fn a_recorder_that_was_stopped_goes_on_and_says_so() {
    let dir = TempDir::new().unwrap();
    let mut recorder = Sysray::new(&["record", "-i", "250ms"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()));
    // Between two ticks: just after one was written.
    let written =
        || files(dir.path()).iter().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum::<u64>();
    for _ in 0..3 {
        let before = written();
        wait_until(|| written() != before);
    }
    let send = |signal: &str| {
        assert!(Command::new("kill").args([signal, &recorder.id().to_string()]).status().unwrap().success());
    };
    send("-STOP");
    // Long enough to be told as a gap and not as ticks that were skipped: how long does not matter.
    let stopped = std::time::Instant::now();
    wait_until(|| stopped.elapsed() > std::time::Duration::from_millis(1500));
    send("-CONT");
    let noted = || {
        let part = files(dir.path()).into_iter().find(|path| path.extension().is_some_and(|e| e == "part"));
        part.and_then(|path| Part::parse(&path, fs::read(&path).ok()?).ok()).is_some_and(|part| {
            part.batches("event", |_| true)
                .iter()
                .any(|batch| batch["kind"].as_string::<i32>().iter().any(|kind| kind == Some("gap")))
        })
    };
    wait_until(noted);
    send("-INT");
    assert!(recorder.wait().unwrap().success());
}

/// Where `/proc` hides processes, what is recorded of them is for the owner alone.
#[cfg(target_os = "linux")]
#[test]
fn where_processes_are_hidden_nobody_else_reads_the_store() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let store = dir.path().join("store");
    let hide =
        "mount -t proc -o hidepid=2 proc /proc || exit 99; exec \"$0\" record -i 100ms -c 2 --store \"$1\"";
    let program = env!("CARGO_BIN_EXE_sysray");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", hide, program]).arg(&store).env("SYSRAY_CONFIG", "/dev/null");
    let output = command.output().unwrap();
    if !output.status.success() && !store.exists() {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !rustix::process::geteuid().is_root()
                || ["not permitted", "ermission denied"].iter().any(|word| said.contains(word)),
            "{said}"
        );
        return;
    }
    assert!(output.status.success(), "{output:?}");
    assert!(files(&store).len() > 5);
    for path in
        files(&store).iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(&store)))
    {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
}
