//! Time zones as users name them.

use jiff::tz::{Offset, TimeZone};

/// The zone of that name, such as `Europe/Berlin`, or so many hours and minutes from UTC: `+02:00`, `-0330`, `+2`.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let Some(rest) = name.strip_prefix(['+', '-']) else { return TimeZone::get(name).ok() };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some(split), _) => split,
        (None, 4) => rest.split_at_checked(2)?,
        (None, _) => (rest, "00"),
    };
    let is_right = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 || !is_right(hours) || !is_right(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok().filter(|m| *m < 60)?);
    let seconds = (hours * 60 + minutes) * 60;
    // No clock is further away.
    let seconds = Some(seconds).filter(|seconds| *seconds <= 14 * 3_600)?;
    let offset = Offset::from_seconds(if name.starts_with('-') { -seconds } else { seconds }).ok()?;
    Some(TimeZone::fixed(offset))
}
