//! The key table: which key does what. Help is printed from it, and no key stands in it twice.

use super::panel::Panel;
use super::words::{self, Lang, Word};

/// A key, as terminals tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Char(char),
    Ctrl(char),
    Left,
    Right,
    ShiftLeft,
    ShiftRight,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Backspace,
    Delete,
    Tab,
    BackTab,
    Esc,
    F(u8),
}

impl Key {
    /// What is written on it.
    pub fn name(self, lang: Lang) -> String {
        let word = match self {
            Key::Char(' ') => words::KEY_SPACE,
            Key::PageUp => words::KEY_PAGE_UP,
            Key::PageDown => words::KEY_PAGE_DOWN,
            Key::Home => words::KEY_HOME,
            Key::End => words::KEY_END,
            Key::Enter => words::KEY_ENTER,
            Key::Delete => words::KEY_DELETE,
            Key::Esc => words::KEY_ESCAPE,
            Key::Char(c) => return c.to_string(),
            Key::Ctrl(c) => return format!("^{}", c.to_ascii_uppercase()),
            Key::F(n) => return format!("F{n}"),
            Key::Left => return "←".into(),
            Key::Right => return "→".into(),
            Key::ShiftLeft => return "⇧←".into(),
            Key::ShiftRight => return "⇧→".into(),
            Key::Up => return "↑".into(),
            Key::Down => return "↓".into(),
            Key::Backspace => return "⌫".into(),
            Key::Tab => return "Tab".into(),
            Key::BackTab => return "⇧Tab".into(),
        };
        word.in_lang(lang).into()
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// So many samples on, or back.
    Step(i64),
    /// So many screens of the strip.
    Screen(i64),
    Start,
    /// To the last sample, and along with it where somebody records.
    Live,
    /// Asks for a time to go to.
    Jump,
    /// Asks for a length of time to go on by, or back.
    JumpOn,
    JumpBack,
    NextMark,
    PreviousMark,
    Play,
    Faster,
    Slower,
    Freeze,
    MarkBegin,
    MarkEnd,
    /// Zooms into a marked range; else what the panel has for the row.
    Enter,
    /// Out of the zoom.
    Out,
    /// A step closer around the cursor.
    Closer,
    Headline,
    Preset(u8),
    Only(Panel),
    NextPanel,
    PreviousPanel,
    Full,
    RowUp,
    RowDown,
    RowFirst,
    RowLast,
    Filter,
    FilterUser,
    SortNext,
    SortBack,
    /// By a column of processes.
    SortBy(&'static str),
    Tree,
    FullCommand,
    Follow,
    Compact,
    Colours,
    Language,
    Logs,
    AddLog,
    ErrorsOnly,
    Export,
    Report,
    Copy,
    Command,
    Question,
    Help,
    /// Closes what is open: a prompt, help, a filter, what is full.
    Close,
    Quit,
}

/// What keys are for, as help groups them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Time,
    Panels,
    Rows,
    Other,
}

impl Group {
    pub const ALL: [Group; 4] = [Group::Time, Group::Panels, Group::Rows, Group::Other];

    pub fn title(self) -> Word {
        match self {
            Group::Time => words::KEYS_TIME,
            Group::Panels => words::KEYS_PANELS,
            Group::Rows => words::KEYS_ROWS,
            Group::Other => words::KEYS_OTHER,
        }
    }
}

/// Keys that do one thing.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub keys: &'static [Key],
    pub action: Action,
    pub group: Group,
    pub about: Word,
}

const fn bound(group: Group, keys: &'static [Key], action: Action, about: Word) -> Binding {
    Binding { keys, action, group, about }
}

use Action as A;
use Key::{Char as C, Ctrl, F};

/// The keys of sysray.
pub const SYSRAY: &[Binding] = &[
    bound(Group::Time, &[Key::Left, C(','), C('T')], A::Step(-1), words::K_BACK),
    bound(Group::Time, &[Key::Right, C('.'), C('t')], A::Step(1), words::K_ON),
    bound(Group::Time, &[Key::ShiftLeft, C('<')], A::Step(-10), words::K_BACK_TEN),
    bound(Group::Time, &[Key::ShiftRight, C('>')], A::Step(10), words::K_ON_TEN),
    bound(Group::Time, &[Key::PageUp], A::Screen(-1), words::K_SCREEN_BACK),
    bound(Group::Time, &[Key::PageDown], A::Screen(1), words::K_SCREEN_ON),
    bound(Group::Time, &[Key::Home, C('r')], A::Start, words::K_START),
    bound(Group::Time, &[Key::End, C('G')], A::Live, words::K_LIVE),
    bound(Group::Time, &[C('b')], A::Jump, words::K_JUMP),
    bound(Group::Time, &[C('j'), C(';')], A::JumpOn, words::K_JUMP_ON),
    bound(Group::Time, &[C('J')], A::JumpBack, words::K_JUMP_BACK),
    bound(Group::Time, &[C('n'), C(')')], A::NextMark, words::K_NEXT_MARK),
    bound(Group::Time, &[C('N'), C('(')], A::PreviousMark, words::K_PREVIOUS_MARK),
    bound(Group::Time, &[C(' ')], A::Play, words::K_PLAY),
    bound(Group::Time, &[C('+'), C('=')], A::Faster, words::K_FASTER),
    bound(Group::Time, &[C('-')], A::Slower, words::K_SLOWER),
    bound(Group::Time, &[C('z')], A::Freeze, words::K_FREEZE),
    bound(Group::Time, &[C('[')], A::MarkBegin, words::K_MARK_BEGIN),
    bound(Group::Time, &[C(']')], A::MarkEnd, words::K_MARK_END),
    bound(Group::Time, &[Key::Enter], A::Enter, words::K_ENTER),
    bound(Group::Time, &[Key::Backspace], A::Out, words::K_OUT),
    bound(Group::Time, &[C('Z')], A::Closer, words::K_CLOSER),
    bound(Group::Time, &[C('H')], A::Headline, words::K_HEADLINE),
    bound(Group::Panels, &[C('1')], A::Preset(1), words::PRESET_OVERVIEW),
    bound(Group::Panels, &[C('2')], A::Preset(2), words::PRESET_IO),
    bound(Group::Panels, &[C('3')], A::Preset(3), words::PRESET_NETWORK),
    bound(Group::Panels, &[C('4')], A::Preset(4), words::PRESET_PROCESS),
    bound(Group::Panels, &[C('5')], A::Preset(5), words::PRESET_PRESSURE),
    bound(Group::Panels, &[C('6')], A::Preset(6), words::PRESET_FULL),
    bound(Group::Panels, &[C('7')], A::Preset(7), words::PRESET_PRESSURE_PLUS),
    bound(Group::Panels, &[C('8')], A::Preset(8), words::PRESET_NETWORK_PLUS),
    bound(Group::Panels, &[C('9')], A::Preset(9), words::PRESET_JVM_PLUS),
    bound(Group::Panels, &[C('0')], A::Preset(0), words::PRESET_DISK_PLUS),
    bound(Group::Panels, &[C('g')], A::Preset(10), words::PRESET_INVENTORY_PLUS),
    bound(Group::Panels, &[F(2)], A::Only(Panel::Cpu), words::CPU),
    bound(Group::Panels, &[F(3), C('m')], A::Only(Panel::Memory), words::MEMORY),
    bound(Group::Panels, &[F(4), C('d')], A::Only(Panel::Disk), words::DISK),
    bound(Group::Panels, &[F(5)], A::Only(Panel::Filesystem), words::FILESYSTEM),
    bound(Group::Panels, &[F(6)], A::Only(Panel::Network), words::NETWORK),
    bound(Group::Panels, &[F(7)], A::Only(Panel::Pressure), words::PRESSURE),
    bound(Group::Panels, &[F(8), C('k')], A::Only(Panel::Cgroup), words::CGROUP),
    bound(Group::Panels, &[F(9), C('p')], A::Only(Panel::Process), words::PROCESS),
    bound(Group::Panels, &[F(10), C('a')], A::Only(Panel::Events), words::EVENTS),
    bound(Group::Panels, &[F(11), C('Q')], A::Question, words::K_QUESTION),
    bound(Group::Panels, &[F(12)], A::Only(Panel::Recorder), words::RECORDER),
    bound(Group::Panels, &[Key::Tab], A::NextPanel, words::K_NEXT_PANEL),
    bound(Group::Panels, &[Key::BackTab], A::PreviousPanel, words::K_PREVIOUS_PANEL),
    bound(Group::Panels, &[C('f')], A::Full, words::K_FULL),
    bound(Group::Panels, &[C('l'), C('O')], A::Logs, words::K_LOGS),
    bound(Group::Panels, &[C('L')], A::AddLog, words::K_ADD_LOG),
    bound(Group::Panels, &[C('e')], A::ErrorsOnly, words::K_ERRORS_ONLY),
    bound(Group::Rows, &[Key::Up], A::RowUp, words::K_ROW_UP),
    bound(Group::Rows, &[Key::Down], A::RowDown, words::K_ROW_DOWN),
    bound(Group::Rows, &[C('{')], A::RowFirst, words::K_ROW_FIRST),
    bound(Group::Rows, &[C('}')], A::RowLast, words::K_ROW_LAST),
    bound(Group::Rows, &[C('/'), C('\\')], A::Filter, words::K_FILTER),
    bound(Group::Rows, &[C('u')], A::FilterUser, words::K_FILTER_USER),
    bound(Group::Rows, &[C('s')], A::SortNext, words::K_SORT_NEXT),
    bound(Group::Rows, &[C('S')], A::SortBack, words::K_SORT_BACK),
    bound(Group::Rows, &[C('C')], A::SortBy("cpu_pct"), words::K_SORT_CPU),
    bound(Group::Rows, &[C('M')], A::SortBy("rss_bytes"), words::K_SORT_MEMORY),
    bound(Group::Rows, &[C('D')], A::SortBy("io_bytes_per_s"), words::K_SORT_DISK),
    bound(Group::Rows, &[C('W')], A::SortBy("run_delay_pct"), words::K_SORT_WAIT),
    bound(Group::Rows, &[C('y')], A::Tree, words::K_TREE),
    bound(Group::Rows, &[C('c'), C('w')], A::FullCommand, words::K_FULL_COMMAND),
    bound(Group::Rows, &[C('F')], A::Follow, words::K_FOLLOW),
    bound(Group::Other, &[C('?'), C('h'), F(1)], A::Help, words::K_HELP),
    bound(Group::Other, &[C(':')], A::Command, words::K_COMMAND),
    bound(Group::Other, &[C('v')], A::Compact, words::K_COMPACT),
    bound(Group::Other, &[C('o')], A::Colours, words::K_COLOURS),
    bound(Group::Other, &[C('i')], A::Language, words::K_LANGUAGE),
    bound(Group::Other, &[C('E')], A::Export, words::K_EXPORT),
    bound(Group::Other, &[C('R')], A::Report, words::K_REPORT),
    bound(Group::Other, &[C('x')], A::Copy, words::K_COPY),
    bound(Group::Other, &[Key::Esc], A::Close, words::K_CLOSE),
    bound(Group::Other, &[C('q'), Ctrl('c')], A::Quit, words::K_QUIT),
];

/// The letters of nmon for panels; what moves in time stays, where nmon has nothing on the key.
const NMON: &[Binding] = &[
    bound(Group::Panels, &[C('c'), C('l'), C('U')], A::Only(Panel::Cpu), words::CPU),
    bound(Group::Panels, &[C('m'), C('V')], A::Only(Panel::Memory), words::MEMORY),
    bound(Group::Panels, &[C('d')], A::Only(Panel::Disk), words::DISK),
    bound(Group::Panels, &[C('j')], A::Only(Panel::Filesystem), words::FILESYSTEM),
    bound(Group::Panels, &[C('n')], A::Only(Panel::Network), words::NETWORK),
    bound(Group::Panels, &[C('t')], A::Only(Panel::Process), words::PROCESS),
    bound(Group::Panels, &[C('r')], A::Preset(10), words::PRESET_INVENTORY_PLUS),
    bound(Group::Panels, &[C('k')], A::Only(Panel::Pressure), words::PRESSURE),
];

/// Which table of keys holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    #[default]
    Sysray,
    Nmon,
}

impl Keys {
    /// All that holds, with the keys that are left of each.
    pub fn bindings(self) -> Vec<(Vec<Key>, Binding)> {
        let first: &[Binding] = if self == Keys::Nmon { NMON } else { &[] };
        let taken: Vec<Key> = first.iter().flat_map(|binding| binding.keys).copied().collect();
        let left = |binding: &Binding| {
            let keys: Vec<Key> = binding.keys.iter().copied().filter(|key| !taken.contains(key)).collect();
            (!keys.is_empty()).then_some((keys, *binding))
        };
        let first = first.iter().map(|binding| (binding.keys.to_vec(), *binding));
        first.chain(SYSRAY.iter().filter_map(left)).collect()
    }

    /// The first key that does it.
    pub fn key_of(self, action: Action) -> Option<Key> {
        let mut bindings = self.bindings().into_iter();
        bindings.find(|(_, binding)| binding.action == action).and_then(|(keys, _)| keys.first().copied())
    }

    /// What a key does.
    pub fn action(self, key: Key) -> Option<Action> {
        let mut bindings = self.bindings().into_iter();
        bindings.find(|(keys, _)| keys.contains(&key)).map(|(_, binding)| binding.action)
    }
}
