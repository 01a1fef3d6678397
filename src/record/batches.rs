//! Rows become Arrow batches, with builders that are kept from tick to tick; and rows that are the very
//! ones of the keyframe are told by their place in it.

use std::sync::Arc;

use arrow::array::RecordBatch;

use crate::schema::rows::{self, Sample};
use crate::schema::{Batch, Order, Row, Rows, Stamp, every_table};
use crate::store::{Again, Told};

/// Rows of the keyframe that may have gone since, one after the other, and those behind are still found.
const LOOK_AHEAD: usize = 64;

macro_rules! batches {
    ($($name:ident: $row:ident),*) => {
        /// A builder a table, and the rows of the keyframe.
        #[derive(Default)]
        pub struct Batches {
            $($name: Builder<rows::$row>,)*
        }

        impl Batches {
            /// The sample's tables that have rows, with their place among all tables.
            ///
            /// `stamp` is asked for each table, since collectors have intervals of their own.
            pub fn build(&mut self, sample: &Sample, stamp: impl Fn(&str) -> Stamp) -> Vec<(u32, RecordBatch)> {
                let mut built = Vec::new();
                let mut id = 0;
                $(
                    if !sample.$name.is_empty() {
                        let stamp = stamp(stringify!($name));
                        built.push((id, self.$name.build(sample.$name.iter(), &stamp)));
                    }
                    id += 1;
                )*
                let _ = id;
                built
            }

            /// The same as a frame holds them: all of a keyframe's, and of another those that are not the
            /// keyframe's.
            pub fn tell(&mut self, sample: &Sample, stamp: impl Fn(&str) -> Stamp, is_key: bool) -> Vec<Told> {
                let mut built = Vec::new();
                let mut id = 0;
                $(
                    if is_key {
                        self.$name.key.clear();
                    }
                    if !sample.$name.is_empty() {
                        let stamp = stamp(stringify!($name));
                        built.push(self.$name.tell(id, &sample.$name, &stamp, is_key));
                    }
                    id += 1;
                )*
                let _ = id;
                built
            }
        }
    };
}
every_table!(batches);

struct Builder<R: Row> {
    batch: R::Batch,
    key: Vec<Arc<R>>,
}

impl<R: Row> Default for Builder<R> {
    fn default() -> Self {
        Builder { batch: R::Batch::default(), key: Vec::new() }
    }
}

impl<R: Row> Builder<R> {
    fn build<'a>(&mut self, rows: impl Iterator<Item = &'a R>, stamp: &Stamp) -> RecordBatch {
        rows.for_each(|row| self.batch.push(stamp, row));
        self.batch.finish()
    }

    fn tell(&mut self, id: u32, rows: &Rows<R>, stamp: &Stamp, is_key: bool) -> Told {
        if is_key && R::table().order == Order::Entity {
            self.key.extend_from_slice(rows.shared());
        }
        // A frame that tells of rows again has one interval for all.
        let has_own_interval = rows.iter().any(R::has_own_interval);
        let again = if is_key || has_own_interval { None } else { again(&self.key, rows, stamp) };
        let Some(again) = again else {
            return Told { id, rows: self.build(rows.iter(), stamp), again: None };
        };
        let others = rows.iter().zip(&again.here).filter(|(_, again)| !**again).map(|(row, _)| row);
        Told { id, rows: self.build(others, stamp), again: Some(again) }
    }
}

/// Which rows are the very ones of the keyframe; `None` where none is. They come in the same order.
fn again<R: Row>(key: &[Arc<R>], rows: &Rows<R>, stamp: &Stamp) -> Option<Again> {
    let mut again = Again {
        of_key: vec![false; key.len()],
        here: Vec::with_capacity(rows.len()),
        interval_us: stamp.interval_us,
    };
    let mut likely = 0;
    for row in rows.shared() {
        let ahead =
            key.iter().skip(likely).take(LOOK_AHEAD).position(|r| Arc::ptr_eq(r, row) || r.same_key(row));
        let place = ahead.map(|ahead| likely + ahead);
        likely = place.map_or(likely, |place| place + 1);
        let same = place.filter(|place| Arc::ptr_eq(&key[*place], row));
        again.here.push(same.is_some());
        if let Some(place) = same {
            again.of_key[place] = true;
        }
    }
    again.here.contains(&true).then_some(again)
}
