//! Text into cells, never beyond an area, in the colours of the theme.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar;

use super::super::theme::{Depth, Role, Theme};

/// What is drawn on, and in which colours.
pub struct Paint<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
    depth: Depth,
}

impl<'a> Paint<'a> {
    /// On this buffer.
    pub fn new(buffer: &'a mut Buffer, theme: Theme, depth: Depth) -> Self {
        Paint { buffer, theme, depth }
    }

    /// How something of that meaning looks.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role, self.depth)
    }

    /// Text from a place on, cut at `width` characters; how many it took.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let style = self.style(role);
        let area = *self.buffer.area();
        if y >= area.bottom() {
            return 0;
        }
        let end = x.saturating_add(width).min(area.right());
        let mut at = x;
        for c in text.chars() {
            let c = if c.is_control() { '·' } else { c };
            let wide = c.width().unwrap_or(0) as u16;
            if wide == 0 {
                continue;
            }
            if at + wide > end {
                break;
            }
            if let Some(cell) = self.buffer.cell_mut((at, y)) {
                cell.set_char(c).set_style(style);
            }
            // The second half of a wide character holds nothing of its own.
            for behind in at + 1..at + wide {
                if let Some(cell) = self.buffer.cell_mut((behind, y)) {
                    cell.set_char(' ').set_diff_option(ratatui::buffer::CellDiffOption::Skip);
                }
            }
            at += wide;
        }
        at - x
    }

    /// Text that ends at the right of `width`.
    pub fn right(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) {
        let long = columns(text).min(width);
        self.text(x + width - long, y, long, text, role);
    }

    /// A whole line of an area, counted from its top.
    pub fn line(&mut self, area: Rect, line: u16, text: &str, role: Role) {
        if line < area.height {
            self.text(area.x, area.y + line, area.width, text, role);
        }
    }

    /// Changes how cells look and leaves what is in them.
    pub fn over(&mut self, area: Rect, role: Role) {
        let style = self.style(role);
        let area = area.intersection(*self.buffer.area());
        self.buffer.set_style(area, style);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let ground = self.theme.ground(self.depth);
        let area = area.intersection(*self.buffer.area());
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(ground);
                }
            }
        }
    }
}

/// How many columns a text takes.
pub fn columns(text: &str) -> u16 {
    let wide: usize = text.chars().map(|c| c.width().unwrap_or(0)).sum();
    u16::try_from(wide).unwrap_or(u16::MAX)
}
