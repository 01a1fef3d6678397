//! Lines of text that are wrapped where somebody reads them on a terminal.

use std::io::{self, IsTerminal};

/// Wider lines are hard to read.
const WIDEST: usize = 100;

/// What is to be printed.
pub struct Paper {
    text: String,
    width: Option<usize>,
}

impl Paper {
    /// As wide as the terminal; not wrapped where there is none, so that others can.
    pub fn for_stdout() -> Paper {
        let on_terminal =
            || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).min(WIDEST));
        let width = if io::stdout().is_terminal() { on_terminal() } else { None };
        Paper { text: String::new(), width }
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.text += text;
        self.text.push('\n');
    }

    /// An empty line, if there is something above it.
    pub fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A paragraph behind `first`, whose further lines stand as far in as `first` is long.
    pub fn paragraph(&mut self, first: &str, text: &str) {
        let indent = first.chars().count();
        self.text += first;
        let mut column = indent;
        for (at, word) in words(text).into_iter().enumerate() {
            let length = word.chars().count();
            let full = self.width.is_some_and(|width| column + 1 + length > width.max(indent + 20));
            if at > 0 && full {
                self.text.push('\n');
                self.text.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            } else if at > 0 {
                self.text.push(' ');
                column += 1;
            }
            self.text += &word;
            column += length;
        }
        self.text.push('\n');
    }

    /// All of it.
    pub fn text(self) -> String {
        self.text
    }
}

/// What must not be torn apart: in French a blank stands before a colon, which begins no line.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if [":", ";", "!", "?"].contains(&word) => *last += &format!(" {word}"),
            _ => words.push(word.to_string()),
        }
    }
    words
}
