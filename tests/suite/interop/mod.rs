//! sysray beside other programs: their answers to the same questions must be ours.
//!
//! These need DuckDB, promtool, sysstat, procps, stress-ng, node_exporter, iproute2 and a C compiler, which `.ci/run`
//! installs: `cargo test -- --ignored`.

/// A minute beside other tools, under load.
#[cfg(target_os = "linux")]
mod beside;
/// A bucket of an S3 server.
#[cfg(all(feature = "s3", target_os = "linux"))]
mod bucket;
/// A recording made while CPUs, interfaces, devices and groups come and go.
#[cfg(target_os = "linux")]
mod changing;
mod differential;
#[cfg(target_os = "linux")]
mod exporter;
#[cfg(target_os = "linux")]
mod held;
#[cfg(target_os = "linux")]
mod host;
/// Programs whose numbers the kernel makes hard to tell, and what rows say of them.
#[cfg(target_os = "linux")]
mod loads;
mod pairs;
#[cfg(target_os = "linux")]
mod possible;
#[cfg(target_os = "linux")]
mod readings;
#[cfg(target_os = "linux")]
mod recorded;
#[cfg(target_os = "linux")]
mod started;

use std::path::Path;
use std::process::{Command, Stdio};

use super::cli::{Sysray, recorded};

fn python() -> String {
    std::env::var("SYSRAY_PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Runs a program and returns what it prints.
fn prints(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn ours(root: &Path, sql: &str) -> Vec<f64> {
    let csv = Sysray::new(&["query", "--format", "csv", sql]).store(root).prints();
    csv.lines().nth(1).unwrap().split(',').map(|n| n.parse().unwrap_or(f64::NAN)).collect()
}

#[test]
#[ignore = "needs DuckDB"]
fn duckdb_reads_the_segments_by_the_documented_recipe() {
    let dir = recorded(6);
    let page = include_str!("../../../docs/storage-format.md");
    let recipe = page.split("```sql").nth(1).unwrap().split("```").next().unwrap();
    let sql = recipe.replace("STORE", dir.path().to_str().unwrap());
    let program = "import duckdb, sys; print(*duckdb.sql(sys.argv[1]).fetchall()[0])";
    let theirs = prints(Command::new(python()).args(["-c", program, &sql]));
    let theirs: Vec<f64> = theirs.split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert_eq!(theirs, ours(dir.path(), "select count(*), sum(user_us) from process"));
    assert!(theirs[0] > 0.0);
}

#[test]
#[ignore = "needs promtool"]
fn promtool_finds_nothing_to_say() {
    let text = Sysray::new(&["snapshot", "-i", "200ms", "--format", "prometheus"]).prints();
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(promtool.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "compares with the running kernel"]
fn cpu_seconds_in_prometheus_are_those_of_proc_stat() {
    const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
    let stat = || -> Vec<f64> {
        let text = std::fs::read_to_string("/proc/stat").unwrap();
        let line = text.lines().find(|l| l.starts_with("cpu0 ")).unwrap();
        line.split_whitespace().skip(1).map(|n| n.parse::<f64>().unwrap() / 100.0).collect()
    };
    let before = stat();
    let text = Sysray::new(&["snapshot", "-i", "100ms", "--format", "prometheus"]).prints();
    let after = stat();
    let seconds = MODES.map(|mode| {
        let name = format!("node_cpu_seconds_total{{cpu=\"0\",mode=\"{mode}\"}} ");
        let other = format!("node_cpu_seconds_total{{mode=\"{mode}\",cpu=\"0\"}} ");
        let sample = text.lines().find_map(|l| l.strip_prefix(&name).or_else(|| l.strip_prefix(&other)));
        sample.unwrap_or_else(|| panic!("no {mode}")).parse::<f64>().unwrap()
    });
    let is_between = |least: f64, told: f64, most: f64, grain: f64| {
        let is_so = least - grain <= told && told <= most + grain;
        assert!(is_so, "{told} between {least} and {most}: {before:?}, {seconds:?}, {after:?}");
    };
    for (at, mode) in MODES.iter().enumerate() {
        // How long a CPU has slept is told as idle or as iowait, by whether a task waits for I/O at that moment.
        let grain = if matches!(*mode, "idle" | "iowait") { 1.0 } else { 0.1 };
        is_between(before[at], seconds[at], after[at], grain);
    }
    let slept = |told: &[f64]| told[3] + told[4];
    is_between(slept(&before), slept(&seconds), slept(&after), 0.1);
}
