//! `time_bucket('1 minute', ts [, 'Europe/Berlin'])`: the bucket that a row belongs to, named by
//! its beginning.
//!
//! A row stands at the end of its interval, so a bucket leaves its beginning out and takes its end
//! in, as ranges and tiers do: what happened in the minute before 14:01:00 is in the bucket 14:00.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, TimestampMicrosecondType};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
};

use super::arguments::{anything, count, instant_type, is_text, misused, time};
use super::buckets::{Buckets, Step};

const USAGE: &str = "time_bucket('1 minute', ts)` or `time_bucket('1 day', ts, 'Europe/Berlin')";

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TimeBucket {
    signature: Signature,
}

impl Default for TimeBucket {
    fn default() -> Self {
        TimeBucket { signature: anything() }
    }
}

impl ScalarUDFImpl for TimeBucket {
    fn name(&self) -> &str {
        "time_bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 2, 3)?;
        if !is_text(&types[0]) && !matches!(types[0], DataType::Interval(_)) {
            return Err(misused(USAGE, "the first argument of `time_bucket` is a length of time"));
        }
        time(USAGE, "the second argument", &types[1])?;
        if types.get(2).is_some_and(|zone| !is_text(zone)) {
            return Err(misused(USAGE, "the third argument of `time_bucket` is a time zone"));
        }
        Ok(instant_type())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        let datatype = self.return_type(&types)?;
        // What stands written is looked at before anything is read.
        if let Some(Some(step)) = args.scalar_arguments.first() {
            buckets(step, args.scalar_arguments.get(2).copied().flatten())?;
        }
        Ok(Arc::new(Field::new(self.name(), datatype, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let written = |argument: &ColumnarValue| match argument {
            ColumnarValue::Scalar(value) => Ok(value.clone()),
            ColumnarValue::Array(_) => {
                Err(misused(USAGE, "the step and the zone of `time_bucket` are the same for all rows"))
            }
        };
        let zone = args.args.get(2).map(written).transpose()?;
        let buckets = buckets(&written(&args.args[0])?, zone.as_ref())?;
        let beginnings = |instants: &ArrayRef| -> Result<ArrayRef> {
            let instants = cast(instants, &instant_type())?;
            let instants = instants.as_primitive::<TimestampMicrosecondType>();
            let Some(mut buckets) = buckets.clone() else {
                return Ok(Arc::new(
                    TimestampMicrosecondArray::new_null(instants.len()).with_timezone("UTC"),
                ));
            };
            let beginnings: TimestampMicrosecondArray = instants
                .iter()
                .map(|instant| instant.and_then(|instant| buckets.beginning(instant)))
                .collect();
            Ok(Arc::new(beginnings.with_timezone("UTC")))
        };
        Ok(match &args.args[1] {
            ColumnarValue::Array(instants) => ColumnarValue::Array(beginnings(instants)?),
            ColumnarValue::Scalar(instant) => {
                let beginning = beginnings(&instant.to_array()?)?;
                ColumnarValue::Scalar(ScalarValue::try_from_array(&beginning, 0)?)
            }
        })
    }

    /// Later rows are in the same bucket or a later one.
    fn output_ordering(&self, input: &[ExprProperties]) -> Result<SortProperties> {
        let is_constant = |argument: &ExprProperties| argument.sort_properties == SortProperties::Singleton;
        let others = input.iter().enumerate().filter(|(index, _)| *index != 1);
        Ok(match input.get(1) {
            Some(instant) if others.into_iter().all(|(_, argument)| is_constant(argument)) => {
                instant.sort_properties
            }
            _ => SortProperties::Unordered,
        })
    }
}

/// `None` where the step or the zone is NULL.
fn buckets(step: &ScalarValue, zone: Option<&ScalarValue>) -> Result<Option<Buckets>> {
    if step.is_null() || zone.is_some_and(ScalarValue::is_null) {
        return Ok(None);
    }
    let step = match step.try_as_str() {
        Some(text) => Step::read(text.unwrap_or_default()),
        None => Step::of(step),
    };
    let step = step.map_err(|why| misused(USAGE, why))?;
    let zone = zone.and_then(ScalarValue::try_as_str).flatten();
    Ok(Some(Buckets::new(step, zone).map_err(|why| misused(USAGE, why))?))
}
