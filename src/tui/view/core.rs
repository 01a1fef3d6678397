//! The CPUs: what all did together, how each was over time, and what each does now.

use ratatui::layout::Rect;

use super::super::model::Model;
use super::super::theme::Role;
use super::super::words::{self, Word};
use super::figures;
use super::paint::{Paint, columns};

const MODES: [(Word, &str); 8] = [
    (words::MODE_USER, "user_pct"),
    (words::MODE_NICE, "nice_pct"),
    (words::MODE_SYSTEM, "system_pct"),
    (words::MODE_IRQ, "irq_pct"),
    (words::MODE_SOFTIRQ, "softirq_pct"),
    (words::MODE_IOWAIT, "iowait_pct"),
    (words::MODE_STEAL, "steal_pct"),
    (words::MODE_GUEST, "guest_pct"),
];
const LOADS: [&str; 3] = ["load1", "load5", "load15"];
const TASKS: [(Word, &str); 2] = [(words::RUNNING, "runnable"), (words::BLOCKED, "blocked")];
const RATES: [(Word, &str); 3] = [
    (words::SWITCHES, "context_switches_per_s"),
    (words::INTERRUPTS, "interrupts_per_s"),
    (words::FORKS, "forks_per_s"),
];
const SHADES: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    let mut line = 0;
    match model.sheet("cpu") {
        Some(cpu) => {
            let number = |name: &str| cpu.number(0, name);
            let busy = number("busy_pct").unwrap_or(0.0);
            let text = format!("{} {} % ", model.say(words::BUSY), figures::cell("busy_pct", busy));
            let taken = paint.text(area.x, area.y, area.width, &text, figures::role("busy_pct", busy));
            let width = area.width.saturating_sub(taken + 1);
            let bar = figures::bar(busy / 100.0, usize::from(width.min(60)));
            paint.text(area.x + taken, area.y, width, &bar, figures::role("busy_pct", busy));
            let modes = MODES.iter().filter_map(|(word, column)| {
                Some(format!("{} {}", model.say(*word), figures::cell(column, number(column)?)))
            });
            line = 1 + flow(paint, area, 1, &modes.collect::<Vec<_>>(), Role::Text);
            let loads = LOADS.iter().filter_map(|column| Some(figures::cell(column, number(column)?)));
            let loads = loads.collect::<Vec<_>>().join(" ");
            let loads = (!loads.is_empty()).then(|| format!("{} {loads}", model.say(words::LOAD)));
            // As the overview has it: without the recorder, which runs whenever it looks.
            let tasks =
                TASKS.iter().filter_map(|(word, column)| Some((*word, *column, model.headline(column)?)));
            let rates = RATES.iter().filter_map(|(word, column)| Some((*word, *column, number(column)?)));
            let more = tasks
                .chain(rates)
                .map(|(word, column, value)| format!("{} {}", model.say(word), figures::cell(column, value)));
            line +=
                flow(paint, area, line, &loads.into_iter().chain(more).collect::<Vec<_>>(), Role::Dim) + 1;
        }
        None if !model.has_table("cpu") => paint.line(area, 0, &model.no_table("cpu"), Role::Dim),
        None => paint.line(area, 0, model.say(words::NOTHING_HERE), Role::Dim),
    }
    let Some(cores) = model.sheet("core") else { return };
    line = line.max(2);
    paint.line(area, line - 1, model.say(words::CORES), Role::Dim);
    let course = model.course.as_ref();
    for row in 0..cores.len() {
        let y = line + row as u16;
        if y >= area.height {
            break;
        }
        let busy = cores.number(row, "busy_pct").unwrap_or(0.0);
        let name = cores.text(row, "cpu").unwrap_or_default();
        let label = format!("{name:>4} {:>5} % ", figures::cell("busy_pct", busy));
        let taken = paint.text(area.x, area.y + y, area.width, &label, figures::role("busy_pct", busy));
        let width = area.width.saturating_sub(taken);
        let Some(course) = course else { continue };
        let map = Rect { x: area.x + taken, y: area.y + y, width, height: 1 };
        heat(paint, map, course.of(&format!("cpu{name}")));
        // Where in it the cursor of time stands.
        if let Some(column) = course.column(model.time.cursor).filter(|_| width > 0) {
            let x = (column * usize::from(width) / course.columns.max(1)) as u16;
            paint.over(Rect { x: map.x + x, width: 1, ..map }, Role::Cursor);
        }
    }
}

/// Texts behind each other, none of which is cut where a line ends; how many lines they took.
fn flow(paint: &mut Paint, area: Rect, line: u16, texts: &[String], role: Role) -> u16 {
    let mut lines: Vec<String> = Vec::new();
    for text in texts {
        match lines.last_mut() {
            Some(last) if columns(last) + columns(text) + 2 <= area.width => *last += &format!("  {text}"),
            _ => lines.push(text.clone()),
        }
    }
    // Where there are few lines, the CPUs below need them more.
    lines.truncate(if area.height < 10 { 1 } else { usize::MAX });
    for (at, text) in lines.iter().enumerate() {
        paint.line(area, line + at as u16, text, role);
    }
    lines.len() as u16
}

/// How busy it was at its busiest in each stretch of the strip.
fn heat(paint: &mut Paint, area: Rect, spans: &[super::super::course::Span]) {
    for x in 0..area.width {
        let (from, to) = (
            usize::from(x) * spans.len() / usize::from(area.width.max(1)),
            (usize::from(x) + 1) * spans.len() / usize::from(area.width.max(1)),
        );
        let inside = spans.get(from..to.max(from + 1).min(spans.len())).unwrap_or(&[]);
        let Some(most) = inside.iter().flatten().map(|(_, most)| *most).reduce(f64::max) else { continue };
        let shade = SHADES[((most / 100.0).clamp(0.0, 1.0) * 8.0).round() as usize];
        let role = match figures::role("busy_pct", most) {
            Role::Text | Role::Dim => Role::Graph,
            worse => worse,
        };
        paint.text(area.x + x, area.y, 1, &shade.to_string(), role);
    }
}
