//! The SQL behind a panel, as `x` copies it.

use sysray::time::Micros;
use sysray::tui::effect::{Effect, Subject};
use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;

use super::made::{sheet, texts, times};
use super::{SECOND, START, Sat};

fn copied(sat: &mut Sat, panel: Panel) -> Option<String> {
    sat.model.screen.show_only(panel);
    sat.effects.clear();
    sat.presses(&[Key::Char('x')]);
    sat.effects.iter().find_map(|effect| match effect {
        Effect::Copy(sql) => Some(sql.clone()),
        _ => None,
    })
}

#[test]
fn it_asks_for_the_sample_that_is_shown_although_the_cursor_is_later() {
    let mut sat = Sat::before_an_hour(80, 24);
    let before = sheet(vec![("ts", times(&[START + 1790 * SECOND])), ("mount", texts(&[Some("/")]))]);
    sat.model.moment.as_mut().unwrap().sheets.insert("filesystem", before);
    let sql = copied(&mut sat, Panel::Filesystem).unwrap();
    assert!(sql.contains("ts = ") && sql.contains("14:29:50") && !sql.contains('$'), "{sql}");
    assert!(sat.screen().contains("as of 14:29:50"), "{}", sat.screen());
}

#[test]
fn of_events_and_a_course_it_asks_for_the_range() {
    let mut sat = Sat::before_an_hour(80, 24);
    let events = copied(&mut sat, Panel::Events).unwrap();
    assert!(
        events.contains("from event") && events.contains("15:00:00") && !events.contains('$'),
        "{events}"
    );
    let start_time = Micros(START - 60 * SECOND);
    sat.model.subject = Some(Subject::Process { pid: 7, start_time, name: "worker".into() });
    let course = copied(&mut sat, Panel::History).unwrap();
    assert!(course.contains("pid = 7") && course.contains("13:59:00"), "{course}");
    assert!(!course.contains(['$', '{']), "{course}");
}

#[test]
fn where_no_question_is_behind_it_that_is_said() {
    let mut sat = Sat::before_an_hour(80, 24);
    assert_eq!(copied(&mut sat, Panel::Logs), None);
    assert!(sat.screen().contains("no question is behind this panel"), "{}", sat.screen());
}
