//! Switches, waiting and CPU time of all threads, where `/proc/PID/status` and `schedstat` have the main thread's.

use super::super::host::{column, one, skip};
use super::super::started::epoch;
use super::{Load, Recording, is_near};

#[test]
#[ignore = "compares with the running kernel"]
fn switches_of_all_threads_are_told_and_not_the_main_thread_s() {
    let mut recording = Recording::start();
    let without = recording.add_without_right();
    let mut load = recording.load("switches", &[]);
    load.says();
    // Each thread has had its first turn, and rows know what they waited for it.
    load.comes_to_rest();
    recording.pass();
    let waited_before = in_all(&load, 1);
    let go = epoch();
    load.go_on();
    let naps = load.says()[0];
    load.comes_to_rest();
    let (ran, waited) = (in_all(&load, 0), in_all(&load, 1) - waited_before);
    let [voluntary, involuntary] = ["voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"].map(|key| {
        load.threads().iter().map(|thread| load.line(&format!("{thread}/status"), key)).sum::<f64>()
    });
    recording.end();

    let leader = load.line("status", "voluntary_ctxt_switches");
    println!("{naps} naps, {voluntary} switches, of which the main thread's {leader}");
    assert!(leader < 20.0 && voluntary >= 0.9 * naps && scheduled(&load, "", 0) < 0.1 * ran);
    let sums = "sum(voluntary_switches), sum(involuntary_switches), sum(cpu_us)";
    let rows = format!("from process where pid = {} and threads > 1", load.pid());
    let sql = format!("select {sums} {rows}");
    let told = super::super::ours(recording.store(), &sql);
    println!("told {told:?} of {:?}", [voluntary, involuntary, ran, waited]);
    if recording.is_told() {
        assert!(is_near(told[0], voluntary, 0.0, 20.0) && is_near(told[1], involuntary, 0.01, 20.0));
        assert!(is_near(told[2], ran, 0.01, 10_000.0), "CPU time");
        let delay = one(recording.store(), &format!("select sum(run_delay_us) {rows} and ts > '@{go:.3}'"));
        assert!(is_near(delay, waited, 0.02, 50_000.0), "run delay: {delay} µs told of {waited}");
    }
    let own = || Some(recording.store().to_path_buf()).filter(|_| !recording.is_told());
    let without = match without.or_else(|why| own().ok_or(why)) {
        Ok(without) => without,
        Err(why) => return skip("a recorder that may not ask", &why),
    };
    let known = format!(
        "select count(*) from process where pid = {} and threads > 1 and \
         (voluntary_switches is not null or involuntary_switches is not null or run_delay_us is not null)",
        load.pid()
    );
    assert_eq!(column(&without, &known), [Some(0.0)], "the main thread's are not its process's");
    let cpu = one(&without, &format!("select sum(cpu_us) from process where pid = {}", load.pid()));
    assert!(is_near(cpu, ran, 0.05, 50_000.0), "{cpu} µs by the ticks of all threads, of {ran}");
}

/// The sum of all threads' numbers.
fn in_all(load: &Load, at: usize) -> f64 {
    load.threads().iter().map(|thread| scheduled(load, thread, at)).sum()
}

/// A number of a thread's `schedstat`, in microseconds.
fn scheduled(load: &Load, thread: &str, at: usize) -> f64 {
    let line = load.file(&format!("{thread}/schedstat"));
    line.split_whitespace().nth(at).unwrap().parse::<f64>().unwrap() / 1e3
}
