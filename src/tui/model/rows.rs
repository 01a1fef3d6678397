//! How a panel's rows are listed: filtered, sorted or as a tree, with one of them chosen.

use std::collections::{BTreeMap, BTreeSet};

use super::super::panel::Panel;
use super::super::sheet::Sheet;
use super::super::words::Lang;
use super::java::Java;
use super::{Mark, Model, Severity};

/// What keys have set of one list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    pub filter: String,
    /// The column, and whether the greatest comes first.
    pub sort: (String, bool),
    pub is_tree: bool,
    /// The row's key; it stays chosen wherever it stands.
    pub chosen: Option<String>,
    /// Where it stood, for when it is gone.
    pub place: usize,
    /// Whether the cursor of rows stays with it even where it is not there.
    pub follows: bool,
}

impl Listing {
    /// One that nobody has touched.
    pub fn of(panel: Panel) -> Self {
        let sort = panel.list().map_or(("ts", false), |list| list.sort);
        Listing { sort: (sort.0.into(), sort.1), ..Listing::default() }
    }

    /// The column that rows truly stand by: where that which is wanted is not known of any, what tells about
    /// the same.
    pub fn order<'a>(&'a self, sheet: &Sheet) -> &'a str {
        let wanted = self.sort.0.as_str();
        let is_known = |name: &str| (0..sheet.len()).any(|row| is_known(sheet, row, name));
        if is_known(wanted) {
            return wanted;
        }
        let others = match wanted {
            "run_delay_pct" => ["cpu_pct", "io_bytes_per_s"],
            _ => ["io_bytes_per_s", "cpu_pct"],
        };
        others.into_iter().find(|name| is_known(name)).unwrap_or(wanted)
    }
}

fn is_known(sheet: &Sheet, row: usize, name: &str) -> bool {
    match sheet.is_number(name) {
        true => sheet.number(row, name).is_some(),
        false => sheet.text(row, name).is_some(),
    }
}

/// Rows in the order in which they are shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub rows: Vec<Row>,
    /// The place of the chosen one.
    pub chosen: Option<usize>,
    /// How many there are without the filter.
    pub of: usize,
}

/// A row that is shown.
#[derive(Clone, Debug)]
pub struct Row {
    /// In the sheet, or among the marks.
    pub row: usize,
    pub key: String,
    /// How deep it stands in the tree.
    pub depth: usize,
    /// What leads to it there, from its parent and past its siblings.
    pub branch: String,
}

/// The rows of a panel.
pub(super) fn shown(model: &Model, panel: Panel) -> Shown {
    let listing = model.listing(panel);
    let (rows, of) = match panel {
        Panel::Events => marks(model, &listing),
        Panel::Question => match &model.asked.answer {
            Some(Ok(sheet)) => (plain(sheet, &listing), sheet.len()),
            _ => (Vec::new(), 0),
        },
        _ => match panel.list().and_then(|list| Some((list, model.sheet(list.question)?))) {
            None => (Vec::new(), 0),
            Some((list, sheet)) => {
                let all: Vec<usize> = (0..sheet.len())
                    .filter(|row| panel != Panel::Java || java(sheet, *row).is_some())
                    .collect();
                let of = all.len();
                let fits = |row: &usize| matches(sheet, *row, &listing.filter);
                let chosen: Vec<usize> = all.into_iter().filter(fits).collect();
                let mut rows = match listing.is_tree {
                    true if panel == Panel::Process => {
                        tree(sheet, sorted(sheet, chosen, &listing, list.key), list.key)
                    }
                    true if panel == Panel::Cgroup => paths(sheet, chosen),
                    _ => flat(sheet, sorted(sheet, chosen, &listing, list.key), list.key),
                };
                branches(&mut rows);
                (rows, of)
            }
        },
    };
    let chosen = place(&rows, &listing);
    Shown { rows, chosen, of }
}

/// Where the chosen row stands; where it is gone, what stands in its place.
fn place(rows: &[Row], listing: &Listing) -> Option<usize> {
    let last = rows.len().checked_sub(1)?;
    let found = listing.chosen.as_ref().and_then(|key| rows.iter().position(|row| row.key == *key));
    match found {
        None if listing.follows => None,
        found => Some(found.unwrap_or(listing.place.min(last))),
    }
}

fn key(sheet: &Sheet, row: usize, columns: &[&str]) -> String {
    let parts: Vec<String> = columns.iter().map(|name| sheet.text(row, name).unwrap_or_default()).collect();
    parts.join(" ")
}

fn flat(sheet: &Sheet, rows: Vec<usize>, columns: &[&str]) -> Vec<Row> {
    rows.into_iter()
        .map(|row| Row { row, key: key(sheet, row, columns), depth: 0, branch: String::new() })
        .collect()
}

fn plain(sheet: &Sheet, listing: &Listing) -> Vec<Row> {
    let fits = (0..sheet.len()).filter(|row| matches(sheet, *row, &listing.filter)).collect();
    let rows = if listing.sort.0 == "ts" { fits } else { sorted(sheet, fits, listing, &[]) };
    rows.into_iter().map(|row| Row { row, key: row.to_string(), depth: 0, branch: String::new() }).collect()
}

/// In the order of a column; what is not known comes last either way. Where it is the same, rows stand by what
/// they are known by, so that they keep their places from sample to sample and from panel to panel.
fn sorted(sheet: &Sheet, mut rows: Vec<usize>, listing: &Listing, key: &[&str]) -> Vec<usize> {
    rows.sort_by_cached_key(|row| key.iter().map(|name| part(sheet, *row, name)).collect::<Vec<_>>());
    let (name, greatest_first) = (listing.order(sheet), listing.sort.1);
    let turned = |order: std::cmp::Ordering| if greatest_first { order.reverse() } else { order };
    let known = |one: bool, other: bool| other.cmp(&one);
    if sheet.is_number(name) {
        let number = |row: &usize| sheet.number(*row, name).filter(|number| number.is_finite());
        rows.sort_by(|one, other| {
            let (one, other) = (number(one), number(other));
            let order = one.unwrap_or(0.0).total_cmp(&other.unwrap_or(0.0));
            known(one.is_some(), other.is_some()).then(turned(order))
        });
    } else {
        let mut texts: Vec<(Option<String>, usize)> =
            rows.into_iter().map(|row| (sheet.text(row, name), row)).collect();
        texts.sort_by(|(one, _), (other, _)| {
            known(one.is_some(), other.is_some()).then(turned(one.cmp(other)))
        });
        rows = texts.into_iter().map(|(_, row)| row).collect();
    }
    rows
}

/// A part of a key in the order it stands in: numbers and instants by what they are, all else as a text.
fn part(sheet: &Sheet, row: usize, name: &str) -> (i64, String) {
    match sheet.number(row, name) {
        Some(number) => (number as i64, String::new()),
        None => (0, sheet.text(row, name).unwrap_or_default()),
    }
}

/// Children under their parents, each among its siblings in the order it came.
fn tree(sheet: &Sheet, rows: Vec<usize>, columns: &[&str]) -> Vec<Row> {
    let pid = |row: usize| sheet.number(row, "pid").map(|pid| pid as i64);
    let there: BTreeMap<i64, usize> = rows.iter().filter_map(|row| Some((pid(*row)?, *row))).collect();
    let parent = |row: usize| {
        let parent = sheet.number(row, "ppid").map(|pid| pid as i64)?;
        (Some(parent) != pid(row) && there.contains_key(&parent)).then_some(parent)
    };
    let mut children: BTreeMap<Option<i64>, Vec<usize>> = BTreeMap::new();
    for row in &rows {
        children.entry(parent(*row)).or_default().push(*row);
    }
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open: Vec<(usize, usize)> =
        children.get(&None).into_iter().flatten().rev().map(|row| (*row, 0)).collect();
    while let Some((row, depth)) = open.pop() {
        if !seen.insert(row) {
            continue;
        }
        all.push(Row { row, key: key(sheet, row, columns), depth, branch: String::new() });
        let below = pid(row).and_then(|pid| children.get(&Some(pid)));
        open.extend(below.into_iter().flatten().rev().map(|row| (*row, depth + 1)));
    }
    all
}

/// By path, each as deep as its path is.
fn paths(sheet: &Sheet, rows: Vec<usize>) -> Vec<Row> {
    let mut named: Vec<(String, usize)> =
        rows.into_iter().map(|row| (sheet.text(row, "path").unwrap_or_default(), row)).collect();
    // A slash sorts before all else that a name may have, so that children follow their parent.
    named.sort_by_key(|(path, _)| path.replace('/', "\u{1}"));
    let depth = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
    named
        .into_iter()
        .map(|(path, row)| Row { row, depth: depth(&path), key: path, branch: String::new() })
        .collect()
}

/// Deeper than so many, a tree goes on without getting wider.
const DEEPEST: usize = 16;

/// Draws the branches from the last row to the first: at each depth it is known whether a sibling follows.
fn branches(rows: &mut [Row]) {
    let mut follows: Vec<bool> = Vec::new();
    for row in rows.iter_mut().rev() {
        follows.resize(row.depth + 1, false);
        let before = (1..row.depth).skip(row.depth.saturating_sub(DEEPEST));
        row.branch = before.map(|depth| if follows[depth] { "│ " } else { "  " }).collect();
        if row.depth > 0 {
            row.branch += if follows[row.depth] { "├ " } else { "└ " };
        }
        follows[row.depth] = true;
    }
}

/// Events and anomalies of the range on the strip.
fn marks(model: &Model, listing: &Listing) -> (Vec<Row>, usize) {
    let Some((from, to)) = model.time.shown() else { return (Vec::new(), 0) };
    let inside = model.time.marks.iter().enumerate().filter(|(_, mark)| mark.ts > from && mark.ts <= to);
    let inside: Vec<usize> = inside.map(|(row, _)| row).collect();
    let of = inside.len();
    let text = listing.filter.to_lowercase();
    let fits = |row: &usize| {
        let mark = &model.time.marks[*row];
        let severity = match mark.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        };
        let lang = model.settings.lang;
        format!("{severity} {} {}", mark.kind(lang), mark.text(lang)).to_lowercase().contains(&text)
    };
    // It stays chosen whichever language it is shown in.
    let key = |mark: &Mark| format!("{} {} {}", mark.ts.0, mark.kind(Lang::En), mark.text(Lang::En));
    let rows = inside.into_iter().filter(fits);
    let rows = rows.map(|row| Row { row, key: key(&model.time.marks[row]), depth: 0, branch: String::new() });
    (rows.collect(), of)
}

/// Whether a row has all words of a filter: `name:text` in that column, else anywhere.
pub fn matches(sheet: &Sheet, row: usize, filter: &str) -> bool {
    let has =
        |name: &str, text: &str| sheet.text(row, name).is_some_and(|cell| cell.to_lowercase().contains(text));
    filter.to_lowercase().split_whitespace().all(|word| match word.split_once(':') {
        Some((name, text)) if !text.is_empty() && column(sheet, name).is_some() => {
            column(sheet, name).is_some_and(|name| has(&name, text))
        }
        _ => {
            sheet.columns().iter().filter(|name| !sheet.is_number(name)).any(|name| has(name, word))
                || has("pid", word)
        }
    })
}

/// The column that a filter means: `user` is `username`.
fn column(sheet: &Sheet, name: &str) -> Option<String> {
    let columns = sheet.columns();
    let exact = columns.iter().find(|column| *column == name);
    exact.or_else(|| columns.iter().find(|column| column.starts_with(name))).cloned()
}

/// What a process is, if it is a Java one.
pub fn java(sheet: &Sheet, row: usize) -> Option<Java> {
    let text = |name| sheet.text(row, name);
    let is_jvm = text("runtime").as_deref() == Some("jvm");
    Java::of(is_jvm, text("exe").as_deref(), text("comm").as_deref(), text("cmdline").as_deref())
}
