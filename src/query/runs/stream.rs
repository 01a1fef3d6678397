//! Batches of rows become batches of runs, as long as they have some.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{BatchCoalescer, not, nullif, prep_null_mask_filter, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result};
use datafusion::physical_plan::metrics::{BaselineMetrics, RecordOutput};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{PhysicalExpr, SendableRecordBatchStream};
use futures::{StreamExt, stream};

use super::bounds::Bounds;
use super::rounds::Rounds;
use super::{Argument, Key};

/// Runs that are shorter than this in the mean cost more to make than they save.
pub(super) const ROWS_PER_RUN: usize = 2;
/// After a batch without runs so many more are at most passed on before the next is looked at.
pub(super) const MOST_PASSED: usize = 64;

/// The runs of one partition.
pub(super) struct Runs {
    keys: Arc<[Key]>,
    arguments: Arc<[Argument]>,
    schema: SchemaRef,
    /// Runs of few rows each until they are a batch.
    made: BatchCoalescer,
    /// A batch without runs, behind what is made.
    passed: Option<RecordBatch>,
    /// So many batches are passed on unseen: twice as many each time that there were no runs.
    unseen: usize,
    patience: usize,
}

impl Runs {
    pub(super) fn new(
        keys: Arc<[Key]>,
        arguments: Arc<[Argument]>,
        schema: SchemaRef,
        batch_rows: usize,
    ) -> Self {
        let made = BatchCoalescer::new(schema.clone(), batch_rows);
        Self { keys, arguments, schema, made, passed: None, unseen: 0, patience: 1 }
    }

    pub(super) fn stream(
        self,
        input: SendableRecordBatchStream,
        metrics: BaselineMetrics,
    ) -> SendableRecordBatchStream {
        let schema = self.schema.clone();
        let batches =
            stream::try_unfold((self, input.fuse(), metrics), |(mut runs, mut input, metrics)| async move {
                let mut ended = false;
                loop {
                    if let Some(batch) = runs.next() {
                        let batch = batch.record_output(&metrics);
                        return Ok(Some((batch, (runs, input, metrics))));
                    }
                    if ended {
                        return Ok(None);
                    }
                    let next = input.next().await.transpose()?;
                    let _timer = metrics.elapsed_compute().timer();
                    match next {
                        Some(batch) => runs.add(&batch)?,
                        None => {
                            ended = true;
                            runs.made.finish_buffered_batch()?;
                        }
                    }
                }
            });
        Box::pin(RecordBatchStreamAdapter::new(schema, batches))
    }

    fn next(&mut self) -> Option<RecordBatch> {
        self.made.next_completed_batch().or_else(|| self.passed.take())
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = batch.num_rows();
        if rows == 0 {
            return Ok(());
        }
        let values = |expr: &Arc<dyn PhysicalExpr>| expr.evaluate(batch)?.into_array(rows);
        let keys: Vec<ArrayRef> = self.keys.iter().map(|key| values(&key.expr)).collect::<Result<_>>()?;
        let arguments = self.arguments.iter().map(|argument| evaluated(argument, batch));
        let arguments: Vec<Vec<ArrayRef>> = arguments.collect::<Result<_>>()?;
        if self.unseen == 0 {
            let bounds = Bounds::of(&keys, rows)?;
            if rows / bounds.len() >= ROWS_PER_RUN {
                self.patience = 1;
                let runs = self.folded(&keys, &arguments, bounds)?;
                return Ok(self.made.push_batch(runs)?);
            }
            if let Some(rounds) = Rounds::of(&keys, rows)? {
                self.patience = 1;
                let keys = rounds.side_by_side(&keys)?;
                let arguments = arguments.iter().map(|values| rounds.side_by_side(values));
                let arguments = arguments.collect::<Result<Vec<_>>>()?;
                let runs = self.folded(&keys, &arguments, rounds.bounds)?;
                return Ok(self.made.push_batch(runs)?);
            }
            self.unseen = self.patience;
            self.patience = (2 * self.patience).min(MOST_PASSED);
        } else {
            self.unseen -= 1;
        }
        // Order is kept.
        self.made.finish_buffered_batch()?;
        let mut columns = keys;
        for (argument, values) in self.arguments.iter().zip(arguments) {
            columns.append(&mut argument.fold.of_rows(values, rows)?);
        }
        self.passed = Some(RecordBatch::try_new(self.schema.clone(), columns)?);
        Ok(())
    }

    /// One row a run. Where a sum is none of 64 bits, or what is compared is no number, rows stay as they are: what
    /// that means the aggregate knows.
    fn folded(
        &self,
        keys: &[ArrayRef],
        arguments: &[Vec<ArrayRef>],
        mut bounds: Bounds,
    ) -> Result<RecordBatch> {
        let fold_all = |bounds: &Bounds, refused: &mut BTreeSet<usize>| {
            let each = self.arguments.iter().zip(arguments);
            let columns = each.map(|(argument, values)| argument.fold.of(values, bounds, refused));
            Ok::<_, DataFusionError>(columns.collect::<Result<Vec<_>>>()?.concat())
        };
        let mut refused = BTreeSet::new();
        let mut folded = fold_all(&bounds, &mut refused)?;
        if !refused.is_empty() {
            bounds = bounds.split(&refused);
            folded = fold_all(&bounds, &mut refused)?;
        }
        let starts = UInt32Array::from(bounds.starts);
        let mut columns: Vec<ArrayRef> =
            keys.iter().map(|key| Ok(take(key, &starts, None)?)).collect::<Result<_>>()?;
        columns.append(&mut folded);
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

/// What an argument is folded of, unknown where its filter is not met.
fn evaluated(argument: &Argument, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    let rows = batch.num_rows();
    let values = argument.exprs.iter().map(|expr| expr.evaluate(batch)?.into_array(rows));
    let Some(filter) = &argument.filter else { return values.collect() };
    let met = filter.evaluate(batch)?.into_array(rows)?;
    let met = met.as_boolean();
    let left_out = match met.nulls() {
        Some(_) => not(&prep_null_mask_filter(met))?,
        None => not(met)?,
    };
    values.map(|values| Ok(nullif(&values?, &left_out)?)).collect()
}
