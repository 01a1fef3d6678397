//! One rising total of a process's CPU time from sources that do not agree.
//!
//! The scheduler counts nanoseconds, and shows those of the main thread in a file; of all threads together
//! it tells them who may ask. The clock ticks of `stat` are of all threads, and for anybody. So the file is
//! read while there is one thread, and of more it is asked, or the ticks are taken where it may not be. In
//! the interval in which the source changes both ends are taken from the ticks, so that neither the other
//! threads' past nor a tick's rounding shows up as time used.

/// The total and how it goes on.
#[derive(Debug, Default)]
pub struct CpuTime {
    last: Option<Last>,
    total_us: i64,
}

/// What the scheduler tells, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// Of the main thread, which is the only one.
    Main(i64),
    /// Of all threads, those included that have ended.
    Group(i64),
}

impl Exact {
    fn us(self) -> i64 {
        let (Exact::Main(us) | Exact::Group(us)) = self;
        us
    }

    /// What came on top of an earlier reading of the same source.
    fn since(self, before: Exact) -> Option<i64> {
        let is_same =
            matches!((self, before), (Exact::Main(_), Exact::Main(_)) | (Exact::Group(_), Exact::Group(_)));
        Some(self.us() - before.us()).filter(|more| is_same && *more >= 0)
    }
}

#[derive(Clone, Copy, Debug)]
struct Last {
    ticks_us: i64,
    exact: Option<Exact>,
}

impl CpuTime {
    /// The total now, in microseconds. `exact` is the scheduler's where it speaks for the whole
    /// process, `tick_us` the length of a clock tick.
    pub fn advance(&mut self, ticks_us: i64, exact: Option<Exact>, tick_us: i64) -> i64 {
        self.total_us = match (self.last, exact) {
            (None, Some(Exact::Main(us))) => {
                // User and system time are each rounded down. More than that beyond the
                // scheduler's is the time of threads that ended before we looked.
                if ticks_us - us > 2 * tick_us { ticks_us } else { us }
            }
            (None, Some(Exact::Group(us))) => us,
            (None, None) => ticks_us,
            (Some(last), _) => {
                let more = exact.zip(last.exact).and_then(|(now, before)| now.since(before));
                self.total_us + more.unwrap_or_else(|| (ticks_us - last.ticks_us).max(0))
            }
        };
        self.last = Some(Last { ticks_us, exact });
        self.total_us
    }
}
