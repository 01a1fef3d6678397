//! The report as Markdown with pipe tables, for tickets and wikis. What came from the host stands
//! in code spans, where nothing in it is taken for markup, a link or a mention.

use std::fmt::Write as _;

use super::model::Report;
use super::sheets::{Block, Grid, Line, Piece, sheets};
use super::text::harmless;

/// Characters of a name or command line that are shown.
const MOST: usize = 120;

/// The report as Markdown. Names and command lines of more than 120 characters are cut.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("# sysray report: {}\n", span(&report.scope.host));
    for sheet in sheets(report) {
        let _ = writeln!(out, "\n## {}", sheet.title);
        for block in &sheet.blocks {
            out.push('\n');
            match block {
                Block::Facts(facts) => {
                    for (label, line) in facts {
                        let _ = writeln!(out, "- **{label}:** {}", marked(line));
                    }
                }
                Block::Grid(grid) => table(&mut out, grid),
                Block::Note(note) => {
                    let _ = writeln!(out, "{note}");
                }
            }
        }
    }
    out
}

fn table(out: &mut String, grid: &Grid) {
    let heads: Vec<&str> = grid.columns.iter().map(|column| column.head).collect();
    let rule = |right: bool| if right { "---:" } else { "---" };
    let rules: Vec<&str> = grid.columns.iter().map(|column| rule(column.right)).collect();
    let _ = writeln!(out, "| {} |\n| {} |", heads.join(" | "), rules.join(" | "));
    for row in &grid.rows {
        let cells: Vec<String> = row.iter().map(marked).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn marked(line: &Line) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Ours(text) => text.replace('<', "&lt;"),
        Piece::Theirs(text) => span(text),
    };
    line.iter().map(piece).collect()
}

/// A code span that nothing in `text` can end, and no table cell either.
fn span(text: &str) -> String {
    let mut shown: String = harmless(text);
    if shown.chars().count() > MOST {
        shown = shown.chars().take(MOST - 1).chain(['…']).collect();
    }
    if shown.is_empty() {
        return "–".into();
    }
    // Renderers differ on `\|` after a backslash, so that backslash is spelled out.
    let shown = shown.replace("\\|", "\\u{5c}|").replace('|', "\\|");
    let fence = "`".repeat(longest_run(&shown) + 1);
    // The spaces that a fence beside a backtick needs are stripped by the renderer.
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let apart = if edge(shown.chars().next()) || edge(shown.chars().last()) { " " } else { "" };
    format!("{fence}{apart}{shown}{apart}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
