//! `gapfill(step [, from, to [, zone]])`: a row a bucket of time, whether anything was recorded in
//! it or not, in a column `bucket`. What is recorded joins it, and where nothing was is then seen.
//!
//! Without `from` and `to` it spans the range of the question, else all that is recorded.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Expr;

use super::arguments::{count, instant, instant_type, misused, text};
use super::buckets::{Buckets, Step};
use crate::query::Error;
use crate::query::literals::ReadTime;
use crate::query::view::Views;
use crate::schema::Micros;

const USAGE: &str = "gapfill('1 minute')` or `gapfill('1 hour', 'yesterday', 'today', 'Europe/Berlin')";
/// More rows than a day has seconds, ten times over.
const MOST: usize = 864_000;

pub(super) struct Gapfill {
    pub(super) views: Arc<Views>,
    pub(super) read: ReadTime,
}

impl fmt::Debug for Gapfill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gapfill")
    }
}

impl TableFunctionImpl for Gapfill {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let given = args.exprs();
        if !matches!(given.len(), 1 | 3 | 4) {
            count(USAGE, given, 1, 4)?;
            return Err(misused(USAGE, "`gapfill` takes `from` and `to`, or neither"));
        }
        let step = step(&given[0])?;
        let zone = match given.get(3) {
            None => None,
            Some(zone) => {
                let wrong = || misused(USAGE, "the fourth argument of `gapfill` is a time zone");
                Some(text(zone).ok_or_else(wrong)?)
            }
        };
        let mut buckets = Buckets::new(step, zone.as_deref()).map_err(|why| misused(USAGE, why))?;
        let span = match given {
            [_, from, to, ..] => Some((instant(USAGE, from, &self.read)?, instant(USAGE, to, &self.read)?)),
            _ => self.recorded()?,
        };
        let beginnings = match span {
            Some((from, to)) if from < to => beginnings(&mut buckets, from, to)?,
            _ => Vec::new(),
        };
        let schema = Arc::new(Schema::new(vec![Field::new("bucket", instant_type(), false)]));
        let column = TimestampMicrosecondArray::from(beginnings).with_timezone("UTC");
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(column)])?;
        Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
    }
}

impl Gapfill {
    /// The range of the question, and where that is open what is recorded.
    fn recorded(&self) -> Result<Option<(Micros, Micros)>> {
        let range = self.views.range;
        if let (Some(from), Some(to)) = (range.from, range.to) {
            return Ok(Some((from, to)));
        }
        let failed = |error| DataFusionError::External(Box::new(Error::Store(Arc::new(error))));
        let mut all: Option<(Micros, Micros)> = None;
        for source in self.views.sources.iter() {
            if let Some((first, last)) = source.extent().map_err(failed)? {
                let (least, greatest) = all.unwrap_or((first, last));
                all = Some((least.min(first), greatest.max(last)));
            }
        }
        // The first row is about the time before it.
        let all = all.map(|(first, last)| (Micros(first.0 - 1), last));
        Ok(all.map(|(first, last)| (range.from.unwrap_or(first), range.to.unwrap_or(last))))
    }
}

fn step(given: &Expr) -> Result<Step> {
    let step = match (text(given), given) {
        (Some(text), _) => Step::read(&text),
        (None, Expr::Literal(interval, _)) => Step::of(interval),
        _ => Err("the first argument of `gapfill` is a length of time".into()),
    };
    step.map_err(|why| misused(USAGE, why))
}

/// The buckets in which there may be rows later than `from` and up to `to`.
fn beginnings(buckets: &mut Buckets, from: Micros, to: Micros) -> Result<Vec<i64>> {
    let outside = || misused(USAGE, "`gapfill` leads out of the calendar");
    let mut all = vec![buckets.beginning(from.0 + 1).ok_or_else(outside)?];
    loop {
        let next = buckets.next(all[all.len() - 1]).ok_or_else(outside)?;
        if next >= to.0 {
            return Ok(all);
        }
        if all.len() == MOST {
            return Err(misused(
                USAGE,
                format!("more than {MOST} buckets lie in that time; take a longer step"),
            ));
        }
        all.push(next);
    }
}
