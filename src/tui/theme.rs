//! Colours by what they mean. Where a terminal has but sixteen, or none are wanted, each has a stand-in.

use ratatui::style::{Color, Modifier, Style};

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Dark,
    Light,
    HighContrast,
    Mono,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    True,
    #[default]
    Sixteen,
    None,
}

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    Dim,
    Title,
    Good,
    Warning,
    Critical,
    Graph,
    Second,
    Cursor,
    Range,
}

impl Theme {
    pub const ALL: [Theme; 4] = [Theme::Dark, Theme::Light, Theme::HighContrast, Theme::Mono];

    /// The word by which a command names it.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Dark => "dark",
            Theme::Light => "light",
            Theme::HighContrast => "high-contrast",
            Theme::Mono => "mono",
        }
    }

    /// The one behind it.
    pub fn next(self) -> Theme {
        let place = Theme::ALL.iter().position(|theme| *theme == self).unwrap_or(0);
        Theme::ALL[(place + 1) % Theme::ALL.len()]
    }

    /// What the whole screen stands on.
    pub fn ground(self, depth: Depth) -> Style {
        match (self, depth) {
            (Theme::Mono, _) | (_, Depth::None) => Style::new(),
            (Theme::Light, Depth::True) => Style::new().bg(rgb(0xfafaf7)).fg(rgb(0x202020)),
            (Theme::Light, Depth::Sixteen) => Style::new().bg(Color::White).fg(Color::Black),
            (Theme::HighContrast, _) => Style::new().bg(Color::Black).fg(Color::White),
            // The terminal's own ground is dark or what its user likes.
            (Theme::Dark, _) => Style::new(),
        }
    }

    /// How something of that meaning looks.
    pub fn style(self, role: Role, depth: Depth) -> Style {
        let plain = Style::new();
        if self == Theme::Mono || depth == Depth::None {
            return match role {
                Role::Title | Role::Warning => plain.add_modifier(Modifier::BOLD),
                Role::Critical => plain.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
                Role::Cursor => plain.add_modifier(Modifier::REVERSED),
                Role::Range => plain.add_modifier(Modifier::UNDERLINED),
                Role::Dim => plain.add_modifier(Modifier::DIM),
                _ => plain,
            };
        }
        let (truly, of_sixteen) = self.colours(role);
        let colour = if depth == Depth::True { rgb(truly) } else { of_sixteen };
        match role {
            Role::Cursor => plain.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            Role::Title => plain.fg(colour).add_modifier(Modifier::BOLD),
            Role::Range => plain.fg(colour).add_modifier(Modifier::UNDERLINED),
            Role::Text => plain,
            _ => plain.fg(colour),
        }
    }

    fn colours(self, role: Role) -> (u32, Color) {
        match (self, role) {
            (Theme::Light, Role::Dim) => (0x707070, Color::DarkGray),
            (Theme::Light, Role::Title) => (0x1d4e89, Color::Blue),
            (Theme::Light, Role::Good) => (0x2e7d32, Color::Green),
            (Theme::Light, Role::Warning) => (0xa85d00, Color::Magenta),
            (Theme::Light, Role::Critical) => (0xb71c1c, Color::Red),
            (Theme::Light, Role::Graph) => (0x1d6f8f, Color::Blue),
            (Theme::Light, _) => (0x6a3d9a, Color::Magenta),
            (Theme::HighContrast, Role::Dim | Role::Text) => (0xffffff, Color::White),
            (Theme::HighContrast, Role::Title | Role::Graph) => (0x00ffff, Color::LightCyan),
            (Theme::HighContrast, Role::Good) => (0x00ff00, Color::LightGreen),
            (Theme::HighContrast, Role::Warning) => (0xffff00, Color::LightYellow),
            (Theme::HighContrast, Role::Critical) => (0xff6060, Color::LightRed),
            (Theme::HighContrast, _) => (0xff80ff, Color::LightMagenta),
            (_, Role::Dim) => (0x808890, Color::DarkGray),
            (_, Role::Title) => (0x7ab8f5, Color::LightBlue),
            (_, Role::Good) => (0x7dc87d, Color::Green),
            (_, Role::Warning) => (0xe5b550, Color::Yellow),
            (_, Role::Critical) => (0xf06a6a, Color::LightRed),
            (_, Role::Graph) => (0x5fc4c4, Color::Cyan),
            (_, _) => (0xb98ee0, Color::Magenta),
        }
    }
}

/// The colour of three bytes.
fn rgb(bytes: u32) -> Color {
    let [_, red, green, blue] = bytes.to_be_bytes();
    Color::Rgb(red, green, blue)
}

impl Depth {
    /// What the environment says of the terminal: `NO_COLOR`, `COLORTERM`, `TERM`.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Depth {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        if said("NO_COLOR").is_some() || said("TERM").as_deref() == Some("dumb") {
            return Depth::None;
        }
        match said("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Depth::True,
            _ => Depth::Sixteen,
        }
    }
}
