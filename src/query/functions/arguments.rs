//! What functions are given: looked at once here, so that a wrong one is one clear line.
//!
//! Functions take any types and say themselves what is wrong with them: DataFusion's own check
//! answers with a list of signatures.

use std::fmt::Display;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, TimeUnit};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Expr, Signature, TypeSignature, Volatility};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;

use crate::query::Error;
use crate::query::literals::ReadTime;
use crate::schema::Micros;

/// Takes whatever it is given; the same of the same.
pub(super) fn anything() -> Signature {
    Signature::one_of(vec![TypeSignature::VariadicAny, TypeSignature::Nullary], Volatility::Immutable)
}

/// The error that says what is wrong, and how it is written.
pub(super) fn misused(usage: &str, what: impl Display) -> DataFusionError {
    DataFusionError::External(Box::new(Error::Other(format!("{what}; write it as `{usage}`"))))
}

/// That there are so many arguments, at least and at most.
pub(super) fn count<T>(usage: &str, given: &[T], least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&given.len()) {
        return Ok(());
    }
    let name = usage.split('(').next().unwrap_or_default();
    let wanted = match (least, most) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let plural = if most == 1 { "" } else { "s" };
    Err(misused(usage, format!("`{name}` takes {wanted} argument{plural}, not {}", given.len())))
}

/// Whether it can be computed with; NULL alone can.
pub(super) fn is_number(datatype: &DataType) -> bool {
    datatype.is_numeric() || datatype.is_null()
}

pub(super) fn is_time(datatype: &DataType) -> bool {
    matches!(datatype, DataType::Timestamp(..) | DataType::Null)
}

pub(super) fn is_text(datatype: &DataType) -> bool {
    match datatype {
        DataType::Dictionary(_, values) => is_text(values),
        other => other.is_string() || other.is_null(),
    }
}

/// That this argument is a number.
pub(super) fn number(usage: &str, which: &str, datatype: &DataType) -> Result<()> {
    if is_number(datatype) {
        return Ok(());
    }
    Err(misused(usage, format!("{which} of `{}` is a number, not {}", name_of(usage), word(datatype))))
}

/// That this argument is a time.
pub(super) fn time(usage: &str, which: &str, datatype: &DataType) -> Result<()> {
    if is_time(datatype) {
        return Ok(());
    }
    Err(misused(usage, format!("{which} of `{}` is a time, not {}", name_of(usage), word(datatype))))
}

/// The function's name, as its usage begins.
pub(super) fn name_of(usage: &str) -> &str {
    usage.split('(').next().unwrap_or_default()
}

/// What people call a type.
pub(super) fn word(datatype: &DataType) -> &'static str {
    match datatype {
        other if other.is_numeric() => "a number",
        other if is_text(other) => "a text",
        DataType::Boolean => "true or false",
        DataType::Timestamp(..) => "a time",
        DataType::Interval(_) | DataType::Duration(_) => "an interval",
        _ => "a value of this kind",
    }
}

/// Every instant of the program.
pub(super) fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The numbers in double precision; what is no finite number is not known.
pub(super) fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    let doubles = cast(array, &DataType::Float64)?;
    let doubles = doubles.as_primitive::<Float64Type>();
    match doubles.iter().flatten().all(f64::is_finite) {
        true => Ok(doubles.clone()),
        false => Ok(doubles.iter().map(|number| number.filter(|number| number.is_finite())).collect()),
    }
}

/// A whole number that stands written in the question; `None` where it is something else.
pub(super) fn written(expr: &Arc<dyn PhysicalExpr>) -> Option<i64> {
    let literal = expr.downcast_ref::<Literal>()?;
    match literal.value().cast_to(&DataType::Int64).ok()? {
        ScalarValue::Int64(number) if literal.value().data_type().is_integer() => number,
        _ => None,
    }
}

/// A text among the arguments of a table function.
pub(super) fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten().map(ToString::to_string),
        _ => None,
    }
}

/// An instant among the arguments of a table function: a text that the grammar of times reads, or
/// what SQL computes one from.
pub(super) fn instant(usage: &str, expr: &Expr, read: &ReadTime) -> Result<Micros> {
    if let Some(text) = text(expr) {
        return read(&text).map_err(|why| {
            let error = Error::Other(format!("'{text}' in `{}`: {why}", name_of(usage)));
            DataFusionError::External(Box::new(error))
        });
    }
    let micros = match expr {
        Expr::Literal(value, _) if matches!(value.data_type(), DataType::Timestamp(..)) => {
            match value.cast_to(&instant_type())? {
                ScalarValue::TimestampMicrosecond(micros, _) => micros,
                _ => None,
            }
        }
        _ => None,
    };
    let unknown = || misused(usage, format!("`{}` takes a time that is known beforehand", name_of(usage)));
    micros.map(Micros).ok_or_else(unknown)
}
