//! What is known now that was not before.

use super::super::effect::{Effect, Move};
use super::super::event::{Extent, Moment};
use super::super::model::{Mark, Model, Zoom};
use super::super::panel::Panel;
use super::super::words;
use super::moving;
use crate::time::Micros;

/// While somebody records, the strip shows so much at first.
const LIVE_SPAN: i64 = 600_000_000;
/// Going along with the end, logs are read anew so often.
const LOGS_EVERY: u64 = 5_000_000;
/// Events are asked for when so much was recorded since, and anomalies when it was a twentieth of all, at
/// least so much and at most the second.
const MARKS_EVERY: i64 = 10_000_000;
const ANOMALIES_EVERY: i64 = 600_000_000;

/// What the recording spans by now.
pub fn extent(model: &mut Model, extent: Result<Option<Extent>, String>) -> Vec<Effect> {
    model.time.is_looking = false;
    let extent = match extent {
        Ok(Some(extent)) => extent,
        Ok(None) => return Vec::new(),
        Err(error) => {
            model.tell(error, true);
            return Vec::new();
        }
    };
    let is_first = model.time.extent.is_none();
    let has_grown = model.time.extent.is_none_or(|(_, last)| last < extent.to);
    model.time.extent = Some((extent.from, extent.to));
    model.time.is_live = extent.is_live;
    model.hosts = extent.hosts;
    model.tables = extent.tables;
    if model.host.is_empty() {
        model.host = model.hosts.first().cloned().unwrap_or_default();
    }
    if extent.has_changed && !is_first {
        let text = model.say(words::CHANGED);
        model.tell(text, false);
    }
    let mut effects = Vec::new();
    if is_first {
        show_what_there_is(model);
        if extent.is_live && model.time.follows {
            model.time.zooms.push(Zoom::Last(LIVE_SPAN));
        }
        effects.extend(moving::stay(model));
        effects.extend(moving::course(model));
        effects.extend(marks_from(model));
        return effects;
    }
    if has_grown && model.time.follows && !model.time.is_frozen {
        effects.extend(moving::go(model, Move::End));
    }
    if has_grown && is_course_stale(model) {
        effects.extend(moving::course(model));
    }
    if model.time.marked_to.0.saturating_add(MARKS_EVERY) < extent.to.0 {
        effects.extend(marks_from(model));
    }
    effects
}

/// Where nothing that stands on the screen has a table, the first panel that has.
fn show_what_there_is(model: &mut Model) {
    let is_empty = |panel: &Panel| model.missing(*panel).is_some();
    if model.screen.panels().iter().all(is_empty)
        && let Some(panel) =
            Panel::ALL.into_iter().find(|panel| !panel.needs().is_empty() && !is_empty(panel))
    {
        model.screen.show_only(panel);
    }
}

/// Whether the strip would be drawn otherwise by now: by a column of it.
fn is_course_stale(model: &Model) -> bool {
    let Some((_, to)) = model.time.shown() else { return false };
    let Some(course) = &model.course else { return !model.travel.is_drawing };
    let column = (course.to.0 - course.from.0) / course.columns.max(1) as i64;
    !model.travel.is_drawing && !model.time.is_frozen && to.0 - course.to.0 >= column.max(1_000_000)
}

fn marks_from(model: &mut Model) -> Vec<Effect> {
    let Some((first, last)) = model.time.extent else { return Vec::new() };
    let since = std::mem::replace(&mut model.time.marked_to, last);
    let every = ((last.0 - first.0) / 20).clamp(MARKS_EVERY, ANOMALIES_EVERY);
    if model.time.judged_to.0.saturating_add(every) > last.0 {
        return vec![Effect::Events { from: since, to: last }];
    }
    model.time.judged_to = last;
    vec![Effect::Marks { from: Micros(first.0 - 1), to: last }]
}

/// Where the cursor went.
pub fn moment(model: &mut Model, moment: Result<Moment, String>) -> Vec<Effect> {
    model.travel.is_under_way = false;
    let mut effects = Vec::new();
    match moment {
        Ok(moment) => {
            let has_moved = model.time.cursor != moment.ts;
            if let Some((ts, column)) = model.travel.sought.take_if(|_| model.travel.next.is_none()) {
                // Found: from here on it stands where it is greatest, and the next one lies behind it.
                let is_it = |mark: &&mut Mark| mark.ts == ts && mark.peak.is_some_and(|(of, _)| of == column);
                if let Some(mark) = model.time.marks.iter_mut().find(is_it) {
                    (mark.ts, mark.peak) = (moment.ts, None);
                }
            }
            model.time.cursor = moment.ts;
            let at_end = model.time.extent.is_some_and(|(_, last)| moment.ts >= last);
            if at_end || (!has_moved && model.travel.next.is_none()) {
                model.time.play = None;
            }
            model.moment = Some(moment);
            if model.time.keep_in_sight() {
                effects.extend(moving::course(model));
            }
            let is_due = model.now.0.abs_diff(model.logs.asked.0) >= LOGS_EVERY || !model.time.follows;
            if has_moved && model.screen.has_logs && is_due {
                model.logs.asked = model.now;
                effects.push(super::commands::logs(model));
            }
        }
        Err(error) => {
            model.time.play = None;
            model.tell(error, true);
        }
    }
    if let Some(next) = model.travel.next.take() {
        effects.extend(moving::go(model, next.to));
    }
    effects
}

/// What happened.
pub fn marks(model: &mut Model, since: Micros, marks: Result<Vec<Mark>, String>) -> Vec<Effect> {
    match marks {
        Ok(marks) => {
            model.time.marks.retain(|mark| mark.ts <= since);
            model.time.marks.extend(marks);
        }
        Err(error) => {
            // What is missing is asked for again.
            (model.time.marked_to, model.time.judged_to) = (since, Micros(i64::MIN));
            model.tell(error, true);
        }
    }
    Vec::new()
}

/// What was written, or why nothing was.
pub fn written(model: &mut Model, written: Result<String, String>) -> Vec<Effect> {
    model.typed.writing = model.typed.writing.saturating_sub(1);
    model.typed.is_cancelled &= model.typed.writing > 0;
    model.typed.is_left_told &= model.typed.writing > 0;
    match written {
        Ok(text) => model.tell(text, false),
        Err(text) => model.tell(text, true),
    }
    Vec::new()
}

/// Where a condition holds, unless it is no longer wanted.
pub fn until(model: &mut Model, number: u64, found: Result<Option<Micros>, String>) -> Vec<Effect> {
    if model.typed.until.take_if(|wanted| *wanted == number).is_none() {
        return Vec::new();
    }
    match found {
        Ok(Some(at)) => moving::by_hand(model, Move::At(at)),
        Ok(None) => {
            let text = model.say(words::NOT_FOUND);
            model.tell(text, false);
            Vec::new()
        }
        Err(error) => {
            model.tell(error, true);
            Vec::new()
        }
    }
}
