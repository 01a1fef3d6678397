//! What a store in a bucket is made of: names that are paths, an identity of several machines, and segments that
//! are not merged any more.

use std::path::Path;

use sysray::store::{Folder, Identity, Policy, Rotation, SegmentName, settled};
use tempfile::TempDir;

use crate::made::{HOUR, Made, SECOND, START, files};

const DAY: i64 = 24 * HOUR;
/// Behind the month of [`START`].
const LATER: i64 = START + 10 * DAY;

/// The tables and generations of what is settled at a time, of one host.
fn settled_at(made: &Made, policy: &Policy, now: i64) -> Vec<(String, u32)> {
    let names = settled(made.root(), "web1", policy, sysray::schema::Micros(now)).unwrap();
    let recorded = names.into_iter().filter(|name| !name.table.contains("_1"));
    recorded.map(|name| (name.table, name.generation)).collect()
}

fn identity(machines: &[(&str, &str)]) -> Identity {
    let dir = TempDir::new().unwrap();
    let folder = Folder::at(dir.path());
    let mut identity = Identity::read_or_create(&folder).unwrap();
    for (machine, label) in machines {
        assert_eq!(identity.label(&folder, machine, label).unwrap(), *label);
    }
    identity
}

#[test]
fn a_segments_path_is_its_name_and_anything_else_is_not() {
    let mut made = Made::new();
    made.part(START, 30);
    made.maintain(&Policy::default(), LATER);
    let segments = files(made.root(), ".parquet");
    assert!(segments.iter().any(|path| path.to_string_lossy().contains("month=")));
    for path in &segments {
        let path = path.strip_prefix(made.root()).unwrap().to_str().unwrap();
        assert_eq!(SegmentName::from_path(path).unwrap().to_path(), path);
        for other in [
            format!("x/{path}"),
            path.replace("host=", "node="),
            path.replace(".parquet", ".part"),
            path.replace("2026", "2025"),
            path.replace("month=", "date=").replace("date=2026-11-", "month="),
            path.rsplit_once('/').unwrap().0.to_string(),
            format!("{path}/more"),
        ] {
            let read = SegmentName::from_path(&other);
            assert!(
                read.is_none_or(
                    |name| name.to_path() == other && name.path(Path::new("")) == Path::new(&other)
                )
            );
        }
    }
    for other in ["", "/", "sysray-store.json", "cpu/host=a", "sums/host=web1/2026-11-22.sha256"] {
        assert_eq!(SegmentName::from_path(other), None, "{other}");
    }
}

#[test]
fn a_day_is_settled_when_it_is_over_and_one_file() {
    let mut made = Made::new();
    let policy = Policy::default();
    made.part(START, 30);
    made.maintain(&policy, START + 400 * SECOND);
    made.part(START + 600 * SECOND, 30);
    made.maintain(&policy, START + 1000 * SECOND);
    assert_eq!(settled_at(&made, &policy, START + 1000 * SECOND), vec![], "the day goes on");
    assert_eq!(settled_at(&made, &policy, START + DAY), vec![], "two parts are still to be merged");
    made.maintain(&policy, START + DAY);
    let once = vec![("cpu".to_string(), 1), ("process".to_string(), 1)];
    assert_eq!(settled_at(&made, &policy, START + DAY), once);
    assert_eq!(settled_at(&made, &policy, START + 600 * SECOND), vec![], "by a clock of that day");
}

#[test]
fn a_day_of_which_rows_wait_in_the_journal_is_not_settled() {
    let mut made = Made::new();
    let policy = Policy::default();
    made.part(START, 30);
    made.maintain(&policy, START + 400 * SECOND);
    made.part(START + 600 * SECOND, 30);
    assert_eq!(settled_at(&made, &policy, START + DAY), vec![]);
    assert_eq!(settled_at(&made, &policy, START + 2 * DAY).len(), 2, "a day later it goes without them");
    made.maintain(&policy, START + DAY);
    made.maintain(&policy, START + DAY);
    made.part(START + DAY, 30);
    assert_eq!(settled_at(&made, &policy, START + DAY + HOUR).len(), 2, "of the day before nothing waits");
}

#[test]
fn what_would_not_fit_into_one_file_is_settled_as_it_is() {
    let mut made = Made::new();
    made.part(START, 30);
    made.maintain(&Policy::default(), START + 400 * SECOND);
    made.part(START + 600 * SECOND, 30);
    made.maintain(&Policy::default(), START + 1000 * SECOND);
    let small = Policy { max_bytes: Some(16 << 10), ..Policy::default() };
    assert_eq!(settled_at(&made, &small, START + 1000 * SECOND), vec![], "the day goes on");
    assert_eq!(settled_at(&made, &small, START + DAY).len(), 4);
    let hourly = Policy { rotation: Rotation::HOUR, ..Policy::default() };
    assert_eq!(
        settled_at(&made, &hourly, START + 2 * HOUR),
        vec![],
        "there is room, and it was not merged yet"
    );
    assert_eq!(settled_at(&made, &hourly, START + 2 * DAY).len(), 4, "and will not be any more, as it seems");
}

#[test]
fn machines_of_one_name_are_told_and_others_are_joined() {
    let (web, db) = (identity(&[("m1", "web1")]), identity(&[("m2", "db1"), ("m3", "db2")]));
    assert_eq!(web.namesakes(&db), Vec::<String>::new());
    assert_eq!(web.namesakes(&web), Vec::<String>::new(), "a machine is itself");
    let both = web.joined(&db);
    assert_eq!(both.hosts.len(), 3);
    assert_eq!(both.joined(&web), both, "nothing new");
    assert_eq!(both.namesakes(&identity(&[("m9", "db2")])), vec!["db2"]);
    let text = both.text().unwrap();
    assert_eq!(Identity::parse(&text, Path::new("here")).unwrap(), both);
    assert!(
        Identity::parse(b"{\"format\": 9}", Path::new("here")).unwrap_err().to_string().contains("format 9")
    );
}
