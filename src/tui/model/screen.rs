//! Which panels stand on the screen, and what lies over them.

use super::super::panel::{Panel, Preset, preset_of};
use super::Found;

/// What lies over the panels.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Help {
    #[default]
    Closed,
    /// The key table, from this line on.
    Keys(usize),
    /// What may be typed behind `:`, from this line on.
    Commands(usize),
    /// The glossary: what is searched, what was found, from this line on.
    Glossary { text: String, found: Vec<Found>, line: usize },
}

/// Which panels there are, and which one keys go to.
#[derive(Clone, Debug)]
pub struct Screen {
    pub preset: u8,
    /// One panel instead of the preset.
    pub only: Option<Panel>,
    /// The place of the one that keys go to.
    pub focus: usize,
    pub has_logs: bool,
    pub help: Help,
}

impl Default for Screen {
    fn default() -> Self {
        Screen { preset: 1, only: None, focus: 1, has_logs: false, help: Help::Closed }
    }
}

impl Screen {
    /// The preset that holds.
    pub fn preset(&self) -> &'static Preset {
        preset_of(self.preset)
    }

    /// The panels, each with its weight.
    pub fn weighed(&self) -> Vec<(Panel, u16)> {
        let mut panels = match self.only {
            Some(panel) => vec![(panel, 1)],
            None => self.preset().panels.to_vec(),
        };
        if self.has_logs && !panels.iter().any(|(panel, _)| *panel == Panel::Logs) {
            panels.push((Panel::Logs, 2));
        }
        panels
    }

    /// The panels.
    pub fn panels(&self) -> Vec<Panel> {
        self.weighed().into_iter().map(|(panel, _)| panel).collect()
    }

    /// The one that keys go to.
    pub fn focused(&self) -> Panel {
        let panels = self.panels();
        panels.get(self.focus).or(panels.first()).copied().unwrap_or(Panel::Process)
    }

    /// Shows a preset, and gives the keys to its first list.
    pub fn show(&mut self, preset: u8) {
        *self = Screen { preset, only: None, focus: 0, has_logs: self.has_logs, help: Help::Closed };
        let first = self.panels().iter().position(|panel| panel.list().is_some());
        self.focus = first.unwrap_or(0);
    }

    /// Shows one panel alone.
    pub fn show_only(&mut self, panel: Panel) {
        self.only = Some(panel);
        self.focus = 0;
    }

    /// Gives the keys to the next panel, or the one before.
    pub fn turn(&mut self, by: i64) {
        let many = self.panels().len().max(1) as i64;
        self.focus = (self.focus as i64 + by).rem_euclid(many) as usize;
    }
}
