//! How far back a store will reach if it grows on as it does, and which bound ends it.
//!
//! Reads names and sizes only. Bounds take effect as `retain` has them: by age each class on its
//! own, by size what is worth least first.

use std::path::Path;

use super::layout::{self, SegmentName};
use super::usage::{self, Space};
use super::{Class, Error, Policy};

const DAY_US: f64 = 86_400e6;
/// Less than this is too little to go by.
const LEAST_US: f64 = 60e6;

/// A store's future.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// What the store occupies.
    pub occupied_bytes: u64,
    /// The filesystem it lies on.
    pub space: Space,
    /// How much of it is to stay free.
    pub kept_free_bytes: u64,
    /// How long was looked at to know the rates.
    pub over_us: f64,
    /// Each class of which there are sealed rows; empty where too little is sealed to go by.
    pub classes: Vec<Reach>,
}

/// How far back the rows of a class will reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub class: Class,
    /// What is sealed of it a day.
    pub bytes_per_day: f64,
    pub days: f64,
    pub bound: Bound,
}

/// What ends a reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `--keep` and its like.
    Age,
    /// `--max-size`
    Size,
    /// `--min-free`
    Free,
}

/// Looks at a store as it would be kept under a policy.
pub fn outlook(root: &Path, policy: &Policy) -> Result<Outlook, Error> {
    let space = Space::of(root)?;
    let occupied_bytes = usage::occupied(root);
    let kept_free_bytes = (space.size_bytes as f64 * policy.min_free_pct / 100.0) as u64;
    let segments = layout::uncovered(&layout::segments(root, None)?);
    let last = segments.iter().map(|name| name.to.0).max().unwrap_or_default();
    let first = segments.iter().map(|name| name.from.0).min().unwrap_or_default();
    let over_us = ((last - first) as f64).min(DAY_US);
    let mut outlook = Outlook { occupied_bytes, space, kept_free_bytes, over_us, classes: Vec::new() };
    if over_us < LEAST_US {
        return Ok(outlook);
    }
    let rates: Vec<(Class, f64)> = [Class::Process, Class::Raw, Class::Minute, Class::Hour]
        .into_iter()
        .map(|class| (class, rate(root, &segments, class, last, over_us)))
        .filter(|(_, rate)| *rate > 0.0)
        .collect();
    let sealed = usage::sealed(root);
    let by_size = policy.sealed_bytes() as f64;
    let by_disk = (sealed + space.free_bytes).saturating_sub(kept_free_bytes) as f64;
    outlook.classes = reaches(&rates, policy, by_size, by_disk);
    Ok(outlook)
}

/// What a class's files of the last `over_us` take, as bytes a day.
fn rate(root: &Path, segments: &[SegmentName], class: Class, last: i64, over_us: f64) -> f64 {
    let begin = last as f64 - over_us;
    let share = |name: &SegmentName| {
        let (from, to) = (name.from.0 as f64, name.to.0 as f64);
        if to - from > 0.0 {
            (to - from.max(begin)).max(0.0) / (to - from)
        } else {
            f64::from(u8::from(to > begin))
        }
    };
    let of_class = segments.iter().filter(|name| Class::of(&name.table) == class);
    let bytes = of_class.map(|name| (name, share(name))).filter(|(_, share)| *share > 0.0);
    bytes.map(|(name, share)| usage::file(&name.path(root)) as f64 * share).sum::<f64>() * DAY_US / over_us
}

/// How far each class reaches where so much may be sealed. What is worth most gets its room first,
/// since what is worth least goes first.
pub fn reaches(rates: &[(Class, f64)], policy: &Policy, by_size: f64, by_disk: f64) -> Vec<Reach> {
    let (mut room, tight) = if by_disk < by_size { (by_disk, Bound::Free) } else { (by_size, Bound::Size) };
    let mut reaches: Vec<Reach> = Vec::new();
    for (class, bytes_per_day) in rates.iter().rev().copied() {
        let keep = policy.keep.of(class).as_secs_f64() / 86_400.0;
        let fitting = room / bytes_per_day;
        let (days, bound) = if fitting < keep { (fitting, tight) } else { (keep, Bound::Age) };
        room = (room - days * bytes_per_day).max(0.0);
        reaches.push(Reach { class, bytes_per_day, days, bound });
    }
    reaches.reverse();
    reaches
}
