//! The first rows of wide ones: where they would be too much to hold otherwise they go through a sieve, and the answer
//! is the same.

use std::ops::ControlFlow;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use sysray::query::{Engine, Options};

use super::house::house;
use super::shelf::{Shelf, batch};
use super::{engine, options, running, told};

fn within(memory_bytes: usize) -> Engine {
    engine(house(), Options { memory_bytes, ..options() })
}

#[test]
fn they_are_the_same_whichever_way_they_are_found() {
    let (little, much) = (within(16 << 20), within(16 << 30));
    let orders = [
        "cpu_us desc, ts, pid",
        "cpu_us, pid desc, ts desc",
        "rss_bytes desc nulls first, ts, pid",
        "comm desc, cpu_pct desc nulls first, ts, pid",
        "write_bytes nulls first, comm, ts desc, pid",
        "state, cpu_us / 1000 desc, ts, pid",
    ];
    for order in orders {
        let sql = |limit: &str| format!("select * from process order by {order} limit {limit}");
        let plans = [&little, &much].map(|engine| told(engine, &format!("explain {}", sql("7"))));
        assert!(plans[0].contains("SieveExec: first=7") && !plans[0].contains("TopK"), "{}", plans[0]);
        assert!(plans[1].contains("TopK(fetch=7)"), "{}", plans[1]);
        for limit in ["1", "7", "100 offset 20", "100000"] {
            let answer = told(&little, &sql(limit));
            assert!(answer.lines().count() > 1, "{answer}");
            assert_eq!(answer, told(&much, &sql(limit)), "{order} limit {limit}");
        }
    }
    // By chance each look at a row would have it elsewhere.
    let plan = told(&little, "explain select * from process order by random() limit 7");
    assert!(plan.contains("TopK(fetch=7)"), "{plan}");
    // Of an order that begins as the rows come the first rows are in the first batch.
    let rows = batch((1..=20).map(|second| (second, running(second))));
    let little =
        engine(Shelf::new().tail("system", "web1", rows), Options { memory_bytes: 16 << 20, ..options() });
    let plan = told(&little, "explain select * from system order by ts, load1 limit 7");
    assert!(plan.contains("TopK(fetch=7)"), "{plan}");
}

/// So many rows of fifty numbers each, in no order, and the first of them.
fn first(engine: &Engine, rows: i64, wanted: i64) -> Result<Vec<i64>, String> {
    let columns: String = (1..50).map(|n| format!(", value + {n} as c{n}")).collect();
    let sql = format!(
        "select value * 7919 % 1000003 as hash{columns} from generate_series(1, {rows}) order by hash limit {wanted}"
    );
    let mut hashes = Vec::new();
    let outcome = engine.stream(&sql, |batch| {
        hashes.extend_from_slice(batch.column(0).as_primitive::<Int64Type>().values());
        ControlFlow::Continue(())
    });
    outcome.map(|_| hashes).map_err(|error| error.to_string())
}

#[test]
fn some_thousand_of_many_wide_rows_fit_into_little_memory() {
    // Were 24 MB of rows at the least, and twice that while they were put together anew: refused.
    let (rows, wanted) = (300_000, 60_000);
    let mut hashes: Vec<i64> = (1..=rows).map(|value| value * 7919 % 1_000_003).collect();
    hashes.sort_unstable();
    hashes.truncate(wanted as usize);
    assert_eq!(first(&within(24 << 20), rows, wanted), Ok(hashes));
}

#[test]
fn where_the_keys_alone_are_too_many_all_rows_are_sorted() {
    // 300,000 keys of 9 bytes, and of what is around them, in a pool of which a sixteenth is 1 MiB.
    let (rows, wanted) = (320_000, 300_000);
    let hashes = first(&within(16 << 20), rows, wanted).unwrap();
    assert_eq!(hashes.len(), wanted as usize);
    assert!(hashes.is_sorted());
}
