//! The bytes of a frame: a header, a directory of tables, and each table's rows compressed and
//! checked on its own.
//!
//! ```text
//! magic "SRF1" · length u32 · seq u64 · key u64 · wall i64 · monotonic i64 · tables u32
//! per table: id u16 · content u8 · codec u8 · rows u32 · raw length u32 · length u32 · CRC-32C u32
//! CRC-32C u32 of all of the above                            little-endian, times in µs
//! per table: an Arrow IPC record batch, behind a list of rows where the codec says so
//! ```
//!
//! `length` counts everything behind itself. `key` is the keyframe that the frame leans on: its own
//! number where it is one. No length is believed, and nothing allocated for it, before its check fits.

use super::window::Source;
use crate::schema::Micros;

pub const MAGIC: [u8; 4] = *b"SRF1";
/// Header without the check.
pub const HEADER: usize = 44;
/// One table in the directory.
pub const ENTRY: usize = 20;
/// How far a table of a frame may unpack: far above any real one.
pub const RAW_LIMIT: usize = 64 << 20;

/// How many bytes the magic is looked for in at once.
const LOOKED_AT: usize = 4096;

/// How many tables a frame may have: far above any real number.
const TABLES_LIMIT: usize = 512;

/// When a frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Counts the frames of a store; never starts again.
    pub seq: u64,
    /// The `ts` of its rows.
    pub wall: Micros,
    /// The monotonic clock then.
    pub monotonic: Micros,
}

/// What the rows of a frame's table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// What happened in the interval.
    Interval,
    /// The kernel's totals at its end, in keyframes: what a restarted recorder counts on from.
    Totals,
}

/// How they are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// zstd.
    Zstd,
    /// zstd with the same table's unpacked bytes of the keyframe as its dictionary.
    ZstdKeyed,
    /// The same, of the rows that are not the keyframe's, behind a list of those that are (`again`).
    ZstdAgain,
}

impl Codec {
    /// Whether the keyframe is needed to unpack it.
    pub fn is_keyed(self) -> bool {
        self != Codec::Zstd
    }
}

/// One table of a frame, as the directory has it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its place in the part's list of tables.
    pub id: u16,
    pub content: Content,
    pub codec: Codec,
    /// How many rows it has.
    pub rows: u32,
    /// Its unpacked length.
    pub raw: usize,
    /// The packed rows; `None` where they do not fit their check.
    pub packed: Option<&'a [u8]>,
}

/// One frame in the bytes of a part.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// When it was taken.
    pub moment: Moment,
    /// The keyframe that it leans on.
    pub key: u64,
    /// What it holds.
    pub entries: Vec<Entry<'a>>,
    /// Its whole length in bytes.
    pub length: usize,
}

impl Frame<'_> {
    /// Whether every table fits its check.
    pub fn is_sound(&self) -> bool {
        self.entries.iter().all(|entry| entry.packed.is_some())
    }

    /// The table of that place, if the frame has it.
    pub fn entry(&self, id: usize, content: Content) -> Option<&Entry<'_>> {
        self.entries.iter().find(|entry| usize::from(entry.id) == id && entry.content == content)
    }
}

/// A frame as its header and its directory tell of it: none of its rows have been read.
#[derive(Clone, Debug)]
pub struct Outlined {
    /// When it was taken.
    pub moment: Moment,
    /// The keyframe that it leans on.
    pub key: u64,
    /// What it holds.
    pub tables: Vec<Lies>,
    /// Its whole length in bytes.
    pub length: usize,
}

/// Where the packed rows of a table lie, and what they must be.
#[derive(Clone, Copy, Debug)]
pub struct Lies {
    pub id: u16,
    pub content: Content,
    codec: Codec,
    rows: u32,
    raw: usize,
    /// Where they begin.
    pub begin: usize,
    /// How many bytes they are.
    pub length: usize,
    check: u32,
}

impl Lies {
    /// The entry with its bytes, which are nothing if they do not fit their check.
    pub fn entry<'a>(&self, packed: &'a [u8]) -> Entry<'a> {
        let Lies { id, content, codec, rows, raw, .. } = *self;
        let is_sound = packed.len() == self.length && crc32c::crc32c(packed) == self.check;
        Entry { id, content, codec, rows, raw, packed: is_sound.then_some(packed) }
    }
}

/// Reads what is told of the frame that begins there. `None` where its header is not sound or its end is
/// not there.
pub fn outline(source: &mut impl Source, begin: usize) -> Option<Outlined> {
    let length = length(source, begin)?;
    let end = begin.checked_add(length).filter(|end| *end <= source.length())?;
    let header = source.get(begin..begin.checked_add(HEADER)?)?;
    if header[..4] != MAGIC {
        return None;
    }
    // It is its rows' `tick` as well: an `Int64`, and there is a next one.
    let seq = u64_at(header, 8).filter(|seq| *seq < i64::MAX as u64)?;
    let (wall, monotonic) = (Micros(u64_at(header, 24)? as i64), Micros(u64_at(header, 32)? as i64));
    let (moment, key, count) = (Moment { seq, wall, monotonic }, u64_at(header, 16)?, u32_at(header, 40)?);
    let directory = source.get(begin + HEADER..begin + HEADER + count as usize * ENTRY)?;
    let mut at = begin + HEADER + directory.len() + 4;
    let mut tables = Vec::with_capacity(count as usize);
    for entry in directory.chunks_exact(ENTRY) {
        let lies = Lies {
            id: u16::from_le_bytes(entry[..2].try_into().ok()?),
            content: [Content::Interval, Content::Totals].get(usize::from(entry[2])).copied()?,
            codec: [Codec::Zstd, Codec::ZstdKeyed, Codec::ZstdAgain].get(usize::from(entry[3])).copied()?,
            rows: u32_at(entry, 4)?,
            raw: u32_at(entry, 8)? as usize,
            begin: at,
            length: u32_at(entry, 12)? as usize,
            check: u32_at(entry, 16)?,
        };
        at = at.checked_add(lies.length).filter(|at| *at <= end)?;
        tables.push(lies);
    }
    Some(Outlined { moment, key, tables, length })
}

/// Reads the frame that the bytes begin with. `None` where its header is not sound or its end is
/// not there.
pub fn decode(bytes: &[u8]) -> Option<Frame<'_>> {
    let Outlined { moment, key, tables, length, .. } = outline(&mut &*bytes, 0)?;
    let entry = |lies: &Lies| Some(lies.entry(bytes.get(lies.begin..lies.begin + lies.length)?));
    let entries = tables.iter().map(entry).collect::<Option<_>>()?;
    Some(Frame { moment, key, entries, length })
}

/// All frames in the bytes of a part that can be proved, in order.
pub fn scan(bytes: &[u8], at: usize) -> Vec<(usize, Frame<'_>)> {
    let mut found = Vec::new();
    let mut source = bytes;
    walk(&mut source, at, &mut |begin, _| found.push(begin));
    found.into_iter().filter_map(|begin| Some((begin, decode(bytes.get(begin..)?)?))).collect()
}

/// Visits all frames that can be proved, in order, with where they begin. Behind damage it is looked for
/// the next header that fits its check; a number is only taken once, and never goes back.
pub fn walk(source: &mut impl Source, mut at: usize, each: &mut impl FnMut(usize, &Frame<'_>)) {
    let mut last = None;
    while let Some((begin, found)) = next(source, at, usize::MAX) {
        at = begin + found.length;
        // A frame of which only a part was written, and then all of it again behind.
        if !found.is_sound
            && let Some((within, again)) = next(source, begin + MAGIC.len(), at)
        {
            at = within;
            if again.seq == found.seq {
                continue;
            }
        }
        if last.is_none_or(|last| found.seq > last) {
            last = Some(found.seq);
            if let Some(frame) = source.get(begin..begin + found.length).and_then(decode) {
                each(begin, &frame);
            }
        }
    }
}

/// What is known of a frame before it is visited.
struct Found {
    seq: u64,
    length: usize,
    is_sound: bool,
}

/// The next frame that begins at `at` or behind, and before `end`.
fn next(source: &mut impl Source, mut at: usize, end: usize) -> Option<(usize, Found)> {
    loop {
        let begin = magic(source, at).filter(|begin| *begin < end)?;
        if let Some(length) = length(source, begin)
            && let Some(frame) = source.get(begin..begin + length).and_then(decode)
        {
            let (seq, is_sound) = (frame.moment.seq, frame.is_sound());
            return Some((begin, Found { seq, length, is_sound }));
        }
        at = begin + 1;
    }
}

/// The length of the frame that begins there, if its header and directory fit their check.
fn length(source: &mut impl Source, begin: usize) -> Option<usize> {
    let header = source.get(begin..begin.checked_add(HEADER)?)?;
    let length = 8usize.checked_add(u32_at(header, 4)? as usize)?;
    let count = Some(u32_at(header, 40)? as usize).filter(|count| *count <= TABLES_LIMIT)?;
    let directory = HEADER + count * ENTRY;
    let told = source.get(begin..begin + directory + 4)?;
    (u32_at(told, directory)? == crc32c::crc32c(&told[..directory])).then_some(length)
}

/// Where the magic stands next.
fn magic(source: &mut impl Source, mut at: usize) -> Option<usize> {
    loop {
        let bytes = source.get(at..at.checked_add(LOOKED_AT)?.min(source.length()))?;
        if let Some(found) = bytes.windows(MAGIC.len()).position(|word| word == MAGIC) {
            return Some(at + found);
        }
        // The last bytes may be the first of it.
        let looked_at = bytes.len();
        if looked_at < LOOKED_AT {
            return None;
        }
        at += looked_at - (MAGIC.len() - 1);
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
