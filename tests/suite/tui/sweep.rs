//! No size and no data may end the program.

use sysray::time::Micros;
use sysray::tui::event::{Event, Moment};
use sysray::tui::keys::{Key, SYSRAY};
use sysray::tui::panel::{PRESETS, Panel};

use super::made::{moment, numbers, sheet, texts, times};
use super::{START, Sat};

const SIZES: [(u16, u16); 11] = [
    (1, 1),
    (2, 3),
    (10, 5),
    (40, 12),
    (79, 11),
    (80, 24),
    (100, 30),
    (132, 43),
    (200, 60),
    (300, 2),
    (3, 200),
];

/// What no kernel tells, and what one might.
fn odd(ts: Micros) -> Moment {
    let mut odd = moment(ts);
    let wide = "日本語のプロセス名とても長い名前\u{7}\u{1b}[31m".repeat(20);
    odd.sheets.insert(
        "process",
        sheet(vec![
            ("ts", times(&[ts.0; 3])),
            ("pid", numbers(&[Some(f64::NAN), Some(-1.0), Some(1e300)])),
            ("ppid", numbers(&[Some(-1.0), Some(-1.0), Some(1e300)])),
            ("start_time", times(&[i64::MIN, 0, i64::MAX])),
            ("comm", texts(&[None, Some(&wide), Some("")])),
            ("cpu_pct", numbers(&[Some(f64::INFINITY), Some(-5.0), None])),
            ("rss_bytes", numbers(&[Some(f64::MAX), Some(-1.0), None])),
        ]),
    );
    odd.sheets.insert("disk", sheet(vec![("ts", times(&[]))]));
    odd.sheets.remove("cgroup");
    odd
}

#[test]
fn every_panel_is_drawn_at_every_size() {
    for (columns, lines) in SIZES {
        let mut sat = Sat::before_an_hour(columns, lines);
        for panel in Panel::ALL {
            sat.model.screen.show_only(panel);
            sat.screen();
        }
        for (number, _) in PRESETS {
            sat.model.screen.show(number);
            sat.screen();
        }
        Sat::new(columns, lines).screen();
    }
}

#[test]
fn every_panel_says_something_on_a_small_terminal() {
    let mut sat = Sat::before_an_hour(80, 24);
    for panel in Panel::ALL {
        sat.model.screen.show_only(panel);
        let screen = sat.screen();
        let below: Vec<&str> =
            screen.lines().skip(6).take(17).filter(|line| !line.trim().is_empty()).collect();
        assert!(!below.is_empty(), "{}:\n{screen}", panel.name());
    }
}

#[test]
fn odd_data_is_drawn_and_walked_through() {
    for (columns, lines) in SIZES {
        let mut sat = Sat::before_an_hour(columns, lines);
        for ts in [i64::MIN, -1, 0, START, i64::MAX - 1] {
            sat.happens(Event::Moment(Ok(odd(Micros(ts)))));
            for key in [Key::Down, Key::Up, Key::Char('y'), Key::Char('s'), Key::Char('S'), Key::Char('F')] {
                sat.presses(&[key]);
                sat.screen();
            }
        }
    }
}

#[test]
fn every_key_may_be_pressed_everywhere() {
    for (columns, lines) in [(40, 12), (100, 30)] {
        for first in SYSRAY {
            let mut sat = Sat::before_an_hour(columns, lines);
            sat.presses(first.keys);
            for second in SYSRAY {
                sat.presses(&second.keys[..1]);
                sat.screen();
            }
            sat.answered();
            sat.screen();
        }
    }
}

#[test]
fn before_anything_is_recorded_every_key_is_harmless() {
    for binding in SYSRAY {
        let mut sat = Sat::new(80, 24);
        sat.presses(binding.keys);
        sat.happens(Event::Extent(Ok(None)));
        sat.happens(Event::Moment(Err("nothing recorded yet".into())));
        assert!(!sat.screen().is_empty());
    }
}
