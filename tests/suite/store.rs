//! The store: frames, parts, segments, and that every tick is read exactly once.
//!
//! `Made` is the one helper: a store into which ticks are written as a recorder would.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sysray::schema::{Micros, table};
use sysray::store::{
    Catalog, Compression, Damage, Done, Error, Folder, Identity, Lock, Part, Policy, Recording, maintain,
    occupied, recorder, status,
};
use sysray::time::Range;
use tempfile::TempDir;

use super::made::{HOUR, Made, SECOND, START, hourly, keep, ticks_of};

#[test]
fn a_part_cut_anywhere_gives_its_whole_frames() {
    let mut made = Made::new();
    made.part(START, 5);
    let path = made.files(".part").remove(0);
    let whole = fs::read(&path).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for length in 0..whole.len() {
        let part = Part::parse(&path, whole[..length].to_vec()).ok();
        let ticks = part.map_or(vec![], |part| ticks_of(&part, "cpu"));
        assert_eq!(ticks, (1..=ticks.len() as i64).collect::<Vec<_>>(), "cut at {length}");
        // A reader of the store sees no more and no less; to ask it each time would be to list the store each time.
        if seen.insert(ticks.len()) || length % 100 == 0 {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(made.ticks(), ticks, "cut at {length}");
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn a_flipped_byte_costs_what_it_hit_is_noticed_and_never_gives_wrong_rows() {
    let mut made = Made::new();
    made.part(START, 3);
    let path = made.files(".part").remove(0);
    let whole = fs::read(&path).unwrap();
    let read = |bytes: Vec<u8>| {
        let part = Part::parse(&path, bytes).ok()?;
        let rows: usize = part.batches("process", |_| true).iter().map(RecordBatch::num_rows).sum();
        Some((ticks_of(&part, "cpu"), rows, part.damage()))
    };
    assert_eq!(read(whole.clone()).unwrap(), (vec![1, 2, 3], 6, Damage::default()));
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        // A header that says a later format is refused.
        let Some((ticks, rows, damage)) = read(bytes) else { continue };
        assert!(ticks.iter().all(|tick| [1, 2, 3].contains(tick)) && ticks.is_sorted(), "flipped at {at}");
        assert!(ticks.len() < 3 || rows < 6, "flipped at {at}, and all rows were read");
        assert_ne!(damage, Damage::default(), "flipped at {at}, and nobody saw it");
    }
}

#[test]
fn behind_damage_in_the_middle_the_rest_is_read() {
    let mut made = Made::new();
    made.part(START, 200);
    let path = made.files(".part").remove(0);
    let whole = fs::read(&path).unwrap();
    let frames: Vec<usize> =
        whole.windows(4).enumerate().filter(|(_, w)| *w == b"SRF1").map(|(at, _)| at).collect();
    assert_eq!(frames.len(), 200);
    let mut bytes = whole.clone();
    bytes[frames[99] + 50] ^= 1;
    let part = Part::parse(&path, bytes).unwrap();
    let expected: Vec<i64> = (1..=200).filter(|tick| *tick != 100).collect();
    assert_eq!(ticks_of(&part, "cpu"), expected, "a frame that others do not lean on");
    // The 121st is a keyframe: without it those up to the next cannot be unpacked.
    let mut bytes = whole.clone();
    bytes.drain(frames[120]..frames[121]);
    let part = Part::parse(&path, bytes).unwrap();
    let expected: Vec<i64> = (1..=200).filter(|tick| !(121..=180).contains(tick)).collect();
    assert_eq!(ticks_of(&part, "cpu"), expected);
    // What is not whole and then written again is one tick.
    let mut bytes = whole[..frames[51] - 10].to_vec();
    bytes.extend_from_slice(&whole[frames[50]..]);
    let part = Part::parse(&path, bytes).unwrap();
    assert_eq!(ticks_of(&part, "cpu"), (1..=200).collect::<Vec<_>>());
    assert!(part.damage().lost_bytes > 0);
}

#[test]
fn sealing_moves_each_tick_from_the_journal_to_segments() {
    let mut made = Made::new();
    made.part(START, 6);
    let writer = made.open_part(START + 600 * SECOND, 4);
    let done = made.maintain(&hourly(), START + 700 * SECOND);
    assert_eq!(done, Done { sealed: 1, tiers: 0, merged: 0, retired: 0 });
    assert_eq!(made.ticks(), (1..=10).collect::<Vec<_>>());
    assert_eq!(made.files(".part").len(), 1, "the part that is written stays");
    drop(writer);
    made.maintain(&hourly(), START + 700 * SECOND);
    assert_eq!(made.ticks(), (1..=10).collect::<Vec<_>>());
    assert!(made.files(".part").is_empty());
}

#[test]
fn a_seal_that_was_cut_off_between_two_tables_is_completed() {
    let mut made = Made::new();
    made.part(START, 6);
    let part = made.files(".part").remove(0);
    let bytes = fs::read(&part).unwrap();
    made.maintain(&hourly(), START);
    // As if the child had died after `process` and before `cpu`.
    fs::write(&part, bytes).unwrap();
    let cpu = made.files(".parquet").into_iter().find(|p| p.to_string_lossy().contains("/cpu/")).unwrap();
    fs::remove_file(&cpu).unwrap();
    assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
    made.maintain(&hourly(), START);
    assert_eq!(made.ticks(), (1..=6).collect::<Vec<_>>());
    assert!(cpu.exists() && !part.exists());
}

#[test]
fn rows_of_many_entities_lie_by_entity_within_a_bucket() {
    let mut made = Made::new();
    made.part(START, 3);
    made.maintain(&hourly(), START);
    let path =
        made.files(".parquet").into_iter().find(|p| p.to_string_lossy().contains("/process/")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    assert_eq!(batch["pid"].as_primitive::<Int64Type>().values(), &[10, 10, 10, 20, 20, 20]);
    assert_eq!(batch["tick"].as_primitive::<Int64Type>().values(), &[1, 2, 3, 1, 2, 3]);
}

#[test]
fn finished_spans_become_one_file_and_the_small_ones_go_a_cycle_later() {
    let mut made = Made::new();
    for part in 0..3 {
        made.part(START + part * 600 * SECOND, 6);
    }
    let before = made.maintain(&hourly(), START + HOUR / 2);
    assert_eq!((before.sealed, before.merged), (3, 0), "the hour is not over");
    let after = made.maintain(&hourly(), START + HOUR + SECOND);
    assert_eq!(after.merged, 6, "three parts of two tables");
    assert_eq!(made.recorded(), 8, "merged and unmerged stand side by side");
    assert_eq!(made.ticks(), (1..=18).collect::<Vec<_>>());
    made.maintain(&hourly(), START + HOUR + SECOND);
    assert_eq!(made.recorded(), 2);
    assert_eq!(made.ticks(), (1..=18).collect::<Vec<_>>());
    let process =
        made.files(".1.parquet").into_iter().find(|p| p.to_string_lossy().contains("/process/")).unwrap();
    let footer = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(process).unwrap()).unwrap();
    assert_eq!(footer.metadata().num_row_groups(), 3, "row groups stay as they were sealed");
}

#[test]
fn hours_become_days() {
    let mut made = Made::new();
    for hour in 0..3 {
        made.part(START + hour * HOUR, 6);
        made.part(START + hour * HOUR + 600 * SECOND, 6);
        made.maintain(&Policy::default(), START + (hour + 1) * HOUR + SECOND);
    }
    made.maintain(&Policy::default(), START + 24 * HOUR);
    made.maintain(&Policy::default(), START + 24 * HOUR);
    assert_eq!(made.recorded(), 2);
    assert_eq!(made.ticks(), (1..=36).collect::<Vec<_>>());
}

#[test]
fn a_merge_never_reaches_over_a_part_that_is_not_sealed() {
    let mut made = Made::new();
    made.part(START, 2);
    let held = made.open_part(START + 600 * SECOND, 2);
    made.part(START + 1200 * SECOND, 2);
    let done = made.maintain(&hourly(), START + 2 * HOUR);
    assert_eq!((done.sealed, done.merged), (2, 0));
    assert_eq!(
        {
            let mut t = made.ticks();
            t.sort();
            t
        },
        (1..=6).collect::<Vec<_>>()
    );
    drop(held);
}

#[test]
fn only_the_newest_spans_are_kept() {
    let mut made = Made::new();
    for hour in 0..4 {
        made.part(START + hour * HOUR, 2);
    }
    let policy = Policy { keep_files: Some(2), ..hourly() };
    let done = made.maintain(&policy, START + 4 * HOUR);
    assert_eq!(done.retired, 4, "two spans of two tables");
    assert_eq!(made.ticks(), [5, 6, 7, 8]);
}

#[test]
fn rows_past_their_time_go() {
    let mut made = Made::new();
    made.part(START, 2);
    made.part(START + 3 * HOUR, 2);
    let policy = Policy { keep: keep(2 * 3600), ..hourly() };
    made.maintain(&policy, START + 4 * HOUR);
    assert_eq!(made.ticks(), [3, 4]);
}

#[test]
fn a_store_never_takes_more_than_it_may_and_gives_up_what_is_worth_least_first() {
    let mut made = Made::new();
    let max = 512 << 10;
    let policy = Policy { max_bytes: Some(max), ..hourly() };
    // Within one hour, so that there are rows as recorded and no others.
    for part in 0..59 {
        made.part(START + part * 60 * SECOND, 6);
        made.maintain(&policy, START + (part + 1) * 60 * SECOND);
        assert!(occupied(made.root()) <= max, "after part {part}");
    }
    assert_eq!(*made.ticks().last().unwrap(), 59 * 6);
    let of = |table: &str| -> usize {
        let rows =
            |p: &PathBuf| ParquetRecordBatchReaderBuilder::try_new(fs::File::open(p).unwrap()).unwrap();
        let files = made.files(".parquet");
        let files = files.iter().filter(|p| p.to_string_lossy().contains(table));
        files.map(|p| rows(p).metadata().file_metadata().num_rows() as usize).sum()
    };
    let (process, cpu) = (of("/process/"), of("/cpu/"));
    assert!(process < 59 * 12, "something had to go: {process}");
    assert!(process < 2 * cpu, "rows of processes go first: {process} beside {cpu}");
}

/// A part that takes more of the store than half of its share was not sealed, and no tick was taken
/// in behind it.
#[test]
fn a_part_that_takes_most_of_the_store_is_sealed_all_the_same() {
    let mut made = Made::new();
    let policy = Policy { max_bytes: Some(128 << 10), compression: Compression::None, ..hourly() };
    for part in 0..4 {
        made.part(START + part * 600 * SECOND, 60);
        made.maintain(&policy, START + (part + 1) * 600 * SECOND);
        assert!(made.files(".part").is_empty(), "part {part}");
        assert!(occupied(made.root()) <= 128 << 10, "part {part}");
    }
    assert_eq!(*made.ticks().last().unwrap(), 240);
}

#[test]
fn what_sysray_did_not_write_is_left_alone() {
    let mut made = Made::new();
    made.part(START, 2);
    made.maintain(&hourly(), START);
    let folder = made.files(".parquet")[0].parent().unwrap().to_path_buf();
    let strangers = ["notes.parquet", "20261122T140000Z-x.1-2.0.parquet", ".tmp-1-notes.txt", "a.part"];
    strangers.iter().for_each(|name| fs::write(folder.join(name), "mine").unwrap());
    let policy = Policy { keep: keep(1), ..hourly() };
    made.maintain(&policy, START + 100 * HOUR);
    assert!(made.ticks().is_empty());
    for name in strangers {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "mine", "{name}");
    }
}

#[test]
fn a_reader_that_chose_its_files_can_read_them_after_they_are_gone() {
    let mut made = Made::new();
    made.part(START, 2);
    made.maintain(&hourly(), START);
    let selection = Catalog::open(made.root()).unwrap().select(table("cpu").unwrap(), &Range::ALL).unwrap();
    made.files(".parquet").iter().for_each(|path| fs::remove_file(path).unwrap());
    let file = selection.segments[0].file.try_clone().unwrap();
    let rows = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().metadata().file_metadata().num_rows();
    assert_eq!(rows, 2);
}

/// The last frame of a recording that ended at midnight stood in the part of the day before; merging
/// that day then counted for both days' files, and the second day's was removed.
#[test]
fn a_merged_day_does_not_cover_what_the_next_day_has_of_the_same_frames() {
    let mut made = Made::new();
    let midnight = START + 10 * HOUR;
    made.part(midnight - 25 * SECOND, 4);
    made.maintain(&hourly(), midnight + 30 * SECOND);
    assert_eq!(made.recorded(), 4, "two tables of two days");
    made.part(midnight - 50 * SECOND, 2);
    for hours in [30, 31, 32] {
        made.maintain(&Policy::default(), START + hours * HOUR);
    }
    let mut ticks = made.ticks();
    ticks.sort_unstable();
    assert_eq!(ticks, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn folders_that_are_no_store_are_refused_and_left_as_they_are() {
    let dir = TempDir::new().unwrap();
    assert!(matches!(Catalog::open(dir.path()), Err(Error::NoStore(_))));
    assert!(matches!(Catalog::open(&dir.path().join("none")), Err(Error::Missing(_))));
    fs::write(dir.path().join("letter.txt"), "dear").unwrap();
    assert!(matches!(Identity::read_or_create(&Folder::at(dir.path())), Err(Error::Foreign(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_format_is_refused_plainly() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("sysray-store.json"), r#"{"format": 7, "shape": "unheard of"}"#).unwrap();
    let refused = Catalog::open(dir.path()).err().unwrap().to_string();
    assert!(refused.contains("format 7") && refused.contains("format 1"), "{refused}");
    assert!(Identity::read_or_create(&Folder::at(dir.path())).is_err());
}

#[test]
fn a_host_keeps_its_label_and_no_label_is_a_number() {
    let dir = TempDir::new().unwrap();
    let mut identity = Identity::read_or_create(&Folder::at(dir.path())).unwrap();
    assert_eq!(identity.label(&Folder::at(dir.path()), "m1", "web1").unwrap(), "web1");
    assert_eq!(identity.label(&Folder::at(dir.path()), "m1", "renamed").unwrap(), "web1");
    assert_eq!(identity.label(&Folder::at(dir.path()), "m2", "web1").unwrap(), "web1-2");
    assert_eq!(identity.label(&Folder::at(dir.path()), "m3", "10.0.0.7").unwrap(), "host-10.0.0.7");
    assert_eq!(identity.label(&Folder::at(dir.path()), "m4", "../é/x").unwrap(), "---x");
    let mut again = Identity::read(dir.path()).unwrap();
    assert_eq!(again.label(&Folder::at(dir.path()), "m1", "other").unwrap(), "web1");
}

#[test]
fn a_boot_began_when_it_was_first_seen_to_whatever_the_clock_says_later() {
    let dir = TempDir::new().unwrap();
    let mut identity = Identity::read_or_create(&Folder::at(dir.path())).unwrap();
    assert_eq!(identity.boot(&Folder::at(dir.path()), "b1", Micros(1_000)).unwrap(), Micros(1_000));
    let mut later = Identity::read(dir.path()).unwrap();
    assert_eq!(later.boot(&Folder::at(dir.path()), "b1", Micros(2_000)).unwrap(), Micros(1_000));
    assert_eq!(later.boot(&Folder::at(dir.path()), "b2", Micros(9_000)).unwrap(), Micros(9_000));
}

#[cfg(unix)]
#[test]
fn files_are_for_the_owner_and_the_group() {
    use std::os::unix::fs::PermissionsExt;
    let mut made = Made::new();
    made.part(START, 2);
    made.maintain(&hourly(), START);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for file in made.files("") {
        assert_eq!(mode(&file) & !0o640, 0, "{}", file.display());
        let folder = file.parent().unwrap();
        assert!(folder == made.root() || mode(folder) & !0o750 == 0, "{}", folder.display());
    }
}

#[test]
fn one_maintenance_at_a_time() {
    let made = Made::new();
    let _held = Lock::maintenance(&made.folder()).unwrap().unwrap();
    assert_eq!(maintain(&made.folder(), "web1", &hourly(), Micros(START)).unwrap(), None);
}

#[test]
fn the_status_counts_rows_gaps_and_the_torn_end() {
    let mut made = Made::new();
    made.part(START, 3);
    made.maintain(&hourly(), START);
    made.part(START + HOUR, 3);
    let part = made.files(".part").remove(0);
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() - 5]).unwrap();
    let status = status(made.root()).unwrap();
    let process = status.tables.iter().find(|t| t.name == "process").unwrap();
    assert_eq!((process.segment_rows, process.journal_rows), (6, 4));
    assert_eq!(status.journal_frames, 2);
    assert!(status.torn_bytes > 0);
    assert_eq!(status.hosts, ["web1"]);
    assert_eq!(recorder(made.root()), Recording::Nobody);
}
