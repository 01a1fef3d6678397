//! What stands on the screen: each panel from a fixed desk.

use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;
use sysray::tui::theme::{Depth, Role, Theme};

use super::Sat;

#[test]
fn panels() {
    let mut sat = Sat::before_an_hour(100, 30);
    for panel in Panel::ALL {
        sat.model.screen.show_only(panel);
        insta::assert_snapshot!(panel.name(), sat.screen());
    }
}

#[test]
fn presets() {
    for (key, name) in [('1', "preset_overview"), ('6', "preset_full"), ('9', "preset_jvm")] {
        let mut sat = Sat::before_an_hour(120, 40);
        sat.presses(&[Key::Char(key)]).answered();
        insta::assert_snapshot!(name, sat.screen());
    }
}

#[test]
fn small_and_in_french() {
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Char('i'), Key::Char('N')]).answered();
    insta::assert_snapshot!("small_french", sat.screen());
}

#[test]
fn rows_are_filtered_sorted_and_shown_as_a_tree() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4')]).answered();
    sat.presses(&[Key::Char('/')]).types("user:root ng").presses(&[Key::Enter]);
    let screen = sat.screen();
    assert!(screen.contains("1 of 5") && screen.contains("nginx") && !screen.contains("backup "), "{screen}");
    sat.presses(&[Key::Esc, Key::Char('M')]);
    let screen = sat.screen();
    assert!(screen.find("java").unwrap() < screen.find("systemd").unwrap(), "{screen}");
    sat.presses(&[Key::Char('y')]);
    assert!(sat.screen().contains("└ nginx"), "{}", sat.screen());
    sat.presses(&[Key::Char('c')]);
    assert!(sat.screen().contains("nginx: worker"), "{}", sat.screen());
}

#[test]
fn unknown_is_last_either_way() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4'), Key::Char('C')]).answered();
    for _ in 0..2 {
        let screen = sat.screen();
        let last = screen.lines().rfind(|line| line.contains(" root ") || line.contains("kafka")).unwrap();
        assert!(last.contains("java"), "{screen}");
        sat.presses(&[Key::Char('S')]);
    }
}

#[test]
fn a_row_that_is_followed_stays_chosen_where_others_pass_it() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4')]).answered();
    sat.presses(&[Key::Down, Key::Char('F'), Key::Char('S')]);
    let shown = sat.model.shown(Panel::Process);
    assert_eq!(shown.rows[shown.chosen.unwrap()].key, "210 2026-11-22T13:59:59.999993Z");
}

#[test]
fn without_colours_nothing_has_one() {
    for (theme, depth) in [(Theme::Dark, Depth::None), (Theme::Mono, Depth::True)] {
        for role in
            [Role::Text, Role::Dim, Role::Good, Role::Critical, Role::Graph, Role::Cursor, Role::Range]
        {
            let style = theme.style(role, depth);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }
    let none = |name: &str| (name == "NO_COLOR").then(|| "1".to_string());
    assert_eq!(Depth::of(none), Depth::None);
    assert_eq!(Depth::of(|name| (name == "COLORTERM").then(|| "truecolor".into())), Depth::True);
}
