//! What the fuzz targets begin with, in `fuzz/seeds`: real parts and segments, as the targets read
//! them (`fuzz/fuzz_targets`). With `SYSRAY_SEEDS=1` in the environment they are written anew.

use std::fs;
use std::path::{Path, PathBuf};

use sysray::schema::STORE_FORMAT;
use sysray::store::{Content, Part};

use crate::made::{Made, START, hourly, ticks_of};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
}

/// A file of the target `store`: what it is, how it is named, and its bytes.
fn file(kind: u8, first: u8, more: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_le_bytes();
    [&[kind, first, more, length[0], length[1]], bytes].concat()
}

fn write_anew() {
    let mut made = Made::new();
    made.part(START, 3);
    let part = fs::read(&made.files(".part")[0]).unwrap();
    made.maintain(&hourly(), START);
    let segment = |table: &str| {
        let path = made.files(".parquet").into_iter().find(|path| path.to_string_lossy().contains(table));
        fs::read(path.unwrap()).unwrap()
    };
    let sums = fs::read(&made.files(".sha256")[0]).unwrap();
    let read = Part::parse(Path::new("seed"), part.clone()).unwrap();
    let frames = read.frames();
    let raw = |name: &str| {
        let id = read.tables().position(|table| table == name).unwrap();
        let entry = frames[0].entry(id, Content::Interval).unwrap();
        let raw = zstd::bulk::decompress(entry.packed.unwrap(), entry.raw).unwrap();
        [&[2, id as u8, entry.rows as u8], raw.as_slice()].concat()
    };
    let cpu = sysray::schema::TABLES.iter().position(|table| table.name == "cpu").unwrap() as u8;
    let identity = format!(r#"{{"format": {STORE_FORMAT}, "program": "x", "hosts": {{"m": "web1"}}}}"#);
    let seeds = [
        ("part/as_it_is", [&[0], part.as_slice()].concat()),
        ("part/put_right", [&[1], part.as_slice()].concat()),
        ("part/rows_of_cpu", raw("cpu")),
        ("part/rows_of_process", raw("process")),
        ("store/part", file(1, 1, 0, &part)),
        ("store/part_put_right", file(0x81, 1, 0, &part)),
        ("store/segment", file(3, 1, cpu, &segment("/cpu/"))),
        ("store/both", [file(1, 3, 0, &part), file(3, 1, cpu, &segment("/cpu/"))].concat()),
        ("store/sums", [file(7, 0, 0, &sums), file(4, 1, cpu, &segment("/cpu/"))].concat()),
        ("store/identity", file(0, 0, 0, identity.as_bytes())),
        ("store/totals", file(6, 0, 0, &part)),
    ];
    for (name, bytes) in seeds {
        let path = folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn the_fuzz_targets_begin_with_parts_that_this_program_reads() {
    if std::env::var_os("SYSRAY_SEEDS").is_some() {
        write_anew();
    }
    let seed = fs::read(folder().join("part/as_it_is")).unwrap();
    let part = Part::parse(Path::new("seed"), seed[1..].to_vec()).unwrap();
    assert_eq!(ticks_of(&part, "cpu"), [1, 2, 3], "write the seeds anew with SYSRAY_SEEDS=1");
}
