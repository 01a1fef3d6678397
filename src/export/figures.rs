//! Numbers for people: three to four significant digits, with a unit that fits. Nothing here knows
//! what a number is about.

/// A number without its unit: three significant digits where it has decimals.
pub fn number(x: f64) -> String {
    let size = x.abs();
    match size {
        0.0 => "0".into(),
        _ if size < 0.005 && x > 0.0 => "<0.01".into(),
        _ if size >= 99.95 => format!("{x:.0}"),
        _ => {
            let text = format!("{x:.*}", if size < 9.995 { 2 } else { 1 });
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
    }
}

/// What to divide by, and the unit that it then has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub divisor: f64,
    pub unit: &'static str,
}

/// Bytes in powers of 1024.
const BYTES: [(f64, &str, &str); 6] = [
    (1.0, "B", "B/s"),
    (1024.0, "KiB", "KiB/s"),
    (1_048_576.0, "MiB", "MiB/s"),
    (1_073_741_824.0, "GiB", "GiB/s"),
    (1_099_511_627_776.0, "TiB", "TiB/s"),
    (1_125_899_906_842_624.0, "PiB", "PiB/s"),
];

/// The scale of a measure, by the unit its name ends in, such that its highest value reads well.
pub fn scale(measure: &str, highest: f64) -> Scale {
    let fits = |divisor: f64| highest.abs() >= divisor * 0.9995;
    let of = |steps: &[(f64, &'static str)]| {
        let step = steps.iter().rev().find(|(divisor, _)| fits(*divisor)).unwrap_or(&steps[0]);
        Scale { divisor: step.0, unit: step.1 }
    };
    if measure.ends_with("bytes_per_s") {
        of(&BYTES.map(|(divisor, _, rate)| (divisor, rate)))
    } else if measure.ends_with("_bytes") {
        of(&BYTES.map(|(divisor, amount, _)| (divisor, amount)))
    } else if measure.ends_with("bits_per_s") {
        of(&[(1.0, "bit/s"), (1e3, "kbit/s"), (1e6, "Mbit/s"), (1e9, "Gbit/s")])
    } else if measure.ends_with("_per_s") {
        of(&[(1.0, "/s"), (1e3, "k/s"), (1e6, "M/s")])
    } else if measure.ends_with("_us") {
        of(&[(1.0, "µs"), (1e3, "ms"), (1e6, "s")])
    } else if measure.ends_with("_pct") {
        Scale { divisor: 1.0, unit: "%" }
    } else {
        Scale { divisor: 1.0, unit: "" }
    }
}

/// One amount with its unit, which `measure` ends in.
pub fn amount(measure: &str, x: f64) -> String {
    let Scale { divisor, unit } = scale(measure, x);
    format!("{} {unit}", number(x / divisor)).trim_end().into()
}

pub fn bytes(x: i64) -> String {
    amount("_bytes", x as f64)
}

/// A length of time: below two minutes as a number of one unit, above in the two units that matter.
pub fn length(us: i64) -> String {
    const STEPS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let s = (us as f64 / 1e6).round() as i64;
    if s < 120 {
        return amount("_us", us as f64);
    }
    let above = STEPS.iter().position(|(step, _)| s >= *step).unwrap_or(3).min(2);
    let ((high, high_unit), (low, low_unit)) = (STEPS[above], STEPS[above + 1]);
    match s % high / low {
        0 => format!("{} {high_unit}", s / high),
        rest => format!("{} {high_unit} {rest} {low_unit}", s / high),
    }
}

/// A count and its noun, which takes an `s` unless it is one.
pub fn count(n: i64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
