//! `sparkline(x order by ts)`: a column's course in one line of text, `▁▂▅█▃`, from its least value
//! to its greatest. What is not known is a blank.
//!
//! Where there are more rows than cells, a cell shows the greatest value of those it stands for: a
//! spike is what one looks for. By a time or a whole number rows need not come in order, and of many
//! only bins are held; by anything else how rows come in order is `array_agg`'s work.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::functions_aggregate::array_agg::ArrayAgg;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::arguments::{anything, count, doubles, misused, number, written};
use super::course::{Bin, Course, Span};

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

/// Whether rows that are ordered by these can be put into bins.
fn is_measured<'a>(mut order: impl Iterator<Item = &'a DataType>, is_distinct: bool) -> bool {
    let is_measure = |datatype: &DataType| match datatype {
        DataType::UInt64 => false,
        DataType::Timestamp(..) => true,
        other => other.is_integer(),
    };
    order.next().is_some_and(is_measure) && order.next().is_none() && !is_distinct
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
        let order = args.order_bys.iter().map(|order| order.expr.data_type(args.schema));
        let order = order.collect::<Result<Vec<_>>>()?;
        if is_measured(order.iter(), args.is_distinct) {
            let order = args.order_bys[0].options;
            return Ok(Box::new(Measured {
                course: Course::of(cells),
                cells,
                is_descending: order.descending,
                nowhere_first: order.nulls_first,
                known_only: args.ignore_nulls,
            }));
        }
        let is_wide = args.exprs.len() > 1;
        let item = args.expr_fields[0].data_type().clone();
        let gathered = self.gather.accumulator(AccumulatorArgs {
            return_field: Field::new("gathered", DataType::new_list(item, true), true).into(),
            exprs: &args.exprs[..1],
            expr_fields: &args.expr_fields[..1],
            ..args
        })?;
        Ok(Box::new(Gathered { gathered, is_wide, cells }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if !is_measured(args.ordering_fields.iter().map(|field| field.data_type()), args.is_distinct) {
            return self.gather.state_fields(args);
        }
        let field =
            |what: &str, datatype| Arc::new(Field::new(format_state_name(args.name, what), datatype, true));
        let list = |what: &str, of| field(what, DataType::new_list(of, true));
        Ok(vec![
            field("doubled", DataType::Int64),
            list("keys", DataType::Int64),
            list("values", DataType::Float64),
            list("rows", DataType::Int64),
        ])
    }

    // Nothing is sorted for it: what it needs in order it puts in order itself.
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Beneficial
    }

    fn with_beneficial_ordering(self: Arc<Self>, _: bool) -> Result<Option<Arc<dyn AggregateUDFImpl>>> {
        Ok(Some(self))
    }
}

/// By a time or a whole number.
#[derive(Debug)]
struct Measured {
    course: Course,
    cells: usize,
    is_descending: bool,
    /// Whether rows that do not know it come first.
    nowhere_first: bool,
    /// Whether rows whose value is not known do not count.
    known_only: bool,
}

impl Accumulator for Measured {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [values, .., keys] = values else { return internal_err!("rows come with what orders them") };
        let (values, keys) = (doubles(values)?, cast(keys, &DataType::Int64)?);
        for (value, key) in values.iter().zip(keys.as_primitive::<Int64Type>()) {
            if value.is_some() || !self.known_only {
                self.course.add(key, value);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let spans = self.course.spans(self.is_descending, self.nowhere_first);
        Ok(ScalarValue::Utf8(drawn(&spans, self.cells)))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.course.bytes()
    }

    /// The rows that stand nowhere are the last entry, and the only one without a key.
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (doubled, mut bins, nowhere) = self.course.state();
        let places = bins.len();
        bins.push(nowhere);
        let keys = bins.iter().enumerate().map(|(place, bin)| (place < places).then_some(bin.key));
        let keys: Int64Array = keys.collect();
        let values: Float64Array =
            bins.iter().map(|bin| (!bin.value.is_nan()).then_some(bin.value)).collect();
        let rows: Int64Array = bins.iter().map(|bin| i64::try_from(bin.rows).ok()).collect();
        let list = |array: ArrayRef| SingleRowListArrayBuilder::new(array).build_list_scalar();
        let lists = [list(Arc::new(keys)), list(Arc::new(values)), list(Arc::new(rows))];
        Ok([ScalarValue::Int64(doubled.map(i64::from))].into_iter().chain(lists).collect())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [doubled, keys, values, rows] = states else { return internal_err!("a state has four parts") };
        let doubled = doubled.as_primitive::<Int64Type>().iter();
        let lists = keys.as_list::<i32>().iter().zip(values.as_list::<i32>().iter());
        for ((doubled, (keys, values)), rows) in doubled.zip(lists).zip(rows.as_list::<i32>().iter()) {
            let (Some(keys), Some(values), Some(rows)) = (keys, values, rows) else { continue };
            let (keys, values) = (keys.as_primitive::<Int64Type>(), values.as_primitive::<Float64Type>());
            let rows = rows.as_primitive::<Int64Type>();
            let bin = |place: usize| Bin {
                key: keys.value(place),
                value: if values.is_null(place) { f64::NAN } else { values.value(place) },
                rows: rows.value(place) as u64,
            };
            let Some(places) = keys.len().checked_sub(1) else { continue };
            let doubled = doubled.and_then(|doubled| u32::try_from(doubled).ok());
            self.course.merge(doubled, (0..places).map(bin), bin(places));
        }
        Ok(())
    }
}

/// By anything else.
#[derive(Debug)]
struct Gathered {
    gathered: Box<dyn Accumulator>,
    /// Whether a second argument stands before what rows are ordered by.
    is_wide: bool,
    cells: usize,
}

impl Accumulator for Gathered {
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
        if list.is_null(0) {
            return Ok(ScalarValue::Utf8(None));
        }
        let values = doubles(&list.value(0))?;
        let spans: Vec<Span> = values.iter().map(|greatest| Span { rows: 1, at: 0, greatest }).collect();
        Ok(ScalarValue::Utf8(drawn(&spans, self.cells)))
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
fn drawn(spans: &[Span], most: usize) -> Option<String> {
    let rows: u64 = spans.iter().map(|span| span.rows).sum();
    let cells = rows.min(most as u64);
    let mut courses = vec![None; cells as usize];
    // Cell c stands for the rows from c * rows / cells on.
    let begin = |cell: u64| (u128::from(cell) * u128::from(rows) / u128::from(cells)) as u64;
    let of = |row: u64| ((u128::from(row + 1) * u128::from(cells) - 1) / u128::from(rows)) as u64;
    let mut before = 0;
    for span in spans {
        let end = before + span.rows;
        if let Some(greatest) = span.greatest {
            let mut show = |cell: u64| {
                let course: &mut Option<f64> = &mut courses[cell as usize];
                *course = Some(course.map_or(greatest, |other| other.max(greatest)));
            };
            show(of(before + span.at));
            // A cell in whose middle it stands shows it too, where it has the rows of several cells.
            let is_middle =
                |cell: &u64| (before..end).contains(&(begin(*cell).midpoint(begin(cell + 1) - 1)));
            if span.rows > 1 {
                (of(before)..=of(end - 1)).filter(is_middle).for_each(show);
            }
        }
        before = end;
    }
    let least = courses.iter().copied().flatten().reduce(f64::min)?;
    let greatest = courses.iter().copied().flatten().reduce(f64::max)?;
    let bar = |value: f64| match greatest > least {
        true => BARS[(((value - least) / (greatest - least)) * 7.0).round() as usize],
        false => BARS[0],
    };
    Some(courses.into_iter().map(|value| value.map_or(' ', bar)).collect())
}
