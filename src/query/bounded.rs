//! Functions that make much of little, `repeat` for one, which take what they make from no pool: what they would
//! make of a batch is reckoned before, and where it is too much the question ends as one that needs too much memory.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array};
use datafusion::arrow::compute::{cast, kernels::length::length};
use datafusion::arrow::datatypes::{DataType, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature,
};
use datafusion::prelude::SessionContext;

/// What a function makes, by what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Makes {
    /// The first argument as often as the second says.
    Copies,
    /// So many characters, or elements, as the second says.
    Length,
    /// Whole numbers from one argument to the next, by steps.
    Numbers,
    /// All its arguments one behind the other.
    All,
}

/// Times are not among what numbers are made of, for which each is added to another: that takes long enough to be
/// noticed.
const MAKERS: [(&str, Makes); 12] = [
    ("repeat", Makes::Copies),
    ("array_repeat", Makes::Copies),
    ("lpad", Makes::Length),
    ("rpad", Makes::Length),
    ("array_resize", Makes::Length),
    ("range", Makes::Numbers),
    ("generate_series", Makes::Numbers),
    ("concat", Makes::All),
    ("concat_ws", Makes::All),
    ("array_concat", Makes::All),
    ("array_append", Makes::All),
    ("array_prepend", Makes::All),
];

/// Puts bounded ones in the place of those a session has.
pub(super) fn register(session: &SessionContext, most_bytes: usize) {
    for (name, makes) in MAKERS {
        if let Ok(own) = session.udf(name) {
            session.register_udf(ScalarUDF::from(Bounded { own, makes, most_bytes }));
        }
    }
}

/// That a batch would be made larger than anything may be.
pub(super) fn check(bytes: u128, most_bytes: usize) -> Result<()> {
    if bytes <= most_bytes as u128 {
        return Ok(());
    }
    Err(DataFusionError::ResourcesExhausted(format!("a function would make {bytes} bytes of a batch")))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Bounded {
    own: Arc<ScalarUDF>,
    makes: Makes,
    most_bytes: usize,
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.own.name()
    }

    fn aliases(&self) -> &[String] {
        self.own.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.own.schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.own.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.own.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.own.return_field_from_args(args)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.own.coerce_types(types)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.own.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        check(made(self.makes, &args.args, args.number_rows), self.most_bytes)?;
        self.own.invoke_with_args(args)
    }
}

/// The least that will be made, in bytes.
fn made(makes: Makes, args: &[ColumnarValue], rows: usize) -> u128 {
    // What is the same for all rows is made once.
    let is_one = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let rows = if is_one { 1 } else { rows };
    let each = |of: &dyn Fn(usize) -> u128| (0..rows).map(of).sum();
    match (makes, args) {
        (Makes::Copies, [what, times, ..]) => {
            let (what, times) = (sizes(what), numbers(times));
            each(&|row| what.of(row) * times.of(row))
        }
        (Makes::Length, [_, characters, ..]) => {
            let characters = numbers(characters);
            each(&|row| characters.of(row))
        }
        (Makes::Numbers, [to]) => {
            let to = numbers(to);
            each(&|row| to.of(row) * size_of::<i64>() as u128)
        }
        (Makes::Numbers, [from, to, steps @ ..]) => {
            let (from, to) = (numbers(from), numbers(to));
            let step = steps.first().map_or(Each::Same(1), numbers);
            each(&|row| {
                let distance = from.signed(row).abs_diff(to.signed(row));
                distance / step.signed(row).unsigned_abs().max(1) * size_of::<i64>() as u128
            })
        }
        (Makes::All, args) => {
            let sizes: Vec<Each> = args.iter().map(sizes).collect();
            each(&|row| sizes.iter().map(|size| size.of(row)).sum())
        }
        _ => 0,
    }
}

/// A number for each row.
enum Each {
    Same(i64),
    Own(Int64Array),
}

impl Each {
    fn signed(&self, row: usize) -> i128 {
        i128::from(match self {
            Each::Same(number) => *number,
            Each::Own(numbers) if row < numbers.len() && numbers.is_valid(row) => numbers.value(row),
            Each::Own(_) => 0,
        })
    }

    fn of(&self, row: usize) -> u128 {
        self.signed(row).max(0) as u128
    }
}

/// An argument that is a whole number; zero for what is none.
fn numbers(arg: &ColumnarValue) -> Each {
    match arg {
        ColumnarValue::Scalar(value) => match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(Some(number))) => Each::Same(number),
            _ => Each::Same(0),
        },
        ColumnarValue::Array(values) if values.data_type().is_integer() => whole(values.as_ref()),
        ColumnarValue::Array(_) => Each::Same(0),
    }
}

/// How many bytes an argument has: of a text its length, of another value what it takes.
fn sizes(arg: &ColumnarValue) -> Each {
    match arg {
        ColumnarValue::Scalar(value) => {
            let bytes = value.try_as_str().map_or(value.size(), |text| text.map_or(0, str::len));
            Each::Same(i64::try_from(bytes).unwrap_or(i64::MAX))
        }
        ColumnarValue::Array(values) if values.data_type().is_string() => match length(values.as_ref()) {
            Ok(lengths) => whole(lengths.as_ref()),
            Err(_) => Each::Same(0),
        },
        ColumnarValue::Array(values) => {
            let bytes = values.to_data().get_slice_memory_size().unwrap_or_default();
            Each::Same(i64::try_from(bytes / values.len().max(1)).unwrap_or(i64::MAX))
        }
    }
}

fn whole(values: &dyn Array) -> Each {
    match cast(values, &DataType::Int64) {
        Ok(values) => Each::Own(values.as_primitive::<Int64Type>().clone()),
        Err(_) => Each::Same(0),
    }
}
