//! Command lines without their secrets: arguments → one line. Pure; reads nothing.
//!
//! A recording outlives the process and travels, so what looks like a password, token or key is
//! replaced by `***` before it is kept. In doubt it is hidden: a word too many is lost sooner than
//! a secret told. What stands in a script (`sh -c "…"`) is looked through word by word, as a shell
//! would split it.

mod clients;
mod header;
mod line;
mod names;
mod next;
mod piped;
mod programs;
mod scrub;
mod split;
mod sql;
mod table;
mod tokens;

use line::Line;

/// The longest line that is kept, in bytes.
pub const LONGEST: usize = 1024;

/// What stands in a secret's place.
const HIDDEN: &str = "***";

/// A user without a password is a token from this length on.
const TOKEN_LENGTH: usize = 20;

/// One line of a command's arguments: separated by spaces, secrets replaced by `***`, bytes that
/// are no UTF-8 and control characters replaced, at most [`LONGEST`] bytes.
pub fn command_line<'a>(args: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut line = Line::default();
    for (at, arg) in args.into_iter().enumerate() {
        if line.out.len() > LONGEST {
            break;
        }
        if at > 0 {
            line.out.push(' ');
        }
        line.argument(&piped::hide(sql::hide(one_line(arg))));
    }
    let mut out = line.out;
    out.truncate(out.floor_char_boundary(LONGEST));
    out
}

/// The same of `/proc/PID/cmdline`, where each argument ends in NUL. `None` where there is none.
///
/// A last argument without its NUL may have been cut off by the reader in the middle of a secret,
/// where its end can no longer be told: it is left out of a line that is long enough without it.
#[cfg(target_os = "linux")]
pub fn proc_cmdline(bytes: &[u8]) -> Option<String> {
    let whole = match bytes.iter().rposition(|b| *b == 0) {
        Some(end) if bytes.len() > LONGEST => &bytes[..end],
        _ => bytes,
    };
    let end = whole.iter().rposition(|b| *b != 0)?;
    Some(command_line(whole[..=end].split(|b| *b == 0)))
}

/// The first argument of `/proc/PID/cmdline`, up to a space: what a program that writes a title of its own
/// there puts behind one is none of its name. `None` where there is none.
#[cfg(target_os = "linux")]
pub fn proc_program(bytes: &[u8]) -> Option<String> {
    let line = program(bytes.split(|byte| *byte == 0).next()?);
    (!line.is_empty()).then_some(line)
}

/// A program's own argument up to a space.
pub fn program(first: &[u8]) -> String {
    command_line(first.split(|byte| *byte == b' ').next())
}

/// Text that stays on its line: bytes that are no UTF-8 and control characters are replaced.
pub fn one_line(bytes: &[u8]) -> String {
    let clean = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    String::from_utf8_lossy(bytes).chars().map(clean).collect()
}
