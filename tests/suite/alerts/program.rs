//! The program: `sysray alerts`, and a recording of this host that raises one.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cli::{Sysray, is_recording, wait_until};

/// A folder with a file of that text, and room for a store beside it.
struct Place {
    dir: TempDir,
}

impl Place {
    fn with(text: &str) -> Place {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("sysray.toml"), text).unwrap();
        Place { dir }
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// A command that is given the file and the store.
    fn sysray(&self, words: &[&str]) -> Sysray {
        let config = self.dir.path().join("sysray.toml");
        Sysray::new(words).env("SYSRAY_CONFIG", config).env("SYSRAY_STORE", self.store())
    }
}

/// A JSON answer of `sysray alerts`, as rules by name and alerts as state and rule.
fn told(command: Sysray) -> (Vec<String>, Vec<String>) {
    let all: serde_json::Value = serde_json::from_str(&command.prints()).unwrap();
    let list = |key: &str| all[key].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    let rules = list("rules").iter().map(|rule| text(&rule["name"])).collect();
    let alerts =
        list("alerts").iter().map(|a| format!("{} {}", text(&a["state"]), text(&a["rule"]))).collect();
    (rules, alerts)
}

const CROWD: &str =
    "[alert.crowd]\nwhen = \"system.processes > 1\"\nfor = \"200ms\"\nabout = \"as it should be\"\n";

#[test]
fn a_recording_of_this_host_raises_an_alert_and_says_so() {
    let place = Place::with(CROWD);
    let output = place.sysray(&["record", "-i", "100ms", "-c", "6"]).run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("sysray: alert crowd: system.processes is ") && said.contains("as it should be"),
        "{said}"
    );
    // The recording has ended, and nobody knows how it is now.
    let (_, alerts) = told(place.sysray(&["alerts", "--format", "json"]));
    assert_eq!(alerts.iter().filter(|alert| alert.contains("crowd")).collect::<Vec<_>>(), ["ended crowd"]);
    let text = place.sysray(&["alerts"]).prints();
    assert!(text.contains("system.processes > 1 ") && text.contains("ended"), "{text}");
    // The next recording begins anew.
    place.sysray(&["record", "-i", "100ms", "-c", "6"]).prints();
    let (_, alerts) = told(place.sysray(&["alerts", "--format", "json"]));
    assert_eq!(alerts.iter().filter(|alert| alert.contains("crowd")).count(), 2);
}

#[cfg(unix)]
#[test]
fn what_is_raised_now_is_told_by_the_exit_code_while_somebody_records() {
    let text = format!(
        "{CROWD}command = [\"sh\", \"-c\", \"echo $SYSRAY_ALERT_STATE >> $SYSRAY_ALERT_STORE.told\"]\n"
    );
    let place = Place::with(&format!("[record]\nalerts = \"own\"\n{text}"));
    let mut recorder = place.sysray(&["record", "-i", "100ms"]).start();
    wait_until(|| is_recording(&place.store()));
    let check = || place.sysray(&["alerts", "--check"]).run();
    wait_until(|| check().status.code() == Some(3));
    let (shown, said) = (check().stdout, check().stderr);
    assert!(String::from_utf8_lossy(&shown).contains("crowd"), "{}", String::from_utf8_lossy(&shown));
    assert_eq!(String::from_utf8_lossy(&said), "sysray: 1 raised now\n");
    let pid = rustix::process::Pid::from_child(&recorder);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(recorder.wait().unwrap().success());
    let ended = check();
    assert_eq!(ended.status.code(), Some(4), "nobody knows what is raised when nobody records");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("nobody records into"));
    assert_eq!(fs::read_to_string(place.store().with_extension("told")).unwrap(), "raised\n");
}

#[test]
fn defaults_can_be_changed_switched_off_and_left_out_as_a_whole() {
    let rules = |text: &str, which: Option<&str>| {
        let place = Place::with(text);
        let command = place.sysray(&["alerts", "--rules", "--format", "json"]);
        told(match which {
            Some(which) => command.env("SYSRAY_ALERTS", which),
            None => command,
        })
        .0
    };
    let defaults = rules("", None);
    assert!(defaults.contains(&"filesystem_full".to_string()) && defaults.len() == 8, "{defaults:?}");
    let fewer = rules("[alert.filesystem_full]\nenabled = false\n", None);
    assert_eq!(fewer.len(), 7);
    assert!(!fewer.contains(&"filesystem_full".to_string()));
    // One that is changed is a default still; one that says anew when it holds is not.
    let own = "[record]\nalerts = \"own\"\n[alert.filesystem_full]\nfor = \"1m\"\n[alert.memory_full]\nwhen = \"memory.used_pct > 50\"\n";
    assert_eq!(rules(own, None), ["memory_full"]);
    assert_eq!(rules(CROWD, Some("own")), ["crowd"]);
    assert_eq!(rules(CROWD, None).len(), 9);
    assert!(rules(CROWD, Some("none")).is_empty());
}

#[test]
fn the_list_says_where_a_rule_comes_from() {
    let place = Place::with(
        "[alert.filesystem_full]\nfor = \"1m\"\n\n[alert.crowd]\nwhen = \"system.processes > 1\"\n",
    );
    let text = place.sysray(&["alerts", "--rules"]).prints();
    let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap().to_string();
    assert!(line("filesystem_full").contains("read_only != true"), "{text}");
    let path = place.dir.path().join("sysray.toml").display().to_string();
    assert!(line("filesystem_full").contains(&format!("default, {path}:1")), "{text}");
    assert!(line("crowd").contains(&format!("{path}:4")) && line("oom_kill").ends_with("default"), "{text}");
    // What is shown key by key is what holds.
    let shown = place.sysray(&["config", "show"]).prints();
    let line =
        |key: &str| shown.lines().find(|line| line.starts_with(&format!(" {key} "))).unwrap().to_string();
    assert!(
        line("alert.filesystem_full.for").contains("1m") && line("alert.filesystem_full.for").contains(":2")
    );
    assert!(
        line("alert.filesystem_full.clear").contains("93")
            && line("alert.filesystem_full.clear").contains("default")
    );
}

#[test]
fn rules_are_listed_without_a_store_and_what_was_raised_is_not() {
    let place = Place::with("");
    place.sysray(&["alerts", "--rules"]).prints();
    let (code, said) = place.sysray(&["alerts"]).fails();
    assert!(code == 1 && said.contains(&place.store().display().to_string()), "{code} {said}");
    assert!(!Path::new(&place.store()).exists());
}
