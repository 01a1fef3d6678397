//! A column's course as it is held while its rows come in any order: each row while they are few, then bins of one
//! length along what they are ordered by, of each how many rows it has and the greatest value.
//!
//! A bin is a power of two long, and twice as long when there would be too many, so that what is held in the end
//! depends on no order, and two halves of the rows can be put together.

use std::cmp::Ordering;

/// One row, or several that follow one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) rows: u64,
    /// Where among them the greatest value stands.
    pub(super) at: u64,
    /// `None` where no value is known.
    pub(super) greatest: Option<f64>,
}

/// Rows that are held as one: where the greatest value stands, and what it is; not a number where none is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin {
    pub(super) key: i64,
    pub(super) value: f64,
    pub(super) rows: u64,
}

impl Bin {
    const EMPTY: Bin = Bin { key: 0, value: f64::NAN, rows: 0 };

    fn add(&mut self, other: Bin) {
        let is_first = match self.value.partial_cmp(&other.value) {
            Some(order) => order == Ordering::Less || order == Ordering::Equal && other.key < self.key,
            None => !other.value.is_nan() || self.value.is_nan() && other.key < self.key,
        };
        let rows = self.rows.saturating_add(other.rows);
        if self.rows == 0 || (other.rows > 0 && is_first) {
            *self = other;
        }
        self.rows = rows;
    }

    fn greatest(&self) -> Option<f64> {
        (!self.value.is_nan()).then_some(self.value)
    }
}

/// The rows of one group.
#[derive(Debug)]
pub(super) struct Course {
    /// There are no more bins than this, and half as many rows one by one.
    most: usize,
    held: Held,
    /// Rows that stand nowhere, since what they are ordered by is not known.
    nowhere: Bin,
}

#[derive(Debug)]
enum Held {
    Rows(Vec<(i64, f64)>),
    Bins(Bins),
}

impl Course {
    /// With room for what so many cells can show.
    pub(super) fn of(cells: usize) -> Self {
        let most = (cells * 16).next_power_of_two().max(1024);
        Course { most, held: Held::Rows(Vec::new()), nowhere: Bin::EMPTY }
    }

    pub(super) fn add(&mut self, key: Option<i64>, value: Option<f64>) {
        let value = value.unwrap_or(f64::NAN);
        match (key, &mut self.held) {
            (None, _) => self.nowhere.add(Bin { key: 0, value, rows: 1 }),
            (Some(key), Held::Rows(rows)) if rows.len() < self.most / 2 => rows.push((key, value)),
            (Some(key), _) => self.bins(0).add(Bin { key, value, rows: 1 }),
        }
    }

    /// All that is held, bins first, and how many times their length was doubled; `None` where rows are held.
    pub(super) fn state(&self) -> (Option<u32>, Vec<Bin>, Bin) {
        match &self.held {
            Held::Rows(rows) => {
                let rows = rows.iter().map(|(key, value)| Bin { key: *key, value: *value, rows: 1 });
                (None, rows.collect(), self.nowhere)
            }
            Held::Bins(bins) => {
                let bins_of = bins.bins.iter().filter(|bin| bin.rows > 0);
                (Some(bins.doubled), bins_of.copied().collect(), self.nowhere)
            }
        }
    }

    /// Takes in what another's state holds.
    pub(super) fn merge(&mut self, doubled: Option<u32>, bins: impl Iterator<Item = Bin>, nowhere: Bin) {
        self.nowhere.add(nowhere);
        match doubled {
            None => bins.for_each(|row| self.add(Some(row.key), Some(row.value))),
            Some(doubled) => {
                let own = self.bins(doubled);
                bins.for_each(|bin| own.add(bin));
            }
        }
    }

    /// What is held, as bins that are at least so long.
    fn bins(&mut self, doubled: u32) -> &mut Bins {
        if let Held::Rows(rows) = &mut self.held {
            let mut bins = Bins { most: self.most, doubled, first: 0, bins: Vec::new() };
            for (key, value) in std::mem::take(rows) {
                bins.add(Bin { key, value, rows: 1 });
            }
            self.held = Held::Bins(bins);
        }
        let Held::Bins(bins) = &mut self.held else { unreachable!("they were just made") };
        while bins.doubled < doubled {
            bins.double();
        }
        bins
    }

    /// All of it in order.
    pub(super) fn spans(&mut self, is_descending: bool, nowhere_first: bool) -> Vec<Span> {
        let mut spans = match &mut self.held {
            Held::Rows(rows) => {
                rows.sort_by(|(a, _), (b, _)| if is_descending { b.cmp(a) } else { a.cmp(b) });
                let span = |(_, value): &(i64, f64)| Span {
                    rows: 1,
                    at: 0,
                    greatest: (!value.is_nan()).then_some(*value),
                };
                rows.iter().map(span).collect()
            }
            Held::Bins(bins) => {
                let mut spans = bins.spans();
                if is_descending {
                    spans.reverse();
                    spans.iter_mut().for_each(|span| span.at = span.rows - 1 - span.at);
                }
                spans
            }
        };
        if self.nowhere.rows > 0 {
            let nowhere = Span { rows: self.nowhere.rows, at: 0, greatest: self.nowhere.greatest() };
            spans.insert(if nowhere_first { 0 } else { spans.len() }, nowhere);
        }
        spans
    }

    pub(super) fn bytes(&self) -> usize {
        let held = match &self.held {
            Held::Rows(rows) => rows.capacity() * size_of::<(i64, f64)>(),
            Held::Bins(bins) => bins.bins.capacity() * size_of::<Bin>(),
        };
        size_of::<Self>() + held
    }
}

#[derive(Debug)]
struct Bins {
    most: usize,
    /// A bin is two to the power of this long.
    doubled: u32,
    /// The number of the first: its beginning, in lengths.
    first: i64,
    bins: Vec<Bin>,
}

impl Bins {
    fn add(&mut self, one: Bin) {
        if self.bins.is_empty() {
            self.first = one.key >> self.doubled;
            self.bins.push(one);
            return;
        }
        loop {
            let number = one.key >> self.doubled;
            let last = self.first + (self.bins.len() as i64 - 1);
            let (low, high) = (self.first.min(number), last.max(number));
            // A difference of two whole numbers of 64 bits, which may take all of those.
            if high.wrapping_sub(low) as u64 >= self.most as u64 {
                self.double();
                continue;
            }
            if low < self.first {
                let missing = (self.first - low) as usize;
                self.bins.splice(..0, std::iter::repeat_n(Bin::EMPTY, missing));
                self.first = low;
            }
            if high > last {
                self.bins.resize((high - low) as usize + 1, Bin::EMPTY);
            }
            self.bins[(number - low) as usize].add(one);
            return;
        }
    }

    fn double(&mut self) {
        let first = self.first >> 1;
        let mut wide: Vec<Bin> = Vec::with_capacity(self.bins.len() / 2 + 2);
        for (number, bin) in (self.first..).zip(&self.bins) {
            let place = ((number >> 1) - first) as usize;
            match wide.get_mut(place) {
                Some(pair) => pair.add(*bin),
                None => wide.push(*bin),
            }
        }
        (self.bins, self.first, self.doubled) = (wide, first, self.doubled + 1);
    }

    /// As if the rows of a bin stood at equal distances.
    fn spans(&self) -> Vec<Span> {
        let span = |(number, bin): (i64, &Bin)| {
            let into = bin.key.wrapping_sub(number << self.doubled) as u64;
            let at = (u128::from(bin.rows) * u128::from(into)) >> self.doubled;
            Span { rows: bin.rows, at: at as u64, greatest: bin.greatest() }
        };
        (self.first..).zip(&self.bins).filter(|(_, bin)| bin.rows > 0).map(span).collect()
    }
}
