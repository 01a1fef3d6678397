//! What ends a question before its answer: time, memory, temporary files, or somebody.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::AsArray;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use sysray::query::{Engine, Error, Halves, Options, Running};

use super::house::house;
use super::{engine, options, told};

/// Never done.
const ENDLESS: &str = "select max(value) from generate_series(1, 9000000000000000000)";

#[test]
fn a_question_ends_when_its_time_is_over() {
    let limits = Options { timeout: Some(Duration::from_millis(300)), ..options() };
    let engine = engine(house(), limits);
    let begun = Instant::now();
    assert_eq!(
        told(&engine, ENDLESS),
        "error: no answer within 0.3 s; narrow the range, or allow it longer with --timeout"
    );
    // How long a machine takes to notice is no promise, but that it does not take for ever is.
    assert!(begun.elapsed() < Duration::from_secs(60));
    // The next one is answered, unless all its time goes by on a busy host.
    crate::cli::wait_until(|| told(&engine, "select count(*) as n from event") == "n\n3");
}

#[test]
fn a_question_ends_when_somebody_stops_it_and_the_next_one_is_answered() {
    let engine = engine(house(), options());
    let running = Running::default();
    let stop = running.clone();
    let stopping = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stop.cancel();
    });
    let outcome = engine.watched(ENDLESS, &running, |_| ControlFlow::Continue(()));
    assert!(matches!(outcome, Err(Error::Interrupted)), "{outcome:?}");
    stopping.join().unwrap();
    assert_eq!(told(&engine, "select count(*) as n from event"), "n\n3");
}

#[test]
fn who_has_had_enough_leaves_a_question_that_has_not() {
    let engine = engine(house(), options());
    let mut rows = 0;
    let sql = "select value from generate_series(1, 9000000000000000000)";
    let schema = engine.stream(sql, |batch| {
        rows += batch.num_rows();
        if rows > 20_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(schema.unwrap().field(0).name(), "value");
    assert!(rows < 100_000, "{rows}");
}

#[test]
fn what_does_not_fit_into_memory_goes_to_disk_and_no_further_than_allowed() {
    let sorted = |engine: &Engine, rows: u64| {
        let sql = format!(
            "select value, repeat(cast(value * 7919 % 1000003 as varchar), 5) as hash
             from generate_series(1, {rows}) order by hash"
        );
        let (mut seen, mut last) = (0, String::new());
        let outcome = engine.stream(&sql, |batch| {
            for text in batch.column(1).as_string::<i32>().iter().flatten() {
                assert!(last.as_str() <= text);
                last = text.into();
                seen += 1;
            }
            ControlFlow::Continue(())
        });
        outcome.map(|_| seen)
    };
    let limits = Options { memory_bytes: 24 << 20, ..options() };
    let ample = engine(house(), limits.clone());
    assert_eq!(sorted(&ample, 800_000).unwrap(), 800_000, "some 40 MB");
    let tight = engine(house(), Options { spilled_bytes: 8 << 20, ..limits });
    let error = sorted(&tight, 800_000).unwrap_err().to_string();
    assert!(
        error.starts_with("the question needs more than 8 MiB of temporary files in ")
            && error
                .ends_with("; narrow its range, select fewer columns or allow it more memory with --memory"),
        "{error}"
    );
    // What the question took is free again.
    assert_eq!(sorted(&tight, 20_000).unwrap(), 20_000);
}

/// Two sorts that held all left nothing for who merged what they handed on, and the question was refused: sometimes,
/// since it takes both at their most at once.
#[test]
fn what_cannot_go_to_disk_finds_room_however_much_the_others_hold() {
    let pool: Arc<dyn MemoryPool> = Arc::new(Halves::of(24 << 20));
    let of = |name: &str, can_spill| MemoryConsumer::new(name).with_can_spill(can_spill).register(&pool);
    let filled = |reservation: &MemoryReservation| while reservation.try_grow(64 << 10).is_ok() {};
    let sorts = [of("one", true), of("other", true), of("a third", true)];
    sorts.iter().for_each(filled);
    assert_eq!(pool.reserved(), 18 << 20);
    assert!(sorts.iter().all(|sort| sort.size() >= 3 << 20), "{sorts:?}");
    let merge = of("merge", false);
    merge.try_grow(6 << 20).unwrap();
    assert!(merge.try_grow(1).is_err());
    // What it holds is not kept a second time.
    sorts[0].free();
    sorts.iter().for_each(filled);
    assert_eq!(pool.reserved(), 24 << 20);
    // When it is over, the room is kept for the next.
    drop(merge);
    sorts.iter().for_each(filled);
    assert_eq!(pool.reserved(), 18 << 20);
    // The merges of sorts go in more rounds with less, and leave half of it to others.
    let runs = [of("ExternalSorterMerge[0]", false), of("ExternalSorterMerge[1]", false)];
    runs.iter().for_each(filled);
    assert_eq!((runs[0].size(), runs[1].size()), (3 << 20, 3 << 19));
    of("merge", false).try_grow(3 << 19).unwrap();
}

/// Each step of a question had an even share, also of what others did not hold, and wrote to disk what would have fitted.
#[test]
fn a_question_of_many_steps_holds_in_memory_what_fits() {
    let limits = Options { memory_bytes: 48 << 20, spilled_bytes: 1 << 20, ..options() };
    let engine = engine(house(), limits);
    let mut sql =
        "select value % 250000 as a, max(value) as b from generate_series(1, 500000) group by 1".to_string();
    for step in 1..=6 {
        sql = format!("select a % {} as a, max(b) as b from ({sql}) group by 1", 1000 / step);
    }
    assert_eq!(told(&engine, &format!("select count(*) as n, max(b) as b from ({sql})")), "n b\n166 500000");
}

/// A large table took minutes to lay out behind the last row of its answer, and nobody could end it.
#[test]
fn who_writes_an_answer_hears_that_it_is_not_wanted_any_more() {
    let limits = Options { timeout: Some(Duration::from_secs(1)), ..options() };
    let (engine, running) = (engine(house(), limits), Running::default());
    let answered = |running: &Running| {
        let each = |_: &_| ControlFlow::Continue(());
        crate::cli::wait_until(|| match engine.watched("select 1 as one", running, each) {
            Ok(_) => true,
            // All its time went by on a busy host.
            Err(Error::Timeout { .. }) => false,
            Err(error) => panic!("{error}"),
        });
    };
    answered(&running);
    // What who reads takes his time for is none of the question's.
    running.waited(Duration::from_secs(3_600));
    std::thread::sleep(Duration::from_millis(1050));
    running.check().unwrap();
    answered(&running);
    std::thread::sleep(Duration::from_millis(1050));
    assert!(matches!(running.check(), Err(Error::Timeout { .. })));
    running.cancel();
    assert!(matches!(running.check(), Err(Error::Interrupted)));
}
