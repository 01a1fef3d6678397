//! The terminal desk without a terminal: events go in, effects and drawn text come out.
//!
//! `Sat` is the one helper: somebody who sits before it, presses keys and reads the screen.

mod anomalies;
mod copied;
mod drawn;
#[cfg(unix)]
mod ended;
mod found;
mod keys;
mod logged;
mod lone;
mod made;
mod mouse;
mod moves;
#[cfg(unix)]
mod real;
mod sorted;
mod spoken;
mod sweep;
mod told;
mod typed;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use sysray::time::Micros;
use sysray::tui::effect::{Effect, Go, Move};
use sysray::tui::event::{Event, Extent};
use sysray::tui::keys::Key;
use sysray::tui::model::{Model, Settings};
use sysray::tui::update::update;
use sysray::tui::view::view;

/// 2026-11-22 14:00:00 UTC.
pub const START: i64 = 1_795_356_000_000_000;
pub const SECOND: i64 = 1_000_000;

/// Somebody before a desk on which an hour is recorded, a sample a second.
pub struct Sat {
    pub model: Model,
    /// What was wanted since last looked.
    pub effects: Vec<Effect>,
}

impl Sat {
    /// Before one in which nothing is recorded yet.
    pub fn new(columns: u16, lines: u16) -> Sat {
        let model = Model::new("/var/lib/sysray".into(), TimeZone::UTC, Settings::default());
        let mut sat = Sat { model, effects: Vec::new() };
        sat.happens(Event::Size(columns, lines));
        sat.happens(Event::Clock(Micros(START + 3600 * SECOND)));
        sat.happens(Event::Extent(Ok(None)));
        sat
    }

    /// Before an hour's recording, its cursor at the end, everything answered.
    pub fn before_an_hour(columns: u16, lines: u16) -> Sat {
        let mut sat = Sat::new(columns, lines);
        sat.model.time.follows = false;
        sat.model.time.cursor = Micros(START + 1800 * SECOND);
        sat.happens(Event::Extent(Ok(Some(Sat::hour(false)))));
        sat.answered();
        sat.effects.clear();
        sat
    }

    pub fn hour(is_live: bool) -> Extent {
        Extent {
            from: Micros(START + SECOND),
            to: Micros(START + 3600 * SECOND),
            is_live,
            has_changed: false,
            hosts: vec!["web1".into()],
            tables: None,
        }
    }

    pub fn happens(&mut self, event: Event) {
        self.effects.extend(update(&mut self.model, event));
    }

    pub fn presses(&mut self, keys: &[Key]) -> &mut Sat {
        keys.iter().for_each(|key| self.happens(Event::Key(*key)));
        self
    }

    pub fn types(&mut self, text: &str) -> &mut Sat {
        text.chars().for_each(|c| self.happens(Event::Key(Key::Char(c))));
        self
    }

    /// All that is wanted is there.
    pub fn answered(&mut self) {
        while let Some(effect) = (!self.effects.is_empty()).then(|| self.effects.remove(0)) {
            match effect {
                Effect::Go(go) => self.happens(Event::Moment(Ok(made::moment(landed(&go))))),
                Effect::Course { from, to, columns } => {
                    self.happens(Event::Course(Ok(made::course(from, to, columns))));
                }
                Effect::History { of, from, to, columns } => {
                    self.happens(Event::History(Ok((of.name(), made::history(from, to, columns)))));
                }
                Effect::Marks { .. } => self.happens(Event::Marks(Micros(i64::MIN), Ok(made::marks()))),
                _ => {}
            }
        }
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        let (columns, lines) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y| -> String {
            let cells: String = (0..columns).map(|x| buffer[(x, y)].symbol()).collect();
            cells.trim_end().to_string() + "\n"
        };
        (0..lines).map(line).collect()
    }

    /// Where the cursor was sent to last.
    pub fn gone(&mut self) -> Option<Move> {
        let gone = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Go(go) => Some(go.to.clone()),
            _ => None,
        });
        self.effects.clear();
        gone
    }
}

/// Where a move ends in that hour.
fn landed(go: &Go) -> Micros {
    let (first, last) = (START + SECOND, START + 3600 * SECOND);
    let ts = match go.to {
        Move::Samples(by) => go.from.0 + by * SECOND,
        Move::At(at) => at.0.div_euclid(SECOND) * SECOND,
        // Somewhere within it.
        Move::Peak { from, .. } => from.0 + SECOND,
        Move::Start => first,
        Move::End => last,
    };
    Micros(ts.clamp(first, last))
}
