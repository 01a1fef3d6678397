//! The rows of one table that lie in the range: files as they are, parts of files, and the journal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::{filter, take};
use arrow::datatypes::{Field, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;

use super::CutOut;
use super::redact::Redaction;
use crate::schema::{Micros, Table};
use crate::store::catalog::{Catalog, Segment};
use crate::store::disk::{Folder, Unpublished};
use crate::store::layout::{self, SegmentName};
use crate::store::runs::Runs;
use crate::store::segment::{self, Reader, Writer};
use crate::store::sums::{Sums, hex};
use crate::store::{Class, Compression, Error};
use crate::time::Range;

const COMPRESSION: Compression = Compression::Zstd(3);

/// A cut at work.
pub struct Cutting<'a> {
    pub root: &'a Path,
    pub catalog: Rc<Catalog>,
    pub folder: &'a Folder,
    pub range: Range,
    /// The hosts that are wanted, and their labels in what is made.
    pub labels: BTreeMap<String, String>,
    /// What is noted of the files that are cut from.
    pub noted: BTreeMap<String, Sums>,
    /// What is to be noted of those that are made.
    pub sums: BTreeMap<String, Sums>,
    /// From when on there are rows that were recorded, by host and table as they are called in what is made, to the
    /// second.
    pub begins: BTreeMap<(String, String), Micros>,
    pub redaction: Option<Redaction>,
    pub done: CutOut,
}

impl Cutting<'_> {
    /// Cuts one table, of which these files reach into the range.
    pub fn table(&mut self, table: &'static Table, segments: Vec<Segment>) -> Result<(), Error> {
        for segment in &segments {
            if !self.labels.contains_key(&segment.name.host) {
                continue;
            }
            let done = if self.redaction.is_none() && self.holds_all_of(&segment.name) {
                self.copy(segment)
            } else {
                self.rewrite(table, segment)
            };
            match done {
                // One file that cannot be read must not keep the others from being cut.
                Err(Error::Damaged { what, .. }) => self.leave_out(&segment.path, what),
                other => other?,
            }
        }
        drop(segments);
        // Lent to itself for as long as it is read: nothing below changes it.
        let (catalog, range) = (self.catalog.clone(), self.range);
        for tail in catalog.tails(table, &range) {
            let tail = tail?;
            if self.labels.contains_key(&*tail.host) {
                self.rows(table, &tail.host, &tail.batch, &range)?;
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, path: &Path, what: String) {
        let path = path.strip_prefix(self.root).unwrap_or(path);
        self.done.left_out.push((path.into(), what));
    }

    /// Whether every row of a file lies in the range.
    fn holds_all_of(&self, name: &SegmentName) -> bool {
        self.range.from.is_none_or(|from| name.from > from) && self.range.to.is_none_or(|to| name.to <= to)
    }

    fn note(&mut self, name: &SegmentName, sum: [u8; 32], rows: u64) -> Result<(), Error> {
        if !self.sums.contains_key(&name.host) {
            self.sums.insert(name.host.clone(), Sums::read(self.folder.root(), &name.host)?);
        }
        if let Some(sums) = self.sums.get_mut(&name.host) {
            sums.note(name, sum);
        }
        if Class::of(&name.table) <= Class::Raw {
            let begin = self.begins.entry((name.host.clone(), name.table.clone())).or_insert(name.from);
            *begin = name.from.min(*begin);
        }
        self.done.files += 1;
        self.done.rows += rows;
        Ok(())
    }

    fn copy(&mut self, segment: &Segment) -> Result<(), Error> {
        let rows = self.reader(segment)?.rows();
        let mut from: &File = &segment.file;
        from.rewind().map_err(Error::io(&segment.path))?;
        let target = segment.name.path(self.folder.root());
        let mut file = Unpublished::new(self.folder, target.clone())?;
        io::copy(&mut from, &mut file).map_err(Error::io(&target))?;
        let sum = file.publish()?.ok_or_else(|| Error::Taken(target.clone()))?;
        let noted = self.noted.get(&segment.name.host).and_then(|sums| sums.sum(&segment.name));
        if noted.is_some_and(|noted| !noted.eq_ignore_ascii_case(&hex(&sum))) {
            self.folder.remove(&target)?;
            let what = "its bytes are not those that were noted; see `sysray store verify --deep`";
            return Err(Error::damaged(&segment.path, what));
        }
        self.note(&segment.name, sum, rows)
    }

    fn reader(&self, segment: &Segment) -> Result<Reader, Error> {
        Reader::of(&segment.path, segment.file.try_clone().map_err(Error::io(&segment.path))?)
    }

    fn rewrite(&mut self, table: &'static Table, segment: &Segment) -> Result<(), Error> {
        let reader = self.reader(segment)?;
        let mut kept = Kept::default();
        let mut groups = Vec::new();
        for group in 0..reader.row_groups() {
            let ts = reader.array(group, table.schema().field(0))?;
            let tick = reader.array(group, table.schema().field(1))?;
            groups.push(kept.mask(&self.range, &ts, &tick));
        }
        let Some(mut name) = kept.name(&segment.name) else { return Ok(()) };
        name.host = self.label(&name.host);
        let mut writer = Writer::new(self.folder, table, &name, COMPRESSION)?;
        for (group, mask) in groups.into_iter().enumerate() {
            let rows = mask.true_count();
            if rows == 0 {
                continue;
            }
            if rows == mask.len() && self.redaction.is_none() && reader.has_columns_of(table) {
                writer.splice(&reader, group)?;
                continue;
            }
            let column = |field: &Field| -> Result<ArrayRef, Error> {
                let values = reader.array(group, field)?;
                filter(&values, &mask).map_err(|e| Error::damaged(&segment.path, e.to_string()))
            };
            self.row_group(&mut writer, table, &column)?;
        }
        self.publish(writer, &name, kept.rows)
    }

    /// Rows that are in no file by themselves, such as those still in the journal: of the range a file a day, as if
    /// they were sealed.
    pub fn rows(
        &mut self,
        table: &'static Table,
        host: &str,
        batch: &RecordBatch,
        range: &Range,
    ) -> Result<(), Error> {
        let whole = SegmentName {
            table: table.name.into(),
            host: self.label(host),
            first_seq: 0,
            last_seq: 0,
            from: Micros(0),
            to: Micros(0),
            generation: 0,
        };
        let path = PathBuf::from(layout::JOURNAL).join(table.name);
        let failed = |e: ArrowError| Error::damaged(&path, e.to_string());
        let Some(ts) = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>() else { return Ok(()) };
        let day = |at: usize| layout::day_start(Micros(ts.value(at)));
        let mut days: Vec<i64> = (0..batch.num_rows()).map(day).collect();
        days.sort_unstable();
        days.dedup();
        for this in days {
            let mask: BooleanArray = (0..batch.num_rows()).map(|at| Some(day(at) == this)).collect();
            let rows = arrow::compute::filter_record_batch(batch, &mask).map_err(failed)?;
            let mut kept = Kept::default();
            kept.mask(range, rows.column(0), rows.column(1));
            let Some(name) = kept.name(&whole) else { continue };
            let keys = segment::sort_keys(table);
            let columns: Vec<ArrayRef> =
                keys.iter().filter_map(|key| rows.column_by_name(key).cloned()).collect();
            let order: Option<UInt32Array> = segment::order(table, &columns).map_err(failed)?;
            let column = |field: &Field| -> Result<ArrayRef, Error> {
                let values = rows.column_by_name(field.name()).cloned();
                let values = values
                    .unwrap_or_else(|| arrow::array::new_null_array(field.data_type(), rows.num_rows()));
                order
                    .as_ref()
                    .map_or_else(|| Ok(values.clone()), |order| take(&values, order, None))
                    .map_err(failed)
            };
            let mut writer = Writer::new(self.folder, table, &name, COMPRESSION)?;
            self.row_group(&mut writer, table, &column)?;
            self.publish(writer, &name, kept.rows)?;
        }
        Ok(())
    }

    /// Writes the columns that are handed out, redacted where that is asked for.
    fn row_group(
        &mut self,
        writer: &mut Writer,
        table: &'static Table,
        column: &dyn Fn(&Field) -> Result<ArrayRef, Error>,
    ) -> Result<(), Error> {
        let schema = table.schema();
        writer.row_group(|of| {
            let field = schema.field_with_name(of.name).expect("a table's columns are in its schema");
            let values = match &mut self.redaction {
                Some(redaction) => redaction.column(table, field, column),
                None => column(field),
            };
            Ok(Runs::of(of.datatype, &values?))
        })
    }

    fn label(&self, host: &str) -> String {
        self.labels.get(host).cloned().unwrap_or_default()
    }

    fn publish(&mut self, writer: Writer, name: &SegmentName, rows: u64) -> Result<(), Error> {
        let sum = writer.publish()?.ok_or_else(|| Error::Taken(name.path(self.folder.root())))?;
        self.note(name, sum, rows)
    }
}

/// What is kept of a file.
#[derive(Default)]
struct Kept {
    rows: u64,
    /// First and last.
    ticks: Option<(i64, i64)>,
    times: Option<(i64, i64)>,
}

impl Kept {
    /// Which rows of a row group lie in the range.
    fn mask(&mut self, range: &Range, ts: &ArrayRef, tick: &ArrayRef) -> BooleanArray {
        let (Some(ts), Some(tick)) =
            (ts.as_primitive_opt::<TimestampMicrosecondType>(), tick.as_primitive_opt::<Int64Type>())
        else {
            return BooleanArray::from(vec![false; ts.len()]);
        };
        let widen = |of: &mut Option<(i64, i64)>, value: i64| {
            let (first, last) = of.get_or_insert((value, value));
            (*first, *last) = ((*first).min(value), (*last).max(value));
        };
        let keep = |at: usize| {
            let is_in = ts.is_valid(at) && range.contains(Micros(ts.value(at)));
            if is_in {
                self.rows += 1;
                widen(&mut self.times, ts.value(at));
                if tick.is_valid(at) {
                    widen(&mut self.ticks, tick.value(at));
                }
            }
            is_in
        };
        (0..ts.len()).map(keep).map(Some).collect()
    }

    /// The name of the file that they make, out of the one that they were in. `None` where there are none.
    fn name(&self, of: &SegmentName) -> Option<SegmentName> {
        let (from, to) = self.times?;
        // What a tier's row is made of is more than the tick it bears.
        let is_raw = Class::of(&of.table) <= Class::Raw;
        let ticks = self.ticks.filter(|_| is_raw).map(|(first, last)| (first as u64, last as u64));
        let (first_seq, last_seq) = ticks.unwrap_or((of.first_seq, of.last_seq));
        Some(SegmentName {
            first_seq,
            last_seq,
            from: layout::second_below(Micros(from)),
            to: layout::second_above(Micros(to)),
            ..of.clone()
        })
    }
}
