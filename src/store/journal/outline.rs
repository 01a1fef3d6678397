//! A part as somebody reads it who wants few of its rows: where those of each table lie is known of all
//! frames, and nothing else of them is read before it is asked for.
//!
//! What is proved is the same as of a part that is read whole: behind damage frames are looked for byte by
//! byte, and no rows are believed that do not fit their check.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow::array::RecordBatch;

use super::frame::{self, Content, Frame, Moment, Outlined};
use super::part::Part;
use super::window::Window;
use crate::store::Error;
use crate::store::disk::read_exact_at;

/// A part of which only the header, and of each frame the directory, is in memory.
pub struct Outline {
    part: Part,
    file: File,
    frames: Vec<Outlined>,
}

impl Outline {
    /// Reads an open part up to `length`. A part whose header is not there has no frames.
    pub fn read(path: &Path, file: &File, length: u64) -> Result<Outline, Error> {
        let part = Part::open(path, file, length)?;
        let file = file.try_clone().map_err(Error::io(path))?;
        let frames = match part.header() {
            Some(_) => frames(&file, part.beginning(), length as usize).map_err(Error::io(path))?,
            None => Vec::new(),
        };
        Ok(Outline { part, file, frames })
    }

    /// When the frames were taken, in order.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        self.frames.iter().map(|frame| &frame.moment)
    }

    /// The rows of a table, frame by frame, for those frames that `wanted` names; of all columns, or of those
    /// of some names.
    pub fn batches(
        &self,
        table: &str,
        columns: Option<&[&str]>,
        wanted: impl Fn(&Moment) -> bool,
    ) -> Result<Vec<RecordBatch>, Error> {
        let Some(mut reader) = self.part.table(table) else { return Ok(vec![]) };
        let places = columns.map(|names| {
            let fields = reader.schema().fields().iter().zip(0..);
            let chosen = fields.filter(|(field, _)| names.contains(&field.name().as_str()));
            chosen.map(|(_, place)| place).collect::<Vec<usize>>()
        });
        let (mut batches, mut packed) = (Vec::new(), Vec::new());
        for told in &self.frames {
            let is_wanted = wanted(&told.moment);
            if !is_wanted && told.key != told.moment.seq {
                continue;
            }
            let lies = told
                .tables
                .iter()
                .find(|lies| usize::from(lies.id) == reader.id() && lies.content == Content::Interval);
            let mut entries = Vec::new();
            if let Some(lies) = lies {
                packed.resize(lies.length, 0);
                match read_exact_at(&self.file, &mut packed, lies.begin as u64) {
                    Ok(()) => {}
                    // Cut off since: it is as if it had never been there.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => packed.clear(),
                    Err(error) => return Err(Error::io(self.part.path())(error)),
                }
                entries.push(lies.entry(&packed));
            }
            let frame = Frame { moment: told.moment, key: told.key, entries, length: told.length };
            reader.enter(&frame);
            if is_wanted {
                batches.extend(match &places {
                    Some(places) => reader.columns(&frame, Content::Interval, places),
                    None => reader.rows(&frame, Content::Interval),
                });
            }
        }
        Ok(batches)
    }
}

/// All frames that can be proved, in order, from `at` on.
fn frames(file: &File, mut at: usize, length: usize) -> io::Result<Vec<Outlined>> {
    let mut found: Vec<Outlined> = Vec::new();
    // A number is taken once, and never goes back.
    let mut take = |frame: Outlined| {
        if found.last().is_none_or(|last| frame.moment.seq > last.moment.seq) {
            found.push(frame);
        }
    };
    let mut source = Window::narrow(file, length);
    let mut next = frame::outline(&mut source, at);
    while let Some(frame) = next.take() {
        let behind = at + frame.length;
        next = frame::outline(&mut source, behind);
        if next.is_none() && behind < length {
            // What follows is no frame: this one may be a part of what it says, and the rest its like.
            break;
        }
        take(frame);
        at = behind;
    }
    source.failed()?;
    if at < length {
        let mut source = Window::new(file, length);
        let mut begins = Vec::new();
        frame::walk(&mut source, at, &mut |begin, _| begins.push(begin));
        begins.into_iter().filter_map(|begin| frame::outline(&mut source, begin)).for_each(take);
        source.failed()?;
    }
    Ok(found)
}
