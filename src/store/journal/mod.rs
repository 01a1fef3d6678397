//! The journal: parts that frames are appended to, one a tick. What is whole in a part can be read
//! whatever has become of the rest.

mod again;
mod encoder;
mod frame;
mod header;
mod last;
mod message;
mod outline;
mod part;
mod rows;
mod table;
mod window;
mod writer;

pub use again::Again;
pub use encoder::{Encoder, Tables, Told};
pub use frame::{Content, Frame, Moment};
pub use header::encode as part_header;
pub use last::{keep_last, read_last};
pub use outline::Outline;
pub use part::{Damage, Part};
pub use rows::Rows;
pub use table::{Lying, Of, Place, TableReader};
pub use writer::{PartFile, Writer};
