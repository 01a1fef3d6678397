//! Rows on their way into slots, whichever column of them is looked at.

use std::ops::Range;

use super::super::runs::Runs;

/// Which rows, and the slot of each range.
pub type Slotted = [(Range<usize>, u32)];

/// Rows on their way in.
pub struct Going<'a> {
    rows: &'a Slotted,
    tick_of: &'a dyn Fn(usize) -> i64,
    /// Whether the last row of each range is the latest.
    rises: bool,
    slots: usize,
}

impl<'a> Going<'a> {
    /// Into so many slots; `tick_of` says of two rows which is the later.
    pub fn new(rows: &'a Slotted, tick_of: &'a dyn Fn(usize) -> i64, slots: usize) -> Self {
        let rises = rows.iter().all(|(range, _)| range.clone().map(tick_of).is_sorted());
        Going { rows, tick_of, rises, slots }
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Which rows, and the slot of each range.
    pub fn slotted(&self) -> &Slotted {
        self.rows
    }

    /// The latest tick of some rows.
    pub fn latest(&self, rows: Range<usize>) -> i64 {
        let latest = if self.rises { rows.end - 1..rows.end } else { rows };
        latest.map(self.tick_of).max().unwrap_or(i64::MIN)
    }

    /// Visits what is known of a column: the slot, the value and the rows that have it.
    pub fn each(&self, values: &Runs, mut visit: impl FnMut(usize, u64, Range<usize>)) {
        for (rows, slot) in self.rows {
            let mut from = rows.start;
            for (count, cell) in values.within(rows.start, rows.end) {
                let rows = from..from + count;
                from = rows.end;
                if let Some(cell) = cell {
                    visit(*slot as usize, cell, rows);
                }
            }
        }
    }
}
