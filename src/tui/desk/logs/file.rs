//! One file of lines, in parts of which it is known from when to when they tell.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use super::super::super::model::LogLine;
use super::super::super::words;
use super::MOST_LINES;
use super::line::{is_error, time_of};
use crate::time::Micros;

/// So much of a file's end is looked at.
const MOST_BYTES: u64 = 8 << 20;
/// A part is at least so large; it ends with a line.
const PART_BYTES: u64 = 64 << 10;
/// Within so many of the first bytes a line tells when it begins.
const HEAD_BYTES: u64 = 4 << 10;
/// So many of the last bytes say whether what lies before the end is still what it was.
const TAIL_BYTES: u64 = 64;

/// Some lines that lie together.
#[derive(Clone, Copy, Debug)]
struct Part {
    from: u64,
    to: u64,
    /// The time of the last line before it: lines without one have it.
    before: Option<Micros>,
    /// The earliest and the latest time in it, `before` included where a line has that.
    times: Option<(Micros, Micros)>,
    /// Whether lines are in it of which no time is known.
    is_timeless: bool,
}

impl Part {
    fn tells(&self, from: Micros, to: Micros) -> bool {
        self.is_timeless || self.times.is_some_and(|(first, last)| last >= from && first <= to)
    }
}

/// What is known of a file.
#[derive(Debug, Default)]
pub struct Indexed {
    state: Option<State>,
    parts: Vec<Part>,
    /// The time that a line at its very beginning tells.
    first: Option<Micros>,
    /// The bytes before the end of the last part.
    tail: Vec<u8>,
    pub bytes_read: u64,
}

/// Which file it is, and how far it went.
#[derive(Clone, Copy, Debug, PartialEq)]
struct State {
    identity: (u64, u64),
    length: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> State {
        State { identity: identity(metadata), length: metadata.len(), modified: metadata.modified().ok() }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Elsewhere its last bytes alone say that it is the same.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

impl Indexed {
    /// Its lines between two instants, and what is known of it then.
    ///
    /// # Errors
    /// A file that cannot be read, or is none.
    pub fn between(
        mut self,
        path: &Path,
        from: Micros,
        to: Micros,
        errors: bool,
    ) -> io::Result<(Indexed, Vec<LogLine>)> {
        // A pipe would keep whoever opens it waiting.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other(words::NO_REGULAR_FILE.en));
        }
        let mut file = File::open(path)?;
        let state = State::of(&file.metadata()?);
        if !self.still_holds(&mut file, state)? {
            self = Indexed { bytes_read: self.bytes_read, ..Indexed::default() };
        }
        if self.state.is_none() {
            self.bytes_read += state.length.min(HEAD_BYTES);
            each_line(&mut file, 0, state.length.min(HEAD_BYTES), None, |_, ts, _| {
                self.first = self.first.or(ts);
            })?;
        }
        self.take_in(&mut file, state)?;
        let mut lines = Vec::new();
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        for part in self.parts.iter().filter(|part| part.tells(from, to)) {
            self.bytes_read += part.to - part.from;
            each_line(&mut file, part.from, part.to, part.before, |_, ts, text| {
                let is_error = is_error(text);
                if !text.trim().is_empty()
                    && ts.is_none_or(|ts| ts >= from && ts <= to)
                    && (!errors || is_error)
                {
                    lines.push(LogLine { ts, from: name.clone(), text: text.into(), is_error });
                }
            })?;
        }
        lines.drain(..lines.len().saturating_sub(MOST_LINES));
        Ok((self, lines))
    }

    /// Whether it has nothing of an instant since it begins later.
    pub fn begins_after(&self, at: Micros) -> bool {
        let is_empty = self.state.is_some_and(|state| state.length == 0);
        is_empty || self.first.is_some_and(|first| first > at)
    }

    /// Whether the file has only grown since.
    fn still_holds(&mut self, file: &mut File, now: State) -> io::Result<bool> {
        let (Some(state), Some(last)) = (self.state, self.parts.last()) else { return Ok(false) };
        if now.identity != state.identity || now.length < state.length {
            return Ok(false);
        }
        if now == state {
            return Ok(true);
        }
        if now.length == state.length {
            // Something was written over.
            return Ok(false);
        }
        let tail = tail(file, last.to)?;
        self.bytes_read += tail.len() as u64;
        Ok(tail == self.tail)
    }

    /// Divides what is new into parts, and lets go of what lies too far before the end.
    fn take_in(&mut self, file: &mut File, state: State) -> io::Result<()> {
        if self.state == Some(state) {
            return Ok(());
        }
        let begin = state.length.saturating_sub(MOST_BYTES);
        self.parts.retain(|part| part.to > begin);
        // The last part may not be full, or have ended within a line.
        let (from, before) = match self.parts.pop() {
            Some(last) => (last.from, last.before),
            None => (begin, None),
        };
        self.bytes_read += state.length - from;
        let mut part = Part { from, to: from, before, times: None, is_timeless: false };
        let parts = &mut self.parts;
        each_line(file, from, state.length, before, |end, ts, text| {
            part.to = end;
            match ts {
                Some(ts) => {
                    part.times =
                        Some(part.times.map_or((ts, ts), |(first, last)| (first.min(ts), last.max(ts))));
                }
                None => part.is_timeless |= !text.trim().is_empty(),
            }
            if part.to - part.from >= PART_BYTES {
                parts.push(part);
                part = Part { from: end, to: end, before: ts, times: None, is_timeless: false };
            }
        })?;
        if part.to > part.from {
            parts.push(part);
        }
        let end = self.parts.last().map_or(0, |part| part.to);
        self.tail = tail(file, end)?;
        self.state = Some(state);
        Ok(())
    }
}

/// The bytes before a place.
fn tail(file: &mut File, end: u64) -> io::Result<Vec<u8>> {
    let long = end.min(TAIL_BYTES);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(end - long))?;
    file.take(long).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Hands out each line between two places with its end and the time that it, or the one before it, tells.
/// A line of blanks is one too.
fn each_line(
    file: &mut File,
    from: u64,
    to: u64,
    before: Option<Micros>,
    mut each: impl FnMut(u64, Option<Micros>, &str),
) -> io::Result<()> {
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::with_capacity(PART_BYTES as usize, file.take(to.saturating_sub(from)));
    let (mut bytes, mut end, mut ts) = (Vec::new(), from, before);
    loop {
        bytes.clear();
        let long = reader.read_until(b'\n', &mut bytes)?;
        if long == 0 {
            return Ok(());
        }
        end += long as u64;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        ts = time_of(text).or(ts);
        each(end, ts, text);
    }
}
