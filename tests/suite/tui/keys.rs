//! The key table and the words on the screen.

use std::collections::HashSet;

use sysray::time::Micros;
use sysray::tui::effect::{Effect, Exported, Move};
use sysray::tui::event::Event;
use sysray::tui::keys::{Action, Group, Key, Keys, SYSRAY};
use sysray::tui::panel::{PRESETS, Panel, question};

use super::{SECOND, START, Sat};

#[test]
fn no_key_stands_in_a_table_twice() {
    for keys in [Keys::Sysray, Keys::Nmon] {
        let mut seen = HashSet::new();
        for (bound, binding) in keys.bindings() {
            for key in bound {
                assert!(seen.insert(key), "{key:?} does {:?} and something else", binding.action);
            }
        }
    }
}

#[test]
fn nmon_users_find_their_letters_and_everybody_a_way_out() {
    assert_eq!(Keys::Nmon.action(Key::Char('d')), Some(Action::Only(Panel::Disk)));
    assert_eq!(Keys::Nmon.action(Key::Char('t')), Some(Action::Only(Panel::Process)));
    for (letter, panel) in [('l', Panel::Cpu), ('U', Panel::Cpu), ('V', Panel::Memory)] {
        assert_eq!(Keys::Nmon.action(Key::Char(letter)), Some(Action::Only(panel)), "{letter}");
    }
    assert_eq!(Keys::Nmon.key_of(Action::Logs), Some(Key::Char('O')));
    for keys in [Keys::Sysray, Keys::Nmon] {
        assert_eq!(keys.action(Key::Char('q')), Some(Action::Quit));
        assert_eq!(keys.action(Key::Ctrl('c')), Some(Action::Quit));
        assert_eq!(keys.action(Key::Char('?')), Some(Action::Help));
    }
}

#[test]
fn whatever_letters_hold_there_is_a_key_for_all_and_the_foot_names_the_one_that_holds() {
    for binding in SYSRAY {
        assert!(Keys::Nmon.key_of(binding.action).is_some(), "{}", binding.about.en);
    }
    for (keys, next) in [(Keys::Sysray, "n next event"), (Keys::Nmon, ") next event")] {
        let mut sat = Sat::before_an_hour(120, 60);
        sat.model.settings.keys = keys;
        assert!(sat.screen().contains(next), "{}", sat.screen());
        sat.presses(&[Key::Char(')')]);
        assert_eq!(sat.gone(), Some(Move::At(Micros(START + 2400 * SECOND))));
        sat.answered();
        sat.happens(Event::Moment(Ok(super::made::moment(Micros(START + 2400 * SECOND)))));
        sat.presses(&[Key::Char('(')]);
        assert_eq!(sat.gone(), Some(Move::At(Micros(START + 301 * SECOND))));
        sat.happens(Event::Moment(Ok(super::made::moment(Micros(START + 301 * SECOND)))));
        let help = sat.presses(&[Key::Char('?')]).screen();
        let line = help.lines().find(|line| line.contains("next event or anomaly")).unwrap();
        assert!(line.split_whitespace().any(|key| key == ")"), "{line}");
    }
}

#[test]
fn help_lists_each_binding_in_both_languages() {
    let mut sat = Sat::before_an_hour(120, 120);
    for _ in 0..2 {
        let help = sat.presses(&[Key::Char('?')]).screen();
        for binding in SYSRAY {
            assert!(help.contains(sat.model.say(binding.about)), "{}", binding.about.en);
        }
        for group in Group::ALL {
            assert!(help.contains(sat.model.say(group.title())));
        }
        sat.presses(&[Key::Esc, Key::Char('i')]);
    }
}

#[test]
fn every_panel_has_a_name_and_every_question_a_text() {
    let names: HashSet<&str> = Panel::ALL.iter().map(|panel| panel.name()).collect();
    assert_eq!(names.len(), Panel::ALL.len());
    for panel in Panel::ALL {
        for name in panel.questions() {
            assert!(question(name).unwrap().sql.contains("$host"), "{name}");
        }
        if let Some(list) = panel.list() {
            let asked = question(list.question).unwrap().sql;
            let own = ["heap_max", "heap_min", "collector", "role"];
            for column in
                list.columns.iter().filter(|column| panel != Panel::Java || !own.contains(&column.name))
            {
                assert!(asked.contains(column.name), "{} of {}", column.name, panel.name());
            }
            for key in list.key {
                assert!(asked.contains(key), "{key} of {}", panel.name());
            }
        }
    }
    let numbers: HashSet<u8> = PRESETS.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), PRESETS.len());
}

/// Before one that is being opened.
fn opening() -> Sat {
    let mut sat = Sat::new(80, 24);
    sat.model.ahead = Some(Vec::new());
    sat.effects.clear();
    sat
}

#[test]
fn what_is_typed_ahead_is_done_once_the_first_rows_stand() {
    // On a slow host an export that was asked for at once was lost, and nothing said so.
    let mut sat = opening();
    assert!(
        sat.screen().contains("reading") && !sat.screen().contains("nothing recorded"),
        "{}",
        sat.screen()
    );
    sat.types("4").presses(&[Key::Down]).types("Eout.csv").presses(&[Key::Enter]);
    assert!(sat.effects.is_empty() && sat.model.prompt.is_none());
    sat.happens(Event::Extent(Ok(Some(Sat::hour(false)))));
    assert!(!sat.effects.iter().any(|effect| matches!(effect, Effect::Export(_))));
    while let Some(effect) = (!sat.effects.is_empty()).then(|| sat.effects.remove(0)) {
        if let Effect::Go(_) = effect {
            sat.happens(Event::Moment(Ok(super::made::moment(Micros(START + 3600 * SECOND)))));
            break;
        }
    }
    let written = sat.effects.iter().find_map(|effect| match effect {
        Effect::Export(export) => Some((export.into.as_str(), export.of.clone())),
        _ => None,
    });
    assert_eq!(written, Some(("out.csv", Exported::Table("process"))));
    assert_eq!(sat.model.shown(Panel::Process).chosen, Some(1));
}

#[test]
fn whoever_wants_out_need_not_wait_for_the_first_rows() {
    assert!(opening().presses(&[Key::Char('q')]).effects.contains(&Effect::Quit));
    let mut sat = opening();
    // Behind other keys it may be of a text.
    assert!(sat.types("Equit").effects.is_empty());
    assert!(sat.presses(&[Key::Ctrl('c')]).effects.contains(&Effect::Quit));
}

#[test]
fn where_nothing_is_recorded_keys_that_need_rows_say_so() {
    let mut sat = opening();
    sat.types("E").types("out.csv").presses(&[Key::Enter]);
    sat.happens(Event::Extent(Ok(None)));
    assert!(sat.screen().lines().last().unwrap().contains("nothing recorded yet"), "{}", sat.screen());
    assert!(sat.effects.is_empty(), "{:?}", sat.effects);
}
