//! What stands on the screen: each panel from a fixed desk.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use sysray::time::Micros;
use sysray::tui::course::Course;
use sysray::tui::event::Event;
use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;
use sysray::tui::theme::{Depth, Role, Theme};
use sysray::tui::view::view;

use super::made::{numbers, sheet, texts, whole};
use super::{SECOND, START, Sat};

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

/// One in which disks and CPUs have much to say.
fn busy(columns: u16, lines: u16) -> Sat {
    let mut sat = Sat::before_an_hour(columns, lines);
    let sheets = &mut sat.model.moment.as_mut().unwrap().sheets;
    let system = [
        ("disk_read_bytes_per_s", 1_047_552.0),
        ("disk_write_bytes_per_s", 31_200_000.0),
        ("disk_latency_us", 3_770.0),
        ("network_rx_bytes_per_s", 1_047_552.0),
        ("network_tx_bytes_per_s", 1_047_552.0),
        ("runnable", 4.0),
        ("blocked", 1.0),
    ];
    let one = |(name, value): (&'static str, f64)| (name, numbers(&[Some(value)]));
    sheets.insert("system", sheet(system.into_iter().map(one).collect()));
    let cpu = [
        ("busy_pct", 51.5),
        ("user_pct", 40.0),
        ("nice_pct", 10.5),
        ("system_pct", 10.5),
        ("irq_pct", 10.5),
        ("softirq_pct", 10.5),
        ("iowait_pct", 10.5),
        ("steal_pct", 10.5),
        ("load1", 1.25),
        ("context_switches_per_s", 1234.0),
        ("interrupts_per_s", 562.0),
        ("forks_per_s", 12.0),
        // With the recorder that counts it.
        ("runnable", 5.0),
        ("blocked", 1.0),
    ];
    sheets.insert("cpu", sheet(cpu.into_iter().map(one).collect()));
    sat
}

#[test]
fn no_number_of_the_overview_loses_its_unit() {
    for (columns, wanted) in [
        (
            160,
            &[
                "read 1023 KiB/s  written 29.8 MiB/s  latency 3.77 ms ⣀",
                "received 1023 KiB/s  sent 1023 KiB/s",
            ][..],
        ),
        (80, &["read 1023 KiB/s  written 29.8 MiB/s  latency 3.77 ms ⣀"]),
        (100, &["read 1023 KiB/s  written 29.8 MiB/s\n", "received 1023 KiB/s  sent 1023 KiB/s\n"]),
        (40, &["rd 1023 KiB/s  wr 29.8 MiB/s\n", "↓ 1023 KiB/s  ↑ 1023 KiB/s\n"]),
    ] {
        let mut sat = busy(columns, 48);
        sat.presses(&[Key::Char('1')]);
        for wanted in wanted {
            assert!(sat.screen().contains(wanted), "{wanted:?} at {columns}:\n{}", sat.screen());
        }
    }
}

#[test]
fn what_runs_is_the_same_number_under_the_same_word_everywhere() {
    for panel in [Panel::Overview, Panel::Cpu] {
        let mut sat = busy(120, 40);
        sat.model.screen.show_only(panel);
        assert!(sat.screen().contains("running 4  blocked 1"), "{}", sat.screen());
    }
}

#[test]
fn what_cpus_do_is_cut_nowhere() {
    for columns in [40, 80] {
        let mut sat = busy(columns, 30);
        sat.model.screen.show_only(Panel::Cpu);
        for whole in ["softirq 10.5", "steal 10.5", "interrupts/s 562", "forks/s 12", "CPUs over time"] {
            assert!(sat.screen().contains(whole), "{whole} at {columns}:\n{}", sat.screen());
        }
    }
    let mut sat = busy(40, 12);
    sat.model.screen.show_only(Panel::Cpu);
    assert!(sat.screen().contains("   0    99 %"), "{}", sat.screen());
}

#[test]
fn an_axis_of_bytes_ends_at_a_power_of_1024_and_says_where_the_cursor_is() {
    let mut sat = Sat::before_an_hour(100, 40);
    sat.presses(&[Key::Char('4'), Key::Enter]).answered();
    let mut course = Course::new(Micros(START), Micros(START + 3600 * SECOND), 200);
    let mut rss = vec![None; 200];
    rss[99] = Some((540.0 * 1_048_576.0, 540.0 * 1_048_576.0));
    rss[150] = Some((0.0, 1e9));
    course.series.insert("rss_bytes".into(), rss);
    let mut cpu = vec![None; 200];
    cpu[10] = Some((1.0, 101.0));
    course.series.insert("cpu_pct".into(), cpu);
    let mut threads = vec![None; 200];
    threads[10] = Some((1.0, 1000.0));
    course.series.insert("threads".into(), threads);
    let name = sat.model.subject.as_ref().unwrap().name();
    sat.happens(Event::History(Ok((name, course))));
    let screen = sat.screen();
    for text in ["RSS now 540 MiB of 1 GiB ", "CPU% up to 200\n", "THR up to 1000\n"] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
}

#[test]
fn a_process_that_is_kept_in_sight_is_named() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4')]).answered();
    sat.presses(&[Key::Down, Key::Char('F')]);
    assert!(sat.screen().contains("Processes 5 [nginx (210)] "), "{}", sat.screen());
    sat.model.moment.as_mut().unwrap().sheets.insert("process", sheet(vec![("pid", whole(&[7]))]));
    assert!(sat.screen().contains("Processes 1 [210] "), "{}", sat.screen());
}

#[test]
fn a_tree_tells_the_last_of_siblings_from_the_others() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4')]).answered();
    let rows = sheet(vec![
        ("pid", whole(&[1, 2, 3, 4, 5])),
        ("ppid", whole(&[0, 1, 2, 2, 1])),
        ("comm", texts(&[Some("init"), Some("shell"), Some("vi"), Some("make"), Some("cron")])),
        ("cpu_pct", numbers(&[Some(9.0), Some(8.0), Some(7.0), Some(6.0), Some(5.0)])),
    ]);
    sat.model.moment.as_mut().unwrap().sheets.insert("process", rows);
    sat.presses(&[Key::Char('y')]);
    let screen = sat.screen();
    let drawn: Vec<&str> = ["├ shell", "│ ├ vi", "│ └ make", "└ cron"].into_iter().collect();
    for text in drawn {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
    assert!(!screen.contains("│ └ cron"), "{screen}");
    // The same of cgroups.
    sat.model.screen.show_only(Panel::Cgroup);
    sat.presses(&[Key::Char('y')]);
    assert!(sat.screen().contains("├ cron") && sat.screen().contains("└ system.slice"), "{}", sat.screen());
    assert!(sat.screen().contains("  └ nginx"), "{}", sat.screen());
}

#[test]
fn the_map_of_cpus_shows_where_the_cursor_stands() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.model.screen.show_only(Panel::Cpu);
    let (columns, lines) = sat.model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    terminal.draw(|frame| view(&sat.model, frame)).unwrap();
    let screen = sat.screen();
    let line = screen.lines().position(|line| line.starts_with("   0    99 %")).unwrap() as u16;
    let cursor = sat.model.settings.theme.style(Role::Cursor, sat.model.settings.depth);
    let label = 13;
    let at: Vec<u16> = (label..columns)
        .filter(|x| terminal.backend().buffer()[(*x, line)].modifier.contains(cursor.add_modifier))
        .collect();
    // Half of the hour lies before it.
    assert_eq!(at, [label + (columns - label) / 2], "{screen}");
}
