//! The report as plain text, at most 100 columns wide, without colour. It lays sheets out and makes
//! what came from the host harmless; it decides no number.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::model::Report;
use super::sheets::{Block, Column, Grid, Line, Piece, sheets};

/// Columns of the page.
const PAGE: usize = 100;
/// Between two columns of a table.
const SPACE: &str = "  ";

/// The report as text. What does not fit a column is cut, and an ellipsis stands for it.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    headed(&mut out, &format!("sysray report: {}", harmless(&report.scope.host)), '=');
    for sheet in sheets(report) {
        out.push('\n');
        headed(&mut out, sheet.title, '-');
        for (index, block) in sheet.blocks.iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            match block {
                Block::Facts(facts) => {
                    let labels = facts.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
                    for (label, line) in facts {
                        wrapped(&mut out, &format!("{label:labels$}{SPACE}"), &plain(line));
                    }
                }
                Block::Grid(grid) => table(&mut out, grid),
                Block::Note(note) => wrapped(&mut out, "", note),
            }
        }
    }
    out
}

fn headed(out: &mut String, title: &str, underline: char) {
    let title = cut(title, PAGE);
    let _ = writeln!(out, "{title}\n{}", underline.to_string().repeat(title.width()));
}

fn plain(line: &Line) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Ours(text) => text.clone(),
        Piece::Theirs(text) => harmless(text),
    };
    line.iter().map(piece).collect()
}

fn table(out: &mut String, grid: &Grid) {
    let rows: Vec<Vec<String>> = grid.rows.iter().map(|row| row.iter().map(plain).collect()).collect();
    let widths = widths(&grid.columns, &rows);
    let heads = grid.columns.iter().map(|column| column.head.to_string()).collect();
    for row in std::iter::once(&heads).chain(&rows) {
        let cell = |(index, text): (usize, &String)| {
            let (width, column) = (widths[index], &grid.columns[index]);
            // Names differ at both ends; of a command line the beginning says most.
            let last = index + 1 == row.len();
            let text = if last { cut(text, width) } else { cut_amid(text, width) };
            let blank = " ".repeat(width.saturating_sub(text.width()));
            if column.right { blank + &text } else { text + &blank }
        };
        let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
        let _ = writeln!(out, "{}", cells.join(SPACE).trim_end());
    }
}

/// Each column as wide as its cells, within what it may take. A figure is never cut, since half a
/// number is another number.
fn widths(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let longest = |(index, column): (usize, &Column)| {
        let cells = rows.iter().map(|row| row[index].width());
        let longest = cells.chain([column.head.width()]).max().unwrap_or(0);
        if column.right || column.most == 0 { longest } else { longest.min(column.most) }
    };
    let mut widths: Vec<usize> = columns.iter().enumerate().map(longest).collect();
    let over = (widths.iter().sum::<usize>() + SPACE.len() * (widths.len() - 1)).saturating_sub(PAGE);
    if let Some(elastic) = columns.iter().position(|column| column.most == 0) {
        widths[elastic] = widths[elastic].saturating_sub(over).max(1);
    }
    widths
}

/// Breaks at spaces; what follows the first line stands under its beginning.
fn wrapped(out: &mut String, head: &str, text: &str) {
    let room = PAGE - head.width();
    let mut line = String::new();
    let mut head = head.to_string();
    for word in text.split(' ') {
        let word = cut(word, room);
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            let _ = writeln!(out, "{}", format!("{head}{line}").trim_end());
            head = " ".repeat(head.width());
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += &word;
    }
    let _ = writeln!(out, "{}", format!("{head}{line}").trim_end());
}

/// No wider than `most`: the beginning, and an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.into();
    }
    fitting(text.chars(), most.saturating_sub(1)) + "…"
}

/// No wider than `most`: beginning and end, and an ellipsis between them.
fn cut_amid(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.into();
    }
    let room = most.saturating_sub(1);
    let end = fitting(text.chars().rev(), room / 2);
    let begin = fitting(text.chars(), room - room / 2);
    begin + "…" + &end.chars().rev().collect::<String>()
}

fn fitting(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut width = 0;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width <= room
    };
    chars.take_while(fits).collect()
}

/// Without characters that move the cursor, colour the terminal, turn the direction of writing or
/// cannot be seen: each is spelled out.
pub(super) fn harmless(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => seen.extend(c.escape_default()),
            c if c.is_control() || unseen(c) => seen.extend(c.escape_unicode()),
            c => seen.push(c),
        }
    }
    seen
}

/// Format characters: soft hyphen, joiners, marks and overrides of direction, line separators, tags.
fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
