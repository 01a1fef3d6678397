//! A question while it is answered, and the words that one can be made of.

use std::ops::ControlFlow;

use sysray::query::{Error, Running};
use sysray::schema::rows::CpuCore;

use super::shelf::{Shelf, batch};
use super::{engine, options};

/// `sum` takes in what the joins make without ever handing anything on: nothing but the joins themselves could
/// look up from it, and they did not.
#[test]
fn a_sum_over_joins_of_very_many_rows_can_be_cancelled() {
    let rows = batch((1..=3_000).map(|n| (n, CpuCore::default())));
    let engine = engine(Shelf::new().segment("cpu_core", "web1", &rows), options());
    let running = Running::default();
    let watcher = std::thread::spawn({
        let running = running.clone();
        move || {
            while running.rows_read() == 0 {
                std::thread::yield_now();
            }
            running.cancel();
        }
    });
    let sql = "select sum(sin(a.tick) * b.tick * c.tick) from cpu_core a, cpu_core b, cpu_core c";
    let answer = engine.watched(sql, &running, |_| ControlFlow::Continue(()));
    watcher.join().unwrap();
    assert!(matches!(answer, Err(Error::Interrupted)), "{answer:?}");
    assert!(running.rows_read() <= 9_000, "{} of three times 3,000", running.rows_read());
    // What is cancelled stays so; another is not.
    let again = engine.watched("select 1", &running, |_| ControlFlow::Continue(()));
    assert!(matches!(again, Err(Error::Interrupted)), "{again:?}");
    assert!(engine.watched("select 1", &Running::default(), |_| ControlFlow::Continue(())).is_ok());
}

#[test]
fn the_engine_tells_its_words() {
    let words = engine(Shelf::new(), options()).vocabulary();
    let system = &words.tables["system"];
    for name in ["ts", "host", "runnable", "cpu"] {
        assert!(system.iter().any(|column| column == name), "{name} in {system:?}");
    }
    for table in ["process", "cpu_core", "system_1m"] {
        assert!(words.tables.contains_key(table), "{table}");
    }
    for name in ["max", "date_bin", "row_number"] {
        assert!(words.functions.binary_search(&name.to_string()).is_ok(), "{name}");
    }
}
