//! Bytes of a part where they lie: in memory, or in its file, of which a little is in memory at once.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::store::disk::read_exact_at;

/// Read at once, if no more is asked for.
const WINDOW_BYTES: usize = 256 << 10;
/// The same where most is passed over: a header and its directory.
const NARROW_BYTES: usize = 4 << 10;

/// Bytes that frames are looked for in.
pub trait Source {
    /// How many there are.
    fn length(&self) -> usize;

    /// Some of them; `None` where they are not all there.
    fn get(&mut self, range: Range<usize>) -> Option<&[u8]>;
}

impl Source for &[u8] {
    fn length(&self) -> usize {
        self.len()
    }

    fn get(&mut self, range: Range<usize>) -> Option<&[u8]> {
        <[u8]>::get(self, range)
    }
}

/// A file up to a length.
pub struct Window<'a> {
    file: &'a File,
    length: usize,
    least: usize,
    bytes: Vec<u8>,
    /// Where those begin.
    from: usize,
    failed: Option<io::Error>,
}

impl<'a> Window<'a> {
    pub fn new(file: &'a File, length: usize) -> Self {
        Window { file, length, least: WINDOW_BYTES, bytes: Vec::new(), from: 0, failed: None }
    }

    /// One through which little is read here and there.
    pub fn narrow(file: &'a File, length: usize) -> Self {
        Window { least: NARROW_BYTES, ..Window::new(file, length) }
    }

    /// Why bytes that should be there were not.
    pub fn failed(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }

    fn load(&mut self, range: &Range<usize>) -> io::Result<()> {
        let more = range.len().max(self.least).min(self.length - range.start);
        self.bytes.resize(more, 0);
        self.from = range.start;
        read_exact_at(self.file, &mut self.bytes, range.start as u64)
    }
}

impl Source for Window<'_> {
    fn length(&self) -> usize {
        self.length
    }

    fn get(&mut self, range: Range<usize>) -> Option<&[u8]> {
        if range.end > self.length || range.start > range.end || self.failed.is_some() {
            return None;
        }
        let is_here = range.start >= self.from && range.end <= self.from + self.bytes.len();
        if !is_here && let Err(error) = self.load(&range) {
            self.bytes.clear();
            self.failed = Some(error);
            return None;
        }
        self.bytes.get(range.start - self.from..range.end - self.from)
    }
}
