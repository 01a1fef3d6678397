//! What the last line says, and for how long.

use sysray::time::Micros;
use sysray::tui::event::Event;
use sysray::tui::keys::Key;
use sysray::tui::words::Lang;

use super::{SECOND, Sat};

fn told(sat: &Sat) -> &str {
    sat.model.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn the_begin_of_a_range_is_said_and_what_marks_its_end() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char('[')]);
    assert_eq!(told(&sat), "range begins at 14:30:00: ] marks its end");
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char(']')]);
    assert_eq!(told(&sat), "range ends at 14:30:00: [ marks its beginning");
    sat.presses(&[Key::Left]).answered();
    sat.presses(&[Key::Char('[')]);
    assert!(told(&sat).starts_with("range marked"), "{}", told(&sat));
}

#[test]
fn what_a_key_brought_goes_with_the_next_one() {
    for next in [Key::Left, Key::Esc, Key::Char('4')] {
        let mut sat = Sat::before_an_hour(100, 30);
        sat.presses(&[Key::Char('b')]).types("half past").presses(&[Key::Enter]);
        assert!(sat.model.notice.as_ref().unwrap().is_error, "the key that brought it leaves it");
        sat.answered();
        assert!(told(&sat).contains("half past"), "answers leave it");
        sat.presses(&[next]);
        assert_eq!(told(&sat), "", "{next:?}");
    }
}

#[test]
fn what_an_answer_brought_is_seen_whatever_is_pressed() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.happens(Event::Written(Ok("report: /tmp/7".into())));
    sat.presses(&[Key::Left]);
    assert_eq!(told(&sat), "report: /tmp/7");
    sat.happens(Event::Clock(Micros(sat.model.now.0 + 2 * SECOND)));
    sat.presses(&[Key::Left]);
    assert_eq!(told(&sat), "", "it was seen");
    // Behind a line that is typed nothing is seen.
    sat.presses(&[Key::Char('/')]);
    sat.happens(Event::Written(Ok("report: /tmp/8".into())));
    sat.happens(Event::Clock(Micros(sat.model.now.0 + 2 * SECOND)));
    sat.types("root").presses(&[Key::Enter]);
    assert_eq!(told(&sat), "report: /tmp/8");
    sat.presses(&[Key::Esc]);
    assert_eq!(told(&sat), "");
}

#[test]
fn names_that_are_not_there_are_answered_by_a_sentence() {
    for (lang, typed, wanted) in [
        (Lang::En, ":theme zz", "theme is one of: dark, light, high-contrast, mono"),
        (Lang::Fr, ":theme zz", "theme attend un de ces noms : dark, light, high-contrast, mono"),
        (Lang::En, ":lang xx", "lang is one of: en, fr"),
        (Lang::Fr, ":lang xx", "lang attend un de ces noms : en, fr"),
    ] {
        let mut sat = Sat::before_an_hour(80, 24);
        sat.model.settings.lang = lang;
        sat.types(typed).presses(&[Key::Enter]);
        assert_eq!(told(&sat), wanted);
        assert!(sat.model.notice.as_ref().unwrap().is_error);
    }
}

#[test]
fn help_about_commands_is_a_page_of_its_own() {
    for lang in Lang::ALL {
        let mut sat = Sat::before_an_hour(80, 24);
        sat.model.settings.lang = lang;
        sat.types(":help").presses(&[Key::Enter]);
        let screen = sat.screen();
        for (name, command) in sysray::tui::words::commands::ALL {
            let (written, about) = command.in_lang(lang).split_once("{}").unwrap();
            let is_whole = |line: &str| line.contains(written) && line.ends_with(about);
            assert!(screen.lines().any(is_whole), "{name}:\n{screen}");
        }
        assert!(screen.contains(sat.model.say(sysray::tui::words::HINTS_HELP)), "{screen}");
        sat.presses(&[Key::Esc]);
        assert!(!sat.screen().contains("until CONDITION"), "{}", sat.screen());
    }
}
