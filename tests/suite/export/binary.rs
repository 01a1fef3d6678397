//! Parquet and Arrow, read back.

use super::*;

/// What is read back of a binary format.
fn read_back(format: Format, batches: &[RecordBatch]) -> Vec<RecordBatch> {
    let mut bytes = Vec::new();
    write(format, &batches[0].schema(), batches, &mut bytes, &Options::default()).unwrap();
    match format {
        Format::Parquet => {
            let file = bytes::Bytes::from(bytes);
            let reader =
                parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
            reader.build().unwrap().collect::<Result<_, _>>().unwrap()
        }
        Format::Arrow => {
            let reader = arrow::ipc::reader::FileReader::try_new(io::Cursor::new(bytes), None).unwrap();
            reader.collect::<Result<_, _>>().unwrap()
        }
        _ => {
            let reader = arrow::ipc::reader::StreamReader::try_new(io::Cursor::new(bytes), None).unwrap();
            reader.collect::<Result<_, _>>().unwrap()
        }
    }
}

#[test]
fn binary_formats_give_back_every_value_and_type() {
    let words: DictionaryArray<Int32Type> = [Some("cpu"), None].into_iter().collect();
    let mut columns: Vec<(String, ArrayRef)> = vec![("word".into(), Arc::new(words))];
    for batch in [everything(), hostile().slice(0, 2)] {
        let names = batch.schema().fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
        columns.extend(names.into_iter().zip(batch.columns().iter().cloned()));
    }
    let rows = batch(columns.iter().map(|(name, array)| (name.as_str(), array.clone())).collect());
    for format in Format::ALL.into_iter().filter(|format| format.is_binary()) {
        let parts = [rows.slice(0, 1), rows.slice(1, 1)];
        let read = read_back(format, &parts);
        let whole = arrow::compute::concat_batches(&read[0].schema(), &read).unwrap();
        assert_eq!(whole.schema().fields(), rows.schema().fields(), "{format}");
        assert_eq!(whole.columns(), rows.columns(), "{format}");
        // Without a row there are still the columns.
        let none = read_back(format, &[rows.slice(0, 0)]);
        assert_eq!(none.iter().map(RecordBatch::num_rows).sum::<usize>(), 0, "{format}");
    }
}

/// All rows were one row group up to a million of them, which of a wide table took more memory than was allowed.
#[test]
fn row_groups_of_parquet_end_where_they_hold_what_they_may() {
    let rows = |from: i64| {
        let numbers = (from..from + 1_000).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64));
        let numbers: Int64Array = numbers.collect();
        let texts: StringArray = numbers.iter().map(|n| n.map(|n| format!("{n:x}"))).collect();
        batch(vec![("n", Arc::new(numbers)), ("text", Arc::new(texts))])
    };
    let batches: Vec<RecordBatch> = (0..100).map(|part| rows(part * 1_000)).collect();
    let groups = |held_bytes: usize| {
        let (options, mut bytes) = (Options { held_bytes, ..Options::default() }, Vec::new());
        write(Format::Parquet, &batches[0].schema(), &batches, &mut bytes, &options).unwrap();
        let file = bytes::Bytes::from(bytes);
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let groups = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect::<Vec<_>>();
        assert_eq!(groups.iter().sum::<i64>(), 100_000);
        groups
    };
    assert_eq!(groups(1 << 30), [100_000]);
    let small = groups(1 << 20);
    assert!(small.len() >= 2 && small.iter().all(|rows| *rows < 70_000), "{small:?}");
}
