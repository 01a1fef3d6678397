//! One rising total of a process's CPU time from two sources that do not agree.
//!
//! The scheduler counts nanoseconds, but shows those of the main thread only; the clock ticks of
//! `stat` are of all threads. So the scheduler is asked while there is one thread and the ticks
//! while there are more. In the interval in which the source changes both ends are taken from the
//! ticks, so that neither the other threads' past nor a tick's rounding shows up as time used.

/// The total and how it goes on.
#[derive(Debug, Default)]
pub struct CpuTime {
    last: Option<Last>,
    /// What is added to the present source so that the total goes on where the other left it.
    base_us: i64,
    total_us: i64,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    ticks_us: i64,
    exact_us: Option<i64>,
}

impl CpuTime {
    /// The total now, in microseconds. `exact_us` is the scheduler's where it speaks for the whole
    /// process, `tick_us` the length of a clock tick.
    pub fn advance(&mut self, ticks_us: i64, exact_us: Option<i64>, tick_us: i64) -> i64 {
        match (self.last, exact_us) {
            (None, Some(exact)) => {
                // User and system time are each rounded down. More than that beyond the
                // scheduler's is the time of threads that ended before we looked.
                let others = ticks_us - exact;
                self.base_us = if others > 2 * tick_us { others } else { 0 };
                self.total_us = self.base_us + exact;
            }
            (None, None) => self.total_us = ticks_us,
            (Some(Last { exact_us: Some(before), .. }), Some(exact)) if exact >= before => {
                self.total_us = self.base_us + exact;
            }
            (Some(Last { exact_us: None, .. }), None) => self.total_us = self.base_us + ticks_us,
            (Some(last), _) => {
                self.total_us += (ticks_us - last.ticks_us).max(0);
                self.base_us = self.total_us - exact_us.unwrap_or(ticks_us);
            }
        }
        self.last = Some(Last { ticks_us, exact_us });
        self.total_us
    }
}
