//! `sparkline(x order by ts)`: a column's course in one line of text, `▁▂▅█▃`, from its least value
//! to its greatest. What is not known is a blank.
//!
//! Where there are more values than cells, a cell shows the greatest of those it stands for: a
//! spike is what one looks for. How rows come in order is `array_agg`'s work.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::functions_aggregate::array_agg::ArrayAgg;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::arguments::{anything, count, doubles, misused, number, written};

const USAGE: &str = "sparkline(x order by ts)` or `sparkline(x, 60 order by ts)";
const CELLS: usize = 40;
const MOST: i64 = 1000;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Sparkline {
    signature: Signature,
    gather: ArrayAgg,
}

impl Default for Sparkline {
    fn default() -> Self {
        Sparkline { signature: anything(), gather: ArrayAgg::default() }
    }
}

impl AggregateUDFImpl for Sparkline {
    fn name(&self) -> &str {
        "sparkline"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 1, 2)?;
        number(USAGE, "the first argument", &types[0])?;
        Ok(DataType::Utf8)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let is_wide = args.exprs.len() > 1;
        let cells = match args.exprs.get(1).map(written) {
            None => CELLS,
            Some(Some(cells @ 1..=MOST)) => cells as usize,
            Some(_) => {
                return Err(misused(
                    USAGE,
                    format!("`sparkline` has 1 to {MOST} cells, a number written out"),
                ));
            }
        };
        let item = args.expr_fields[0].data_type().clone();
        let gathered = self.gather.accumulator(AccumulatorArgs {
            return_field: Field::new("gathered", DataType::new_list(item, true), true).into(),
            exprs: &args.exprs[..1],
            expr_fields: &args.expr_fields[..1],
            ..args
        })?;
        Ok(Box::new(Course { gathered, is_wide, cells }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.gather.state_fields(args)
    }
}

#[derive(Debug)]
struct Course {
    gathered: Box<dyn Accumulator>,
    /// Whether a second argument stands before what rows are ordered by.
    is_wide: bool,
    cells: usize,
}

impl Accumulator for Course {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let mut values = values.to_vec();
        if self.is_wide {
            values.remove(1);
        }
        self.gathered.update_batch(&values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let ScalarValue::List(list) = self.gathered.evaluate()? else {
            return internal_err!("array_agg gives a list");
        };
        let drawn = match list.is_null(0) {
            true => None,
            false => drawn(&doubles(&list.value(0))?.iter().collect::<Vec<_>>(), self.cells),
        };
        Ok(ScalarValue::Utf8(drawn))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.gathered.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.gathered.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.gathered.merge_batch(states)
    }
}

/// `None` where no value is known.
fn drawn(values: &[Option<f64>], most: usize) -> Option<String> {
    let cells = most.min(values.len());
    let cell = |cell: usize| {
        let span = cell * values.len() / cells..(cell + 1) * values.len() / cells;
        values[span].iter().copied().flatten().reduce(f64::max)
    };
    let courses: Vec<Option<f64>> = (0..cells).map(cell).collect();
    let least = courses.iter().copied().flatten().reduce(f64::min)?;
    let greatest = courses.iter().copied().flatten().reduce(f64::max)?;
    let bar = |value: f64| match greatest > least {
        true => BARS[(((value - least) / (greatest - least)) * 7.0).round() as usize],
        false => BARS[0],
    };
    Some(courses.into_iter().map(|value| value.map_or(' ', bar)).collect())
}
