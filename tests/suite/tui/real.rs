//! The desk on a real terminal, over a real recording.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use sysray::store::Policy;
use tempfile::TempDir;

use crate::cli::{Sysray, recorded, wait_until};
use crate::made::{HOUR, Made, START, copy};
use crate::terminal::Terminal;

/// Another screen is taken, and given back.
const TAKES: &str = "\x1b[?1049h";
const GIVES_BACK: &str = "\x1b[?1049l";

#[test]
fn a_recording_is_walked_through_and_the_terminal_given_back() {
    let (store, home) = (recorded(4), TempDir::new().unwrap());
    let mut desk = Terminal::start(&format!("replay {}", store.path().display()), home.path(), &[]);
    desk.sees(TAKES);
    desk.sees("REPLAY");
    desk.sees("Processes");
    desk.types("2").sees("Disks");
    desk.types("Q").sees("SQL");
    desk.types("select count(*) as ticks from system\r").sees("ticks");
    desk.types("E").types("answer\r").sees("1 rows of the answer");
    assert_eq!(fs::read_to_string(home.path().join("answer")).unwrap(), "ticks\n4\n");
    desk.types("E").types("answer\r").sees("is there already");
    desk.types("\x1b").types("R").sees("sysray-report-");
    desk.types("4").types("E").types("processes.csv\r");
    wait_until(|| home.path().join("processes.csv").is_file());
    let rows = fs::read_to_string(home.path().join("processes.csv")).unwrap();
    assert!(rows.lines().next().unwrap().contains(",pid,") && rows.lines().count() > 4, "{rows}");
    desk.types(":nonsense\r").sees("no such command");
    desk.types("q").sees(GIVES_BACK);
    assert_eq!(desk.leaves(""), 0);
}

#[test]
fn where_nobody_records_it_does_so_itself_and_leaves_nothing() {
    let home = TempDir::new().unwrap();
    let nowhere = home.path().join("none");
    // As anybody's default store is asked for, which is not there.
    let home_of = [("HOME", home.path().to_str().unwrap()), ("XDG_DATA_HOME", nowhere.to_str().unwrap())];
    let mut desk = Terminal::start("", home.path(), &home_of);
    desk.sees("LIVE");
    desk.sees("sysray"); // the program itself is among the processes
    desk.types("\x03").sees(GIVES_BACK);
    assert_eq!(desk.leaves(""), 0);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn where_the_variable_names_a_store_that_is_not_there_yet_it_records_itself() {
    // `SYSRAY_STORE=/not/yet sysray` ended with "no such folder", though that is but another default store.
    let home = TempDir::new().unwrap();
    let nowhere = home.path().join("not/yet");
    for is_empty in [false, true] {
        if is_empty {
            fs::create_dir_all(&nowhere).unwrap();
        }
        let mut desk = Terminal::start("", home.path(), &[("SYSRAY_STORE", nowhere.to_str().unwrap())]);
        desk.sees("LIVE");
        desk.types("\x03").sees(GIVES_BACK);
        assert_eq!(desk.leaves(""), 0);
        assert_eq!(nowhere.exists(), is_empty, "nothing is recorded there");
    }
    // What was named by hand is meant as it stands.
    let mut desk = Terminal::start(&format!("tui --store {}/none", home.path().display()), home.path(), &[]);
    desk.sees("no such folder");
}

/// Processes whose command line names that folder, each with its parent.
#[cfg(target_os = "linux")]
fn working_in(folder: &Path) -> Vec<(i32, i32)> {
    let folder = folder.as_os_str().as_bytes();
    let found = |entry: fs::DirEntry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        line.windows(folder.len()).find(|part| *part == folder)?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        Some((pid, parent.trim().parse().ok()?))
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(found).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_desk_that_is_killed_leaves_no_process() {
    let home = TempDir::new().unwrap();
    let nowhere = home.path().join("none");
    let home_of = [("HOME", home.path().to_str().unwrap()), ("XDG_DATA_HOME", nowhere.to_str().unwrap())];
    let mut desk = Terminal::start("", home.path(), &home_of);
    desk.sees("LIVE");
    let working = working_in(home.path());
    let [(recorder, parent)] = working[..] else { panic!("one recorder: {working:?}") };
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap();
    assert_eq!(name.trim(), "sysray", "the recorder {recorder} is the desk's own");
    kill_process(Pid::from_raw(parent).unwrap(), Signal::KILL).unwrap();
    wait_until(|| working_in(home.path()).is_empty());
    // One whose desk was gone before it could ask to be told of that does not begin.
    let (store, nobody) = (home.path().join("store"), i32::MAX.to_string());
    let (code, said) = Sysray::new(&["record", "--with-parent", &nobody]).store(&store).fails();
    assert!(code == 1 && said.contains("has ended") && !store.exists(), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_is_closed_leaves_nothing() {
    let home = TempDir::new().unwrap();
    let nowhere = home.path().join("none");
    let home_of = [("HOME", home.path().to_str().unwrap()), ("XDG_DATA_HOME", nowhere.to_str().unwrap())];
    let mut desk = Terminal::start("", home.path(), &home_of);
    desk.sees("LIVE");
    assert!(!working_in(home.path()).is_empty());
    drop(desk);
    wait_until(|| working_in(home.path()).is_empty() && fs::read_dir(home.path()).unwrap().count() == 0);
}

#[test]
fn a_store_that_vanishes_is_told_and_ends_nothing() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let gone = home.path().join("gone");
    let path = home.path().join("store");
    copy(store.path(), &path);
    let mut desk = Terminal::start(&format!("replay {}", path.display()), home.path(), &[]);
    desk.sees("Processes");
    fs::rename(&path, &gone).unwrap();
    desk.types("3").types("4").types(",").types(",");
    desk.types("?").sees("Through time");
    desk.types("qq").sees(GIVES_BACK);
    assert_eq!(desk.leaves(""), 0);
}

#[test]
fn without_a_terminal_one_line_says_what_to_do_instead() {
    let store = recorded(2);
    for words in [&[][..], &["tui"], &["replay"]] {
        let (code, said) = Sysray::new(words).env("SYSRAY_STORE", store.path()).fails();
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains("needs a terminal") && said.contains("replay --text"), "{said}");
    }
}

#[test]
fn one_segment_by_itself_is_walked_through() {
    let (mut made, home) = (Made::new(), TempDir::new().unwrap());
    made.part(START, 60);
    made.maintain(&Policy::default(), START + 48 * HOUR);
    let segment =
        made.files(".parquet").into_iter().find(|path| path.to_string_lossy().contains("/process/"));
    let words = format!("replay {}", segment.unwrap().display());
    let mut desk = Terminal::start(&words, home.path(), &[("TZ", "UTC")]);
    desk.sees("14:00:10");
    desk.sees("COMMAND");
    desk.types(".").sees("20");
    desk.types("q").sees(GIVES_BACK);
    assert_eq!(desk.leaves(""), 0);
}
