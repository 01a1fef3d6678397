//! When a host's bases were written down, and of which tables.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::TimestampMicrosecondType;

use super::rows::{Source, ticks};
use crate::schema::{BASE, table};
use crate::store::Error;
use crate::store::verify::Finding;

/// One time.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub tick: i64,
    pub ts: i64,
    /// Whether what came before does not lead up to it.
    pub begins_anew: bool,
}

/// All times, in order.
#[derive(Debug, Default)]
pub struct Bases {
    pub at: Vec<At>,
    pub tables: BTreeSet<String>,
}

impl Bases {
    /// Reads them.
    pub fn read(source: &Source<'_>, findings: &mut Vec<Finding>) -> Result<Bases, Error> {
        let (mut at, mut tables) = (BTreeMap::new(), BTreeSet::new());
        let Some(base) = table(BASE) else { return Ok(Bases::default()) };
        let columns = ["ts", "tick", "table_name", "begins_anew"];
        source.rows(base, (0, i64::MAX), &columns, findings, &mut |batch| {
            let column = |name: &str| batch.column_by_name(name);
            let ts = column("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
            let names = column("table_name").and_then(|c| c.as_string_opt::<i32>());
            let anew = column("begins_anew").and_then(|c| c.as_boolean_opt());
            let (Some(ts), Some(names), Some(anew)) = (ts, names, anew) else { return };
            for (row, tick) in ticks(batch).iter().enumerate() {
                let begins_anew = anew.is_valid(row) && anew.value(row);
                at.entry(*tick).or_insert(At { tick: *tick, ts: ts.value(row), begins_anew });
                if !tables.contains(names.value(row)) {
                    tables.insert(names.value(row).to_string());
                }
            }
        })?;
        Ok(Bases { at: at.into_values().collect(), tables })
    }
}
