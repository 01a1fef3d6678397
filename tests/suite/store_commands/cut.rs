//! A range as a store of its own: the rows in it and no others, as they were.

use std::fs;
use std::path::{Path, PathBuf};

use sysray::schema::rows::{Filesystem, System};
use sysray::schema::{Micros, Stamp};
use sysray::store::{Catalog, Folder, Moment, PartName, Writer, verify};
use tempfile::TempDir;

use super::{HOSTNAME, HOUR, Kept, SECOND, START, Sysray, batch, column, contents, files, text, ticks};

fn cut(kept: &Kept, words: &[&str], out: &Path) -> String {
    let mut all = vec!["store", "cut", "-o", out.to_str().unwrap()];
    all.extend(words);
    Sysray::new(&all).store(kept.root()).prints()
}

fn at(us: i64) -> String {
    format!("@{}", us / SECOND)
}

fn is_sound(root: &Path) {
    let verified = verify(root, true, &mut |_| {}).unwrap();
    assert_eq!(verified.findings, vec![]);
}

#[test]
fn a_cut_has_the_rows_in_its_range_and_no_others() {
    let kept = Kept::usual();
    let before = contents(kept.root());
    let dir = TempDir::new().unwrap();
    // Rows stand at START + 10 s … 80 s, + 610 s …; (20 s, 630 s] leaves its beginning out.
    for (name, from, to, expected) in [
        ("within a part", 20, 50, vec![3, 4, 5]),
        ("over two parts", 60, 630, vec![7, 8, 9, 10, 11]),
        ("into the journal", 7200 + 50, 7200 + 630, (38..=43).collect()),
        ("all", -1, 9000, (1..=48).collect::<Vec<i64>>()),
    ] {
        let out = dir.path().join(name);
        cut(&kept, &["-b", &at(START + from * SECOND), "-e", &at(START + to * SECOND)], &out);
        assert_eq!(ticks(&out, "system"), expected, "{name}");
        assert_eq!(ticks(&out, "process").len(), expected.len() * 2, "{name}");
        assert_eq!(column(&out, "process", "cmdline").len(), expected.len() * 2);
        is_sound(&out);
        // It names what it holds.
        let first = format!(".{}-", expected[0]);
        assert!(files(&out).iter().any(|path| path.to_string_lossy().contains(&first)), "{name}");
        assert!(!files(&out).iter().any(|path| path.to_string_lossy().contains(".part")), "{name}");
    }
    assert_eq!(contents(kept.root()), before, "the store that is cut from is only read");
}

#[test]
fn what_the_host_is_goes_in_though_it_was_written_before_the_range() {
    // A cut within a part knew no host: its row comes with the part's first tick.
    let kept = Kept::usual();
    let before = contents(kept.root());
    let dir = TempDir::new().unwrap();
    // In a file that was merged, between two of its rows, sealed before what is in the journal, and in the journal.
    for (name, from, to, stood) in [
        ("merged", 20, 50, vec![10]),
        ("two", 60, 630, vec![10, 610]),
        ("sealed", 7200 + 50, 7200 + 630, vec![7210, 7810]),
        ("journal", 7200 + 630, 7200 + 660, vec![7810]),
        ("whole", -1, 630, vec![10, 610]),
    ] {
        let out = dir.path().join(name);
        cut(&kept, &["-b", &at(START + from * SECOND), "-e", &at(START + to * SECOND)], &out);
        let mut times: Vec<i64> = column(&out, "host", "ts").iter().map(|ts| ts.parse().unwrap()).collect();
        times.sort_unstable();
        let stood: Vec<i64> = stood.iter().map(|second| START + second * SECOND).collect();
        assert_eq!(times, stood, "{name}");
        assert!(column(&out, "host", "hostname").iter().all(|host| host == HOSTNAME));
        // Nothing else was taken from before, and the recording begins where the range does.
        let begin = Catalog::open(&out).unwrap().extent().unwrap().unwrap().0;
        assert!(begin.0 > START + from * SECOND, "{name}: {begin:?}");
        assert_eq!(ticks(&out, "filesystem").len(), 2 * ticks(&out, "system").len(), "{name}");
        is_sound(&out);
    }
    let out = dir.path().join("redacted");
    cut(&kept, &["--redact", "-b", &at(START + 20 * SECOND), "-e", &at(START + 50 * SECOND)], &out);
    assert_eq!(column(&out, "host", "hostname"), ["host-1"]);
    assert_eq!(contents(kept.root()), before, "the store that is cut from is only read");
}

#[test]
fn rows_of_a_longer_interval_go_in_as_long_as_they_stand() {
    let kept = Kept::new();
    let name = PartName { host: HOSTNAME.into(), first_seq: 1, from: Micros(START) };
    let mut writer = Writer::begin(&Folder::at(kept.root()), &name, "boot").unwrap();
    // A tick each ten seconds; how full the file systems are at 10 s, 40 s and 70 s, and then no more.
    for tick in 1..=30 {
        let ts = Micros(START + tick * 10 * SECOND);
        let stamp = |interval: i64| Stamp { ts, tick, interval_us: Some(interval * SECOND) };
        let mut tables = vec![batch(&stamp(10), &[System::default()])];
        if [1, 4, 7].contains(&tick) {
            let mounts = ["/", "/srv"].map(|mount| Filesystem {
                mount: mount.into(),
                device: text(mount),
                ..Filesystem::default()
            });
            tables.push(batch(&stamp(30), &mounts));
        }
        writer.append(Moment { seq: tick as u64, wall: ts, monotonic: Micros(tick) }, &tables, &[]).unwrap();
    }
    writer.end().unwrap();
    let dir = TempDir::new().unwrap();
    for (from, to, expected) in [(50, 60, vec![4, 4]), (50, 80, vec![4, 4, 7, 7]), (200, 300, vec![])] {
        let out = dir.path().join(from.to_string() + "-" + &to.to_string());
        cut(&kept, &["-b", &at(START + from * SECOND), "-e", &at(START + to * SECOND)], &out);
        assert_eq!(ticks(&out, "filesystem"), expected, "{from} to {to}");
        is_sound(&out);
    }
}

#[test]
fn files_that_lie_in_the_range_are_the_same_files() {
    let kept = Kept::usual();
    let out = TempDir::new().unwrap();
    cut(&kept, &["-b", &at(START), "-e", &at(START + HOUR)], out.path());
    let made = files(out.path());
    let sealed: Vec<&PathBuf> =
        made.iter().filter(|p| p.extension().is_some_and(|e| e == "parquet")).collect();
    assert_eq!(
        sealed.len(),
        10 + 2 * 8,
        "the merged hour of each table, and the tiers of those that have them"
    );
    for path in sealed {
        let name = path.strip_prefix(out.path()).unwrap();
        assert_eq!(fs::read(path).unwrap(), fs::read(kept.root().join(name)).unwrap());
    }
    is_sound(out.path());
}

#[test]
fn a_tar_is_the_same_bytes_each_time_and_opens_as_a_store() {
    let kept = Kept::usual();
    let dir = TempDir::new().unwrap();
    let (one, two) = (dir.path().join("a/incident.tar"), dir.path().join("b/incident.tar"));
    for tar in [&one, &two] {
        fs::create_dir(tar.parent().unwrap()).unwrap();
        cut(&kept, &["-b", &at(START + 20 * SECOND), "-e", &at(START + HOUR)], tar);
        assert_eq!(files(tar.parent().unwrap()), std::slice::from_ref(tar), "nothing else is left");
    }
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    tar::Archive::new(fs::File::open(&one).unwrap()).unpack(dir.path().join("c")).unwrap();
    let store = dir.path().join("c/incident");
    assert_eq!(ticks(&store, "system"), (3..=16).collect::<Vec<_>>());
    is_sound(&store);
}

#[test]
fn what_is_there_is_never_written_over() {
    let kept = Kept::usual();
    let dir = TempDir::new().unwrap();
    let (folder, tar) = (dir.path().join("full"), dir.path().join("full.tar"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "dear").unwrap();
    fs::write(&tar, "mine").unwrap();
    let before = contents(dir.path());
    for out in [&folder, &tar] {
        let words = ["store", "cut", "-o", out.to_str().unwrap()];
        let (code, said) = Sysray::new(&words).store(kept.root()).fails();
        assert!(code == 1 && said.lines().count() == 1 && said.contains("exists already"), "{said}");
    }
    assert_eq!(contents(dir.path()), before);
}

#[test]
fn a_range_without_rows_makes_nothing_and_is_four() {
    let kept = Kept::usual();
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    // One lies before the recording, one in a gap of it.
    for (from, to) in [(-HOUR, -SECOND), (1300 * SECOND, 1400 * SECOND)] {
        let (from, to) = (at(START + from), at(START + to));
        let words = ["store", "cut", "-b", &from, "-e", &to, "-o", out.to_str().unwrap()];
        let output = Sysray::new(&words).store(kept.root()).run();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("nothing is recorded") || said.contains("nothing was made"), "{said}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_left_out_and_told() {
    let kept = Kept::usual();
    let path = kept.files("/process/").remove(0);
    let mut bytes = fs::read(&path).unwrap();
    // Among its rows, which come first: what stands behind them is read before the sums are.
    let early = bytes.len() / 8;
    bytes[early] ^= 8;
    fs::write(&path, bytes).unwrap();
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let words = ["store", "cut", "-o", out.to_str().unwrap()];
    let output = Sysray::new(&words).store(kept.root()).run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("left out process/") && said.contains("SHA") | said.contains("noted"), "{said}");
    assert_eq!(ticks(&out, "system"), (1..=48).collect::<Vec<_>>());
    is_sound(&out);
}

#[test]
fn of_a_damaged_part_the_sound_ticks_are_cut_and_the_loss_is_told() {
    let kept = Kept::usual();
    let part = kept.files(".part").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    let frames: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == b"SRF1").map(|(at, _)| at).collect();
    bytes[frames[5] + 12] ^= 1;
    fs::write(&part, bytes).unwrap();
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let output = Sysray::new(&["store", "cut", "-o", out.to_str().unwrap()]).store(kept.root()).run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("left out journal/"), "{said}");
    assert_eq!(ticks(&out, "system"), (1..=48).filter(|tick| *tick != 46).collect::<Vec<_>>());
}

#[test]
fn bad_wishes_are_one_line() {
    let kept = Kept::usual();
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let out = out.to_str().unwrap();
    for (words, word) in [
        (&["-b", "whenever"][..], "whenever"),
        (&["--host", "nobody"], "nobody"),
        (&["-b", "end", "-e", "start"], "start"),
    ] {
        let all = [&["store", "cut", "-o", out], words].concat();
        let (code, said) = Sysray::new(&all).store(kept.root()).fails();
        assert!(code == 1 && said.lines().count() == 1 && said.contains(word), "{said}");
    }
    assert_eq!(Sysray::new(&["store", "cut"]).store(kept.root()).fails().0, 2, "-o is wanted");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
