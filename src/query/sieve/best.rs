//! The keys of the rows that stand first so far.

use std::collections::BinaryHeap;

use datafusion::arrow::array::{ArrayRef, BooleanArray, BooleanBufferBuilder};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::{Result, ScalarValue};
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};

/// What a key takes beside its bytes: where it lies, how long it is, and what the allocator adds.
const AROUND_KEY: usize = 32;
/// Keys of a batch are at first thought to have so many bytes each.
const KEY_BYTES: usize = 20;

/// Keys compare as their bytes do, and a smaller one stands before a greater one.
pub(super) struct Best {
    wanted: usize,
    converter: RowConverter,
    keys: BinaryHeap<Box<[u8]>>,
    bytes: usize,
    of_batch: Rows,
}

impl Best {
    /// The first `wanted` of rows in this order, of which none is seen yet.
    pub(super) fn of(order: &LexOrdering, schema: &Schema, wanted: usize) -> Result<Self> {
        let field =
            |by: &PhysicalSortExpr| Ok(SortField::new_with_options(by.expr.data_type(schema)?, by.options));
        let converter = RowConverter::new(order.iter().map(field).collect::<Result<_>>()?)?;
        let of_batch = converter.empty_rows(0, KEY_BYTES);
        Ok(Best { wanted, converter, keys: BinaryHeap::new(), bytes: 0, of_batch })
    }

    /// Takes in the keys of more rows, a column for each expression of the order: which of them may be among the
    /// first when all are seen.
    pub(super) fn take(&mut self, columns: &[ArrayRef]) -> Result<BooleanArray> {
        let mut may_be = self.convert(columns)?;
        for key in &self.of_batch {
            let key = key.as_ref();
            let is_full = self.keys.len() == self.wanted;
            let is_first = !is_full || self.keys.peek().is_some_and(|last| key < &**last);
            may_be.append(is_first);
            if !is_first {
                continue;
            }
            if is_full && let Some(gone) = self.keys.pop() {
                self.bytes -= gone.len() + AROUND_KEY;
            }
            self.bytes += key.len() + AROUND_KEY;
            self.keys.push(key.into());
        }
        Ok(BooleanArray::new(may_be.finish(), None))
    }

    /// Which of rows that were taken in before may still be among the first.
    pub(super) fn still(&mut self, columns: &[ArrayRef]) -> Result<BooleanArray> {
        let mut may_be = self.convert(columns)?;
        for key in &self.of_batch {
            may_be.append(self.last().is_none_or(|last| key.as_ref() <= last));
        }
        Ok(BooleanArray::new(may_be.finish(), None))
    }

    /// Reads the keys of a batch; hands out room for an answer to each.
    fn convert(&mut self, columns: &[ArrayRef]) -> Result<BooleanBufferBuilder> {
        self.of_batch.clear();
        self.converter.append(&mut self.of_batch, columns)?;
        Ok(BooleanBufferBuilder::new(self.of_batch.num_rows()))
    }

    /// What the keys take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.of_batch.size()
    }

    /// The key of the last of the first, once there are as many as are wanted: a row that does not stand before it
    /// is not needed.
    pub(super) fn last(&self) -> Option<&[u8]> {
        self.keys.peek().filter(|_| self.keys.len() == self.wanted).map(|key| &**key)
    }

    /// The values of a key.
    pub(super) fn values(&self, key: &[u8]) -> Result<Vec<ScalarValue>> {
        let columns = self.converter.convert_rows([self.converter.parser().parse(key)])?;
        columns.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }
}
