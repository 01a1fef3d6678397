//! Bad input: one line that names it, and the exit code.

use std::fs;

use tempfile::TempDir;

#[cfg(feature = "desk")]
use super::recorded;
use super::{Sysray, files, one_line};

#[test]
fn misuse_is_two() {
    for words in [
        &["record", "--frobnicate"][..],
        &["record", "-i", "0"],
        &["record", "-i", "soon"],
        &["record", "-c", "0"],
        &["record", "--compress", "zip"],
        &["record", "--max-size", "lots"],
        &["schema", "procces"],
        &["frobnicate"],
        #[cfg(feature = "desk")]
        &["query", "-o", "answer.xlsx", "select 1"],
    ] {
        let (code, said) = Sysray::new(words).fails();
        assert_eq!(code, 2, "{words:?}: {said}");
    }
}

#[test]
fn bad_stores_are_named_and_left_as_they_are() {
    let said = one_line(Sysray::new(&["record", "-c", "1", "--store", "/proc/no/such"]));
    assert!(said.contains("/proc/no") && said.contains("--store"), "{said}");
    assert_eq!(said.matches("os error").count(), 1, "a cause is told once: {said}");

    let newer = TempDir::new().unwrap();
    fs::write(newer.path().join("sysray-store.json"), r#"{"format": 9}"#).unwrap();
    let foreign = TempDir::new().unwrap();
    fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
    for (dir, word) in [(&newer, "format 9"), (&foreign, "store")] {
        let before = files(dir.path());
        for words in [&["record", "-c", "1"][..], &["store", "status"]] {
            let said = one_line(Sysray::new(words).store(dir.path()));
            assert!(said.contains(word) && said.contains(dir.path().to_str().unwrap()), "{said}");
        }
        assert_eq!(files(dir.path()), before);
    }
}

#[cfg(feature = "desk")]
#[test]
fn bad_questions_are_answered_in_one_line() {
    let dir = recorded(2);
    for (sql, word) in [
        ("selec 1", "selec"),
        ("select * from proces", "process"),
        ("select cpu_bsy from system", "cpu_busy_us"),
        ("drop table process", "question"),
        ("select * from process where ts > 'whenever'", "whenever"),
    ] {
        let said = one_line(Sysray::new(&["query", sql]).store(dir.path()));
        assert!(said.contains(word), "{sql}: {said}");
    }
    let cut = files(dir.path()).into_iter().find(|p| p.to_string_lossy().contains("/system/")).unwrap();
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let said = one_line(Sysray::new(&["query", "select * from system"]).store(dir.path()));
    assert!(said.contains(cut.file_name().unwrap().to_str().unwrap()), "{said}");
    assert_eq!(fs::read(&cut).unwrap().len(), bytes.len() / 2);
}

#[cfg(feature = "desk")]
#[test]
fn an_empty_range_is_four_and_says_what_there_is() {
    let dir = recorded(2);
    let (code, said) = Sysray::new(&["query", "-e", "2001-01-01", "select 1"]).store(dir.path()).fails();
    assert_eq!((code, said.lines().count()), (4, 1), "{said}");
    assert!(said.contains("2001-01-01") && said.matches("20").count() >= 3, "{said}");
}

#[test]
fn a_bucket_is_asked_and_pushed_to_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    for words in [
        &["record", "-c", "1"][..],
        &["note", "hello"],
        &["store", "status"],
        &["store", "verify"],
        &["store", "compact"],
        &["store", "prune"],
        &["store", "cut", "-o", "cut"],
    ] {
        let (code, said) = Sysray::new(words).within(dir.path()).store("s3://bucket/prod".as_ref()).fails();
        assert_eq!((code, said.lines().count()), (2, 1), "{words:?}: {said}");
        assert!(said.contains("s3://bucket/prod") && said.contains("`push`"), "{said}");
    }
    assert_eq!(files(dir.path()), Vec::<std::path::PathBuf>::new());
}

#[cfg(all(feature = "desk", not(feature = "s3")))]
#[test]
fn without_buckets_built_in_it_says_how_to_have_them() {
    let (code, said) = Sysray::new(&["query", "select 1", "--store", "s3://bucket/prod"]).fails();
    assert!(code == 1 && said.contains("--features s3"), "{said}");
    let (code, said) = Sysray::new(&["push", "s3://bucket/prod", "--verify", "--help"]).fails();
    assert!(code == 2 && said.contains("--features s3"), "{said}");
}

#[cfg(feature = "s3")]
#[test]
fn an_address_that_is_none_is_told_as_one() {
    for (address, word) in [
        ("recordings/prod", "s3://"),
        ("s3://", "no bucket"),
        ("s3:///prod", "no bucket"),
        ("s3://a b/prod", "letters"),
        ("s3://recordings/a//b", "s3://bucket/prefix"),
    ] {
        let (code, said) = Sysray::new(&["push", address]).fails();
        assert!(code == 2 && said.contains(word), "{address}: {said}");
    }
    let said = one_line(Sysray::new(&["query", "select 1", "--store", "s3:/recordings"]));
    assert!(said.contains("s3://"), "{said}");
}
