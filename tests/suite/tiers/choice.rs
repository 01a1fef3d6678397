//! Reports choose their rows: what is long ago or takes long is answered by tiers, and says the same.

use std::cell::RefCell;

use arrow::array::RecordBatch;
use jiff::tz::TimeZone;
use sysray::query::tiers::Sealed as Held;
use sysray::report::{self, Options, Report};
use sysray::schema::{Micros, TABLES, Tier};
use sysray::store::Catalog;
use sysray::time::Range;

use super::made::{HOUR, MINUTE, Made, START};
use super::{asked, engine};

const DAY: i64 = 24 * HOUR;

fn held(made: &Made) -> Vec<Held> {
    let catalog = Catalog::open(made.root()).unwrap();
    let held = |s: &sysray::store::SegmentName| Held {
        table: s.table.clone(),
        host: s.host.clone(),
        from: s.from,
        to: s.to,
    };
    catalog.segments().iter().map(held).collect()
}

/// The report, and what was asked for it.
fn reported(made: &Made, range: Range, held: Vec<Held>) -> (Report, String) {
    let engine = engine(made);
    let said = RefCell::new(String::new());
    let ask = |sql: &str| -> Result<Vec<RecordBatch>, report::Failure> {
        said.borrow_mut().push_str(sql);
        Ok(vec![asked(&engine, sql)])
    };
    let options = Options { host: None, range, zone: TimeZone::UTC, held };
    let report = report::gather(&ask, &options).unwrap();
    (report, said.into_inner())
}

fn last(length: i64) -> Range {
    Range { from: Some(Micros(START + 26 * HOUR - length)), to: Some(Micros(START + 26 * HOUR)) }
}

/// What a report says but for its processes, of which a tier does not keep every one in every minute.
fn without_processes(report: &Report) -> String {
    let mut json: serde_json::Value = serde_json::from_str(&report::json(report)).unwrap();
    json.as_object_mut().unwrap().remove("processes").unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

/// A sample a minute: a minute's row then says what its sample said.
fn by_the_minute(hours: i64) -> Made {
    // What is asked for here is not which processes a tier keeps.
    let mut made = Made::of_processes(6);
    for hour in 0..hours {
        made.part("web1", START + hour * HOUR, START + (hour + 1) * HOUR, MINUTE);
    }
    made.maintain("web1", START + hours * HOUR);
    made
}

#[test]
fn a_report_says_the_same_whichever_rows_answer() {
    let made = by_the_minute(26);
    let (recorded, said) = reported(&made, last(25 * HOUR), vec![]);
    assert!(!said.contains("_1m") && !said.contains("_1h"));
    let (told, said) = reported(&made, last(25 * HOUR), held(&made));
    let minutes = held(&made).iter().filter(|h| h.table == "cpu_1m").map(|h| h.to.0).max().unwrap();
    let until = jiff::Timestamp::from_microsecond(minutes).unwrap().strftime("%FT%T.%6fZ");
    assert!(said.contains(&format!("from cpu_1m where ts <= '{until}' union all")), "{said}");
    assert!(
        said.contains("interval_us as bucket_us, 1 as samples from system)"),
        "gaps are told by the ticks"
    );
    assert_eq!(without_processes(&told), without_processes(&recorded));
    assert!(told.quality.samples > 1000, "there is something to tell");

    let (_, said) = reported(&made, last(2 * HOUR), held(&made));
    assert!(!said.contains("_1m") && !said.contains("_1h"), "two hours are answered by the ticks");

    // What was recorded is gone, and only the tiers are left: up to the hour that was not over.
    let over = Range { to: Some(Micros(START + 25 * HOUR)), ..last(25 * HOUR) };
    let (before, _) = reported(&made, over, vec![]);
    for table in TABLES.iter().filter(|t| t.at(Tier::Minute).is_some()) {
        made.files(table.name).iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
    let (told, said) = reported(&made, over, held(&made));
    assert!(said.contains("from system_1m"));
    assert_eq!(without_processes(&told), without_processes(&before));
}

#[test]
fn ranges_of_weeks_are_answered_by_hours() {
    let made = by_the_minute(2);
    // As if it had gone on like that for a month.
    let mut held = held(&made);
    held.iter_mut().for_each(|h| h.from = Micros(h.from.0 - 30 * DAY));
    let (_, said) = reported(&made, last(13 * DAY), held.clone());
    assert!(said.contains("from process_1m") && !said.contains("_1h"));
    let (_, said) = reported(&made, last(16 * DAY), held);
    assert!(said.contains("from process_1h") && !said.contains("_1m"));
}
