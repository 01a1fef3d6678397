//! Numbers in cells, by the unit that a column's name ends in, and how bad they are.

use super::super::theme::Role;
use crate::export::figures::{amount, number, scale};

/// A number as a cell shows it.
pub fn cell(name: &str, value: f64) -> String {
    let is_amount = ["_bytes", "_bits_per_s", "_us"].iter().any(|end| name.ends_with(end));
    if is_amount || name.ends_with("bytes_per_s") || matches!(name, "heap_max" | "heap_min") {
        let name = if name.starts_with("heap") { "_bytes" } else { name };
        return amount(name, value);
    }
    if name.ends_with("_hz") {
        return format!("{} MHz", number(value / 1e6));
    }
    if name.ends_with("_per_s") {
        let scale = scale(name, value);
        return format!("{}{}", number(value / scale.divisor), scale.unit.trim_end_matches("/s"));
    }
    number(value)
}

/// How bad a value is: what is near a limit, or makes others wait.
pub fn role(name: &str, value: f64) -> Role {
    let (warning, critical) = match name {
        "cpu" | "busy_pct" => (80.0, 95.0),
        "memory_used_pct" | "used_pct" | "inodes_used_pct" | "swap_used_pct" => (80.0, 95.0),
        "iowait_pct" | "steal_pct" | "throttled_pct" | "run_delay_pct" | "block_delay_pct" => (10.0, 30.0),
        "some_pct" | "cpu_some_pct" | "memory_some_pct" | "io_some_pct" => (10.0, 40.0),
        "full_pct" | "memory_full_pct" | "io_full_pct" => (5.0, 20.0),
        "queue_pct" => (50.0, 90.0),
        "cpu_pct" => (50.0, 200.0),
        "latency_us" | "read_latency_us" | "write_latency_us" | "flush_latency_us" => (20_000.0, 100_000.0),
        _ if name.contains("errors") || name.contains("dropped") || name.ends_with("drops_per_s") => {
            (0.000_001, 100.0)
        }
        "errors" | "skipped_ticks" | "oom_kills" | "signal" | "exit_code" => (1.0, f64::INFINITY),
        _ => return if value == 0.0 { Role::Dim } else { Role::Text },
    };
    match value {
        _ if value >= critical => Role::Critical,
        _ if value >= warning => Role::Warning,
        0.0 => Role::Dim,
        _ => Role::Text,
    }
}

/// A bar of so many characters.
pub fn bar(share: f64, width: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    let (full, rest) = (eighths / 8, eighths % 8);
    let mut text = "█".repeat(full);
    if rest > 0 {
        text.push(['▏', '▎', '▍', '▌', '▋', '▊', '▉'][rest - 1]);
    }
    let long = text.chars().count();
    text + &"·".repeat(width.saturating_sub(long))
}
