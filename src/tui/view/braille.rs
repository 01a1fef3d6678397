//! A graph in braille: two columns and four lines of dots a character, each column from its least value to
//! its greatest.

use ratatui::layout::Rect;

use super::super::course::Span;
use super::super::theme::Role;
use super::paint::Paint;
use crate::export::figures::scale;

/// The bit of each dot of a character, by column and line.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Draws spans, two a character, between 0 and `top`.
pub fn draw(paint: &mut Paint, area: Rect, spans: &[Span], top: f64, role: Role) {
    let lines = usize::from(area.height);
    if lines == 0 || area.width == 0 || top.is_nan() || top <= 0.0 {
        return;
    }
    let dots = lines * 4;
    let height = |value: f64| ((value / top).clamp(0.0, 1.0) * (dots - 1) as f64).round() as usize;
    let reach: Vec<Option<(usize, usize)>> =
        spans.iter().map(|span| span.map(|(least, most)| (height(least), height(most)))).collect();
    for x in 0..area.width {
        let mut cells = vec![0u8; lines];
        for (half, bits) in BITS.iter().enumerate() {
            let place = usize::from(x) * 2 + half;
            let Some(Some((mut low, mut high))) = reach.get(place).copied() else { continue };
            // Joined to the column before, so that a steep course is a line and not dots.
            if let Some(Some((before_low, before_high))) = place.checked_sub(1).and_then(|at| reach.get(at)) {
                low = low.min(before_high + 1).min(high);
                high = high.max(before_low.saturating_sub(1)).max(low);
            }
            for dot in low..=high {
                let line = lines - 1 - dot / 4;
                cells[line] |= bits[3 - dot % 4];
            }
        }
        for (line, bits) in cells.into_iter().enumerate().filter(|(_, bits)| *bits != 0) {
            let c = char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' ');
            paint.text(area.x + x, area.y + line as u16, 1, &c.to_string(), role);
        }
    }
}

/// The sum of several courses: a span each of the sums of least and of greatest values.
pub fn sum(courses: &[&[Span]]) -> Vec<Span> {
    let long = courses.iter().map(|course| course.len()).max().unwrap_or(0);
    (0..long)
        .map(|at| {
            let known = courses.iter().filter_map(|course| course.get(at).copied().flatten());
            known.reduce(|(least, most), (low, high)| (least + low, most + high))
        })
        .collect()
}

/// A round number at or above the greatest value, for the top of a graph: round in the unit that the measure's
/// name ends in, which for bytes goes by powers of 1024.
pub fn round_top(measure: &str, most: f64) -> f64 {
    if most.is_nan() || most <= 0.0 {
        return 1.0;
    }
    let is_binary = measure.ends_with("_bytes") || measure.ends_with("bytes_per_s");
    let unit = if is_binary { scale(measure, most).divisor } else { 1.0 };
    let most = most / unit;
    let power = 10f64.powf(most.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|top| *top >= most);
    let round = round.unwrap_or(most);
    unit * if is_binary && round >= 1000.0 { round.max(1024.0) } else { round }
}
