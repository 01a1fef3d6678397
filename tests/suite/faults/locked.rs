//! Locks end with who holds them, and who only asks about one is in nobody's way.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use sysray::schema::Micros;
use sysray::store::{Folder, Lock, PartName, Policy, Recording, Writer, maintain, recorder};

use super::failing::FailingDisk;
use super::scratch;
use crate::made::{START, files, tick};

/// A program that is being started has all files until it is executed, and with them their locks.
#[test]
fn what_was_locked_is_free_when_its_owner_is_done_whoever_has_the_file_as_well() {
    let (dir, disk) = (scratch(), FailingDisk::default());
    let folder = Folder::on(dir.path(), Arc::new(disk.clone()));
    disk.keep_copies();
    for _ in 0..2 {
        let held = Lock::recorder(&folder).unwrap();
        assert!(Lock::recorder(&folder).is_err());
        drop(held);
        assert_eq!(recorder(dir.path()), Recording::Nobody);
        drop(Lock::maintenance(&folder).unwrap().unwrap());
    }
    let name = PartName { host: "web1".into(), first_seq: 1, from: Micros(START) };
    let mut writer = Writer::begin(&folder, &name, "boot").unwrap();
    let (moment, tables) = tick(1, START + 1_000_000);
    writer.append(moment, &tables, &[]).unwrap();
    writer.end().unwrap();
    let done = maintain(&folder, "web1", &Policy::default(), Micros(START + 1_200_000_000)).unwrap().unwrap();
    assert_eq!(done.sealed, 1);
    assert!(files(dir.path(), ".part").is_empty());
}

/// A reader that asks who records has the lock for a moment, which on a busy host may be a long one.
#[test]
fn a_recorder_waits_for_those_who_ask_who_records() {
    let dir = scratch();
    let folder = Folder::at(dir.path());
    drop(Lock::recorder(&folder).unwrap());
    let asked = File::open(dir.path().join("recorder.lock")).unwrap();
    asked.lock_shared().unwrap();
    let asking = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        asked.unlock().unwrap();
    });
    assert!(Lock::recorder(&folder).is_ok());
    asking.join().unwrap();
}
