//! How long a move of the cursor takes in the terminal desk, from the key to the drawn frame: one sample on, a
//! jump within an hour, a jump anywhere. Prints a line a kind: how many, median, 95th and 99th percentile in
//! milliseconds; then what the process held at its peak.

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use sysray::query::{Options, Running};
use sysray::time::{Clock, Micros, SystemClock};
use sysray::tui::desk::{Desk, Hands, Hooks};
use sysray::tui::effect::{Effect, Export, Move};
use sysray::tui::event::Event;
use sysray::tui::model::{Model, Settings};
use sysray::tui::update::{moving, update};
use sysray::tui::view::view;
use sysray::tui::words::Lang;

/// As the program has it.
const MEMORY_BYTES: usize = 48 << 20;
const HOUR: i64 = 3_600_000_000;

struct Nothing;

impl Hooks for Nothing {
    fn export(&self, _: &Export, _: &Running) -> Result<String, String> {
        Err("not here".into())
    }

    fn report(&self, _: &str, _: (Micros, Micros), _: Lang, _: &Running) -> Result<String, String> {
        Err("not here".into())
    }
}

/// A desk whose terminal is a buffer.
struct Sat {
    model: Model,
    hands: Hands,
    events: Receiver<Event>,
    screen: Terminal<TestBackend>,
}

impl Sat {
    fn before(store: &Path) -> Sat {
        let options = Options { memory_bytes: MEMORY_BYTES, ..Options::new(super::read_time()) };
        let desk = Desk::open(&[store.to_path_buf()], None, options, Box::new(Nothing)).expect("a store");
        let (sender, events) = mpsc::channel();
        let mut model = Model::new(store.display().to_string(), TimeZone::UTC, Settings::default());
        model.time.follows = false;
        let screen = Terminal::new(TestBackend::new(160, 50)).expect("a buffer");
        let mut sat = Sat { model, hands: Hands::start(desk, sender), events, screen };
        update(&mut sat.model, Event::Size(160, 50));
        update(&mut sat.model, Event::Clock(SystemClock::default().wall()));
        sat.hands.give(Effect::Look);
        sat.settle(|sat| sat.model.moment.is_some() && sat.model.course.is_some());
        sat
    }

    /// Takes events in and draws, until it is so.
    fn settle(&mut self, done: impl Fn(&Sat) -> bool) {
        while !done(self) {
            let event = self.events.recv().expect("the desk answers");
            if let Event::Moment(Err(error)) | Event::Course(Err(error)) = &event {
                panic!("{error}");
            }
            for effect in update(&mut self.model, event) {
                self.hands.give(effect);
            }
        }
        let model = &self.model;
        self.screen.draw(|frame| view(model, frame)).expect("a buffer can be drawn on");
    }

    /// Milliseconds of a move, the frame included.
    fn moved(&mut self, to: Move) -> f64 {
        let begun = Instant::now();
        for effect in moving::by_hand(&mut self.model, to) {
            self.hands.give(effect);
        }
        self.settle(|sat| !sat.model.travel.is_under_way);
        begun.elapsed().as_secs_f64() * 1e3
    }
}

pub fn run(store: &Path, times: usize) {
    let begun = Instant::now();
    let mut sat = Sat::before(store);
    println!("first frame with everything {:.1}", begun.elapsed().as_secs_f64() * 1e3);
    let (first, last) = sat.model.time.extent.expect("something is recorded");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: i64| {
        // xorshift64: the same walk each time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as i64
    };
    let anywhere: Vec<f64> =
        (0..times).map(|_| sat.moved(Move::At(Micros(first.0 + random(last.0 - first.0))))).collect();
    told("a jump anywhere", anywhere);
    let middle = first.0 + (last.0 - first.0) / 2;
    let near: Vec<f64> = (0..times).map(|_| sat.moved(Move::At(Micros(middle + random(HOUR))))).collect();
    told("a jump within an hour", near);
    sat.moved(Move::At(Micros(middle)));
    std::thread::sleep(std::time::Duration::from_secs(1));
    let on: Vec<f64> = (0..times).map(|_| sat.moved(Move::Samples(1))).collect();
    told("one sample on", on);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    println!("resident at its peak {}", peak.trim());
}

fn told(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!("{what}: {} moves, p50 {:.1}, p95 {:.1}, p99 {:.1}", times.len(), at(0.5), at(0.95), at(0.99));
}
