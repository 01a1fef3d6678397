//! All that the screen shows, and all that keys change. Nothing here reads, draws or waits.

mod java;
mod mark;
mod prompt;
mod rows;
mod screen;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::course::Course;
use super::effect::{Go, Subject};
use super::event::Moment;
use super::keys::{Key, Keys};
use super::panel::Panel;
use super::sheet::Sheet;
use super::theme::{Depth, Theme};
use super::words::{self, Lang, Word};
use crate::time::Micros;

pub use java::Java;
pub use mark::{Mark, Severity, What};
pub use prompt::{Prompt, Wanted};
pub use rows::{Listing, Row, Shown, java};
pub use screen::{Help, Screen};
pub use timeline::{HEADLINES, Headline, Play, Timeline, Zoom};

/// How the desk looks, and in which language it speaks.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub lang: Lang,
    pub theme: Theme,
    pub depth: Depth,
    pub keys: Keys,
    pub is_compact: bool,
    pub has_full_commands: bool,
}

/// What the desk knows and shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    pub now: Micros,
    pub zone: TimeZone,
    /// Where it is recorded, in words.
    pub place: String,
    /// Whether it stays recorded when the desk ends.
    pub is_kept: bool,
    pub host: String,
    pub hosts: Vec<String>,
    /// The tables that there are, where no store is shown but files by themselves.
    pub tables: Option<BTreeSet<String>>,
    pub settings: Settings,
    pub time: Timeline,
    pub screen: Screen,
    pub lists: BTreeMap<Panel, Listing>,
    /// What was so at the cursor.
    pub moment: Option<Moment>,
    /// What the strip is drawn of.
    pub course: Option<Course>,
    /// Of which process or cgroup the history is, and how it went.
    pub subject: Option<Subject>,
    pub history: Option<(String, Course)>,
    pub prompt: Option<Prompt>,
    pub asked: Asked,
    pub typed: Typed,
    pub logs: Logs,
    /// What was last said, until then.
    pub notice: Option<Notice>,
    pub travel: Travel,
    /// Keys pressed before the first rows stand on the screen, for when they do: somebody who types ahead means what
    /// is about to be there.
    pub ahead: Option<Vec<Key>>,
    /// The last length of time that was jumped by, as it was typed.
    pub stride: String,
}

/// A move under way, and the one behind it.
#[derive(Clone, Debug, Default)]
pub struct Travel {
    pub is_under_way: bool,
    pub next: Option<Go>,
    /// Whether a course of the strip is asked for and not there yet.
    pub is_drawing: bool,
    /// The anomaly whose greatest sample is looked for: where its mark stands, and of which number.
    pub sought: Option<(Micros, &'static str)>,
}

/// What was typed and is worked on elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// How many questions and conditions there have been: the number of the last.
    pub last: u64,
    /// The condition that is looked for.
    pub until: Option<u64>,
    /// How many exports and reports are being written.
    pub writing: usize,
    /// Whether it was said to who wants to leave that they are.
    pub is_left_told: bool,
    /// Whether somebody has asked them to stop. What cannot be stopped keeps no key from its use.
    pub is_cancelled: bool,
}

impl Typed {
    /// The number of the next one.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// The question that was typed, and its answer.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Which one it is: an answer with another number is to one that nobody waits for any more.
    pub number: u64,
    /// As it was typed.
    pub line: String,
    /// What it stands for: an example's own SQL where one was named.
    pub sql: String,
    /// How many columns behind the first are scrolled out of sight.
    pub skipped: usize,
    pub is_running: bool,
    pub answer: Option<Result<Sheet, String>>,
}

/// What is logged beside the numbers.
#[derive(Clone, Debug)]
pub struct Logs {
    pub errors_only: bool,
    /// When they were last asked for.
    pub asked: Micros,
    pub files: Vec<String>,
    pub lines: Vec<LogLine>,
}

impl Default for Logs {
    fn default() -> Self {
        Logs { errors_only: false, asked: Micros(0), files: Vec::new(), lines: Vec::new() }
    }
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// `None` where the line does not tell.
    pub ts: Option<Micros>,
    /// The unit or the file.
    pub from: String,
    pub text: String,
    pub is_error: bool,
}

/// Something to be said for a while.
#[derive(Clone, Debug)]
pub struct Notice {
    pub text: String,
    pub is_error: bool,
    pub until: Micros,
    /// Until then keys leave it: what nobody has just asked for is to be seen.
    pub holds: Micros,
}

/// How long a notice that a key did not bring is there whatever is pressed.
const HOLDS: i64 = 1_500_000;

/// What the glossary has of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub title: String,
    pub text: String,
}

impl Model {
    /// A desk over a store of which nothing is known yet.
    pub fn new(place: String, zone: TimeZone, settings: Settings) -> Self {
        Model {
            size: (80, 24),
            now: Micros(0),
            zone,
            place,
            is_kept: true,
            host: String::new(),
            hosts: Vec::new(),
            tables: None,
            settings,
            time: Timeline::default(),
            screen: Screen::default(),
            lists: BTreeMap::new(),
            moment: None,
            course: None,
            subject: None,
            history: None,
            prompt: None,
            asked: Asked::default(),
            typed: Typed::default(),
            logs: Logs::default(),
            notice: None,
            travel: Travel::default(),
            ahead: Some(Vec::new()),
            stride: "10m".into(),
        }
    }

    /// A word in the desk's language.
    pub fn say(&self, word: Word) -> &'static str {
        word.in_lang(self.settings.lang)
    }

    /// The first and the last sample that there are; else it is said that there is none.
    pub fn recorded(&mut self) -> Option<(Micros, Micros)> {
        if self.time.extent.is_none() {
            self.tell(self.say(self.nothing()), true);
        }
        self.time.extent
    }

    /// What stands where nothing is known to be recorded: that it is being looked for, or that there is nothing.
    pub fn nothing(&self) -> Word {
        if self.ahead.is_some() { words::LOADING } else { words::NOTHING_YET }
    }

    /// Rows of the sample at the cursor.
    pub fn sheet(&self, question: &str) -> Option<&Sheet> {
        self.moment.as_ref()?.sheets.get(question).filter(|sheet| !sheet.is_empty())
    }

    /// What there is to say of a panel of whose tables the file that is shown has none.
    pub fn missing(&self, panel: Panel) -> Option<String> {
        let needs = panel.needs();
        let is_there = |table: &&str| self.has_table(table);
        (!needs.is_empty() && !needs.iter().any(is_there)).then(|| self.no_table(&needs.join(", ")))
    }

    /// Whether the table may be there.
    pub fn has_table(&self, table: &str) -> bool {
        self.tables.as_ref().is_none_or(|tables| tables.contains(table))
    }

    /// Says that the file has no table of that name.
    pub fn no_table(&self, table: &str) -> String {
        words::filled(self.say(words::NO_SUCH_TABLE), &[table])
    }

    /// A headline number of the sample at the cursor.
    pub fn headline(&self, name: &str) -> Option<f64> {
        self.sheet("system")?.number(0, name)
    }

    /// How a panel's rows are listed.
    pub fn listing(&self, panel: Panel) -> Listing {
        self.lists.get(&panel).cloned().unwrap_or_else(|| Listing::of(panel))
    }

    /// What its panel shows of the rows there are, in the order it shows them.
    pub fn shown(&self, panel: Panel) -> Shown {
        rows::shown(self, panel)
    }

    /// Questions that the panels on the screen need answered, each once.
    pub fn questions(&self) -> Vec<&'static str> {
        let mut all = vec!["system"];
        for panel in self.screen.panels() {
            all.extend(panel.questions());
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Says something for a few seconds, in the desk's language where it is one of its words.
    pub fn tell(&mut self, text: impl Into<String>, is_error: bool) {
        let seconds = if is_error { 8 } else { 4 };
        let text = words::said(&text.into(), self.settings.lang).to_string();
        let (until, holds) = (Micros(self.now.0 + seconds * 1_000_000), Micros(self.now.0 + HOLDS));
        self.notice = Some(Notice { text, is_error, until, holds });
    }

    /// What was said before a key, and whether it stays behind it: while a line is typed nothing is seen of it.
    pub fn notice_before(&mut self, is_escape: bool) -> Option<Notice> {
        let is_hidden = self.prompt.is_some();
        let now = self.now;
        self.notice.take().filter(|notice| is_hidden || (!is_escape && notice.holds > now))
    }

    /// What a key said is there until the next one; where it said nothing, what was there before.
    pub fn notice_behind(&mut self, before: Option<Notice>) {
        match &mut self.notice {
            Some(notice) => notice.holds = self.now,
            None => self.notice = before,
        }
    }
}

impl Model {
    /// The cursor's time with its zone.
    pub fn moment_text(&self) -> String {
        let zoned = self.zoned(self.time.cursor);
        let fraction = if self.time.cursor.0 % 1_000_000 == 0 { "" } else { "%.3f" };
        let day = self.say(words::DAYS[zoned.weekday().to_monday_zero_offset() as usize]);
        zoned.strftime(&format!("{day} %Y-%m-%d %H:%M:%S{fraction} %Z")).to_string()
    }

    /// An instant as short as a span of so many microseconds allows.
    pub fn when(&self, at: Micros, span: i64) -> String {
        const DAY: i64 = 86_400_000_000;
        let form = match span {
            _ if span >= 2 * DAY => "%m-%d %H:%M",
            _ if span >= DAY / 12 => "%H:%M",
            _ => "%H:%M:%S",
        };
        self.zoned(at).strftime(form).to_string()
    }

    fn zoned(&self, at: Micros) -> jiff::Zoned {
        let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::MAX);
        at.to_zoned(self.zone.clone())
    }
}
