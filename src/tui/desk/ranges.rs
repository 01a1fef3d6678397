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
const MINUTE: i64 = 60_000_000;
/// So much is asked for behind a range's end, of what was recorded itself.
const BEYOND: i64 = 10_000_000;
/// What is drawn in some hundred columns needs no more rows than that: of two hours what was recorded, of eight days
/// minutes, and what covers the end.
const DRAWN: Grain = Grain { seconds_up_to: 2 * HOUR + BEYOND, minutes_up_to: 8 * 24 * HOUR + MINUTE };
/// Whatever is there still of what was recorded.
const RECORDED: Grain = Grain { seconds_up_to: i64::MAX, minutes_up_to: i64::MAX };

macro_rules! panel_sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/", $name, ".sql"))
    };
}

/// The headline numbers, and how busy each CPU was.
pub fn course(desk: &Desk, from: Micros, to: Micros, columns: usize) -> Result<Course, String> {
    let mut course = Course::new(from, to, columns);
    let beyond = beyond(from, to);
    for rows in desk.asked(panel_sql!("course"), from, beyond, DRAWN)? {
        course.take_in(&Sheet::new(rows));
    }
    for rows in desk.asked(panel_sql!("core_course"), from, beyond, DRAWN)? {
        course.take_in_by(&Sheet::new(rows), "cpu", "busy_pct");
    }
    let (_, table) = desk.ticker;
    if table != "system" {
        // Nothing but one segment: what it has rows of was recorded.
        let sql = format!(
            "select distinct ts, interval_us as bucket_us from {table} where host = $host and ts > $from and ts <= $to"
        );
        for rows in desk.asked(&sql, from, beyond, DRAWN)? {
            course.take_in(&Sheet::new(rows));
        }
    }
    Ok(course)
}

/// So far is asked for what covers the end of a range: as long as a row of its grain may be.
fn beyond(from: Micros, to: Micros) -> Micros {
    let row = match to.0 - from.0 {
        length if length + BEYOND <= DRAWN.seconds_up_to => BEYOND,
        length if length + MINUTE <= DRAWN.minutes_up_to => MINUTE,
        _ => HOUR,
    };
    Micros(to.0.saturating_add(row))
}

/// One process or cgroup.
pub fn history(
    desk: &Desk,
    of: &Subject,
    from: Micros,
    to: Micros,
    columns: usize,
) -> Result<Course, String> {
    let sql = of.sql();
    let mut course = Course::new(from, to, columns);
    for grain in [DRAWN, RECORDED] {
        for rows in desk.asked(&sql, from, beyond(from, to), grain)? {
            course.take_in(&Sheet::new(rows));
        }
        // Tiers keep the busiest of a minute alone: of others there is what was recorded.
        if !course.series.is_empty() {
            break;
        }
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
