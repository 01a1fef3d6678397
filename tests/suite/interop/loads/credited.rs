//! I/O of children, which `/proc/PID/io` of a parent has as well from when it waited for them.

use super::super::host::{one, skip};
use super::Recording;

const MIB: f64 = 1_048_576.0;

#[test]
#[ignore = "compares with the running kernel, and writes 208 MiB"]
fn what_children_wrote_is_told_of_them_and_not_of_the_parent_that_waited() {
    let mut recording = Recording::start();
    let mut load = recording.load("credited", &["."]);
    let children = load.says();
    recording.pass();
    let naive = load.line("io", "write_bytes");
    recording.end();
    if naive < 208.0 * MIB {
        return skip("what children wrote", &format!("the file system shows {naive} bytes of it"));
    }

    let is_told = recording.is_told();
    let sum = |table: &str, pid: f64| {
        let sql = format!("select coalesce(sum(write_bytes), 0) from {table} where pid = {pid}");
        one(recording.store(), &sql)
    };
    let wrote = |pid: f64| sum("process", pid) + if is_told { sum("process_exit", pid) } else { 0.0 };
    let own = wrote(f64::from(load.pid()));
    let [at_once, later, short] = [0, 1, 2].map(|at| wrote(children[at]));
    println!("the parent's file says {naive}, its rows {own}, its children's {at_once}, {later} and {short}");
    let all = own + at_once + later + short;
    assert!((208.0 * MIB..213.0 * MIB).contains(&all), "{all} in all");
    assert!(
        (100.0 * MIB..102.0 * MIB).contains(&later),
        "of one that was dead for a while all is in its rows"
    );
    if is_told {
        assert!((100.0 * MIB..102.0 * MIB).contains(&at_once) && (8.0 * MIB..9.0 * MIB).contains(&short));
        assert!(own < MIB, "{own} of its own");
    } else {
        // What they wrote since the tick before they ended is in nobody's row but the parent's.
        assert!(own < 60.0 * MIB, "{own}");
    }
}
