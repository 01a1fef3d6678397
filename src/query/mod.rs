//! The reader: SQL over what is recorded. One engine, one provider of rows for all who ask.
//!
//! The only room that knows DataFusion and tokio. It never writes into a store, and it runs
//! nothing but questions.

mod bounds;
mod division;
mod engine;
mod error;
mod examples;
mod explain_error;
mod files;
mod literals;
mod names;
mod provider;
mod running;
mod source;
mod statistics;
mod suggest;
mod view;
mod vocabulary;
mod yielding;

pub use engine::{Engine, Options};
pub use error::Error;
pub use examples::{EXAMPLES, Example};
pub use literals::ReadTime;
pub use running::Running;
pub use source::Source;
pub use vocabulary::Vocabulary;
