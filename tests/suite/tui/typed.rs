//! What is typed: which answer counts, what is written, and that nothing else waits for it.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sysray::query::{Options, Running};
use sysray::time::{self, Clock, Context, Micros, SystemClock};
use sysray::tui::desk::{Desk, Hands, Hooks};
use sysray::tui::effect::{Effect, Export, Exported, Go, Move, Subject};
use sysray::tui::event::{Event, Extent, Moment};
use sysray::tui::keys::Key;
use sysray::tui::panel::Panel;
use sysray::tui::words::Lang;
use tempfile::TempDir;

use super::made::{sheet, texts};
use super::{SECOND, START, Sat};
use crate::cli::{Sysray, recorded};

fn at(second: i64) -> Micros {
    Micros(START + second * SECOND)
}

fn answer() -> sysray::tui::sheet::Sheet {
    sheet(vec![("word", texts(&[Some("hello")]))])
}

#[test]
fn the_answer_to_a_question_before_is_dropped_even_where_it_reads_the_same() {
    let mut sat = Sat::before_an_hour(100, 30);
    let ask = |sat: &mut Sat| {
        sat.presses(&[Key::Char(':')]).types("sql select 1").presses(&[Key::Enter]);
        sat.model.asked.number
    };
    let (first, second) = (ask(&mut sat), ask(&mut sat));
    let asked: Vec<&Effect> = sat.effects.iter().filter(|effect| matches!(effect, Effect::Ask(..))).collect();
    assert_eq!(asked, [&Effect::Ask(first, "select 1".into()), &Effect::Ask(second, "select 1".into())]);
    sat.happens(Event::Answer(first, Err("interrupted".into())));
    assert!(sat.model.asked.is_running && !sat.screen().contains("interrupted"), "{}", sat.screen());
    sat.happens(Event::Answer(second, Ok(answer())));
    assert!(!sat.model.asked.is_running && sat.screen().contains("hello"), "{}", sat.screen());
}

#[test]
fn a_question_of_the_cookbook_is_asked_by_its_name() {
    // `@top-cpu` was sent as SQL, and refused for its `@`.
    let mut sat = Sat::before_an_hour(100, 30);
    let mut asks = |line: &str| {
        sat.effects.clear();
        sat.presses(&[Key::Char('Q'), Key::Ctrl('u')]).types(line).presses(&[Key::Enter]);
        let asked = sat.effects.iter().find_map(|effect| match effect {
            Effect::Ask(_, sql) => Some(sql.clone()),
            _ => None,
        });
        (asked, sat.screen())
    };
    for line in ["@top-cpu n=3", "@top-cpu --param n=3", "@top-cpu -p n=3 ", "@top-cpu --param=n=3;"] {
        let (asked, screen) = asks(line);
        let asked = asked.unwrap();
        assert!(asked.contains("limit 3\n") && asked.contains("from process"), "{line}: {asked}");
        assert!(screen.contains("@top-cpu"), "{screen}");
    }
    assert!(asks("@top-cpu").0.unwrap().contains("limit 10\n"));
    for (line, said) in [
        ("@top-cpus", "did you mean"),
        ("@top-cpu m=3", "no parameter `m`"),
        ("@top-cpu n=many", "is a number"),
        ("@top-cpu 3", "given as n=5"),
    ] {
        let (asked, screen) = asks(line);
        assert!(asked.is_none() && screen.contains(said), "{line}: {screen}");
    }
    // What is typed anew begins with what was typed, and copied is what was asked.
    asks("@top-cpu n=4");
    sat.presses(&[Key::Char('Q')]);
    assert_eq!(sat.model.prompt.as_ref().unwrap().text, "@top-cpu n=4");
    sat.presses(&[Key::Esc]);
    sat.effects.clear();
    sat.presses(&[Key::Char('x')]);
    let [Effect::Copy(sql)] = &sat.effects[..] else { panic!("{:?}", sat.effects) };
    assert!(sql.contains("limit 4\n"), "{sql}");
    sat.effects.clear();
    sat.presses(&[Key::Char('E')]).types("out").presses(&[Key::Enter]);
    let [Effect::Export(Export { of: Exported::Answer(sql), .. })] = &sat.effects[..] else { panic!() };
    assert!(sql.contains("limit 4\n"), "{sql}");
}

#[test]
fn an_answer_that_is_too_wide_is_scrolled_by_columns_and_keeps_the_first() {
    // Of `select *` only the first columns were ever seen.
    let mut sat = Sat::before_an_hour(60, 30);
    let names: Vec<String> = (0..12).map(|n| format!("column_{n:02}")).collect();
    let wide = || sheet(names.iter().map(|name| (name.as_str(), texts(&[Some("cell"), None]))).collect());
    let ask = |sat: &mut Sat, answer| {
        sat.presses(&[Key::Char(':')]).types("sql select *").presses(&[Key::Enter]).answered();
        let number = sat.model.asked.number;
        sat.happens(Event::Answer(number, Ok(answer)));
    };
    ask(&mut sat, wide());
    let cursor = sat.model.time.cursor;
    let heads = |sat: &Sat| -> Vec<String> {
        let screen = sat.screen();
        let line = screen.lines().find(|line| line.starts_with("column_")).unwrap().to_string();
        line.split_whitespace().map(|head| head.trim_start_matches("column_").to_string()).collect()
    };
    // 60 columns are five of nine with two between them, and a piece of the sixth.
    assert_eq!(heads(&sat)[..5], ["00", "01", "02", "03", "04"]);
    assert!(sat.screen().contains("select *") && sat.screen().contains(" 7 ▶"), "{}", sat.screen());
    sat.presses(&[Key::Right, Key::Right]);
    assert_eq!(heads(&sat)[..5], ["00", "03", "04", "05", "06"]);
    assert!(sat.screen().contains("◀ 2  5 ▶"), "{}", sat.screen());
    sat.presses(&[Key::Right; 20]);
    assert_eq!(heads(&sat), ["00", "08", "09", "10", "11"], "{}", sat.screen());
    assert!(sat.screen().contains("◀ 7") && !sat.screen().contains("▶"), "{}", sat.screen());
    sat.presses(&[Key::Left; 20]);
    assert_eq!(heads(&sat)[..3], ["00", "01", "02"]);
    assert_eq!((sat.gone(), sat.model.time.cursor), (None, cursor), "the cursor in time stays");
    // The next answer begins at its beginning; where all is in sight, and elsewhere, the keys move in time.
    sat.presses(&[Key::Right]);
    ask(&mut sat, answer());
    assert!(!sat.screen().contains("◀"));
    let moves = |sat: &mut Sat, key| {
        sat.presses(&[key]);
        let moved = matches!(&sat.effects[..], [Effect::Go(Go { to: Move::Samples(1), .. })]);
        sat.answered();
        moved
    };
    assert!(moves(&mut sat, Key::Right));
    ask(&mut sat, wide());
    assert!(!moves(&mut sat, Key::Right) && moves(&mut sat, Key::Char('.')));
}

#[test]
fn who_went_elsewhere_is_not_moved_by_what_was_looked_for_before() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char(':')]).types("until cpu > 90").presses(&[Key::Enter]);
    sat.presses(&[Key::Left]).answered();
    sat.happens(Event::Until(1, Ok(Some(at(2000)))));
    assert_eq!(sat.gone(), None);
    sat.presses(&[Key::Char(':')]).types("until cpu > 90").presses(&[Key::Enter, Key::Esc]);
    assert_eq!(sat.effects.last(), Some(&Effect::Cancel));
    sat.happens(Event::Until(2, Ok(Some(at(2000)))));
    assert_eq!(sat.gone(), None);
}

#[test]
fn what_is_written_is_what_the_panel_shows() {
    let mut sat = Sat::before_an_hour(100, 30);
    let exports = |sat: &mut Sat| {
        sat.effects.clear();
        sat.presses(&[Key::Char('E')]).types("out.csv").presses(&[Key::Enter]);
        let [Effect::Export(export)] = &sat.effects[..] else { panic!("{:?}", sat.effects) };
        export.of.clone()
    };
    assert_eq!(exports(&mut sat), Exported::Table("process"));
    sat.presses(&[Key::Up, Key::Enter]).answered();
    let process = Subject::Process { pid: 300, start_time: Micros(START - 6), name: "backup".into() };
    sat.model.screen.show_only(Panel::Process);
    sat.presses(&[Key::Char('C'), Key::Char('{'), Key::Enter]).answered();
    assert_eq!(exports(&mut sat), Exported::Of(process));
    sat.model.screen.show_only(Panel::Cgroup);
    sat.presses(&[Key::Char('{'), Key::Enter]).answered();
    assert_eq!(exports(&mut sat), Exported::Of(Subject::Cgroup { path: "/cron".into() }));
    sat.presses(&[Key::Char(':')]).types("sql select 1").presses(&[Key::Enter]);
    assert_eq!(exports(&mut sat), Exported::Answer("select 1".into()));
}

#[test]
fn escape_stops_what_is_written_once_and_is_free_again() {
    let mut sat = Sat::before_an_hour(100, 30);
    sat.presses(&[Key::Char('4'), Key::Char('l'), Key::Char('R')]);
    sat.effects.clear();
    sat.presses(&[Key::Esc]);
    assert_eq!((&sat.effects[..], sat.model.screen.has_logs), (&[Effect::Cancel][..], true));
    sat.presses(&[Key::Esc]);
    assert_eq!(
        (sat.effects.len(), sat.model.screen.has_logs),
        (1, false),
        "what cannot be stopped holds no key"
    );
    sat.happens(Event::Written(Err("interrupted".into())));
    assert_eq!(sat.model.typed.writing, 0);
    sat.presses(&[Key::Char('R')]);
    sat.effects.clear();
    sat.presses(&[Key::Esc]);
    assert_eq!(sat.effects, [Effect::Cancel], "the next one can be stopped again");
}

#[test]
fn who_leaves_hears_that_something_is_being_written() {
    let mut sat = Sat::before_an_hour(100, 30);
    assert!(!sat.screen().contains("writing"));
    sat.presses(&[Key::Char('R')]);
    assert!(sat.screen().lines().next().unwrap().contains("writing"), "{}", sat.screen());
    sat.effects.clear();
    sat.presses(&[Key::Char('q')]);
    assert!(sat.effects.is_empty() && sat.screen().contains("q again leaves"), "{}", sat.screen());
    sat.presses(&[Key::Char('q')]);
    assert_eq!(sat.effects, [Effect::Quit]);
    // Once it is written nothing is left to say, and Ctrl-C does not ask.
    sat.effects.clear();
    sat.happens(Event::Written(Ok("written".into())));
    sat.presses(&[Key::Char('q')]);
    assert_eq!(sat.effects, [Effect::Quit]);
    sat.presses(&[Key::Char('R')]);
    sat.effects.clear();
    sat.presses(&[Key::Ctrl('c')]);
    assert_eq!(sat.effects, [Effect::Quit]);
}

/// Somebody who is told to write, and does not come to an end before he is stopped.
struct Slow(Arc<Mutex<Sender<()>>>);

impl Hooks for Slow {
    fn export(&self, _: &Export, running: &Running) -> Result<String, String> {
        self.0.lock().unwrap().send(()).unwrap();
        let begun = Instant::now();
        while !running.is_cancelled() && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        if running.is_cancelled() { Err("interrupted".into()) } else { Ok("written".into()) }
    }

    fn report(&self, _: &str, _: (Micros, Micros), _: Lang, _: &Running) -> Result<String, String> {
        Ok("reported".into())
    }
}

/// How the desk has its questions answered.
pub fn options() -> Options {
    let read_time = Arc::new(|text: &str| {
        let now = SystemClock::default().wall();
        let zone = jiff::tz::TimeZone::UTC;
        let context = Context { now, zone, start: None, end: None, live: false };
        time::parse(text, &context).map_err(|error| error.to_string())
    });
    Options { memory_bytes: 48 << 20, threads: 2, ..Options::new(read_time) }
}

/// A desk over a recording of this host.
pub struct Open {
    _store: TempDir,
    pub hands: Hands,
    events: Receiver<Event>,
    begun: Receiver<()>,
}

impl Open {
    fn new() -> Open {
        Open::over(recorded(4))
    }

    pub fn over(store: TempDir) -> Open {
        let path = store.path().to_path_buf();
        Open::file(store, path)
    }

    /// Over a file by itself, which lies in this folder.
    pub fn file(store: TempDir, path: std::path::PathBuf) -> Open {
        let options = options();
        let (begins, begun) = mpsc::channel();
        let slow = Slow(Arc::new(Mutex::new(begins)));
        let desk = Desk::open(&[path], None, options, Box::new(slow)).unwrap();
        let (sender, events) = mpsc::channel();
        Open { hands: Hands::start(desk, sender), _store: store, events, begun }
    }

    /// What is so where the cursor goes.
    pub fn goes(&self, from: Micros, to: Move, questions: &[&'static str]) -> Moment {
        self.hands.give(Effect::Go(Go { from, to, questions: questions.to_vec() }));
        match self.hears() {
            Event::Moment(Ok(moment)) => moment,
            other => panic!("{other:?}"),
        }
    }

    /// The next event, and nothing is waited for for ever.
    pub fn hears(&self) -> Event {
        self.events.recv_timeout(Duration::from_secs(50)).expect("the desk answers")
    }

    pub fn extent(&self) -> Extent {
        self.hands.give(Effect::Look);
        match self.hears() {
            Event::Extent(Ok(Some(extent))) => extent,
            other => panic!("{other:?}"),
        }
    }
}

/// What is not answered within a test.
const ENDLESS: &str = "select sum(sin(a.pid) * b.pid * c.pid * d.pid * e.pid * f.pid) from process a, process b, \
                       process c, process d, process e, process f";

#[test]
fn a_question_without_end_keeps_nothing_waiting_and_can_be_stopped() {
    let desk = Open::new();
    let Extent { from, to, .. } = desk.extent();
    let from = Micros(from.0 - 1);
    desk.hands.give(Effect::Ask(1, ENDLESS.into()));
    for _ in 0..3 {
        desk.hands.give(Effect::Course { from, to, columns: 100 });
        match desk.hears() {
            Event::Course(Ok(course)) => assert!(course.most("cpu").is_some()),
            other => panic!("{other:?}"),
        }
    }
    desk.hands.give(Effect::Cancel);
    match desk.hears() {
        Event::Answer(1, Err(error)) => assert_eq!(error, "interrupted"),
        other => panic!("{other:?}"),
    }
    // The next question stops the one before, and is answered.
    desk.hands.give(Effect::Ask(2, ENDLESS.into()));
    desk.hands.give(Effect::Ask(3, "select count(*) as ticks from system".into()));
    let (first, second) = (desk.hears(), desk.hears());
    assert!(matches!(first, Event::Answer(2, Err(_))), "{first:?}");
    let Event::Answer(3, Ok(answer)) = second else { panic!("{second:?}") };
    assert_eq!(answer.number(0, "ticks"), Some(4.0));
}

/// As a recorder reads processes less often that would take more than its budget.
#[test]
fn between_two_looks_at_processes_those_of_the_one_before_stand() {
    let store = TempDir::new().unwrap();
    let config = store.path().join("rare.toml");
    std::fs::write(&config, "[collect.process]\ninterval = \"1s\"\n").unwrap();
    let words = ["record", "-i", "250ms", "-c", "9", "--config", config.to_str().unwrap()];
    let root = TempDir::new().unwrap();
    Sysray::new(&words).store(root.path()).prints();
    let desk = Open::over(root);
    desk.extent();
    let mut here = desk.goes(Micros(0), Move::Start, &["process", "system"]);
    let (mut looks, mut samples) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..9 {
        // What the first look says of its interval is that it began a moment ago.
        if let Some(processes) = here.sheets.get("process") {
            let of = processes.time(0, "ts").unwrap();
            assert!(processes.len() > 2 && of <= here.ts && here.ts.0 - of.0 < 2 * SECOND);
            looks.insert(of);
            samples += 1;
        }
        here = desk.goes(here.ts, Move::Samples(1), &["process", "system"]);
    }
    assert!(samples > looks.len() + 3, "{samples} samples of {looks:?}");
    assert!((2..=5).contains(&looks.len()), "{looks:?}");
}

#[test]
fn an_export_keeps_nothing_waiting_and_a_question_does_not_stop_it() {
    let desk = Open::new();
    let Extent { from, to, hosts, .. } = desk.extent();
    let from = Micros(from.0 - 1);
    let (host, into) = (hosts[0].clone(), String::from("nowhere.csv"));
    let export = Export { host: host.clone(), from, to, of: Exported::Table("system"), into, lang: Lang::En };
    desk.hands.give(Effect::Export(export));
    desk.begun.recv_timeout(Duration::from_secs(50)).unwrap();
    desk.hands.give(Effect::Events { from, to });
    assert!(matches!(desk.hears(), Event::Marks(..)));
    desk.hands.give(Effect::Ask(1, "select 1 as one".into()));
    assert!(desk.events.recv_timeout(Duration::from_millis(300)).is_err(), "it is written on");
    desk.hands.give(Effect::Cancel);
    let (written, asked) = (desk.hears(), desk.hears());
    assert!(matches!(&written, Event::Written(Err(why)) if why == "interrupted"), "{written:?}");
    assert!(matches!(&asked, Event::Answer(1, Err(why)) if why == "interrupted"), "{asked:?}");
    // What is given afterwards is not stopped.
    desk.hands.give(Effect::Report { host, from, to, lang: Lang::En });
    assert!(matches!(desk.hears(), Event::Written(Ok(_))));
}
