//! Rows become Arrow batches, with builders that are kept from tick to tick.

use arrow::array::RecordBatch;

use crate::schema::rows::{self, Sample};
use crate::schema::{Batch, Row, Stamp, every_table};

macro_rules! batches {
    ($($name:ident: $row:ident),*) => {
        /// A builder a table.
        #[derive(Default)]
        pub struct Batches {
            $($name: <rows::$row as Row>::Batch,)*
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
                        sample.$name.iter().for_each(|row| self.$name.push(&stamp, row));
                        built.push((id, self.$name.finish()));
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
