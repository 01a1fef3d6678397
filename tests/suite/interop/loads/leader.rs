//! A process whose main thread has ended, which `/proc/PID/stat` has as a zombie without memory.

use super::super::host::{column, one};
use super::super::ours;
use super::super::started::epoch;
use super::{Recording, is_near, wait_until};

#[test]
#[ignore = "compares with the running kernel"]
fn a_process_whose_main_thread_ended_goes_on_with_state_memory_and_time() {
    let mut recording = Recording::start();
    let mut load = recording.load("leader", &["its", "argument"]);
    load.says();
    wait_until(|| load.state("") == Some('Z'));
    // What it runs is asked for in its second tick, and may be told in the one behind.
    recording.pass();
    let from = epoch();
    (0..3).for_each(|_| recording.pass());
    let to = epoch();
    load.go_on();
    let ran = load.says()[0];
    let stat = load.file("stat");
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    assert_eq!((fields[0], fields[21]), ("Z", "0"), "what the file says: {stat}");
    recording.end();

    let of = format!("from process where pid = {}", load.pid());
    let working = format!("{of} and ts > '@{from:.3}' and ts < '@{to:.3}'");
    let states = format!(
        "select count(*) {working} and state = 'R' and comm = 'leader' and cmdline like '%leader its argument'"
    );
    let rows = one(recording.store(), &format!("select count(*) {working}"));
    assert!(rows >= 3.0, "{rows} rows");
    assert_eq!(column(recording.store(), &states), [Some(rows)], "it works");
    assert_eq!(column(recording.store(), &format!("select count(*) {of} and state = 'Z'")), [Some(0.0)]);
    let sql =
        format!("select min(rss_bytes), min(threads), min(open_files), count(distinct start_time) {working}");
    let told = ours(recording.store(), &sql);
    assert!(told[0] >= 64e6 && told[0] < 80e6, "{told:?}");
    assert!(told[1] == 2.0 && told[2] >= 3.0 && told[3] == 1.0, "{told:?}");
    let cpu = one(recording.store(), &format!("select sum(cpu_us) {of}"));
    println!("{cpu} µs told of {ran}; {stat}");
    assert!(is_near(cpu, ran, 0.02, 20_000.0), "{cpu} µs told of {ran}");
}
