//! What is measured: tables, columns, units and kinds, and the row types made of them.
//!
//! Everything here comes from `schema/*.toml` at build time. This room reads no host and no file.

mod document;
mod entity;
mod event;
mod expr;
pub mod glossary;
mod lang;
mod numbers;
mod row;
mod shared;
mod size;
mod suggest;
mod table;

pub use document::{describe, describe_in, markdown};
pub use entity::{BASE, entity, entity_of, keys};
pub use expr::{Expr, parse as parse_expr};
pub use lang::{Audience, Lang, Words};
pub use row::{Batch, Micros, Row, Stamp, Text, Value};
pub(crate) use rows::every_table;
pub use rows::{Sample, TABLES, TIERS};
pub use shared::Rows;
pub use size::{parse_size, show_size};
pub use suggest::{either, near};
pub use table::{
    Aggregate, COMMON, Column, Decrease, Derived, HOST, Kind, Order, Table, Tier, Top, Type, arrow_schema,
    finished,
};

/// One struct a table: a row as a collector fills it in. Counters hold the kernel's totals there,
/// and what happened in the interval once `record` has taken the row before off.
pub mod rows {
    use std::hash::{Hash, Hasher};
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanBuilder, RecordBatch, StringBuilder};
    use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};

    use super::numbers::Numbers;
    use super::row::{Held, held, interval_us};
    use super::shared::Rows;
    use super::{
        Aggregate, Batch, Column, Decrease, Derived, Kind, Micros, Order, Row, Stamp, Table, Text, Tier, Top,
        Type, Value, finished,
    };

    include!(concat!(env!("OUT_DIR"), "/tables.rs"));

    macro_rules! sample {
        ($($name:ident: $row:ident),*) => {
            /// What one round of collectors found: the rows of each table.
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct Sample {
                $(
                    #[doc = concat!("Rows of `", stringify!($name), "`.")]
                    pub $name: Rows<$row>,
                )*
            }

            impl Sample {
                /// How many rows it has in all tables.
                pub fn len(&self) -> usize {
                    0 $(+ self.$name.len())*
                }

                /// How many it has of each table.
                pub fn lengths(&self) -> Vec<usize> {
                    vec![$(self.$name.len()),*]
                }

                /// Gives up all rows behind so many of each table, but for those of `event`.
                pub fn shorten(&mut self, lengths: &[usize]) {
                    let mut lengths = lengths.iter();
                    $(
                        let length = lengths.next().copied().unwrap_or(0);
                        if stringify!($name) != "event" {
                            self.$name.shorten(length);
                        }
                    )*
                }

                /// Whether it has none.
                pub fn is_empty(&self) -> bool {
                    self.len() == 0
                }
            }
        };
    }
    every_table!(sample);
}

/// The format of stores this program writes, and the highest it reads. It is settled: whatever is
/// written as 1 is read by every later program (`tests/stores/v1`). 0 was in the making, and is not.
pub const STORE_FORMAT: u32 = 1;

/// The format of the journal's parts that this program writes, and the highest it reads. In 2 a frame may
/// leave out rows that its keyframe has (`store/journal/again`); 1 is read as before.
pub const PART_FORMAT: u32 = 2;

/// All tables: those recorded, then their tiers.
pub fn all_tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().chain(&TIERS)
}

/// The table of that name, recorded or a tier.
pub fn table(name: &str) -> Option<&'static Table> {
    all_tables().find(|t| t.name == name)
}
