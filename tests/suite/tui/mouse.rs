//! What a click means, by where on the screen it is.

use jiff::tz::TimeZone;
use sysray::time::Micros;
use sysray::tui::effect::Move;
use sysray::tui::event::Event;
use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;

use super::made::{numbers, sheet, texts, times};
use super::{SECOND, START, Sat};

/// Line and column of a text on the screen.
fn place(screen: &str, text: &str) -> (u16, u16) {
    let found = screen.lines().enumerate().find_map(|(y, line)| Some((y, line.find(text)?, line)));
    let (y, at, line) = found.unwrap_or_else(|| panic!("no {text:?} in {screen}"));
    (line[..at].chars().count() as u16, y as u16)
}

impl Sat {
    fn clicks(&mut self, text: &str) -> &mut Sat {
        let (x, y) = place(&self.screen(), text);
        self.happens(Event::Click(x, y));
        self
    }

    /// The row that is chosen, as it stands in its sheet.
    fn chosen(&self, panel: Panel) -> usize {
        let shown = self.model.shown(panel);
        shown.rows[shown.chosen.unwrap()].row
    }

    fn by(&self, panel: Panel) -> (String, bool) {
        self.model.listing(panel).sort
    }
}

/// One whose question has an answer of so many rows, a second each.
fn asked(columns: u16, lines: u16, rows: i64) -> Sat {
    let mut sat = Sat::before_an_hour(columns, lines);
    sat.presses(&[Key::Char('Q')]).types("select ts, word from answers").presses(&[Key::Enter]);
    let seconds: Vec<i64> = (1..=rows).map(|second| START + second * SECOND).collect();
    let words: Vec<String> = (1..=rows).map(|row| format!("word{row:03}.")).collect();
    let words: Vec<Option<&str>> = words.iter().map(|word| Some(word.as_str())).collect();
    let answer = sheet(vec![("ts", times(&seconds)), ("word", texts(&words))]);
    sat.happens(Event::Answer(sat.model.asked.number, Ok(answer)));
    sat.answered();
    sat
}

#[test]
fn a_click_on_a_row_of_an_answer_chooses_that_row() {
    for rows in [5, 500] {
        let mut sat = asked(100, 30, rows);
        // From one that is in the middle of many, too.
        for row in [2, 4, 1] {
            sat.clicks(&format!("word{row:03}."));
            assert_eq!(sat.chosen(Panel::Question) as i64, row - 1);
        }
        sat.presses(&[Key::Char('}')]);
        sat.clicks(&format!("word{:03}.", rows - 3));
        assert_eq!(sat.chosen(Panel::Question) as i64, rows - 4);
        sat.presses(&[Key::Enter]);
        assert_eq!(sat.gone(), Some(Move::At(Micros(START + (rows - 3) * SECOND))));
    }
}

#[test]
fn a_click_on_a_row_of_a_list_or_an_event_chooses_it_and_one_on_a_title_none() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char('4')]).answered();
    sat.clicks("www-data");
    assert_eq!(sat.chosen(Panel::Process), 2);
    sat.clicks("─ Processes");
    assert_eq!(sat.chosen(Panel::Process), 2);
    sat.model.screen.show_only(Panel::Events);
    sat.clicks("deployed v2");
    assert_eq!(sat.chosen(Panel::Events), 3);
}

#[test]
fn a_click_on_a_head_sorts_by_it_and_another_one_turns_it_round() {
    let mut sat = Sat::before_an_hour(160, 40);
    sat.presses(&[Key::Char('1')]).answered();
    sat.clicks("MEM%");
    assert_eq!(sat.by(Panel::Process), ("cpu_pct".into(), true), "no such column in the answer");
    sat.clicks("RSS");
    assert_eq!(sat.by(Panel::Process), ("rss_bytes".into(), true));
    sat.clicks("RSS");
    assert_eq!(sat.by(Panel::Process), ("rss_bytes".into(), false));
    sat.clicks("COMMAND");
    assert_eq!(sat.by(Panel::Process), ("comm".into(), false), "texts by the alphabet");
    // A tree has no order of its own; a head gives it one.
    sat.presses(&[Key::Char('y')]);
    sat.clicks("COMMAND");
    assert_eq!(
        (sat.by(Panel::Process), sat.model.listing(Panel::Process).is_tree),
        (("comm".into(), false), false)
    );
    // What the mouse is drawn over is no click.
    let (x, y) = place(&sat.screen(), "RSS");
    sat.happens(Event::Drag(x, y));
    assert_eq!(sat.by(Panel::Process), ("comm".into(), false));
}

#[test]
fn each_head_is_the_one_of_its_column_however_wide_the_terminal() {
    for (columns, is_compact) in [(60, false), (80, true), (80, false), (120, false), (200, false)] {
        let mut sat = Sat::before_an_hour(columns, 30);
        sat.model.settings.is_compact = is_compact;
        sat.model.screen.show_only(Panel::Disk);
        let list = Panel::Disk.list().unwrap();
        let names: Vec<&str> = list.columns.iter().map(|column| column.name).collect();
        let mut row = vec![("ts", times(&[START]))];
        row.extend(names.iter().map(|name| (*name, numbers(&[Some(1.0)]))));
        let mut moment = super::made::moment(Micros(START));
        moment.sheets.insert("disk", sheet(row));
        sat.happens(Event::Moment(Ok(moment)));
        let line = sat.screen().lines().find(|line| line.contains("DEVICE")).unwrap().to_string();
        for column in list.columns {
            let is_head = |(at, _): &(usize, &str)| {
                let (before, behind) = (&line[..*at], &line[at + column.head.en.len()..]);
                // There are three sizes: two of them are of reads and of writes.
                let is_whole = before.ends_with(' ') && !before.ends_with(" R ") && !before.ends_with(" W ");
                (*at == 0 || is_whole) && behind.chars().next().is_none_or(|c| " ▼▲".contains(c))
            };
            let Some((at, _)) = line.match_indices(column.head.en).find(is_head) else { continue };
            let y = place(&sat.screen(), "DEVICE").1;
            sat.happens(Event::Click(line[..at].chars().count() as u16, y));
            assert_eq!(sat.by(Panel::Disk).0, column.name, "{} at {columns}", column.head.en);
        }
    }
}

#[test]
fn times_of_an_answer_are_those_of_the_desk_s_zone() {
    let mut sat = asked(100, 30, 3);
    sat.model.zone = TimeZone::get("Europe/Paris").unwrap();
    let screen = sat.screen();
    assert!(screen.contains("2026-11-22 15:00:01+01:00") && !screen.contains("14:00:01"), "{screen}");
    // What a function of SQL makes of one is in nanoseconds.
    let nanos = arrow::array::TimestampNanosecondArray::from(vec![START * 1000]).with_timezone("UTC");
    let answer = sheet(vec![("bin", std::sync::Arc::new(nanos) as _)]);
    sat.happens(Event::Answer(sat.model.asked.number, Ok(answer)));
    assert!(sat.screen().contains("2026-11-22 15:00:00+01:00"), "{}", sat.screen());
}
