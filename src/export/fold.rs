//! A text in the lines of a cell: broken at blanks where there are any, and no longer than anybody reads.
//!
//! A line is looked at once, a character at a time, so that a long text takes as long as it is.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// So many characters of a text are shown in a cell. A path or a command line has fewer.
const LONGEST: usize = 10_000;

/// The text, or its beginning and how much more there is.
pub(super) fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => {
            let more = text[end..].chars().count();
            format!("{} … {more} characters more", &text[..end])
        }
    }
}

/// How many columns of a terminal the widest line of the text takes.
pub(super) fn width(text: &str) -> usize {
    text.split('\n').map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// The text in lines that take at most so many columns each. Its own line breaks stay.
pub(super) fn folded(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        fold(line, width.max(1), &mut lines);
    }
    lines
}

fn fold<'t>(line: &'t str, width: usize, lines: &mut Vec<&'t str>) {
    let (mut start, mut used) = (0, 0);
    // Behind the last blank that something stands before, and what the line takes up to there.
    let mut blank = None;
    let mut is_begun = false;
    for (at, c) in line.char_indices() {
        let takes = columns(c);
        if used + takes > width && at > start {
            if c == ' ' {
                lines.push(&line[start..at]);
                (start, used, blank, is_begun) = (at + 1, 0, None, false);
                continue;
            }
            let (end, before) = blank.take().unwrap_or((at, used));
            lines.push(line[start..end].trim_end_matches(' '));
            (start, used) = (end, used - before);
            is_begun = false;
        }
        used += takes;
        if c != ' ' {
            is_begun = true;
        } else if is_begun {
            blank = Some((at + 1, used));
        }
    }
    // A blank that stood at the very end of a full line begins no further one.
    if start < line.len() || line.is_empty() {
        lines.push(&line[start..]);
    }
}

fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}
