//! Keys that move in time, and what they want done.

use sysray::time::Micros;
use sysray::tui::effect::{Effect, Export, Exported, Move};
use sysray::tui::event::Event;
use sysray::tui::keys::Key;
use sysray::tui::model::Zoom;
use sysray::tui::panel::Panel;
use sysray::tui::words::Lang;

use super::{SECOND, START, Sat};

fn at(second: i64) -> Micros {
    Micros(START + second * SECOND)
}

#[test]
fn arrows_go_one_sample_and_shifted_ones_ten() {
    let mut sat = Sat::before_an_hour(80, 24);
    for (key, by) in [
        (Key::Left, -1),
        (Key::Char('.'), 1),
        (Key::Char('t'), 1),
        (Key::Char('T'), -1),
        (Key::Char('<'), -10),
        (Key::ShiftRight, 10),
    ] {
        sat.presses(&[key]);
        assert_eq!(sat.effects.len(), 1);
        assert_eq!(sat.gone(), Some(Move::Samples(by)), "{key:?}");
        sat.happens(Event::Moment(Ok(super::made::moment(at(1800)))));
    }
}

#[test]
fn keys_pressed_while_a_move_is_under_way_become_one_move() {
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Right, Key::Right, Key::Right, Key::ShiftRight]);
    assert_eq!(sat.gone(), Some(Move::Samples(1)));
    sat.happens(Event::Moment(Ok(super::made::moment(at(1801)))));
    assert_eq!(sat.gone(), Some(Move::Samples(12)));
}

#[test]
fn a_step_back_pauses_and_end_goes_along_again() {
    let mut sat = Sat::new(80, 24);
    sat.happens(Event::Extent(Ok(Some(Sat::hour(true)))));
    sat.answered();
    assert!(sat.model.time.follows && sat.screen().contains("LIVE"));
    sat.presses(&[Key::Left]).answered();
    assert!(!sat.model.time.follows && sat.screen().contains("PAUSED"));
    let mut later = Sat::hour(true);
    later.to = Micros(later.to.0 + SECOND);
    sat.happens(Event::Extent(Ok(Some(later))));
    assert_eq!(sat.gone(), None, "what is recorded meanwhile moves nobody");
    sat.presses(&[Key::End]);
    assert_eq!(sat.gone(), Some(Move::End));
    assert!(sat.model.time.follows);
}

#[test]
fn a_time_is_typed_as_everywhere() {
    let mut sat = Sat::before_an_hour(80, 24);
    for (text, second) in [("14:05", 300), ("start+1m", 61), ("end-5m", 3300), ("2026-11-22 14:30", 1800)] {
        sat.presses(&[Key::Char('b')]).types(text).presses(&[Key::Enter]);
        assert_eq!(sat.gone(), Some(Move::At(at(second))), "{text}");
        sat.happens(Event::Moment(Ok(super::made::moment(at(second)))));
    }
    sat.presses(&[Key::Char('b')]).types("half past").presses(&[Key::Enter]);
    assert_eq!(sat.gone(), None);
    assert!(sat.model.notice.as_ref().unwrap().is_error);
    sat.presses(&[Key::Char('J'), Key::Enter]);
    assert_eq!(sat.gone(), Some(Move::At(at(1200))), "ten minutes back where nothing else is said");
}

#[test]
fn next_and_previous_go_to_what_stands_out_and_not_to_a_start() {
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Char('n')]);
    assert_eq!(sat.gone(), Some(Move::At(at(2400))));
    sat.happens(Event::Moment(Ok(super::made::moment(at(2400)))));
    sat.presses(&[Key::Char('N')]);
    assert_eq!(sat.gone(), Some(Move::At(at(301))));
    sat.happens(Event::Moment(Ok(super::made::moment(at(301)))));
    sat.presses(&[Key::Char('N')]);
    assert_eq!(sat.gone(), None);
    assert!(sat.screen().contains("no event or anomaly beyond"));
}

#[test]
fn a_range_is_marked_zoomed_into_and_left() {
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Char('[')]);
    sat.presses(&[Key::ShiftRight]).answered();
    sat.presses(&[Key::Char(']')]);
    assert!(sat.screen().contains("range marked"));
    sat.presses(&[Key::Enter]);
    assert_eq!(sat.model.time.zooms.last(), Some(&Zoom::Range(Micros(at(1800).0 - 1), at(1810))));
    assert!(matches!(sat.effects[..], [Effect::Course { .. }]));
    sat.answered();
    sat.presses(&[Key::Backspace]);
    assert_eq!(sat.model.time.zooms, [Zoom::Whole]);
    sat.effects.clear();
    sat.presses(&[Key::Char('E')]).types("/tmp/incident").presses(&[Key::Enter]);
    let wanted = Export {
        host: "web1".into(),
        from: at(1800),
        to: at(1810),
        of: Exported::Table("process"),
        into: "/tmp/incident".into(),
        lang: Lang::En,
    };
    assert_eq!(sat.effects, [Effect::Export(wanted)]);
}

#[test]
fn it_plays_as_fast_as_it_is_told() {
    let mut sat = Sat::before_an_hour(80, 24);
    let now = sat.model.now;
    sat.presses(&[Key::Char(' ')]);
    sat.happens(Event::Clock(Micros(now.0 + 1)));
    assert_eq!(sat.gone(), Some(Move::Samples(1)));
    sat.happens(Event::Moment(Ok(super::made::moment(at(1801)))));
    sat.happens(Event::Clock(Micros(now.0 + SECOND / 2)));
    assert_eq!(sat.gone(), None, "one a second");
    sat.presses(&[Key::Char('+'); 5]);
    sat.happens(Event::Clock(Micros(now.0 + SECOND / 2)));
    assert_eq!(sat.gone(), Some(Move::Samples(3)), "32 a second, ten frames");
    sat.presses(&[Key::Char(' ')]);
    assert!(sat.model.time.play.is_none());
}

#[test]
fn a_condition_is_looked_for_both_ways() {
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Char(':')]).types("until cpu > 90").presses(&[Key::Enter]);
    let wanted = Effect::Until { number: 1, from: at(1800), condition: "cpu > 90".into(), is_back: false };
    assert_eq!(sat.effects, [wanted]);
    sat.effects.clear();
    sat.happens(Event::Until(1, Ok(Some(at(2000)))));
    assert_eq!(sat.gone(), Some(Move::At(at(2000))));
    sat.presses(&[Key::Char(':')]).types("since cpu > 90").presses(&[Key::Enter]);
    sat.happens(Event::Until(2, Ok(None)));
    assert!(sat.screen().contains("does not hold"));
}

#[test]
fn a_click_on_the_strip_is_an_instant() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.happens(Event::Click(50, 2));
    let Some(Move::At(ts)) = sat.gone() else { panic!("a move") };
    assert!((ts.0 - at(1836).0).abs() <= 36 * SECOND, "{}", (ts.0 - START) / SECOND);
    sat.happens(Event::Moment(Ok(super::made::moment(at(1836)))));
    sat.happens(Event::Wheel(50, 2, 1));
    assert_eq!(sat.gone(), Some(Move::Samples(1)));
}

#[test]
fn from_yesterday_s_slowness_to_its_process_in_five_keys() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char('N')]).answered();
    let screen = sat.screen();
    assert!(screen.contains("97 %") && screen.contains("backup"), "{screen}");
    sat.presses(&[Key::Up, Key::Enter]).answered();
    assert_eq!(sat.model.screen.focused(), Panel::History);
    assert!(sat.screen().contains("backup (300)"), "{}", sat.screen());
}

#[test]
fn ctrl_c_quits_wherever_one_is() {
    for keys in [&[][..], &[Key::Char('?')], &[Key::Char(':'), Key::Char('x')], &[Key::Char('Q')]] {
        let mut sat = Sat::before_an_hour(80, 24);
        sat.presses(keys);
        sat.effects.clear();
        sat.presses(&[Key::Ctrl('c')]);
        assert_eq!(sat.effects, [Effect::Quit]);
    }
}
