//! `human_bytes(n)`: `1.5 GiB` for 1610612736.

use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};

use super::arguments::{anything, count, doubles, number};

const USAGE: &str = "human_bytes(bytes)";
const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct HumanBytes {
    signature: Signature,
}

impl Default for HumanBytes {
    fn default() -> Self {
        HumanBytes { signature: anything() }
    }
}

impl ScalarUDFImpl for HumanBytes {
    fn name(&self) -> &str {
        "human_bytes"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 1, 1)?;
        number(USAGE, "the argument", &types[0])?;
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bytes = doubles(&args.args[0].to_array(args.number_rows)?)?;
        let texts: StringArray = bytes.iter().map(|bytes| bytes.map(shown)).collect();
        Ok(ColumnarValue::Array(Arc::new(texts)))
    }
}

/// Three digits that count, and the unit.
fn shown(bytes: f64) -> String {
    let mut value = bytes;
    let mut unit = 0;
    // What would be shown as 1024 is 1 of the next.
    while value.abs() >= if unit == 0 { 1024.0 } else { 1023.5 } && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = match value.abs() {
        _ if unit == 0 => 0,
        small if small < 9.995 => 2,
        middle if middle < 99.95 => 1,
        _ => 0,
    };
    let mut digits = format!("{value:.decimals$}");
    if decimals > 0 {
        digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
    }
    if digits == "-0" {
        digits = "0".into();
    }
    format!("{digits} {}", UNITS[unit])
}
