//! What is drawn of one series: for each stretch of time its first, last, least and largest value.
//!
//! It holds so many stretches at most, whatever comes, and makes them longer when there would be more. A
//! single large value stays what it is however long its stretch.

use std::collections::BTreeMap;

/// So many stretches are kept: several for each dot of a wide terminal.
const MOST: usize = 2_048;

/// A longer pause than so many usual ones is a gap: nothing is drawn over it.
const USUAL_PAUSES: i64 = 4;

/// A value and when it was.
pub(super) type Point = (i64, f64);

#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) first: Point,
    pub(super) last: Point,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Stretch {
    fn of(point: Point) -> Stretch {
        Stretch { first: point, last: point, least: point.1, most: point.1 }
    }

    pub(super) fn take_in(&mut self, other: Stretch) {
        if other.first.0 < self.first.0 {
            self.first = other.first;
        }
        if other.last.0 >= self.last.0 {
            self.last = other.last;
        }
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }
}

pub(super) struct Series {
    pub(super) label: String,
    micros: i64,
    stretches: BTreeMap<i64, Stretch>,
}

impl Series {
    pub(super) fn new(label: String) -> Series {
        Series { label, micros: 1, stretches: BTreeMap::new() }
    }

    /// Takes a value in, in any order. What is not finite has no place in a drawing.
    pub(super) fn add(&mut self, at: i64, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.put(Stretch::of((at, value)));
        while self.stretches.len() > MOST {
            self.micros *= 2;
            for (_, stretch) in std::mem::take(&mut self.stretches) {
                self.put(stretch);
            }
        }
    }

    fn put(&mut self, stretch: Stretch) {
        let key = stretch.first.0.div_euclid(self.micros);
        self.stretches.entry(key).and_modify(|there| there.take_in(stretch)).or_insert(stretch);
    }

    /// In the order of time.
    pub(super) fn stretches(&self) -> impl Iterator<Item = &Stretch> {
        self.stretches.values()
    }

    /// All of it as one.
    pub(super) fn whole(&self) -> Option<Stretch> {
        self.stretches().copied().reduce(|mut whole, next| {
            whole.take_in(next);
            whole
        })
    }

    /// The longest pause between two stretches that a line may bridge.
    pub(super) fn bridged(&self) -> i64 {
        let ends = self.stretches().zip(self.stretches().skip(1));
        let mut pauses: Vec<i64> = ends.map(|(a, b)| b.first.0.saturating_sub(a.last.0)).collect();
        pauses.sort_unstable();
        pauses.get(pauses.len() / 2).map_or(i64::MAX, |usual| usual.saturating_mul(USUAL_PAUSES))
    }
}
