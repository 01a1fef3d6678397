//! Processes that ended: what they did since the tick before, by what their rows had told; and those of one
//! parent and name as one, where there are too many.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::schema::rows::{Process, ProcessExit};
use crate::schema::{Rows, Text};

/// Above so many in a tick those of one parent and name are told together.
const TOGETHER: usize = 500;

/// Takes off what rows of the process table have told: of this tick, or of the one before for those that
/// are gone.
pub fn count<'a>(
    ended: &mut Rows<ProcessExit>,
    before: impl Iterator<Item = &'a Process>,
    now: &'a [Arc<Process>],
) {
    if ended.is_empty() {
        return;
    }
    let mut told: HashMap<i64, &Process> = before.map(|process| (process.pid, process)).collect();
    let is_first = told.is_empty();
    told.extend(now.iter().map(|process| (process.pid, &**process)));
    let mut seen = HashSet::new();
    for row in ended.iter_mut() {
        // A pid that is used again and again: the first of them is the one that had a row.
        let process = told.get(&row.pid).filter(|_| seen.insert(row.pid));
        match process {
            Some(process) => take_off(row, process),
            // Before anything was read nothing is known to be new.
            None if is_first => counters(row).into_iter().for_each(|counter| *counter = None),
            None => {}
        }
    }
}

fn take_off(row: &mut ProcessExit, process: &Process) {
    row.start_time = process.start_time;
    // With children it has waited for its rows tell what those did as well.
    let alone = process.reaped_minor_faults == Some(0);
    let io = |counter: Option<i64>| counter.filter(|_| alone);
    let told = [
        process.cpu_us,
        process.minor_faults,
        process.major_faults,
        io(process.read_bytes),
        io(process.write_bytes),
        io(process.read_chars),
        io(process.write_chars),
    ];
    for (counter, told) in counters(row).into_iter().zip(told) {
        *counter = counter.zip(told).map(|(life, told)| (life - told).max(0));
    }
}

fn counters(row: &mut ProcessExit) -> [&mut Option<i64>; 7] {
    [
        &mut row.cpu_us,
        &mut row.minor_faults,
        &mut row.major_faults,
        &mut row.read_bytes,
        &mut row.write_bytes,
        &mut row.read_chars,
        &mut row.write_chars,
    ]
}

/// Those of one parent and name as one row, where there are many.
pub fn put_together(ended: &mut Rows<ProcessExit>) {
    if ended.len() <= TOGETHER {
        return;
    }
    let mut places: HashMap<(Option<i64>, Option<Text>), usize> = HashMap::new();
    let mut rows: Vec<ProcessExit> = Vec::new();
    for row in ended.iter() {
        let place = *places.entry((row.ppid, row.comm.clone())).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(all) => add(all, row),
            None => rows.push(row.clone()),
        }
    }
    *ended = rows.into();
}

fn add(all: &mut ProcessExit, more: &ProcessExit) {
    (all.exit_code, all.signal) = (None, None);
    all.dumped_core = Some(all.dumped_core == Some(true) || more.dumped_core == Some(true));
    all.rss_peak_bytes = all.rss_peak_bytes.max(more.rss_peak_bytes);
    macro_rules! sums {
        ($($column:ident),*) => {
            $(all.$column = all.$column.zip(more.$column).map(|(sum, more)| sum + more);)*
        };
    }
    sums!(processes, threads_ended, life_us, life_cpu_us, life_user_us, life_system_us, life_run_delay_us);
    sums!(life_minor_faults, life_major_faults, life_read_bytes, life_write_bytes, life_read_chars);
    sums!(life_write_chars, life_voluntary_switches, life_involuntary_switches, cpu_us, minor_faults);
    sums!(major_faults, read_bytes, write_bytes, read_chars, write_chars);
}
