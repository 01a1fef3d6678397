//! Functions that users of time series expect and DataFusion does not have, one a file, and three that it has
//! otherwise.
//!
//! They compute on columns; `at` and `gapfill` alone know a store, and that by way of its views.

mod arguments;
mod at;
mod buckets;
mod count;
mod course;
mod gapfill;
mod histogram;
mod human_bytes;
mod interpolate;
mod locf;
mod now;
mod rate;
mod sparkline;
mod sum;
mod time_bucket;
mod top_n;

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::prelude::SessionContext;

use super::literals::ReadTime;
use super::view::Views;

/// Makes all of them known to a session.
pub(super) fn register(session: &SessionContext, views: &Arc<Views>, read: &ReadTime) {
    session.register_udf(ScalarUDF::from(time_bucket::TimeBucket::default()));
    session.register_udf(ScalarUDF::from(now::Now::default()));
    session.register_udf(ScalarUDF::from(human_bytes::HumanBytes::default()));
    session.register_udaf(AggregateUDF::from(rate::Rate::default()));
    session.register_udaf(AggregateUDF::from(top_n::TopN::default()));
    session.register_udaf(AggregateUDF::from(histogram::Histogram::default()));
    session.register_udaf(AggregateUDF::from(sparkline::Sparkline::default()));
    session.register_udaf(AggregateUDF::from(sum::CheckedSum::default()));
    session.register_udaf(AggregateUDF::from(count::CountOfRuns::default()));
    session.register_udwf(WindowUDF::from(locf::Locf::default()));
    session.register_udwf(WindowUDF::from(interpolate::Interpolate::default()));
    let at = at::At { views: views.clone(), read: read.clone() };
    session.register_udtf("at", Arc::new(at));
    let gapfill = gapfill::Gapfill { views: views.clone(), read: read.clone() };
    session.register_udtf("gapfill", Arc::new(gapfill));
}
