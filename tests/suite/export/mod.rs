//! Batches as each format writes them.
//!
//! `written` is the helper: the text of batches in a format.

mod binary;
mod chart;
/// Tables that are longer than what is looked at first.
mod long;

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::slice;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow::datatypes::{Int32Type, SchemaRef};
use jiff::tz::TimeZone;
use sysray::export::{Error, Format, Options, write, writer};

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap()
}

fn with(options: &Options, format: Format, batches: &[RecordBatch]) -> String {
    let mut out = Vec::new();
    write(format, &batches[0].schema(), batches, &mut out, options).unwrap();
    String::from_utf8(out).unwrap()
}

/// The formats that are text.
fn texts() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| !format.is_binary())
}

fn written(format: Format, batches: &[RecordBatch]) -> String {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    with(&Options { zone, width: Some(80), ..Options::default() }, format, batches)
}

/// Two rows of everything a table can hold, one of them unknown but for its time.
fn everything() -> RecordBatch {
    let micros = [1_795_363_911_000_000, 1_795_363_912_123_456];
    batch(vec![
        ("ts", Arc::new(TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC"))),
        ("device", Arc::new(StringArray::from(vec![Some("sda"), None]))),
        ("reads", Arc::new(Int64Array::from(vec![Some(1_234_567), None]))),
        ("busy_pct", Arc::new(Float64Array::from(vec![Some(12.345_678_9), None]))),
        ("up", Arc::new(BooleanArray::from(vec![Some(true), None]))),
    ])
}

/// What a process may call itself.
fn hostile() -> RecordBatch {
    let names = [
        "nginx: wörker 日本語 🦀",
        "\u{1b}]0;owned\u{7}\u{1b}[2J",
        "a|b\\|c, \"d\"\r\n\tE",
        "\u{9b}31m\u{202e}gnp.exe\u{0}\u{7f}",
        "<script>`x`*y*[k](z)",
    ];
    batch(vec![
        ("comm", Arc::new(StringArray::from(names.to_vec()))),
        ("pid", Arc::new(Int64Array::from(vec![1, i64::MAX, i64::MIN, -1, 0]))),
    ])
}

#[test]
fn every_type_and_null() {
    insta::assert_snapshot!(written(Format::Table, &[everything()]), @"
     ts                               | device |   reads | busy_pct | up
    ----------------------------------+--------+---------+----------+------
     2026-11-22 17:11:51+01:00        | sda    | 1234567 |  12.3457 | true
     2026-11-22 17:11:52.123456+01:00 | NULL   |    NULL |     NULL | NULL
    ");
    insta::assert_snapshot!(written(Format::Csv, &[everything()]), @"
    ts,device,reads,busy_pct,up
    2026-11-22T16:11:51Z,sda,1234567,12.3456789,true
    2026-11-22T16:11:52.123456Z,,,,
    ");
    insta::assert_snapshot!(written(Format::Json, &[everything()]), @r#"
    [{"ts":"2026-11-22T16:11:51Z","device":"sda","reads":1234567,"busy_pct":12.3456789,"up":true},
    {"ts":"2026-11-22T16:11:52.123456Z","device":null,"reads":null,"busy_pct":null,"up":null}]
    "#);
    insta::assert_snapshot!(written(Format::Ndjson, &[everything()]), @r#"
    {"ts":"2026-11-22T16:11:51Z","device":"sda","reads":1234567,"busy_pct":12.3456789,"up":true}
    {"ts":"2026-11-22T16:11:52.123456Z","device":null,"reads":null,"busy_pct":null,"up":null}
    "#);
    insta::assert_snapshot!(written(Format::Markdown, &[everything()]), @"
    | ts | device | reads | busy_pct | up |
    | --- | --- | ---: | ---: | --- |
    | 2026-11-22 17:11:51+01:00 | sda | 1234567 | 12.3457 | true |
    | 2026-11-22 17:11:52.123456+01:00 | NULL | NULL | NULL | NULL |
    ");
}

#[test]
fn text_that_wants_to_be_more() {
    insta::assert_snapshot!(written(Format::Table, &[hostile()]), @r#"
     comm                             |                  pid
    ----------------------------------+----------------------
     nginx: wörker 日本語 🦀          |                    1
     \x1b]0;owned\x07\x1b[2J          |  9223372036854775807
     a|b\|c, "d"\r\n\tE               | -9223372036854775808
     \u{9b}31m\u{202e}gnp.exe\x00\x7f |                   -1
     <script>`x`*y*[k](z)             |                    0
    "#);
    insta::assert_snapshot!(written(Format::Csv, &[hostile()]).escape_debug().to_string(), @r#"comm,pid\nnginx: wörker 日本語 🦀,1\n\u{1b}]0;owned\u{7}\u{1b}[2J,9223372036854775807\n\"a|b\\|c, \"\"d\"\"\r\n\tE\",-9223372036854775808\n\u{9b}31m\u{202e}gnp.exe\0\u{7f},-1\n<script>`x`*y*[k](z),0\n"#);
    insta::assert_snapshot!(written(Format::Ndjson, &[hostile()]).escape_debug().to_string(), @r#"{\"comm\":\"nginx: wörker 日本語 🦀\",\"pid\":1}\n{\"comm\":\"\\u001b]0;owned\\u0007\\u001b[2J\",\"pid\":9223372036854775807}\n{\"comm\":\"a|b\\\\|c, \\\"d\\\"\\r\\n\\tE\",\"pid\":-9223372036854775808}\n{\"comm\":\"\u{9b}31m\u{202e}gnp.exe\\u0000\u{7f}\",\"pid\":-1}\n{\"comm\":\"<script>`x`*y*[k](z)\",\"pid\":0}\n"#);
    insta::assert_snapshot!(written(Format::Markdown, &[hostile()]), @r#"
    | comm | pid |
    | --- | ---: |
    | nginx: wörker 日本語 🦀 | 1 |
    | \\x1b]0;owned\\x07\\x1b\[2J | 9223372036854775807 |
    | a\|b\\\|c, "d"\\r\\n\\tE | -9223372036854775808 |
    | \\u{9b}31m\\u{202e}gnp.exe\\x00\\x7f | -1 |
    | \<script>\`x\`\*y\*\[k](z) | 0 |
    "#);
    for format in [Format::Table, Format::Markdown] {
        let narrow = with(&Options { width: Some(5), ..Options::default() }, format, &[hostile()]);
        for text in [written(format, &[hostile()]), narrow] {
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{format}");
        }
    }
}

#[test]
fn no_rows() {
    let none = everything().slice(0, 0);
    insta::assert_snapshot!(written(Format::Table, slice::from_ref(&none)), @"
     ts | device | reads | busy_pct | up
    ----+--------+-------+----------+----
    ");
    insta::assert_snapshot!(written(Format::Csv, slice::from_ref(&none)), @"ts,device,reads,busy_pct,up");
    insta::assert_snapshot!(written(Format::Markdown, slice::from_ref(&none)), @"
    | ts | device | reads | busy_pct | up |
    | --- | --- | ---: | ---: | --- |
    ");
    assert_eq!(written(Format::Json, slice::from_ref(&none)), "[]\n");
    assert_eq!(written(Format::Ndjson, slice::from_ref(&none)), "");
    // Nor any batch.
    for format in texts() {
        let mut out = Vec::new();
        write(format, &none.schema(), [], &mut out, &Options::default()).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            with(&Options::default(), format, slice::from_ref(&none)),
            "{format}"
        );
    }
    assert_eq!(written(Format::Records, slice::from_ref(&none)), "ts, device, reads, busy_pct, up\n");
    assert_eq!(written(Format::Chart, &[none]), "nothing to draw: no row has a time and a number\n");
}

#[test]
fn many_batches_are_one_result() {
    let parts = [everything().slice(0, 1), everything().slice(0, 0), everything().slice(1, 1)];
    for format in texts() {
        assert_eq!(written(format, &parts), written(format, &[everything()]), "{format}");
    }
    let text = written(Format::Table, &[counted(2_500)]);
    for format in texts().filter(|format| *format != Format::Chart) {
        let parts: Vec<RecordBatch> = (0..25).map(|n| counted(2_500).slice(n * 100, 100)).collect();
        assert_eq!(written(format, &parts), written(format, &[counted(2_500)]), "{format}");
    }
    assert_eq!(text.lines().count(), 2 + 2_500);
}

/// Numbers that get longer, and words that do.
fn counted(rows: i64) -> RecordBatch {
    let words = (0..rows).map(|n| Some("x".repeat(n as usize / 100)));
    batch(vec![
        ("n", Arc::new((0..rows).collect::<Int64Array>())),
        ("word", Arc::new(words.collect::<StringArray>())),
        ("end", Arc::new((0..rows).map(|_| 1).collect::<Int64Array>())),
    ])
}

#[test]
fn numbers_are_short_and_whole_ones_whole() {
    let table = [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (12.345_678_9, "12.3457"),
        (-99.999_99, "-100"),
        (99.999_94, "99.9999"),
        (0.999_999_9, "1"),
        (123_456.7, "123457"),
        (1_234_567.89, "1234568"),
        (9_007_199_254_740_992.0, "9007199254740992"),
        (1e20, "1e20"),
        (1.234_567_8e-3, "0.00123457"),
        (0.001, "0.001"),
        (1.5e-7, "1.5e-7"),
        (f64::MIN_POSITIVE, "2.22507e-308"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-inf"),
    ];
    let numbers = Float64Array::from(table.map(|(number, _)| number).to_vec());
    let text = written(Format::Markdown, &[batch(vec![("n", Arc::new(numbers))])]);
    let shown: Vec<&str> = text.lines().skip(2).map(|line| line.trim_matches(['|', ' '])).collect();
    assert_eq!(shown, table.map(|(_, shown)| shown));
}

#[test]
fn a_terminal_is_filled_and_not_overrun() {
    let cmdline =
        "/usr/lib/jvm/java-21-openjdk/bin/java -Xmx4g -XX:+UseG1GC -jar /srv/app/service.jar --port 8080";
    let rows = batch(vec![
        ("pid", Arc::new(Int64Array::from(vec![4_194_303, 7]))),
        ("cmdline", Arc::new(StringArray::from(vec![cmdline, "sh"]))),
        ("cpu_pct", Arc::new(Float64Array::from(vec![99.5, 0.25]))),
    ]);
    let at = |width| with(&Options { width, ..Options::default() }, Format::Table, slice::from_ref(&rows));
    insta::assert_snapshot!(at(Some(60)), @"
         pid | cmdline                                | cpu_pct
    ---------+----------------------------------------+---------
     4194303 | /usr/lib/jvm/java-21-openjdk/bin/java  |    99.5
             | -Xmx4g -XX:+UseG1GC -jar               |
             | /srv/app/service.jar --port 8080       |
           7 | sh                                     |    0.25
    ");
    // Numbers that do not fit side by side are not broken: a column a line.
    insta::assert_snapshot!(at(Some(30)), @"
    -- 1 --
    pid     | 4194303
    cmdline | /usr/lib/jvm/java-21-openjdk/bin/java -Xmx4g -XX:+UseG1GC -jar /srv/app/service.jar --port 8080
    cpu_pct | 99.5
    -- 2 --
    pid     | 7
    cmdline | sh
    cpu_pct | 0.25
    ");
    for width in 36..140 {
        let longest = at(Some(width)).lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(width), "{longest:?} in {width}");
    }
    assert!(at(None).contains(cmdline));
    let coloured = with(&Options { colour: true, ..Options::default() }, Format::Table, &[everything()]);
    assert!(coloured.contains("\u{1b}[1m"));
    assert!(!at(None).contains('\u{1b}'));
}

#[test]
fn types_that_only_sql_makes() {
    let words: DictionaryArray<Int32Type> = [Some("cpu"), None, Some("cpu")].into_iter().collect();
    let lists = vec![Some(vec![Some(1), None]), None, Some(vec![])];
    let odd = batch(vec![
        ("word", Arc::new(words)),
        ("list", Arc::new(ListArray::from_iter_primitive::<arrow::datatypes::Int64Type, _, _>(lists))),
        ("huge", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0)]))),
        ("naive", Arc::new(TimestampNanosecondArray::from(vec![1_795_363_911_000_000_001, 0, -1]))),
        ("nan", Arc::new(Float64Array::from(vec![f64::NAN, f64::INFINITY, -0.5]))),
    ]);
    insta::assert_snapshot!(written(Format::Table, slice::from_ref(&odd)), @"
     word | list      |                 huge | naive                     |  nan
    ------+-----------+----------------------+---------------------------+------
     cpu  | [1, NULL] | 18446744073709551615 | 2026-11-22 17:11:51+01:00 |  NaN
     NULL | NULL      |                 NULL | 1970-01-01 01:00:00+01:00 |  inf
     cpu  | []        |                    0 | 1970-01-01 01:00:00+01:00 | -0.5
    ");
    insta::assert_snapshot!(written(Format::Csv, slice::from_ref(&odd)), @r#"
    word,list,huge,naive,nan
    cpu,"[1, NULL]",18446744073709551615,2026-11-22T16:11:51.000000001Z,NaN
    ,,,1970-01-01T00:00:00Z,inf
    cpu,[],0,1969-12-31T23:59:59.999999999Z,-0.5
    "#);
    insta::assert_snapshot!(written(Format::Ndjson, &[odd]), @r#"
    {"word":"cpu","list":[1,null],"huge":18446744073709551615,"naive":"2026-11-22T16:11:51.000000001Z","nan":null}
    {"word":null,"list":null,"huge":null,"naive":"1970-01-01T00:00:00Z","nan":null}
    {"word":"cpu","list":[],"huge":0,"naive":"1969-12-31T23:59:59.999999999Z","nan":-0.5}
    "#);
    // Outside of every calendar: an error or a number, and no panic.
    let lost = batch(vec![("ts", Arc::new(TimestampMicrosecondArray::from(vec![i64::MAX, i64::MIN])))]);
    for format in Format::ALL {
        let _ = write(format, &lost.schema(), [&lost], &mut Vec::new(), &Options::default());
    }
}

/// Takes so many bytes, then is closed.
struct Pipe(usize);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_apart() {
    let rows: SchemaRef = everything().schema();
    for format in Format::ALL {
        for room in [0, 10, 200] {
            let mut pipe = Pipe(room);
            let mut writer = writer(format, &rows, &mut pipe, &Options::default());
            let result =
                (0..100).try_for_each(|_| writer.batch(&everything())).and_then(|()| writer.finish());
            match result {
                Err(Error::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}"),
                other => panic!("{format} after {room} bytes: {other:?}"),
            }
        }
    }
}

#[test]
fn formats_by_name_and_by_file() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    assert_eq!(Format::of_path("out/day.JSONL".as_ref()), Some(Format::Ndjson));
    assert_eq!(Format::of_path("day.parquet".as_ref()), Some(Format::Parquet));
    assert_eq!(Format::of_path("csv".as_ref()), None);
    insta::assert_snapshot!("yaml".parse::<Format>().unwrap_err(), @"there is no format `yaml`; use table, records, chart, csv, json, ndjson, markdown, parquet, arrow or arrows");
}
