//! What can be proved of a part becomes a store, wherever the part lies and whatever has become of it.

use std::fs;
use std::path::Path;

use sysray::store::{Error, recover, verify};
use tempfile::TempDir;

use super::{Kept, START, Sysray, ticks};

/// A part of eight ticks, lying alone.
fn alone() -> (TempDir, std::path::PathBuf, Vec<u8>) {
    let mut kept = Kept::new();
    let part = kept.part(START, 8);
    let bytes = fs::read(part).unwrap();
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("found.part");
    fs::write(&path, &bytes).unwrap();
    (dir, path, bytes)
}

fn is_sound(root: &Path) {
    let found = verify(root, true, &mut |_| {}).unwrap().findings;
    assert!(found.iter().all(|finding| !finding.is_wrong), "{found:#?}");
}

#[test]
fn a_whole_part_becomes_a_store_of_all_its_rows() {
    let (dir, path, bytes) = alone();
    let said = Sysray::new(&["store", "recover", path.to_str().unwrap()]).prints();
    let store = dir.path().join("found.part.recovered");
    assert_eq!(ticks(&store, "system"), (1..=8).collect::<Vec<_>>());
    assert_eq!(ticks(&store, "process").len(), 16);
    is_sound(&store);
    assert!(
        said.contains("8 ticks") && said.contains("lost      nothing") && said.contains("quartz"),
        "{said}"
    );
    assert_eq!(fs::read(&path).unwrap(), bytes, "the part is only read");
    let (code, said) = Sysray::new(&["store", "recover", path.to_str().unwrap()]).fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains("exists already"), "{said}");
}

#[test]
fn damage_costs_what_it_hit_and_is_told() {
    let (dir, path, bytes) = alone();
    let frames: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| w == b"SRF1").map(|(at, _)| at).collect();
    // The head of the fifth frame is gone, and the last one was cut off.
    let mut broken = bytes[..bytes.len() - 9].to_vec();
    broken[frames[4] + 10] ^= 0xff;
    fs::write(&path, &broken).unwrap();
    let store = dir.path().join("out");
    let recovered = recover(&path, &store).unwrap();
    assert_eq!(ticks(&store, "system"), [1, 2, 3, 4, 6, 7]);
    assert!(recovered.damage.lost_bytes > 0 && recovered.damage.torn_bytes > 0, "{:?}", recovered.damage);
    is_sound(&store);
}

#[test]
fn every_sampled_flip_costs_no_more_than_it_hit() {
    let (dir, path, bytes) = alone();
    let first = bytes.windows(4).position(|w| w == b"SRF1").unwrap();
    let tables = u32::from_le_bytes(bytes[first + 40..first + 44].try_into().unwrap()) as usize;
    let keyframe = first..first + 44 + tables * 20 + 4;
    for place in 0..60 {
        let at = place * bytes.len() / 60;
        let mut broken = bytes.clone();
        broken[at] ^= 0x10;
        fs::write(&path, &broken).unwrap();
        let store = dir.path().join(format!("out-{place}"));
        let recovered = match recover(&path, &store) {
            // Those between keyframes cannot be unpacked without the one they lean on.
            Err(Error::NothingSound { .. }) if keyframe.contains(&at) => continue,
            other => other.unwrap(),
        };
        assert!(recovered.ticks >= 7, "byte {at}: {recovered:?}");
        assert!(recovered.damage != Default::default(), "byte {at}");
        is_sound(&store);
    }
}

#[test]
fn without_its_header_this_versions_tables_are_assumed() {
    let (dir, path, bytes) = alone();
    let first = bytes.windows(4).position(|w| w == b"SRF1").unwrap();
    for headless in [bytes[first..].to_vec(), [&[0; 40], &bytes[40..]].concat()] {
        fs::write(&path, headless).unwrap();
        let _ = fs::remove_dir_all(dir.path().join("out"));
        let out = dir.path().join("out");
        let said =
            Sysray::new(&["store", "recover", "-o", out.to_str().unwrap(), path.to_str().unwrap()]).prints();
        assert!(said.contains("header    damaged"), "{said}");
        assert_eq!(ticks(&out, "system"), (1..=8).collect::<Vec<_>>());
        assert_eq!(super::column(&out, "process", "comm").len(), 16);
        is_sound(&out);
    }
}

#[test]
fn a_part_that_was_set_aside_is_of_the_host_whose_folder_it_lies_in() {
    let kept = Kept::usual();
    let part = kept.files(".part").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    bytes[3] = 0;
    let aside = part.with_extension("part.damaged");
    fs::rename(&part, &aside).unwrap();
    fs::write(&aside, bytes).unwrap();
    let out = TempDir::new().unwrap();
    let recovered = recover(&aside, out.path()).unwrap();
    assert_eq!((recovered.host.as_str(), recovered.ticks), (super::HOSTNAME, 8));
}

#[test]
fn what_holds_nothing_makes_nothing() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("x.part");
    for bytes in [&b""[..], b"SRJ1", b"SRJ2", &[0; 5000], b"a letter, SRF1 and more"] {
        fs::write(&path, bytes).unwrap();
        let refused = recover(&path, &dir.path().join("out")).unwrap_err();
        assert!(matches!(refused, Error::NothingSound { .. }), "{refused}");
        let (code, said) = Sysray::new(&["store", "recover", path.to_str().unwrap()]).fails();
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    }
    for nowhere in [dir.path().join("none.part"), dir.path().to_path_buf()] {
        let (code, said) = Sysray::new(&["store", "recover", nowhere.to_str().unwrap()]).fails();
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
