//! Questions about ranges: courses, what happened in them, and where a condition holds.

use super::super::course::Course;
use super::super::effect::Subject;
use super::super::model::{Mark, Severity, What};
use super::super::sheet::Sheet;
use super::Desk;
use super::anomalies::{self, Point};
use crate::query::Running;
use crate::query::tiers::{Grain, literal, quoted};
use crate::time::Micros;

const HOUR: i64 = 3_600_000_000;
/// What is drawn in some hundred columns needs no more rows than that.
const DRAWN: Grain = Grain { seconds_up_to: 2 * HOUR, minutes_up_to: 8 * 24 * HOUR };

macro_rules! panel_sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/", $name, ".sql"))
    };
}

/// The headline numbers, and how busy each CPU was.
pub fn course(desk: &Desk, from: Micros, to: Micros, columns: usize) -> Result<Course, String> {
    let mut course = Course::new(from, to, columns);
    for rows in desk.asked(panel_sql!("course"), from, to, DRAWN)? {
        course.take_in(&Sheet::new(rows));
    }
    for rows in desk.asked(panel_sql!("core_course"), from, to, DRAWN)? {
        course.take_in_by(&Sheet::new(rows), "cpu", "busy_pct");
    }
    Ok(course)
}

/// One process or cgroup.
pub fn history(
    desk: &Desk,
    of: &Subject,
    from: Micros,
    to: Micros,
    columns: usize,
) -> Result<Course, String> {
    let sql = match of {
        Subject::Process { pid, start_time, .. } => panel_sql!("process_course")
            .replace("$pid", &pid.to_string())
            .replace("$start", &literal(*start_time)),
        Subject::Cgroup { path } => panel_sql!("cgroup_course").replace("$path", &quoted(path)),
    };
    let mut course = Course::new(from, to, columns);
    for rows in desk.asked(&sql, from, to, DRAWN)? {
        course.take_in(&Sheet::new(rows));
    }
    Ok(course)
}

/// Events, anomalies of the headline numbers, and cgroups held back by their limits, in the order of time.
pub fn marks(desk: &Desk, from: Micros, to: Micros) -> Result<Vec<Mark>, String> {
    let mut marks = events(desk, from, to)?;
    let mut points = Vec::new();
    for rows in desk.asked(panel_sql!("course"), from, to, DRAWN)? {
        points.push(Sheet::new(rows));
    }
    for column in anomalies::WATCHED {
        let mut all: Vec<Point> = points.iter().flat_map(|sheet| values(sheet, column)).collect();
        all.sort_by_key(|point| point.ts);
        marks.extend(anomalies::found(&all, column));
    }
    let throttled = desk.asked(panel_sql!("throttled"), from, to, DRAWN)?;
    marks.extend(anomalies::throttled(&throttled.into_iter().map(Sheet::new).collect::<Vec<_>>()));
    marks.sort_by_key(|mark| mark.ts);
    Ok(marks)
}

/// Events alone, in the order of time.
pub fn events(desk: &Desk, from: Micros, to: Micros) -> Result<Vec<Mark>, String> {
    let mut marks = Vec::new();
    for rows in desk.asked(panel_sql!("event"), from, to, Grain::FINE)? {
        let sheet = Sheet::new(rows);
        marks.extend((0..sheet.len()).filter_map(|row| event(&sheet, row)));
    }
    Ok(marks)
}

fn event(sheet: &Sheet, row: usize) -> Option<Mark> {
    let text = |name| sheet.text(row, name).filter(|text| !text.is_empty());
    let words: Vec<String> = [text("subject"), text("message")].into_iter().flatten().collect();
    Some(Mark {
        ts: sheet.time(row, "ts")?,
        until: sheet.time(row, "until_ts"),
        severity: Severity::of(&text("severity").unwrap_or_default()),
        what: What::Event { kind: text("kind").unwrap_or_default(), text: words.join(": ") },
        peak: None,
    })
}

/// The greatest values of rows.
fn values(sheet: &Sheet, column: &'static str) -> Vec<Point> {
    let peak = format!("{column}_max");
    let point = |row: usize| {
        let value = sheet.number(row, &peak).or_else(|| sheet.number(row, column))?;
        let length = sheet.number(row, "bucket_us").unwrap_or(0.0) as i64;
        value.is_finite().then_some(Point { ts: sheet.time(row, "ts")?, length, value })
    };
    (0..sheet.len()).filter_map(point).collect()
}

/// Where a condition on `system` holds next.
pub fn until(
    desk: &Desk,
    from: Micros,
    condition: &str,
    is_back: bool,
    running: &Running,
) -> Result<Option<Micros>, String> {
    let (choose, side) = if is_back { ("max", "<") } else { ("min", ">") };
    let sql = format!(
        "select {choose}(ts) as ts from system where host = {} and ts {side} {} and ({condition}\n)",
        quoted(&desk.host()),
        literal(from)
    );
    Ok(super::moments::first_time(desk.ask_while(&sql, running)?))
}
