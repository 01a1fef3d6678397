//! What people note: in the recording once, whoever records and whenever.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use crate::cli::{Sysray, is_recording, recorded, wait_until};

fn waiting(root: &Path) -> usize {
    fs::read_dir(root.join("notes")).map_or(0, Iterator::count)
}

/// Notes something, and hands out what is said of it.
fn note(root: &Path, words: &[&str]) -> String {
    let output = Sysray::new(&[&["note"], words].concat()).store(root).run();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn noted(root: &Path) -> String {
    let sql = "select severity, subject, message from event where kind = 'note' order by ts, message";
    Sysray::new(&["query", "--format", "csv", sql]).store(root).prints()
}

#[test]
fn a_note_is_recorded_once_by_who_records_or_who_will() {
    let dir = recorded(1);
    let said = note(dir.path(), &["deployed", "v2"]);
    assert!(said.contains("nobody records"), "{said}");
    let looked = Sysray::new(&["store", "verify"]).store(dir.path()).prints();
    assert!(looked.contains("waits for a recorder"), "{looked}");

    let mut recorder = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()) && waiting(dir.path()) == 0);
    let said =
        note(dir.path(), &["--severity", "critical", "--subject", "web", " failed\nover\tto \"web2\" "]);
    assert!(said.contains("records it within some samples"), "{said}");
    wait_until(|| waiting(dir.path()) == 0);
    kill_process(Pid::from_child(&recorder), Signal::TERM).unwrap();
    assert!(recorder.wait().unwrap().success());

    let expected =
        "severity,subject,message\ninfo,,deployed v2\ncritical,web,\"failed over to \"\"web2\"\"\"\n";
    assert_eq!(noted(dir.path()), expected);
    Sysray::new(&["record", "-i", "100ms", "-c", "3"]).store(dir.path()).prints();
    assert_eq!(noted(dir.path()), expected, "it is not noted again");
}

#[test]
fn what_is_no_note_is_left_where_it_is() {
    let dir = recorded(1);
    let folder = dir.path().join("notes");
    fs::create_dir(&folder).unwrap();
    let strangers = ["1-2.note", "to do.txt", "x-2.note", "-.note"];
    strangers.iter().for_each(|name| fs::write(folder.join(name), "{\"text\": 1}").unwrap());
    // Whoever opens a pipe to read waits for somebody who writes.
    let pipe = folder.join("3-4.note");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    Sysray::new(&["record", "-i", "100ms", "-c", "5"]).store(dir.path()).prints();
    assert_eq!(waiting(dir.path()), strangers.len() + 1);
    assert_eq!(noted(dir.path()).lines().count(), 1);
    let looked = Sysray::new(&["store", "verify"]).store(dir.path()).prints();
    assert_eq!(looked.matches("no file of a store").count(), strangers.len() + 1, "{looked}");
}

#[test]
fn what_cannot_be_noted_is_refused_in_one_line() {
    let dir = recorded(1);
    let long = "x".repeat(5000);
    for (text, word) in [(" \n ", "says nothing"), (&long, "5000 bytes")] {
        let (code, said) = Sysray::new(&["note", text]).store(dir.path()).fails();
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains(word), "{said}");
    }
    let (code, said) = Sysray::new(&["note", "x", "--subject", &long]).store(dir.path()).fails();
    assert!(code == 2 && said.contains("--subject"), "{said}");
    let (code, said) = Sysray::new(&["note", "x"]).store(&dir.path().join("none")).fails();
    assert!(code == 1 && said.contains("no such folder"), "{said}");
    assert_eq!(waiting(dir.path()), 0);
}
