//! The rows of one table and host in some ticks, wherever they are: in sealed files, or in the journal.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::schema::Table;
use crate::store::segment::Reader;
use crate::store::verify::rows::TickSet;
use crate::store::verify::sealed::{guarded, told};
use crate::store::verify::{Finding, sealed};
use crate::store::{Catalog, Error};

/// One host's rows.
pub struct Source<'a> {
    pub catalog: &'a Catalog,
    pub host: &'a str,
}

impl Source<'_> {
    /// Visits the rows of a table in the ticks `from` to `to`, and perhaps others, of some columns; tells in
    /// which ticks all are that there were.
    pub fn rows(
        &self,
        table: &'static Table,
        (from, to): (i64, i64),
        columns: &[&str],
        findings: &mut Vec<Finding>,
        each: &mut dyn FnMut(&RecordBatch),
    ) -> Result<TickSet, Error> {
        let (from, to) = (from.max(0) as u64, to.max(0) as u64);
        let mut whole = TickSet::default();
        let all = self.catalog.segments().iter();
        let sealed: Vec<_> = all.filter(|name| name.table == table.name && name.host == self.host).collect();
        for name in sealed.iter().filter(|name| name.first_seq <= to && name.last_seq >= from) {
            let path = name.path(self.catalog.root());
            let read = guarded(|| {
                let reader = match Reader::open(&path) {
                    Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                        return Ok(false);
                    }
                    other => other.map_err(|e| told(&path, e))?,
                };
                let groups = (0..reader.row_groups()).collect();
                for batch in reader.rows_of(groups, Some(columns)).map_err(|e| told(&path, e))? {
                    each(&batch.map_err(|e| format!("cannot be read: {e}"))?);
                }
                Ok(true)
            });
            match read {
                Ok(true) => whole.insert_all(name.first_seq as i64, name.last_seq as i64),
                Ok(false) => return Err(Error::Io { path, source: std::io::ErrorKind::NotFound.into() }),
                Err(what) => findings.push(Finding {
                    is_wrong: true,
                    path: name.path(Path::new("")),
                    what,
                    way_out: sealed::PUT_BACK.into(),
                }),
            }
        }
        let is_sealed = |seq: u64| sealed.iter().any(|name| (name.first_seq..=name.last_seq).contains(&seq));
        let is_wanted = |seq: u64| (from..=to).contains(&seq) && !is_sealed(seq);
        for part in self.catalog.parts_of(self.host)? {
            part.batches(table.name, |moment| is_wanted(moment.seq)).iter().for_each(&mut *each);
            if !part.damage().is_inside() {
                for frame in part.frames() {
                    whole.insert(frame.moment.seq as i64);
                }
            }
        }
        Ok(whole)
    }
}

/// The ticks of some rows.
pub fn ticks(batch: &RecordBatch) -> &[i64] {
    let ticks = batch.column_by_name("tick").and_then(|c| c.as_primitive_opt::<Int64Type>());
    ticks.map_or(&[], |ticks| ticks.values())
}
