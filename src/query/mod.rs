//! The reader: SQL over what is recorded. One engine, one provider of rows for all who ask.
//!
//! The only room that knows DataFusion. It never writes into a store, and it runs
//! nothing but questions.

mod arithmetic;
mod bounded;
mod bounds;
mod copies;
mod depth;
mod division;
mod engine;
mod error;
mod examples;
mod explain_error;
mod files;
mod functions;
mod joined;
mod literals;
mod meta;
mod names;
mod one_host;
mod parameters;
mod places;
mod pool;
mod provider;
mod renewed;
mod resident;
mod row_groups;
mod running;
mod runs;
mod session;
mod sieve;
mod source;
mod spill;
mod statistics;
pub mod tiers;
mod view;
mod vocabulary;
mod wanted;
mod work;
mod yielding;

pub use engine::{Engine, Options};
pub use error::Error;
pub use examples::{EXAMPLES, Example, example, typed};
pub use files::{Footers, Opened};
pub use literals::ReadTime;
pub use meta::META_TABLES;
pub use parameters::{Parameter, filled, filled_from, parameters};
pub use places::{Listed, extent, sources};
pub use pool::Halves;
pub use renewed::Renewed;
pub use running::Running;
pub use source::{Chosen, Held, Source};
pub use vocabulary::Vocabulary;
