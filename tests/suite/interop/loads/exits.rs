//! Processes that end, by thousands and one by one, as the kernel tells of each.

use super::super::host::{column, one, skip};
use super::super::ours;
use super::super::started::epoch;
use super::Recording;

/// How many, and how many a second.
const MANY: [&str; 2] = ["12000", "4000"];

#[test]
#[ignore = "compares with the running kernel"]
fn of_thousands_that_end_each_is_counted_and_its_life_with_it() {
    let mut recording = Recording::start();
    let (from, mut load) = (epoch(), recording.load("exits", &MANY));
    let said = load.says();
    let seconds = epoch() - from;
    recording.end();
    if !recording.is_told() {
        return skip("processes that ended", &"the kernel does not tell");
    }

    let [count, inside, outside, cpu] = [said[0], said[1], said[2], said[3]];
    let sums = "sum(processes), count(*), sum(life_us), sum(life_cpu_us), sum(cpu_us)";
    let told =
        ours(recording.store(), &format!("select {sums} from process_exit where ppid = {}", load.pid()));
    println!("{count} that lived {inside} to {outside} µs and ran {cpu} µs; told {told:?}");
    let lost =
        one(recording.store(), "select count(*) from event where subject = 'process_exit' and kind = 'lost'");
    if told[0] != count || lost > 0.0 {
        // What the kernel had no room for is told.
        assert!(told[0] < count && lost > 0.0, "{} of {count}, and {lost} events", told[0]);
        return;
    }
    // Above 500 in a tick of a quarter of a second, which a host that is very busy does not come to.
    if count / seconds > 2_500.0 {
        assert!(told[1] < 0.5 * count, "{} rows: they are told together", told[1]);
    }
    assert!(told[2] >= inside && told[2] <= outside, "{} µs", told[2]);
    // Of so short a life the scheduler may have seen little yet, and never sees more than there is.
    assert!(told[3] > 0.0 && told[3] <= 1.01 * cpu, "{} µs of {cpu}", told[3]);
    assert!(told[4] <= told[3] && told[4] >= 0.8 * told[3], "few were there when a tick was taken");
}

#[test]
#[ignore = "compares with the running kernel"]
fn how_a_process_ended_is_told_as_wait_has_it_whichever_thread_ended_it() {
    let mut recording = Recording::start();
    let mut load = recording.load("codes", &[]);
    let said: Vec<Vec<f64>> = (0..7).map(|_| load.says()).collect();
    recording.end();
    if !recording.is_told() {
        return skip("how processes ended", &"the kernel does not tell");
    }

    for one in &said {
        let [pid, code, signal, core, lived] = [one[0], one[1], one[2], one[3], one[4]];
        let sql = format!(
            "select coalesce(exit_code, -1), coalesce(signal, -1), cast(dumped_core as int), life_us, life_cpu_us, \
             processes from process_exit where pid = {pid} and ppid = {}",
            load.pid()
        );
        let told = ours(recording.store(), &sql);
        println!("{one:?}: {told:?}");
        assert_eq!((told[0], told[1], told[2]), (code, signal, core), "{one:?}");
        assert!(told[3] >= 20_000.0 && told[3] <= lived, "{one:?}: {told:?}");
        assert!(told[4] >= 20_000.0 && told[4] <= 20_000.0 + 15_000.0, "{one:?}: {told:?}");
        assert_eq!(told[5], 1.0);
    }
    let sql = format!("select count(*) from process_exit where ppid = {}", load.pid());
    assert_eq!(column(recording.store(), &sql), [Some(7.0)]);
}
