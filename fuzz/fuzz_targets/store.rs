//! Opening a store: a folder of whatever names and contents the bytes describe is listed, read and
//! maintained. Nothing may panic, and no memory be taken for what is only promised.
#![no_main]

mod checks;

use std::fs;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use sysray::schema::{Micros, TABLES};
use sysray::store::{Catalog, Folder, Policy, maintain, status};
use sysray::time::Range;
use tempfile::TempDir;

const IDENTITY: &str = r#"{"format": 1, "program": "sysray", "hosts": {"m": "web1"}, "boots": {}}"#;

fuzz_target!(|data: &[u8]| {
    let fast = Path::new("/dev/shm");
    let dir = if fast.exists() { TempDir::new_in(fast) } else { TempDir::new() };
    let Ok(dir) = dir else { return };
    let identity = dir.path().join("sysray-store.json");
    let format = format!("\"format\": {}", sysray::schema::STORE_FORMAT);
    fs::write(&identity, IDENTITY.replace("\"format\": 1", &format)).expect("the folder is ours");
    let mut rest = data;
    // A file: what it is, how its name is made, how long it is, and its bytes.
    while let [kind, first, more, low, high, behind @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(behind.len());
        let (bytes, behind) = behind.split_at(length);
        rest = behind;
        let path = place(dir.path(), *kind, *first, *more);
        let bytes = if kind & 0x80 == 0 { bytes.to_vec() } else { checks::put_right(bytes.to_vec()) };
        if fs::create_dir_all(path.parent().unwrap_or(dir.path())).is_ok() {
            let _ = fs::write(path, bytes);
        }
    }
    // One or the other: a maintenance would put right what a reader is to meet.
    if data.len() % 2 == 0 {
        look(dir.path());
        return;
    }
    let _ = maintain(&Folder::at(dir.path()), "web1", &Policy::default(), Micros(1_795_370_400_000_000));
    look(dir.path());
});

/// Where a file lies: among the names that a store has, or nearly has.
fn place(root: &Path, kind: u8, first: u8, more: u8) -> PathBuf {
    let (first, last) = (u64::from(first), u64::from(first) + u64::from(more));
    let minute = more % 60;
    let table = TABLES[usize::from(more) % TABLES.len()].name;
    let host = ["host=web1", "host=web2", "host=", "web1"][usize::from(kind >> 3) % 4];
    let segments = root.join(table).join(host).join("date=2026-11-22");
    match kind % 8 {
        0 => root.join("sysray-store.json"),
        1 | 2 => root.join("journal").join(host).join(format!("20261122T14{minute:02}00Z.{first}.part")),
        3 => segments.join(format!("20261122T140000Z-20261122T14{minute:02}00Z.{first}-{last}.0.parquet")),
        4 => segments.join(format!("20261122T140000Z-20261122T14{minute:02}00Z.{first}-{last}.1.parquet")),
        5 => segments.join(format!("20261122T140000Z-2026112{minute}T140000Z.{last}-{first}.0.parquet")),
        6 => root.join("journal").join(host).join("last.totals"),
        _ => root.join("sums").join(host).join("2026-11-22.sha256"),
    }
}

fn look(root: &Path) {
    let Ok(catalog) = Catalog::open(root) else { return };
    for table in &TABLES {
        if let Ok(selection) = catalog.select(table, &Range::ALL) {
            selection.tail.iter().for_each(|tail| assert_eq!(tail.batch.schema(), table.schema()));
        }
    }
    let _ = (catalog.extent(), catalog.tail(), catalog.last_seq("web1"));
    let _ = sysray::store::read_last(root, "web1");
    let _ = status(root);
}
