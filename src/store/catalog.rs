//! A reader's view of a store: which files and which frames are to be read, each tick exactly once.
//!
//! The journal's parts are opened first, then segments are listed, and both again until nothing
//! changed. A frame whose number a segment's name covers is left to the segment.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{Schema, SchemaRef};

use super::extent::Extents;
use super::identity::Identity;
use super::journal::{Damage, Moment, Outline, Part};
use super::layout::{self, PartName, SegmentName};
use super::{Error, segment};
use crate::schema::{Micros, Table, Text};
use crate::time::Range;

/// How often a listing is repeated while maintenance changes the store under it.
const TRIES: usize = 20;

/// A store, opened for reading.
pub struct Catalog {
    root: PathBuf,
    identity: Identity,
    parts: Vec<OpenPart>,
    segments: Vec<SegmentName>,
}

struct OpenPart {
    name: PartName,
    path: PathBuf,
    file: File,
    length: u64,
    read: OnceLock<Part>,
    outlined: OnceLock<Outline>,
}

/// What is to be read of one table.
#[derive(Default)]
pub struct Selection {
    /// Sealed segments, oldest first.
    pub segments: Vec<Segment>,
    /// Rows that are still in the journal, oldest first.
    pub tail: Vec<Tail>,
}

/// A sealed segment, held open: it can be read even when it has been merged away meanwhile.
#[derive(Clone)]
pub struct Segment {
    /// What its path says of it.
    pub name: SegmentName,
    /// Where it lies, for messages and as a cache key. Not to be opened again.
    pub path: PathBuf,
    /// The open file.
    pub file: Arc<File>,
    /// Its size.
    pub bytes: u64,
}

/// Rows of the journal of one host. Their schema is the table's of today.
#[derive(Clone)]
pub struct Tail {
    /// The host they are of.
    pub host: Text,
    /// The rows, in order of `ts`.
    pub batch: RecordBatch,
}

impl Catalog {
    /// Looks at what the folder holds now.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let identity = Identity::read(root)?;
        let mut before = None;
        for _ in 0..TRIES {
            let names = layout::parts(root, None)?;
            let parts = names.iter().filter_map(|name| open_part(root, name).transpose());
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let segments = layout::segments(root, None)?;
            let now = (layout::parts(root, None)?, segments);
            if now.0 == names && parts.len() == names.len() && before.as_ref().is_none_or(|b| *b == now) {
                let segments = layout::uncovered(&now.1);
                return Ok(Catalog { root: root.into(), identity, parts, segments });
            }
            before = Some(now);
        }
        Err(Error::damaged(root, "it changes faster than it can be listed; try again"))
    }

    /// Whether the folder says of itself that it is a store, whether or not it can be read.
    pub fn is_store(root: &Path) -> bool {
        Identity::is_at(root)
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the store says of itself.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The segments to be read, of all tables.
    pub fn segments(&self) -> &[SegmentName] {
        &self.segments
    }

    /// What holds rows of `table` in the range, and perhaps others: rows are not filtered.
    pub fn select(&self, table: &'static Table, range: &Range) -> Result<Selection, Error> {
        let segments = self.open_segments(table, range)?;
        let tail = self.tails(table, range).collect::<Result<_, _>>()?;
        Ok(Selection { segments, tail })
    }

    /// The same, of which rows of the journal have these columns alone, in the table's order.
    pub fn select_columns(
        &self,
        table: &'static Table,
        range: &Range,
        columns: &[&str],
    ) -> Result<Selection, Error> {
        let segments = self.open_segments(table, range)?;
        let parts = self.parts.iter().filter(|_| table.tier.is_none());
        let tails = parts.filter_map(|open| self.tail_of(open, table, range, Some(columns)).transpose());
        Ok(Selection { segments, tail: tails.collect::<Result<_, _>>()? })
    }

    /// Only its sealed segments.
    pub fn open_segments(&self, table: &Table, range: &Range) -> Result<Vec<Segment>, Error> {
        let mut chosen: Vec<&SegmentName> =
            self.segments.iter().filter(|s| s.table == table.name && range.touches(s.from, s.to)).collect();
        chosen.sort_by_key(|s| (s.from, s.first_seq));
        chosen.iter().map(|name| open_segment(&self.root, name)).collect()
    }

    /// Only its rows in the journal, unpacked a part at a time.
    pub fn tails(&self, table: &'static Table, range: &Range) -> impl Iterator<Item = Result<Tail, Error>> {
        // The journal has recorded rows alone.
        let parts = self.parts.iter().filter(|_| table.tier.is_none());
        parts.filter_map(move |open| self.tail_of(open, table, range, None).transpose())
    }

    fn tail_of(
        &self,
        open: &OpenPart,
        table: &'static Table,
        range: &Range,
        columns: Option<&[&str]>,
    ) -> Result<Option<Tail>, Error> {
        let sealed: Vec<&SegmentName> =
            self.segments.iter().filter(|s| s.table == table.name && s.host == open.name.host).collect();
        let is_sealed = |seq: u64| sealed.iter().any(|s| (s.first_seq..=s.last_seq).contains(&seq));
        let wanted = |m: &Moment| range.contains(m.wall) && !is_sealed(m.seq);
        let batches = open.outline()?.batches(table.name, columns, wanted)?;
        let Some(first) = batches.first() else { return Ok(None) };
        let batch = concat_batches(&first.schema(), &batches)
            .and_then(|batch| segment::conform(&batch, &chosen(table, columns)))
            .map_err(|e| Error::damaged(&open.path, e.to_string()))?;
        Ok(Some(Tail { host: open.name.host.as_str().into(), batch }))
    }

    /// All rows of a small table, host by host and oldest first: sealed ones, then those in the journal.
    pub fn rows(&self, table: &'static Table) -> Result<Vec<Tail>, Error> {
        let selection = self.select(table, &Range::ALL)?;
        let mut rows = Vec::new();
        for Segment { name, path, file, .. } in &selection.segments {
            let reader = segment::Reader::of(path, file.try_clone().map_err(Error::io(path))?)?;
            for batch in reader.rows_of((0..reader.row_groups()).collect(), None)? {
                let batch = batch.and_then(|batch| segment::conform(&batch, &table.schema()));
                let batch = batch.map_err(|e| Error::damaged(path, e.to_string()))?;
                rows.push(Tail { host: name.host.as_str().into(), batch });
            }
        }
        rows.extend(selection.tail);
        rows.sort_by(|a, b| a.host.cmp(&b.host));
        Ok(rows)
    }

    /// The first and last `ts` of all that is recorded, to the second; `None` where nothing is. Of what
    /// only tiers still know it is the beginning of the first bucket.
    pub fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        let mut extents = Extents::default();
        self.segments.iter().for_each(|name| extents.segment(name));
        for open in &self.parts {
            open.outline()?.moments().for_each(|moment| extents.instant(moment.wall));
        }
        Ok(extents.whole())
    }

    /// The journal's parts with their sizes.
    pub fn parts(&self) -> impl Iterator<Item = (&PartName, u64)> {
        self.parts.iter().map(|part| (&part.name, part.length))
    }

    /// How many frames each part of the journal has, and what of it cannot be read.
    pub fn tail(&self) -> Result<Vec<(&PartName, usize, Damage)>, Error> {
        let count = |open: &'_ OpenPart| {
            let part = open.part()?;
            Ok((part.frames().len(), part.damage()))
        };
        self.parts
            .iter()
            .map(|open| count(open).map(|(frames, damage)| (&open.name, frames, damage)))
            .collect()
    }

    /// The parts of a host's journal.
    pub fn parts_of(&self, host: &str) -> Result<Vec<&Part>, Error> {
        self.parts.iter().filter(|open| open.name.host == host).map(OpenPart::part).collect()
    }

    /// The last part of a host's journal.
    pub fn last_part(&self, host: &str) -> Result<Option<&Part>, Error> {
        self.parts.iter().rfind(|open| open.name.host == host).map(OpenPart::part).transpose()
    }

    /// The highest frame number in use for a host; 0 where there is none.
    pub fn last_seq(&self, host: &str) -> Result<u64, Error> {
        // The name of a part without frames is used up as well.
        let named = self.parts.iter().filter(|part| part.name.host == host).map(|part| part.name.first_seq);
        Ok(self.last_frame(host)?.max(named.max().unwrap_or(0)))
    }

    /// The highest number of a frame that was recorded; 0 where there is none.
    pub fn last_frame(&self, host: &str) -> Result<u64, Error> {
        let sealed = self.segments.iter().filter(|s| s.host == host).map(|s| s.last_seq);
        let mut last = sealed.max().unwrap_or(0);
        for part in self.parts_of(host)? {
            last = last.max(part.last_seq().unwrap_or(0));
        }
        // What could not be read of these may be one day.
        for path in layout::set_aside(&self.root, host)? {
            let file = File::open(&path).map_err(Error::io(&path))?;
            last = last.max(Part::read(&path, &file, u64::MAX)?.last_seq().unwrap_or(0));
        }
        Ok(last)
    }
}

impl OpenPart {
    fn part(&self) -> Result<&Part, Error> {
        if let Some(part) = self.read.get() {
            return Ok(part);
        }
        let part = Part::read(&self.path, &self.file, self.length)?;
        Ok(self.read.get_or_init(|| part))
    }

    /// Where its rows lie, which is a small part of reading it.
    fn outline(&self) -> Result<&Outline, Error> {
        if let Some(outline) = self.outlined.get() {
            return Ok(outline);
        }
        let outline = Outline::read(&self.path, &self.file, self.length)?;
        Ok(self.outlined.get_or_init(|| outline))
    }
}

/// The columns of the table of today, or some of them.
fn chosen(table: &Table, columns: Option<&[&str]>) -> SchemaRef {
    let schema = table.schema();
    let Some(columns) = columns else { return schema };
    let fields = schema.fields().iter().filter(|field| columns.contains(&field.name().as_str()));
    Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
}

/// `None` where it was sealed and removed since it was listed.
fn open_part(root: &Path, name: &PartName) -> Result<Option<OpenPart>, Error> {
    let path = name.path(root);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Io { path, source }),
    };
    let length = file.metadata().map_err(Error::io(&path))?.len();
    Ok(Some(OpenPart {
        name: name.clone(),
        path,
        file,
        length,
        read: OnceLock::new(),
        outlined: OnceLock::new(),
    }))
}

fn open_segment(root: &Path, name: &SegmentName) -> Result<Segment, Error> {
    let path = name.path(root);
    let file = File::open(&path).map_err(Error::io(&path))?;
    let bytes = file.metadata().map_err(Error::io(&path))?.len();
    Ok(Segment { name: name.clone(), path, file: Arc::new(file), bytes })
}
