//! `now()`: when the question was asked, in microseconds, as all that is recorded. The engine's own has nanoseconds:
//! what is reckoned with it has them too, and of those a mean over many rows leaves a whole number's range.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility, lit,
};

use super::arguments::instant_type;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Now {
    signature: Signature,
    aliases: [String; 1],
}

impl Default for Now {
    fn default() -> Self {
        Now { signature: Signature::nullary(Volatility::Stable), aliases: ["current_timestamp".to_string()] }
    }
}

impl ScalarUDFImpl for Now {
    fn name(&self) -> &str {
        "now"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(instant_type())
    }

    /// The same instant wherever it stands in a question.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let Some(asked) = info.query_execution_start_time() else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let micros = Some(asked.timestamp_micros());
        let now = lit(ScalarValue::TimestampMicrosecond(micros, Some("UTC".into())));
        Ok(ExprSimplifyResult::Simplified(now))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("now() is an instant once a question is planned")
    }
}
