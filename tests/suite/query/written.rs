//! SQL as it is written down in `tests/sql/*.slt`: what is asked of the made house, and the answers.
//!
//! The format is sqllogictest's. A value is as Arrow shows it, NULL as `NULL`, an empty text as
//! `(empty)`, a time by its minute and second, a float with at most six digits behind the point.

use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use sqllogictest::{DB, DBOutput, DefaultColumnType, Runner};
use sysray::query::{Engine, Error};

use super::house::house;
use super::shelf::Shelf;
use super::{engine, options};

struct Asked(Engine);

impl DB for Asked {
    type Error = Error;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, Error> {
        let (schema, batches) = self.0.run(sql)?;
        let types = schema.fields().iter().map(|field| kind(field.data_type())).collect();
        let rows = batches.iter().flat_map(|batch| {
            let columns: Vec<Vec<String>> = batch.columns().iter().map(texts).collect();
            (0..batch.num_rows())
                .map(|row| columns.iter().map(|column| column[row].clone()).collect())
                .collect::<Vec<Vec<String>>>()
        });
        Ok(DBOutput::Rows { types, rows: rows.collect() })
    }
}

fn kind(datatype: &DataType) -> DefaultColumnType {
    match datatype {
        DataType::Float64 | DataType::Float32 => DefaultColumnType::FloatingPoint,
        other if other.is_integer() => DefaultColumnType::Integer,
        _ => DefaultColumnType::Text,
    }
}

fn texts(column: &ArrayRef) -> Vec<String> {
    let shown = FormatOptions::new().with_null("NULL").with_timestamp_format(Some("%M:%S%.f"));
    let shown = shown.with_timestamp_tz_format(Some("%M:%S%.f"));
    let formatter = ArrayFormatter::try_new(column, &shown).unwrap();
    let floats = column.as_primitive_opt::<Float64Type>();
    let text = |row: usize| match floats {
        Some(floats) if floats.is_valid(row) => float(floats.value(row)),
        _ => {
            Some(formatter.value(row).to_string()).filter(|text| !text.is_empty()).unwrap_or("(empty)".into())
        }
    };
    (0..column.len()).map(text).collect()
}

/// What is derived in double precision differs in its last digits by the order in which it is added up.
fn float(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

fn holds(file: &str, made: fn() -> Shelf) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql").join(file);
    let mut runner = Runner::new(|| async { Ok(Asked(engine(made(), options()))) });
    runner.with_column_validator(sqllogictest::strict_column_validator);
    runner.run_file(&path).unwrap_or_else(|error| panic!("{}", error.display(false)));
}

#[test]
fn times_are_compared_with_what_people_write() {
    holds("time.slt", house);
}

#[test]
fn numbers_divide_and_unknown_ones_stay_unknown() {
    holds("numbers.slt", house);
}

#[test]
fn derived_columns_and_rates_are_what_they_say() {
    holds("derived.slt", house);
}

#[test]
fn hosts_segments_and_the_journal_are_one_table() {
    holds("rows.slt", house);
}

#[test]
fn rows_come_in_the_order_asked_for() {
    holds("order.slt", house);
}

#[test]
fn a_store_without_rows_answers_too() {
    holds("empty.slt", Shelf::new);
}

#[test]
fn every_file_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let source = include_str!("written.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.ends_with(".slt") || source.contains(&format!("\"{name}\"")), "{name}");
    }
}
