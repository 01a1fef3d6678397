//! What no interval can hold. A CPU that comes back brings all the idle time that was not counted while it was
//! away, and one that its host had taken from a guest all that it was not run, whatever the interval. Such a
//! number says nothing of the interval, and is unknown.

use std::sync::Arc;

use crate::schema::Rows;
use crate::schema::rows::Sample;

/// What more a CPU may be told at least: it is not read in the moment in which the interval ends, and booked in
/// clock ticks.
const GRAIN_US: i64 = 1_000_000;

macro_rules! modes {
    ($row:expr) => {
        [
            &mut $row.user_us,
            &mut $row.nice_us,
            &mut $row.system_us,
            &mut $row.idle_us,
            &mut $row.iowait_us,
            &mut $row.irq_us,
            &mut $row.softirq_us,
            &mut $row.steal_us,
            &mut $row.guest_us,
            &mut $row.guest_nice_us,
        ]
    };
}

/// Judges rows of CPUs.
#[derive(Debug, Default)]
pub struct Possible {
    /// How many CPUs there were at the end of the interval before.
    online: i64,
}

impl Possible {
    /// Makes unknown what an interval cannot hold.
    pub fn judge(&mut self, rows: &mut Sample, interval_us: Option<i64>) {
        let online = rows.cpu.first().and_then(|cpu| cpu.online);
        let before = std::mem::replace(&mut self.online, online.unwrap_or(0));
        let Some(most) = interval_us.map(|us| us + (us / 2).max(GRAIN_US)) else { return };
        if let Some(online) = online {
            let most = most.saturating_mul(online.max(before).max(1));
            keep_to(&mut rows.cpu, most, |row| modes!(row));
        }
        keep_to(&mut rows.cpu_core, most, |row| modes!(row));
    }
}

/// Rows are left alone, and shared, where nothing in them is more.
fn keep_to<R: Clone>(rows: &mut Rows<R>, most: i64, modes: impl Fn(&mut R) -> [&mut Option<i64>; 10]) {
    for row in rows.shared_mut() {
        let mut judged = R::clone(row);
        let mut is_changed = false;
        for mode in modes(&mut judged) {
            is_changed |= mode.take_if(|us| *us > most).is_some();
        }
        if is_changed {
            *row = Arc::new(judged);
        }
    }
}
