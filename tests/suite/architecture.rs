//! The house itself: imports go downwards only, and every file says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms by floor. A room may import from floors below its own, and from itself.
const FLOORS: [&[&str]; 6] = [
    &["schema", "time"],
    &["collect", "store", "export"],
    &["record", "remote"],
    &["query"],
    &["report", "tui"],
    &["cli"],
];

/// Exceptions, each with its reason: a room on the ground floor that another one there is made of.
const ALLOWED: [(&str, &str); 1] = [("time", "schema")];

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    (!first.ends_with(".rs")).then_some(first)
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a source names behind `crate::`, in a path or in a braced list.
fn imports(source: &str) -> Vec<String> {
    let code =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = Vec::new();
    for behind in code.split("crate::").skip(1) {
        let list = match behind.strip_prefix('{') {
            Some(rest) => rest.split('}').next().unwrap_or_default(),
            None => behind.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default(),
        };
        let word = |item: &str| item.trim().split("::").next().unwrap_or_default().to_string();
        rooms.extend(list.split(',').map(word).filter(|word| floor(word).is_some()));
    }
    rooms
}

#[test]
fn every_room_stands_on_a_floor() {
    let rooms: std::collections::BTreeSet<String> = sources("src").iter().filter_map(|p| room(p)).collect();
    let planned: std::collections::BTreeSet<String> =
        FLOORS.iter().flat_map(|rooms| rooms.iter().map(|r| r.to_string())).collect();
    assert_eq!(rooms, planned);
}

#[test]
fn imports_go_downwards_only() {
    let mut wrong = Vec::new();
    for path in sources("src") {
        let Some(own) = room(&path) else { continue };
        for other in imports(&fs::read_to_string(&path).unwrap()) {
            let allowed = ALLOWED.contains(&(own.as_str(), other.as_str()));
            if own != other && floor(&own) <= floor(&other) && !allowed {
                wrong.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn engines_and_networks_stay_in_their_rooms() {
    for (crates, rooms) in [
        (&["datafusion::"][..], &["query"][..]),
        (&["object_store::"], &["remote"]),
        (&["tokio::"], &["query", "remote"]),
    ] {
        for path in sources("src") {
            let text = fs::read_to_string(&path).unwrap();
            // DataFusion has a module of that name, which needs no network.
            let text = text.replace("execution::object_store::", "").replace("crate::", "");
            let foreign = crates.iter().any(|name| text.contains(name));
            let room = room(&path).unwrap_or_default();
            assert!(!foreign || rooms.contains(&room.as_str()), "{crates:?} in {}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_too_long() {
    for path in ["src", "tests/suite", "schema", "benches"].iter().flat_map(|folder| sources(folder)) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", path.display());
        assert!(text.lines().count() <= 500, "{} has over 500 lines", path.display());
    }
}
