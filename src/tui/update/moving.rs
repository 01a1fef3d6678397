//! Moves of the cursor: one is under way at a time, and those meant meanwhile become one.

use super::super::effect::{Effect, Go, Move};
use super::super::layout::{self, Area};
use super::super::model::{HEADLINES, Model, Zoom};
use super::super::panel::Panel;
use super::super::words;
use crate::time::Micros;

/// How often it is looked for what was recorded meanwhile, in microseconds: while somebody records, and where
/// somebody might begin to.
const LOOK_EVERY: u64 = 900_000;
const LOOK_IDLY: u64 = 5_000_000;

/// How many samples a second it plays at most, as a power of two, and at least.
const FASTEST: i32 = 6;
const SLOWEST: i32 = -2;

/// Moves, or once the move under way has ended.
pub fn go(model: &mut Model, to: Move) -> Vec<Effect> {
    if model.time.extent.is_none() {
        return Vec::new();
    }
    let questions = model.questions();
    let from = model.time.cursor;
    if !model.travel.is_under_way {
        model.travel.is_under_way = true;
        return vec![Effect::Go(Go { from, to, questions })];
    }
    let to = match (model.travel.next.take().map(|go| go.to), to) {
        (Some(Move::Samples(before)), Move::Samples(by)) => Move::Samples(before + by),
        (_, to) => to,
    };
    model.travel.next = Some(Go { from, to, questions });
    Vec::new()
}

/// The same sample again, for panels that want to know more of it.
pub fn stay(model: &mut Model) -> Vec<Effect> {
    let here = model.time.cursor;
    match model.time.follows {
        true => go(model, Move::End),
        false => go(model, Move::At(here)),
    }
}

/// By hand: it no longer goes along with the end, and does not play.
pub fn by_hand(model: &mut Model, to: Move) -> Vec<Effect> {
    if model.recorded().is_none() {
        return Vec::new();
    }
    model.time.follows = false;
    model.time.play = None;
    model.travel.sought = None;
    // Who goes elsewhere by now wants to be left there.
    model.typed.until = None;
    go(model, to)
}

/// Samples of one screen of the strip.
pub fn screen(model: &mut Model, by: i64) -> Vec<Effect> {
    let Some((from, to)) = model.time.shown() else { return Vec::new() };
    let target = Micros(model.time.cursor.0.saturating_add(by * (to.0 - from.0)));
    let Some((first, last)) = model.time.extent else { return Vec::new() };
    by_hand(model, Move::At(Micros(target.0.clamp(first.0, last.0))))
}

/// To the end, and along with it where somebody records.
pub fn live(model: &mut Model) -> Vec<Effect> {
    model.time.follows = true;
    model.time.is_frozen = false;
    model.time.play = None;
    if matches!(model.time.zooms.last(), Some(Zoom::Range(..))) {
        model.time.zooms.retain(|zoom| !matches!(zoom, Zoom::Range(..)));
        if model.time.zooms.is_empty() {
            model.time.zooms.push(Zoom::Whole);
        }
    }
    let mut effects = Vec::new();
    if !model.time.is_looking {
        effects.push(look(model));
    }
    effects.extend(go(model, Move::End));
    effects.extend(course(model));
    effects
}

/// To the next event or anomaly, or the one before.
pub fn mark(model: &mut Model, is_back: bool) -> Vec<Effect> {
    let Some(mark) = model.time.mark_from(is_back).cloned() else {
        let text = model.say(words::NO_MORE_MARKS);
        model.tell(text, false);
        return Vec::new();
    };
    let lang = model.settings.lang;
    let colon = model.say(words::COLON);
    model.tell(format!("{}{colon}{}", mark.kind(lang), mark.text(lang)), false);
    let to = match mark.peak {
        Some((column, from)) => Move::Peak { from, to: mark.until.unwrap_or(mark.ts), column },
        None => Move::At(mark.ts),
    };
    let effects = by_hand(model, to);
    model.travel.sought = mark.peak.map(|(column, _)| (mark.ts, column));
    effects
}

/// Plays faster or slower; begins to where it stands.
pub fn speed(model: &mut Model, by: i32) {
    let now = model.now;
    if let Some(play) = &mut model.time.play {
        play.speed = (play.speed + by).clamp(SLOWEST, FASTEST);
        play.due = now;
    }
}

/// The strip's course, where it can be asked for.
pub fn course(model: &mut Model) -> Vec<Effect> {
    let Some((from, to)) = model.time.shown() else { return Vec::new() };
    model.travel.is_drawing = true;
    let columns = usize::from(layout::strip_width(model.size)) * 2;
    let mut effects = vec![Effect::Course { from, to, columns: columns.max(2) }];
    if model.screen.panels().contains(&Panel::History)
        && let Some(of) = model.subject.clone()
    {
        effects.push(Effect::History { of, from, to, columns: columns.max(2) });
    }
    effects
}

/// The clock goes on: it plays, notices fade, and what is recorded meanwhile is looked for.
pub fn clock(model: &mut Model, now: Micros) -> Vec<Effect> {
    model.now = now;
    if model.notice.as_ref().is_some_and(|notice| notice.until <= now) {
        model.notice = None;
    }
    let mut effects = Vec::new();
    if let Some(play) = &mut model.time.play
        && play.due <= now
        && !model.travel.is_under_way
    {
        let pause = 1_000_000.0 / f64::from(play.speed).exp2();
        // No more than ten frames a second: beyond that several samples at once.
        let samples = (100_000.0 / pause).max(1.0);
        play.due = Micros(now.0 + (pause * samples) as i64);
        effects.extend(go(model, Move::Samples(samples as i64)));
    }
    let every = if model.time.is_live { LOOK_EVERY } else { LOOK_IDLY };
    // The clock may step back.
    let is_due = now.0.abs_diff(model.time.looked.0) >= every;
    if is_due && !model.time.is_frozen && !model.time.is_looking {
        effects.push(look(model));
    }
    effects
}

/// Looks what is recorded by now; once at a time.
pub fn look(model: &mut Model) -> Effect {
    (model.time.looked, model.time.is_looking) = (model.now, true);
    Effect::Look
}

/// The mouse: a place on the strip is an instant, a line of a list a row.
pub fn click(model: &mut Model, x: u16, y: u16) -> Vec<Effect> {
    match layout::at(model, x, y) {
        Some(Area::Strip(column)) => {
            let Some(course) = &model.course else { return Vec::new() };
            let at = course.end_of((usize::from(column) * 2 + 1).min(course.columns.saturating_sub(1)));
            by_hand(model, Move::At(at))
        }
        Some(Area::Panel(place)) => {
            model.screen.focus = place;
            Vec::new()
        }
        Some(Area::Heads(place, x)) => {
            model.screen.focus = place;
            super::sorting::at(model, x);
            Vec::new()
        }
        Some(Area::Row(place, line)) => {
            model.screen.focus = place;
            super::keys::row_at(model, line);
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The mouse is drawn over the screen: what a press toggles stays.
pub fn drag(model: &mut Model, x: u16, y: u16) -> Vec<Effect> {
    match layout::at(model, x, y) {
        Some(Area::Strip(_) | Area::Row(..)) => click(model, x, y),
        _ => Vec::new(),
    }
}

/// The wheel: on the strip it moves in time, elsewhere through rows.
pub fn wheel(model: &mut Model, x: u16, y: u16, by: i64) -> Vec<Effect> {
    match layout::at(model, x, y) {
        Some(Area::Strip(_)) => by_hand(model, Move::Samples(by)),
        Some(Area::Panel(place) | Area::Heads(place, _) | Area::Row(place, _)) => {
            model.screen.focus = place;
            super::keys::row(model, by * 3);
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The next graph on the strip.
pub fn headline(model: &mut Model) {
    model.time.headline = (model.time.headline + 1) % HEADLINES.len();
}
