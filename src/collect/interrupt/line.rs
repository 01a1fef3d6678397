//! Lines of `/proc/interrupts` and `/proc/softirqs`: a name, a number a CPU, and in the first what the source
//! is (kernel/irq/proc.c; each architecture adds its own).

use crate::collect::parse::{int, listed};
use crate::schema::rows::Interrupt;

/// The first line, which names a CPU a column: those online in the one file, all possible in the other.
pub struct Heading<'a> {
    pub text: &'a str,
    pub cpus: usize,
}

impl<'a> Heading<'a> {
    /// The heading of a file; `None` where the first line names no CPU.
    pub fn of(text: &'a str) -> Option<Self> {
        let text = text.lines().next()?;
        let cpus = numbers(text).count();
        (cpus > 0).then_some(Heading { text, cpus })
    }

    /// Its CPUs as `0-3,8`.
    pub fn list(&self) -> String {
        listed(numbers(self.text))
    }
}

/// A number of 32 bits has no more.
const DIGITS: usize = 10;

fn numbers(heading: &str) -> impl Iterator<Item = i64> + '_ {
    heading.split_ascii_whitespace().map_while(|word| int(word.strip_prefix("CPU")?))
}

/// A line: what it is about, the sum over CPUs, and what stands behind the numbers.
pub struct Line<'a> {
    pub name: &'a str,
    pub total: i64,
    pub behind: &'a str,
}

/// The lines behind the heading. One that was cut short, or is of another kind, is passed over.
pub fn lines(text: &str, cpus: usize) -> impl Iterator<Item = Line<'_>> {
    text.lines().skip(1).filter_map(move |line| {
        let (name, rest) = line.split_once(':')?;
        let (total, found, behind) = sum(rest, cpus);
        let behind = behind.trim();
        // What is counted once for the whole host, as ERR and MIS on x86, is one number and nothing else.
        let (name, is_alone) = (name.trim(), found == 1 && behind.is_empty());
        let is_whole = found == cpus || (is_alone && int(name).is_none());
        is_whole.then_some(Line { name, total, behind })
    })
}

/// The sum of at most so many numbers, how many there were, and the text behind them. Of a large host it goes
/// over hundreds of kilobytes, so it goes over them once.
fn sum(text: &str, most: usize) -> (i64, usize, &str) {
    let bytes = text.as_bytes();
    let (mut total, mut found, mut end) = (0_i64, 0, 0);
    while found < most {
        let mut at = end;
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        let (first, mut number) = (at, 0_i64);
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            number = number.wrapping_mul(10).wrapping_add(digit.into());
            at += 1;
        }
        if at == first || at > first + DIGITS || bytes.get(at).is_some_and(|byte| *byte != b' ') {
            break;
        }
        (total, found, end) = (total + number, found + 1, at);
    }
    (total, found, &text[end..])
}

/// What a line says of its source: of a numbered one chip, number there, trigger and devices, of another what
/// it is.
pub fn describe(line: &Line<'_>) -> Interrupt {
    let some = |text: &str| (!text.is_empty()).then(|| text.into());
    if int(line.name).is_none() {
        return Interrupt { description: some(line.behind), ..Interrupt::default() };
    }
    let (chip, rest) = split_chip(line.behind);
    let (place, rest) = split_if(rest, is_place);
    let (number, flow) = place.split_once('-').unwrap_or((place, ""));
    let (told, devices) = split_if(rest, is_trigger);
    let trigger =
        if flow.is_empty() { told.trim_start_matches('-').to_ascii_lowercase() } else { flow.into() };
    Interrupt {
        chip: some(chip).filter(|_| !matches!(chip, "None" | "-")),
        hardware_irq: int(number),
        trigger: some(&trigger),
        devices: some(devices),
        ..Interrupt::default()
    }
}

/// The chip's name and the rest. It may have blanks in it, but no two together, and ends where a number there or
/// a trigger begins.
fn split_chip(text: &str) -> (&str, &str) {
    let gap = text.find("  ").unwrap_or(text.len());
    let ends = text[..gap].match_indices(' ').map(|(at, _)| at);
    let is_end = |at: &usize| {
        let word = text[at + 1..].split(' ').next().unwrap_or_default();
        is_place(word) || is_trigger(word)
    };
    let end = ends.clone().find(is_end).unwrap_or(gap);
    (&text[..end], text[end..].trim_start())
}

/// The first word, where it is of a kind, and the rest.
fn split_if(text: &str, is_kind: impl Fn(&str) -> bool) -> (&str, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    if is_kind(word) { (word, rest.trim_start()) } else { ("", text) }
}

/// The chip's own number, on some machines with the trigger: `27`, `5-edge`.
fn is_place(word: &str) -> bool {
    let number = word.split_once('-').map_or(word, |(number, _)| number);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `Level`, `Edge`, or behind a chip without numbers `-event`.
fn is_trigger(word: &str) -> bool {
    matches!(word, "Level" | "Edge") || (word.len() > 1 && word.starts_with('-'))
}
