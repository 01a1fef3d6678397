//! The terminal: a graph of the recording whose cursor drives every panel, live and back in time.
//!
//! `update` takes an [`Event`](event::Event) into the [`Model`](model::Model) and says what it wants done;
//! `view` draws the model. Both know neither clock nor terminal nor disk. `desk` answers, on threads of its
//! own; `terminal` has the keys and the screen.

pub mod answer;
pub mod course;
pub mod desk;
pub mod effect;
pub mod event;
pub mod guard;
pub mod keys;
pub mod layout;
pub mod model;
pub mod panel;
pub mod sheet;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
pub mod words;
