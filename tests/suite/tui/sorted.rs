//! By which column rows stand, and that it is seen.

use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;
use sysray::tui::words::Lang;

use super::made::{numbers, sheet, texts, times, whole};
use super::{START, Sat};

/// The heads of the processes.
fn heads(sat: &Sat) -> String {
    let screen = sat.screen();
    screen.lines().find(|line| line.contains(" PID ")).unwrap_or_else(|| panic!("{screen}")).to_string()
}

/// Two samples of the same processes, whose rows come in another order each time.
fn of_equals(pids: &[i64]) -> sysray::tui::sheet::Sheet {
    let many = pids.len();
    let busy: Vec<_> = pids.iter().map(|pid| Some(f64::from(u8::from(*pid == 70)))).collect();
    sheet(vec![
        ("ts", times(&vec![START; many])),
        ("pid", whole(pids)),
        ("start_time", times(&pids.iter().map(|pid| START + pid).collect::<Vec<_>>())),
        ("comm", texts(&vec![Some("worker"); many])),
        ("cpu_pct", numbers(&busy)),
    ])
}

#[test]
fn rows_of_equal_value_stand_by_what_they_are_known_by() {
    let mut sat = Sat::before_an_hour(100, 24);
    sat.presses(&[Key::Char('4')]).answered();
    let mut orders = Vec::new();
    for pids in [[1000, 9, 70, 200], [200, 70, 9, 1000], [9, 1000, 200, 70]] {
        sat.model.moment.as_mut().unwrap().sheets.insert("process", of_equals(&pids));
        let shown = sat.model.shown(Panel::Process);
        orders.push(shown.rows.iter().map(|row| pids[row.row]).collect::<Vec<_>>());
    }
    assert_eq!(orders, vec![vec![70, 9, 200, 1000]; 3]);
    sat.presses(&[Key::Char('S')]);
    let shown = sat.model.shown(Panel::Process);
    let turned: Vec<i64> = shown.rows.iter().map(|row| [9, 1000, 200, 70][row.row]).collect();
    assert_eq!(turned, [9, 200, 1000, 70], "ascending whichever way the column is");
}

#[test]
fn where_a_column_is_not_known_of_any_row_another_that_tells_about_the_same_holds() {
    for (preset, head) in [('7', "I/O/s▼"), ('0', "I/O/s▼")] {
        let mut sat = Sat::before_an_hour(100, 40);
        sat.presses(&[Key::Char(preset)]).answered();
        sat.model.screen.show_only(Panel::Process);
        let first = sat.model.shown(Panel::Process).rows[0].key.clone();
        assert!(first.starts_with("300 "), "{first} does the most");
        let screen = sat.screen();
        assert!(screen.contains(head) && !screen.contains("IO%▼"), "{screen}");
        assert!(screen.contains("Processes 5 (IO% unknown: by I/O/s)"), "{screen}");
        // What neither was read nor written of is not known to be nothing.
        let last = sat.model.shown(Panel::Process).rows[4].key.clone();
        assert!(last.starts_with("210 "), "{last} is not known");
        let line = screen.lines().find(|line| line.contains(" 210 www-data ")).unwrap();
        assert_eq!(line.split_whitespace().nth(9), Some("-"), "{line}");
    }
    // As soon as one is known, it is the column that was wanted.
    let mut sat = Sat::before_an_hour(160, 40);
    sat.presses(&[Key::Char('0')]).answered();
    let waits = sheet(vec![
        ("ts", times(&[START; 2])),
        ("pid", whole(&[1, 2])),
        ("start_time", times(&[START; 2])),
        ("comm", texts(&[Some("one"), Some("two")])),
        ("io_bytes_per_s", numbers(&[Some(7.0), Some(0.0)])),
        ("block_delay_pct", numbers(&[None, Some(2.0)])),
    ]);
    sat.model.moment.as_mut().unwrap().sheets.insert("process", waits);
    assert_eq!(sat.model.shown(Panel::Process).rows[0].row, 1);
    assert!(heads(&sat).contains("IO%▼") && !sat.screen().contains("unknown"), "{}", sat.screen());
}

#[test]
fn what_rows_stand_by_is_seen_on_every_terminal_in_every_language() {
    for lang in Lang::ALL {
        for size in [(40, 12), (80, 24), (120, 40), (160, 48)] {
            for panel in Panel::ALL.into_iter().filter(|panel| panel.list().is_some()) {
                let list = panel.list().unwrap();
                let mut sat = Sat::before_an_hour(size.0, size.1);
                sat.model.settings.lang = lang;
                sat.model.screen.show_only(panel);
                // A row in which all is known.
                let key = |name: &str| list.key.contains(&name);
                let row = list.columns.iter().map(|column| match key(column.name) {
                    true => (column.name, texts(&[Some("7")])),
                    false => (column.name, numbers(&[Some(7.0)])),
                });
                let row =
                    row.filter(|(name, _)| !["heap_max", "heap_min", "collector", "role"].contains(name));
                let row = row.chain([("runtime", texts(&[Some("jvm")]))]).collect();
                sat.model.moment.as_mut().unwrap().sheets.insert(list.question, sheet(row));
                for column in list.columns {
                    if ["heap_max", "heap_min", "collector", "role"].contains(&column.name) {
                        continue;
                    }
                    for is_compact in [false, true] {
                        sat.model.settings.is_compact = is_compact;
                        let listing = sat.model.lists.entry(panel).or_default();
                        listing.sort = (column.name.into(), true);
                        let head = format!("{}▼", column.head.in_lang(lang));
                        assert!(sat.screen().contains(&head), "{head} at {size:?}:\n{}", sat.screen());
                    }
                }
            }
        }
    }
}

#[test]
fn a_small_terminal_keeps_what_one_looks_for() {
    let mut sat = Sat::before_an_hour(40, 12);
    sat.presses(&[Key::Char('4')]).answered();
    assert_eq!(heads(&sat).split_whitespace().collect::<Vec<_>>(), ["PID", "S", "CPU%▼", "COMMAND"]);
    let one = sheet(vec![("interface", texts(&[Some("eth0")])), ("rx_bytes_per_s", numbers(&[Some(7.0)]))]);
    sat.model.moment.as_mut().unwrap().sheets.insert("network", one);
    sat.model.screen.show_only(Panel::Network);
    assert!(sat.screen().contains("IN/s▼ OUT/s\n"), "{}", sat.screen());
    let mut sat = Sat::before_an_hour(80, 24);
    sat.presses(&[Key::Char('2')]).answered();
    let there = heads(&sat);
    for head in ["CPU%", "RSS", "READ/s", "WRITE/s", "I/O/s▼", "COMMAND"] {
        assert!(there.contains(head), "{there}");
    }
    sat.presses(&[Key::Char('5')]).answered();
    assert!(heads(&sat).contains("CPU%▼") && sat.screen().contains("(RQ% unknown: by CPU%)"));
}
