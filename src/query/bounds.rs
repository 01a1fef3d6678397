//! What a filter says about `ts`: the range outside of which no row can pass it.
//!
//! It only narrows, and only by what it is sure of; the filter itself is still applied to each row.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use crate::schema::Micros;
use crate::time::Range;

/// The part of `range` in which rows can pass all of `filters`.
pub(super) fn narrow(mut range: Range, filters: &[Expr]) -> Range {
    for part in filters.iter().flat_map(split_conjunction) {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else { continue };
        let (op, instant) = match (is_ts(left), instant(right), instant(left), is_ts(right)) {
            (true, Some(at), _, _) => (Some(*op), at),
            (_, _, Some(at), true) => (op.swap(), at),
            _ => continue,
        };
        match op {
            Some(Operator::Gt) => later_than(&mut range, instant),
            Some(Operator::GtEq) => later_than(&mut range, instant.saturating_sub(1)),
            Some(Operator::Lt) => no_later_than(&mut range, instant.saturating_sub(1)),
            Some(Operator::LtEq) => no_later_than(&mut range, instant),
            Some(Operator::Eq) => {
                later_than(&mut range, instant.saturating_sub(1));
                no_later_than(&mut range, instant);
            }
            _ => {}
        }
    }
    range
}

fn later_than(range: &mut Range, micros: i64) {
    range.from = range.from.max(Some(Micros(micros)));
}

fn no_later_than(range: &mut Range, micros: i64) {
    let to = Micros(micros);
    range.to = Some(range.to.map_or(to, |before| before.min(to)));
}

fn is_ts(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(column) if column.name == "ts")
}

fn instant(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(ScalarValue::TimestampMicrosecond(micros, _), _) => *micros,
        _ => None,
    }
}
