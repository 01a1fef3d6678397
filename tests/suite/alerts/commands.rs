//! Commands of rules: what they are told, that they run one after the other, and what becomes of those that fail.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Watched, filesystems, message};
use crate::cli::wait_until;

/// A rule that runs a line of shell, which has `$out` for a file.
fn running(line: &str, out: &Path, more: &[(&'static str, &'static str)]) -> Watched {
    let command = serde_json::to_string(&["sh", "-c", &format!("out={}; {line}", out.display())]).unwrap();
    let keys: Vec<(&str, &str)> = [("when", "filesystem.used_pct > 95"), ("command", &command)]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    Watched::by(&keys)
}

fn full(mounts: &[&str]) -> sysray::schema::rows::Sample {
    filesystems(&mounts.iter().map(|mount| (*mount, Some(99))).collect::<Vec<_>>())
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(Into::into).collect()
}

/// Waits until the command that has written its number beside `out` has ended.
fn gone(out: &Path) {
    let pid = fs::read_to_string(out.with_extension("pid")).unwrap();
    let stat = format!("/proc/{}/stat", pid.trim());
    wait_until(|| fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z ")));
}

#[test]
fn a_command_is_told_of_what_is_raised_and_cleared() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let line = r#"echo $$ > $out.pid; printf '%s\n' "$SYSRAY_ALERT_NAME|$SYSRAY_ALERT_STATE|$SYSRAY_ALERT_SEVERITY|$SYSRAY_ALERT_WHEN|$SYSRAY_ALERT_ENTITY|$SYSRAY_ALERT_VALUE|$SYSRAY_ALERT_TS|$SYSRAY_ALERT_HOST|$SYSRAY_ALERT_STORE|$SYSRAY_ALERT_MESSAGE" >> $out"#;
    let mut host = running(line, &out, &[("severity", "critical")]);
    host.events(full(&["/data"]));
    host.events(filesystems(&[("/data", Some(50))]));
    wait_until(|| lines(&out).len() == 2);
    assert_eq!(
        lines(&out),
        [
            "full|raised|critical|filesystem.used_pct > 95 %|/data|99.0|2026-11-22 14:00:01Z|web1|/srv/store|filesystem.used_pct of /data is 99 %, above 95 %",
            "full|cleared|info|filesystem.used_pct > 95 %|/data|50.0|2026-11-22 14:00:02Z|web1|/srv/store|filesystem.used_pct of /data is 50 %, no longer above 95 %: over after 1s",
        ]
    );
    gone(&out);
    assert!(host.ends().is_empty());
}

#[test]
fn a_command_that_fails_is_an_event_and_no_more() {
    let dir = TempDir::new().unwrap();
    let mut host = running("echo no such pager >&2; exit 3", &dir.path().join("out"), &[]);
    assert_eq!(host.sees(full(&["/"])), ["alert warning full /"]);
    let mut told = Vec::new();
    let patience = Instant::now() + Duration::from_secs(60);
    while told.is_empty() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(10));
        told = host.events(full(&["/"]));
    }
    assert_eq!(super::line(&told[0]), "error warning full");
    assert_eq!(message(&told), "its command failed: sh: exit status: 3: no such pager");
    let keys = [("when", "filesystem.used_pct > 95"), ("command", r#"["/no/such/program"]"#)];
    let mut host = Watched::by(&keys);
    host.events(full(&["/"]));
    let told = host.ends();
    assert!(message(&told).starts_with("its command failed: /no/such/program: No such file"), "{told:?}");
}

#[test]
fn no_tick_waits_for_a_command() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    // It ends after something that happens behind the tick.
    let mut host = running(
        "echo $$ > $out.pid; until [ -e $out.go ]; do sleep 0.02; done; echo over >> $out",
        &out,
        &[],
    );
    host.events(full(&["/"]));
    assert!(lines(&out).is_empty());
    fs::write(dir.path().join("out.go"), "").unwrap();
    wait_until(|| lines(&out) == ["over"]);
    gone(&out);
    assert!(host.ends().is_empty());
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_what_it_started() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let mut host = running("(sleep 60; echo late >> $out) & sleep 60", &out, &[("command_timeout", "300ms")]);
    let began = Instant::now();
    host.events(full(&["/"]));
    let told = host.ends();
    assert_eq!(message(&told), "its command failed: sh: it took longer than 300ms, and so it was ended");
    assert!(began.elapsed() < Duration::from_secs(30) && lines(&out).is_empty());
}

#[test]
fn commands_of_a_rule_run_one_after_the_other() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let line = "echo begin >> $out; sleep 0.05; echo end >> $out";
    let mut host = running(line, &out, &[]);
    host.events(full(&["/a", "/b", "/c"]));
    wait_until(|| lines(&out).len() == 6);
    assert_eq!(lines(&out), ["begin", "end"].repeat(3));
    // What a command leaves running holds nobody up.
    let mut host = running("sleep 30 & echo begin >> $out", &out, &[]);
    host.events(full(&["/d", "/e"]));
    wait_until(|| lines(&out).len() == 8);
}
