//! The three questions that a layout has to answer fast: one moment, one entity, one sum. Asked of a
//! file alone, with what its footer tells: row groups by `ts`, pages by `ts` and by the key.

use std::fs::File;
use std::time::Duration;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, Scalar, TimestampMicrosecondArray};
use arrow::compute::kernels::{aggregate, cmp};
use arrow::datatypes::Int64Type;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
    RowSelection, RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;

use super::write::cpu_time;

/// How long each question took, in CPU time, the file open and in the page cache; and what came.
pub struct Answers {
    pub moment: (Duration, usize),
    pub entity: (Duration, usize),
    pub sum: (Duration, i64),
}

/// A file to be asked.
pub struct Asked {
    file: File,
    footer: ArrowReaderMetadata,
}

impl Asked {
    pub fn open(file: File) -> Self {
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let footer = ArrowReaderMetadata::load(&file, options).expect("the file was just written");
        Asked { file, footer }
    }

    /// The best of three runs of each question.
    pub fn answers(&self, ts: i64, key: (&str, i64), counter: &str) -> Answers {
        let best = |run: &dyn Fn() -> i64| {
            let timed = || {
                let started = cpu_time();
                let answer = run();
                (cpu_time() - started, answer)
            };
            (0..3).map(|_| timed()).min().expect("three were made")
        };
        let rows = |(took, count): (Duration, i64)| (took, count as usize);
        Answers {
            moment: rows(best(&|| self.equal("ts", ts))),
            entity: rows(best(&|| self.equal(key.0, key.1))),
            sum: best(&|| self.sum(counter)),
        }
    }

    /// Reads all columns of the rows in which a column has that value; how many those are.
    fn equal(&self, name: &str, value: i64) -> i64 {
        let schema = self.footer.schema();
        let at = schema.index_of(name).expect("there is such a column");
        let wanted: ArrayRef = match schema.field(at).data_type() {
            arrow::datatypes::DataType::Int64 => std::sync::Arc::new(Int64Array::from(vec![value])),
            _ => std::sync::Arc::new(TimestampMicrosecondArray::from(vec![value]).with_timezone("UTC")),
        };
        let metadata = self.footer.metadata();
        let mut count = 0;
        for group in 0..metadata.num_row_groups() {
            let chunk = metadata.row_group(group).column(at);
            let Some(Statistics::Int64(range)) = chunk.statistics() else { panic!("{name} has statistics") };
            if range.min_opt().is_some_and(|min| *min > value)
                || range.max_opt().is_some_and(|max| *max < value)
            {
                continue;
            }
            let one = Scalar::new(wanted.clone());
            let is_equal = move |batch: RecordBatch| cmp::eq(batch.column(0), &one);
            let mask = ProjectionMask::roots(metadata.file_metadata().schema_descr(), [at]);
            let filter = RowFilter::new(vec![Box::new(ArrowPredicateFn::new(mask, is_equal))]);
            let mut builder = self.builder(group).with_row_filter(filter);
            if let Some(selection) = self.pages(group, at, value) {
                builder = builder.with_row_selection(selection);
            }
            for batch in builder.build().expect("the columns are there") {
                count += batch.expect("the file was just written").num_rows() as i64;
            }
        }
        count
    }

    /// The rows of the pages that may hold the value; `None` where there is no index by page.
    fn pages(&self, group: usize, column: usize, value: i64) -> Option<RowSelection> {
        let metadata = self.footer.metadata();
        let ColumnIndexMetaData::INT64(index) = &metadata.column_index()?[group][column] else { return None };
        let pages = metadata.offset_index()?[group][column].page_locations();
        let rows = metadata.row_group(group).num_rows();
        let mut selectors = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            let end = pages.get(number + 1).map_or(rows, |next| next.first_row_index);
            let length = (end - page.first_row_index) as usize;
            let holds = index.min_value(number).is_some_and(|min| *min <= value)
                && index.max_value(number).is_some_and(|max| *max >= value);
            selectors.push(if holds { RowSelector::select(length) } else { RowSelector::skip(length) });
        }
        Some(selectors.into())
    }

    fn sum(&self, counter: &str) -> i64 {
        let metadata = self.footer.metadata();
        let mut sum = 0;
        for group in 0..metadata.num_row_groups() {
            let mask = ProjectionMask::columns(metadata.file_metadata().schema_descr(), [counter]);
            for batch in self.builder(group).with_projection(mask).build().expect("the columns are there") {
                let batch = batch.expect("the file was just written");
                let column = batch.column(0).as_primitive::<Int64Type>();
                sum += aggregate::sum(column).unwrap_or(0);
            }
        }
        sum
    }

    fn builder(&self, group: usize) -> ParquetRecordBatchReaderBuilder<File> {
        let file = self.file.try_clone().expect("a descriptor is free");
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone())
            .with_row_groups(vec![group])
            .with_batch_size(8192)
    }
}
