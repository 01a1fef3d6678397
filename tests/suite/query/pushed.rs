//! Fifty questions, in `tests/sql/questions.sql`, over the made house. Whether conditions are applied while
//! Parquet is decoded or after makes no difference to an answer; nor do threads, nor where rows lie.
//!
//! The same questions are asked of DuckDB in `interop/differential`.

use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use serde_json::Value;
use sysray::query::Options;

use super::house::house;
use super::{engine, options};

/// The questions, each with what it asks.
pub fn questions() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/questions.sql");
    let text = std::fs::read_to_string(path).unwrap();
    let each =
        text.split("\n\n").map(|part| part.trim().strip_prefix("-- ").unwrap().split_once('\n').unwrap());
    each.map(|(about, sql)| (about.into(), sql.into())).collect()
}

/// Rows as plain values: times in microseconds.
pub fn answer(sql: &str, options: Options) -> Vec<Vec<Value>> {
    let (_, batches) = engine(house(), options).run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    batches.iter().flat_map(values).collect()
}

fn values(batch: &RecordBatch) -> Vec<Vec<Value>> {
    let columns: Vec<Vec<Value>> = batch.columns().iter().map(column).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
}

fn column(array: &ArrayRef) -> Vec<Value> {
    let to = match array.data_type() {
        DataType::Timestamp(_, zone) => {
            let micros = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone())).unwrap();
            return column(&cast(&micros, &DataType::Int64).unwrap());
        }
        DataType::Boolean => DataType::Boolean,
        other if other.is_floating() => DataType::Float64,
        other if other.is_integer() => DataType::Int64,
        _ => DataType::Utf8,
    };
    let array = cast(array, &to).unwrap();
    let value = |row: usize| match &to {
        _ if array.is_null(row) => Value::Null,
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        _ => array.as_string::<i32>().value(row).into(),
    };
    (0..array.len()).map(value).collect()
}

/// Whether two answers are the same but for what floats lose when they are added up in another order: a
/// thousand millionth of their size.
pub fn same(one: &[Vec<Value>], other: &[Vec<Value>]) -> bool {
    let value = |one: &Value, other: &Value| match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0),
        _ => one == other,
    };
    let row = |one: &Vec<Value>, other: &Vec<Value>| {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| value(one, other))
    };
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| row(one, other))
}

#[test]
fn answers_do_not_depend_on_where_conditions_are_applied() {
    let questions = questions();
    assert_eq!(questions.len(), 50);
    for (about, sql) in questions {
        let pushed = answer(&sql, options());
        assert!(!pushed.is_empty(), "{about}: no row would be equal to anything");
        for other in [
            Options { pushdown: false, ..options() },
            Options { threads: 1, ..options() },
            Options { threads: 5, pushdown: false, ..options() },
        ] {
            let told = answer(&sql, other);
            assert!(same(&pushed, &told), "{about}:\n{pushed:?}\n{told:?}");
        }
    }
}

#[test]
fn answers_that_differ_are_told_apart() {
    let rows = |text: &str| serde_json::from_str::<Vec<Vec<Value>>>(text).unwrap();
    assert!(same(&rows("[[1, \"a\", null]]"), &rows("[[1.0000000000001, \"a\", null]]")));
    for other in ["[[1.00001, \"a\", null]]", "[[1, \"b\", null]]", "[[1, \"a\", 0]]", "[]", "[[1, \"a\"]]"] {
        assert!(!same(&rows("[[1, \"a\", null]]"), &rows(other)), "{other}");
    }
}
