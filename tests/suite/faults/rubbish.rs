//! A store in which strangers left their things: it opens, is maintained, and leaves them alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sysray::store::{Catalog, Lock, status};

use crate::made::{HOUR, Made, SECOND, START, files, hourly};

/// Names that are nearly those of a store's own files, from its root.
const NEARLY: [&str; 24] = [
    "journal/host=web1/20261122T140000Z.1.part.bak",
    "journal/host=web1/20261122T140000Z.+7.part",
    "journal/host=web1/20261122T140000Z.007.part",
    "journal/host=web1/20261122T140000Z.18446744073709551615.part",
    "journal/host=web1/20261122T140000Z.99999999999999999999.part",
    "journal/host=web1/20261322T140000Z.1.part",
    "journal/host=web1/.part",
    "journal/host=web1/notes.txt",
    "journal/web1/20261122T140000Z.1.part",
    "journal/20261122T140000Z.1.part",
    "cpu/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.01-99.0.parquet",
    "cpu/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.+1-99.9.parquet",
    "cpu/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.99-1.9.parquet",
    "cpu/host=web1/date=2026-11-22/20261122T150000Z-20261122T140000Z.1-99.9.parquet",
    "cpu/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.1-18446744073709551615.9.parquet",
    "cpu/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.1-99.9.parquet.tmp",
    "cpu/host=web1/date=2026-11-21/20261122T140000Z-20261122T150000Z.1-99.9.parquet",
    "cpu/host=web1/date=backup/20261122T140000Z-20261122T150000Z.1-99.9.parquet",
    "cpu/host=web1/20261122T140000Z-20261122T150000Z.1-99.9.parquet",
    "sums/host=web1/2026-11-22.sha256.old",
    "sums/host=web1/notes",
    "lost+found/1",
    "unheard_of/host=web1/date=2026-11-22/20261122T140000Z-20261122T150000Z.1-99.9.parquet",
    "sysray-store.json~",
];

fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(root, "").into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn files_with_names_that_are_nearly_a_stores_own_are_neither_read_nor_touched() {
    let mut made = Made::new();
    made.part(START, 6);
    made.maintain(&hourly(), START);
    made.part(START + 600 * SECOND, 6);
    let strangers: Vec<PathBuf> = NEARLY.iter().map(|name| made.root().join(name)).collect();
    for path in &strangers {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("mine: {}", path.display())).unwrap();
    }
    let mine = |root: &Path| {
        contents(root).into_iter().filter(|(path, _)| strangers.contains(path)).collect::<BTreeMap<_, _>>()
    };
    let before = mine(made.root());
    for now in [START + HOUR / 2, START + HOUR + SECOND, START + HOUR + SECOND] {
        assert_eq!(made.ticks(), (1..=12).collect::<Vec<_>>());
        assert_eq!(Catalog::open(made.root()).unwrap().last_seq("web1").unwrap(), 12);
        status(made.root()).unwrap();
        made.maintain(&hourly(), now);
    }
    assert_eq!(mine(made.root()), before);
    assert_eq!(made.ticks(), (1..=12).collect::<Vec<_>>());
}

#[test]
fn folders_where_files_are_looked_for_are_left_alone() {
    let mut made = Made::new();
    made.part(START, 6);
    for name in [
        "journal/host=web1/20261122T141000Z.7.part",
        "journal/host=web1/last.totals",
        "process/host=web1/date=2026-11-22/20261122T150000Z-20261122T160000Z.7-9.0.parquet",
        "sums/host=web1/2026-11-21.sha256",
        "cpu/host=web1/.tmp-1-x.parquet",
    ] {
        fs::create_dir_all(made.root().join(name)).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
        status(made.root()).unwrap();
        made.maintain(&hourly(), START + HOUR + SECOND);
    }
    assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
}

#[test]
fn a_part_of_nothing_or_of_rubbish_costs_no_other() {
    let mut made = Made::new();
    made.part(START, 6);
    let journal = made.files(".part")[0].parent().unwrap().to_path_buf();
    fs::write(journal.join("20261122T141000Z.7.part"), "").unwrap();
    fs::write(journal.join("20261122T142000Z.8.part"), vec![0; 8192]).unwrap();
    fs::write(journal.join("20261122T143000Z.9.part"), "SRJ1SRF1".repeat(4000)).unwrap();
    assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
    assert_eq!(Catalog::open(made.root()).unwrap().last_seq("web1").unwrap(), 9);
    status(made.root()).unwrap();
    made.maintain(&hourly(), START + HOUR + SECOND);
    assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
    assert!(made.files(".part").is_empty());
}

#[test]
fn a_recorder_removes_what_one_before_it_did_not_finish_and_no_more() {
    let mut made = Made::new();
    made.part(START, 2);
    let unfinished = [".tmp-1-sysray-store.json", "journal/host=web1/.tmp-1-last.totals"];
    let strangers = [".tmp-1-notes.txt", ".tmp-x-sysray-store.json", "journal/host=web1/.tmp-notes"];
    for name in unfinished.iter().chain(&strangers) {
        fs::write(made.root().join(name), "begun").unwrap();
    }
    made.maintain(&hourly(), START);
    assert!(unfinished.iter().all(|name| made.root().join(name).exists()), "a recorder may be at it");
    let _lock = Lock::recorder(&made.folder()).unwrap();
    assert!(unfinished.iter().all(|name| !made.root().join(name).exists()));
    assert!(strangers.iter().all(|name| made.root().join(name).exists()));
}

/// Frames that a lost header hides may be read one day: their numbers are not given to others.
#[test]
fn numbers_in_a_part_that_cannot_be_read_are_not_given_again() {
    let mut made = Made::new();
    made.part(START, 6);
    let part = made.files(".part").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    bytes[9] ^= 1;
    fs::write(&part, bytes).unwrap();
    let last_seq = |made: &Made| Catalog::open(made.root()).unwrap().last_seq("web1").unwrap();
    assert_eq!((made.ticks(), last_seq(&made)), (vec![], 6));
    made.maintain(&hourly(), START);
    assert_eq!(made.files(".damaged").len(), 1, "it is set aside");
    assert_eq!((made.ticks(), last_seq(&made)), (vec![], 6));
}
