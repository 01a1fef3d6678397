//! A part becomes segments: each table's rows in their order, one file a table and UTC day.

use super::disk::Folder;
use super::gather::{Gathered, Gathering};
use super::journal::{Damage, Part};
use super::layout::{self, PartName, SegmentName};
use super::segment::Writer;
use super::sums::{self, Sums};
use super::{Compression, Error};
use crate::schema::{TABLES, Table};

/// Writes the segments of a part, and notes their sums; tells what of it could not be read. Running it
/// again after it was cut off completes what is missing.
pub fn seal(
    folder: &Folder,
    name: &PartName,
    part: &Part,
    compression: Compression,
    sums: &mut Sums,
) -> Result<Damage, Error> {
    // The first and last frame of each day. A part spans two only where the clock stepped within it.
    let mut days: Vec<(i64, u64, u64)> = Vec::new();
    let damage = part.walk(|frame| {
        let (day, seq) = (layout::day_start(frame.moment.wall), frame.moment.seq);
        match days.last_mut() {
            Some((same, _, last)) if *same == day => *last = seq,
            _ => days.push((day, seq, seq)),
        }
    })?;
    let Some((_, _, last_seq)) = days.last().copied() else { return Ok(damage) };
    let sealing = Sealing { folder, name, part, last_seq, compression };
    for (_, first, last) in days {
        for (table, gathered) in sealing.gather(&TABLES.iter().collect::<Vec<_>>(), 0, (first, last))? {
            sealing.table(table, gathered, (first, last), sums)?;
        }
    }
    Ok(damage)
}

struct Sealing<'a> {
    folder: &'a Folder,
    name: &'a PartName,
    part: &'a Part,
    last_seq: u64,
    compression: Compression,
}

impl Sealing<'_> {
    /// The rows of some tables in the frames `first` to `last`: their columns from one on.
    fn gather(
        &self,
        tables: &[&'static Table],
        from: usize,
        (first, last): (u64, u64),
    ) -> Result<Vec<(&'static Table, Gathered)>, Error> {
        let mut gathering = Vec::new();
        for table in tables {
            gathering.extend(Gathering::new(self.part, table, from)?.map(|gathering| (*table, gathering)));
        }
        let mut taken = Ok(());
        self.part.walk(|frame| {
            let is_wanted = (first..=last).contains(&frame.moment.seq);
            for (_, gathering) in &mut gathering {
                gathering.enter(frame);
                if is_wanted && taken.is_ok() {
                    taken = gathering.take(frame);
                }
            }
        })?;
        taken?;
        let finished = gathering.into_iter().map(|(table, gathering)| Some((table, gathering.finish()?)));
        Ok(finished.flatten().collect())
    }

    fn table(
        &self,
        table: &'static Table,
        gathered: Gathered,
        frames: (u64, u64),
        sums: &mut Sums,
    ) -> Result<(), Error> {
        let Some((first, last)) = gathered.times() else { return Ok(()) };
        let name = SegmentName {
            table: table.name.into(),
            host: self.name.host.clone(),
            first_seq: self.name.first_seq,
            last_seq: self.last_seq,
            from: layout::second_below(first),
            to: layout::second_above(last),
            generation: 0,
        };
        let path = name.path(self.folder.root());
        if path.exists() {
            // Who gave it its name may have been cut off before that was made last.
            self.folder.sync_folder_of(&path)?;
        } else if let Some(sum) = self.write(table, &name, frames, gathered)? {
            sums.note(&name, sum);
        }
        if !sums.knows(&name) {
            sums.note(&name, sums::of_file(&path)?);
        }
        Ok(())
    }

    fn write(
        &self,
        table: &'static Table,
        name: &SegmentName,
        frames: (u64, u64),
        mut gathered: Gathered,
    ) -> Result<Option<[u8; 32]>, Error> {
        let mut writer = Writer::new(self.folder, table, name, self.compression)?;
        let mut written = 0;
        writer.row_group(|_| {
            let column = match gathered.next_column() {
                Some(column) => Some(column),
                None => match self.gather(&[table], written, frames)?.pop() {
                    Some((_, more)) => {
                        gathered = more;
                        gathered.next_column()
                    }
                    None => None,
                },
            };
            written += 1;
            column.ok_or_else(|| Error::damaged(self.part.path(), "it has lost rows while it was sealed"))
        })?;
        writer.publish()
    }
}
