//! A store that is as it should be, and every way in which it can be otherwise.

use std::fs;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::{HOUR, Kept, SECOND, START, Sysray, contents};

/// The one thing that is wrong.
fn only(found: Vec<String>) -> String {
    let wrong: Vec<&String> = found.iter().filter(|line| !line.starts_with("note ")).collect();
    assert_eq!(wrong.len(), 1, "{found:#?}");
    wrong[0].clone()
}

#[test]
fn a_good_store_is_sound_and_counted() {
    let kept = Kept::usual();
    let before = contents(kept.root());
    for deep in [false, true] {
        assert_eq!(kept.found(deep), Vec::<String>::new());
        let verified = kept.verify(deep);
        // 48 ticks of 11 rows; each of six parts begins with two events and one row of `host`.
        assert_eq!((verified.ticks, verified.rows), (48, 48 * 11 + 6 * 3 + rows_of_tiers(&kept)));
        assert_eq!(verified.files as usize, kept.files(".parquet").len() + kept.files(".part").len());
    }
    let said = Sysray::new(&["store", "verify", "--deep"]).store(kept.root()).prints();
    assert!(said.starts_with("sound: ") && said.lines().count() == 1, "{said}");
    assert_eq!(contents(kept.root()), before, "it only reads");
}

fn rows_of_tiers(kept: &Kept) -> u64 {
    let files = kept.files(".parquet").into_iter().filter(|path| path.to_string_lossy().contains("/month="));
    let rows = |path: PathBuf| {
        let footer = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
        footer.metadata().file_metadata().num_rows() as u64
    };
    files.map(rows).sum()
}

/// A store of one file of another, with its sum.
fn lone(kept: &Kept, path: &Path) -> TempDir {
    let dir = TempDir::new().unwrap();
    let name = path.strip_prefix(kept.root()).unwrap();
    let sums = kept.files(".sha256").remove(0);
    let line = fs::read_to_string(&sums).unwrap();
    let line =
        line.lines().find(|line| line.ends_with(&format!("  {}", name.display()))).unwrap().to_string();
    for (name, bytes) in [
        (name, fs::read(path).unwrap()),
        (sums.strip_prefix(kept.root()).unwrap(), format!("{line}\n").into_bytes()),
        (Path::new("sysray-store.json"), fs::read(kept.root().join("sysray-store.json")).unwrap()),
    ] {
        fs::create_dir_all(dir.path().join(name).parent().unwrap()).unwrap();
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[test]
fn a_single_flipped_bit_anywhere_in_a_sealed_file_is_found() {
    let mut kept = Kept::new();
    kept.part(START, 8);
    kept.maintain(START);
    for path in kept.files(".parquet") {
        let (dir, unnoted) = (lone(&kept, &path), lone(&kept, &path));
        fs::remove_dir_all(unnoted.path().join("sums")).unwrap();
        let copy = dir.path().join(path.strip_prefix(kept.root()).unwrap());
        let whole = fs::read(&path).unwrap();
        let look = |deep| sysray::store::verify(dir.path(), deep, &mut |_| {}).unwrap().findings;
        assert_eq!(look(true), vec![]);
        for place in 0..=200 {
            let at = place * (whole.len() - 1) / 200;
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (place % 8);
            fs::write(&copy, &bytes).unwrap();
            fs::write(unnoted.path().join(path.strip_prefix(kept.root()).unwrap()), &bytes).unwrap();
            let found = look(true);
            assert!(
                found.len() == 1 && found[0].is_wrong && found[0].what.contains("SHA-256"),
                "{at}: {found:#?}"
            );
            // Without reading all, or without its sum, it may be missed, and must not bring anything down.
            look(false);
            sysray::store::verify(unnoted.path(), true, &mut |_| {}).unwrap();
        }
    }
}

#[test]
fn a_file_that_is_gone_is_missed_and_its_bytes_can_be_put_back() {
    let kept = Kept::usual();
    let path = kept.files("/process/").remove(0);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for deep in [false, true] {
        assert!(only(kept.found(deep)).contains("is missing"));
    }
    let output = Sysray::new(&["store", "verify"]).store(kept.root()).run();
    assert_eq!(output.status.code(), Some(3));
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((out.lines().count(), err.lines().count()), (2, 1), "{out}{err}");
    assert!(
        out.starts_with("finding") && out.contains("put back a copy") && out.contains("not sound"),
        "{out}"
    );
    fs::write(&path, bytes).unwrap();
    assert!(kept.found(true).is_empty());
}

#[test]
fn a_file_cut_short_is_found_without_reading_all() {
    let kept = Kept::usual();
    let path = kept.files("/system/").remove(0);
    let bytes = fs::read(&path).unwrap();
    for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        assert!(only(kept.found(false)).contains("cannot be read"), "{length}");
    }
}

#[test]
fn rows_that_are_there_twice_are_found() {
    let kept = Kept::usual();
    let path = kept.files("/process/").remove(0);
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    // Under another generation it is read in the place of the first; under another second beside it.
    let (head, _) = name.split_once(".parquet").unwrap();
    let other_generation = format!("{}.7.parquet", head.rsplit_once('.').unwrap().0);
    let other_second = name.replacen("140010Z", "140009Z", 1);
    assert_ne!(other_second, name);
    for other in [other_generation, other_second] {
        let copy = path.with_file_name(other);
        fs::copy(&path, &copy).unwrap();
        for deep in [false, true] {
            let found = kept.found(deep);
            assert!(found.iter().any(|line| !line.starts_with("note ")), "{found:#?}");
        }
        fs::remove_file(copy).unwrap();
    }
    // In another day's folder readers look for it in the right one.
    let elsewhere = path.parent().unwrap().with_file_name("date=2026-11-21");
    fs::create_dir(&elsewhere).unwrap();
    fs::copy(&path, elsewhere.join(&name)).unwrap();
    assert!(only(kept.found(false)).contains("does not lie where its name says"));
}

#[test]
fn a_name_that_is_not_the_files_own_is_found() {
    let kept = Kept::usual();
    let path = kept.files("/system/").pop().unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let other = path.with_file_name(name.replace(".0.parquet", ".3.parquet"));
    assert_ne!(other, path);
    fs::rename(&path, &other).unwrap();
    let found = kept.found(false);
    assert!(found.iter().any(|line| line.contains("not its own")), "{found:#?}");
}

#[test]
fn what_is_not_noted_yet_is_worth_a_word_and_no_more() {
    let kept = Kept::usual();
    fs::remove_dir_all(kept.root().join("sums")).unwrap();
    let found = kept.found(true);
    assert_eq!(found.len(), kept.files(".parquet").len());
    assert!(
        found.iter().all(|line| line.starts_with("note ") && line.contains("no sum noted")),
        "{found:#?}"
    );
    let said = Sysray::new(&["store", "verify"]).store(kept.root()).prints();
    assert!(said.contains("note") && said.contains("the next maintenance"), "{said}");
    kept.maintain(START + 3 * HOUR);
    assert!(kept.found(true).iter().all(|line| !line.contains("sum noted")));
}

#[test]
fn rows_that_do_not_fit_are_found_where_no_sum_tells() {
    // The same bytes under the name of another stretch, as far as names can be checked: only the
    // rows themselves tell.
    let kept = Kept::usual();
    fs::remove_dir_all(kept.root().join("sums")).unwrap();
    let path = kept.files("/process/").remove(0);
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    fs::rename(&path, path.with_file_name(name.replacen("20261122T140010Z", "20261122T140100Z", 1))).unwrap();
    assert!(kept.found(false).iter().all(|line| line.starts_with("note ")));
    assert!(only(kept.found(true)).contains("another time than its name says"));
}

#[test]
fn strangers_and_leftovers_are_listed_and_left_alone() {
    let kept = Kept::usual();
    let day = kept.files("/process/").remove(0).parent().unwrap().to_path_buf();
    fs::write(day.join("notes.txt"), "mine").unwrap();
    fs::write(day.join(".tmp-77-20261122T140010Z-20261122T141130Z.1-16.0.parquet"), "half").unwrap();
    fs::create_dir(kept.root().join("letters")).unwrap();
    fs::write(kept.root().join("letters/one.txt"), "dear").unwrap();
    let before = contents(kept.root());
    let found = kept.found(true);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().all(|line| line.starts_with("note ")), "{found:#?}");
    assert_eq!(contents(kept.root()), before);
}

#[test]
fn damage_in_the_journal_is_found_and_a_torn_end_is_a_word() {
    let kept = Kept::usual();
    let part = kept.files(".part").remove(0);
    let whole = fs::read(&part).unwrap();
    fs::write(&part, &whole[..whole.len() - 5]).unwrap();
    let found = kept.found(false);
    assert!(found.len() == 1 && found[0].starts_with("note ") && found[0].contains("cut off"), "{found:#?}");
    let mut flipped = whole.clone();
    let at = whole.len() / 2;
    flipped[at] ^= 4;
    fs::write(&part, &flipped).unwrap();
    assert!(only(kept.found(false)).contains("is damaged"));
    let mut headless = whole.clone();
    headless[20] ^= 4;
    fs::write(&part, &headless).unwrap();
    assert!(only(kept.found(true)).contains("header"));
    // Sealing keeps what could not all be read; that is known, and worth a word.
    fs::write(&part, &flipped).unwrap();
    kept.maintain(START + 3 * HOUR);
    let found = kept.found(true);
    assert!(found.iter().any(|line| line.contains(".damaged")), "{found:#?}");
    assert!(found.iter().all(|line| line.starts_with("note ")), "{found:#?}");
}

#[test]
fn a_hole_in_the_ticks_is_worth_a_word_unless_an_event_explains_it() {
    let mut kept = Kept::new();
    kept.part(START, 4);
    // Events stand where a part begins, and one of them is an error: that explains.
    kept.next += 3;
    kept.part(START + 600 * SECOND, 4);
    assert!(kept.found(false).is_empty());
    kept.maintain(START + HOUR / 2);
    assert!(kept.found(true).is_empty());
    kept.files("/event/").iter().for_each(|path| fs::remove_file(path).unwrap());
    fs::remove_dir_all(kept.root().join("sums")).unwrap();
    let found = kept.found(false);
    assert!(found.iter().any(|line| line.contains("no ticks 5 to 7")), "{found:#?}");
}

#[test]
fn it_finds_nothing_wrong_while_a_recorder_and_maintenance_work() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut recorder = Sysray::new(&["record", "-i", "20ms", "--rotate", "1m"]).store(dir.path()).start();
    crate::cli::wait_until(|| crate::cli::is_recording(dir.path()));
    for _ in 0..10 {
        let verified = sysray::store::verify(dir.path(), true, &mut |_| {}).unwrap();
        assert!(verified.findings.iter().all(|finding| !finding.is_wrong), "{:#?}", verified.findings);
        // The recorder has its store maintained by itself as a part ends.
        crate::cli::wait_until(|| {
            let done = Sysray::new(&["store", "compact", "--rotate", "1m"]).store(dir.path()).run();
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success() || said.contains("maintained by another"), "{said}");
            done.status.success()
        });
    }
    recorder.kill().unwrap();
    recorder.wait().unwrap();
}

#[test]
fn what_is_no_store_is_one_line() {
    let dir = tempfile::TempDir::new().unwrap();
    for words in
        [&["store", "verify"][..], &["store", "compact"], &["store", "prune"], &["store", "cut", "-o", "x"]]
    {
        let (code, said) = Sysray::new(words).store(dir.path()).fails();
        assert_eq!((code, said.lines().count()), (1, 1), "{words:?}: {said}");
        assert!(said.contains("no sysray store"), "{said}");
    }
    assert!(!std::path::Path::new("x").exists());
}
