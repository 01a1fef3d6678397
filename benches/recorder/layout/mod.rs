//! How large the segments of a busy host are in one layout or another, what writing them takes and
//! how fast they answer. Prints Markdown tables; docs/decisions.md has what came of them.

mod read;
mod sealed;
mod write;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, Scalar};
use arrow::compute::kernels::cmp;
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::{EnabledStatistics, WriterVersion};
use sysray::schema::{Column, Kind, Table, Type, table};

use crate::busy::{BUCKET, Busy};
use read::Asked;
pub use sealed::record;
use write::{How, Layout, Written, chunk_but_keys, columns};

/// Measures what the words behind `layout` name: `process`, `cgroup`, `time`, `sealed`, Parquet files of a
/// recording; without any, all but the last.
pub fn measure() {
    let words: Vec<String> = std::env::args().skip_while(|word| word != "layout").skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|w| !w.starts_with("--")).collect();
    let wants = |word: &str| words.is_empty() || words.contains(&word);
    if wants("process") {
        process();
    }
    if wants("cgroup") {
        let rows = Busy::new(0).rows(named("cgroup"), 60, BUCKET);
        orders_and_encodings("cgroup", &rows);
    }
    if wants("time") {
        by_time();
    }
    if wants("sealed") {
        sealed::measure();
    }
    for path in words.iter().filter(|word| word.ends_with(".parquet")) {
        let (table, rows) = recorded(Path::new(path));
        println!("\n{path}");
        orders_and_encodings(table.name, &rows);
    }
}

fn named(name: &str) -> &'static Table {
    table(name).expect("there is such a table")
}

/// What the store writes, to be changed in one thing at a time. `sealed` shows whether that is true.
fn settled(table: &Table) -> Layout {
    Layout::library().but("settled", |l| {
        l.sort = by_entity(table);
        l.how = |column| settled_but_small(column, 2 << 10);
        l.statistics = settled_statistics;
    })
}

fn settled_but_small(column: &Column, bytes: usize) -> How {
    match (column.kind, column.datatype) {
        (_, Type::Utf8 | Type::Boolean) => How::Dictionary,
        _ if ["ts", "tick"].contains(&column.name) => How::Delta,
        (Kind::Gauge, _) | (_, Type::Float64) => How::Plain,
        _ => How::Small(bytes),
    }
}

fn settled_statistics(column: &Column) -> EnabledStatistics {
    match (column.kind, column.datatype) {
        (Kind::Key, _) => EnabledStatistics::Page,
        (_, Type::Utf8) => EnabledStatistics::None,
        _ => EnabledStatistics::Chunk,
    }
}

/// As settled, but counters.
fn counters(column: &Column, how: How) -> How {
    if column.kind == Kind::Counter { how } else { settled_but_small(column, 2 << 10) }
}

fn by_entity(table: &Table) -> &'static [&'static str] {
    match table.name {
        "process" => &["pid", "start_time", "ts"],
        "cgroup" => &["path", "cgroup_id", "ts"],
        _ => &[],
    }
}

fn orders_and_encodings(name: &str, rows: &RecordBatch) {
    let table = named(name);
    let library = Layout::library();
    let entity = settled(table);
    let uniform = [
        library.but("by time, dictionary", |_| ()),
        library.but("by time, PLAIN", |l| l.how = |_| How::Plain),
        library.but("by time, DELTA", |l| l.how = |_| How::Delta),
        entity.but("by entity, dictionary", |l| l.how = |_| How::Dictionary),
        entity.but("by entity, PLAIN", |l| l.how = |_| How::Plain),
        entity.but("by entity, DELTA", |l| l.how = |_| How::Delta),
        entity.but("counters dictionary", |l| l.how = |c| counters(c, How::Dictionary)),
        entity.but("counters PLAIN", |l| l.how = |c| counters(c, How::Plain)),
        entity.but("counters DELTA", |l| l.how = |c| counters(c, How::Delta)),
        entity.but("counts dictionary", |l| {
            l.how = |c| {
                let is_amount = ["bytes", "microseconds"].contains(&c.unit);
                counters(c, if is_amount { How::Small(2 << 10) } else { How::Dictionary })
            };
        }),
        entity.but("gauges as counters", |l| {
            l.how = |c| match settled_but_small(c, 2 << 10) {
                How::Plain if c.datatype == Type::Int64 => How::Small(2 << 10),
                how => how,
            };
        }),
        entity.but("small is 1 KiB", |l| l.how = |c| settled_but_small(c, 1 << 10)),
        entity.but("small is 8 KiB", |l| l.how = |c| settled_but_small(c, 8 << 10)),
        entity.but("small is 32 KiB", |l| l.how = |c| settled_but_small(c, 32 << 10)),
        entity.clone(),
    ];
    println!(
        "\n## {name}: {} rows, {} columns, of which {} change",
        rows.num_rows(),
        columns(table).count(),
        changing(rows)
    );
    let files: Vec<(Layout, Written)> =
        uniform.iter().map(|l| (l.clone(), l.write(table, std::slice::from_ref(rows)))).collect();
    head();
    for (layout, written) in &files {
        row(layout, written, rows, table);
    }
    by_column(table, &[&files[3..6], &files[14..]].concat(), rows);
}

fn process() {
    let table = named("process");
    let mut busy = Busy::new(300);
    let buckets: Vec<RecordBatch> = (0..6).map(|_| busy.processes(BUCKET)).collect();
    orders_and_encodings("process", &buckets[0]);
    let settled = settled(table);
    println!("\n### One thing changed, a bucket");
    head();
    let try_out = |layout: Layout| row(&layout, &layout.write(table, &buckets[..1]), &buckets[0], table);
    try_out(settled.clone());
    for level in [1, 6, 9, 12] {
        try_out(settled.but(format!("zstd {level}"), |l| l.level = level));
    }
    for rows in [5_000, 10_000, 30_000, 50_000, 1_000_000] {
        try_out(settled.but(format!("pages of {rows} rows"), |l| l.page_rows = rows));
    }
    try_out(settled.but("pages of 64 KiB", |l| l.page_bytes = 64 << 10));
    try_out(settled.but("text dictionaries to 64 KiB", |l| l.dictionary_bytes = 64 << 10));
    try_out(settled.but("data page v2", |l| l.version = WriterVersion::PARQUET_2_0));
    try_out(settled.but("statistics of all by page", |l| l.statistics = |_| EnabledStatistics::Page));
    try_out(settled.but("statistics of all by chunk", |l| l.statistics = |_| EnabledStatistics::Chunk));
    try_out(settled.but("statistics of text too", |l| l.statistics = chunk_but_keys));
    try_out(settled.but("statistics of keys only", |l| {
        l.statistics =
            |c| if c.kind == Kind::Key { EnabledStatistics::Page } else { EnabledStatistics::None };
    }));
    println!("\n### Row groups, an hour");
    head();
    let hour = concat_batches(&table.schema(), &buckets).expect("the buckets are of one table");
    for minutes in [5, 10, 20, 60] {
        let groups = groups(&hour, minutes);
        let layout = settled.but(format!("row groups of {minutes} min"), |_| ());
        row(&layout, &layout.write(table, &groups), &hour, table);
    }
    for rows in [10_000, 30_000, 50_000] {
        let layout = settled.but(format!("10 min, pages of {rows} rows"), |l| l.page_rows = rows);
        row(&layout, &layout.write(table, &buckets), &hour, table);
    }
}

/// The rows of each so many minutes; they lie by time.
fn groups(rows: &RecordBatch, minutes: i64) -> Vec<RecordBatch> {
    let ts = rows.column(0).as_primitive::<TimestampMicrosecondType>().values();
    let mut groups = Vec::new();
    let mut start = 0;
    for run in ts.chunk_by(|a, b| (a - 1) / (minutes * 60_000_000) == (b - 1) / (minutes * 60_000_000)) {
        groups.push(rows.slice(start, run.len()));
        start += run.len();
    }
    groups
}

/// Tables of few rows a tick: a part, an hour and a day.
fn by_time() {
    println!("\n## Tables that lie by time, bytes a row");
    println!(
        "\n| table | rows a tick | span | dictionary but floats | PLAIN | DELTA | counters PLAIN | settled | zstd 9 | behind the pages | a value |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, entities) in [
        ("system", 1),
        ("cpu", 1),
        ("cpu_core", 16),
        ("memory", 1),
        ("pressure", 4),
        ("disk", 6),
        ("filesystem", 6),
        ("network", 8),
        ("socket", 1),
        ("protocol", 1),
        ("recorder", 13),
    ] {
        let table = named(name);
        for (span, ticks) in [("10 min", BUCKET), ("hour", 6 * BUCKET), ("day", 144 * BUCKET)] {
            let rows = Busy::new(0).rows(table, entities, ticks);
            let settled = settled(table);
            let floats = |c: &Column| if c.datatype == Type::Float64 { How::Plain } else { How::Dictionary };
            let plain = settled.but("", |l| l.how = |_| How::Plain);
            let tried = [
                settled.but("", |l| l.how = floats),
                plain.clone(),
                settled.but("", |l| l.how = |_| How::Delta),
                settled.but("", |l| l.how = |c| counters(c, How::Plain)),
                settled.clone(),
                settled.but("", |l| l.level = 9),
            ];
            let files: Vec<Written> =
                tried.iter().map(|l| l.write(table, std::slice::from_ref(&rows))).collect();
            print!("| {name} | {entities} | {span} |");
            files.iter().for_each(|file| print!(" {:.2} |", file.a_row()));
            let values = columns(table).count() as f64;
            println!(" {} | {:.3} |", files[4].overhead(), files[4].a_row() / values);
        }
    }
}

/// The rows of a recorded segment, by time.
fn recorded(path: &Path) -> (&'static Table, RecordBatch) {
    let file = File::open(path).expect("the file is there");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("it is a Parquet file");
    let facts = builder.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    let name = facts.clone().find(|fact| fact.key == "sysray.table").and_then(|fact| fact.value.clone());
    let table = named(&name.expect("a segment says of which table it is"));
    let batches: Vec<RecordBatch> =
        builder.build().expect("it can be read").map(|b| b.expect("it is sound")).collect();
    let rows = concat_batches(&table.schema(), &batches).expect("it has the table's columns");
    let ts = SortColumn { values: rows.column(0).clone(), options: None };
    let order = lexsort_to_indices(&[ts], None).expect("times can be sorted");
    (table, take_record_batch(&rows, &order).expect("the order is of these rows"))
}

fn head() {
    println!(
        "\n| layout | bytes a row | a value | a changing value | behind the pages | ms a 100k rows | writer KiB | moment ms | entity ms | sum ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
}

fn row(layout: &Layout, written: &Written, rows: &RecordBatch, table: &Table) {
    let values = columns(table).count() as f64;
    let changing = changing(rows) as f64;
    let mut file = tempfile::tempfile().expect("a temporary file can be made");
    file.write_all(&written.bytes).expect("there is room for it");
    let answers = answers(file, rows, table);
    println!(
        "| {} | {:.2} | {:.3} | {:.3} | {} | {:.0} | {} | {:.2} | {:.2} | {:.2} |",
        layout.label,
        written.a_row(),
        written.a_row() / values,
        written.a_row() / changing,
        written.overhead(),
        written.cpu.as_secs_f64() * 1e8 / written.rows as f64,
        written.held / 1024,
        answers[0],
        answers[1],
        answers[2],
    );
}

fn answers(file: File, rows: &RecordBatch, table: &Table) -> [f64; 3] {
    let middle = rows.num_rows() / 2;
    let ts = rows.column(0).as_primitive::<TimestampMicrosecondType>().value(middle);
    let counted = |c: &&Column| c.kind == Kind::Key && c.datatype == Type::Int64;
    let key = table.columns.iter().find(counted).map_or("tick", |c| c.name);
    let keys = rows.column_by_name(key).expect("every table has ticks");
    let key = (key, keys.as_primitive::<Int64Type>().value(middle));
    let counter = table.columns.iter().find(|c| c.kind == Kind::Counter).map_or("tick", |c| c.name);
    let answers = Asked::open(file).answers(ts, key, counter);
    [answers.moment.0, answers.entity.0, answers.sum.0].map(|d| d.as_secs_f64() * 1e3)
}

/// How many columns hold more than one value, NULL counted as one.
fn changing(rows: &RecordBatch) -> usize {
    rows.columns().iter().filter(|c| is_changing(c.as_ref())).count()
}

fn is_changing(column: &dyn Array) -> bool {
    let first = Scalar::new(column.slice(0, 1));
    cmp::distinct(&column, &first).is_ok_and(|differs| differs.true_count() > 0)
}

/// What each column takes in each of these, the dearest first.
fn by_column(table: &Table, files: &[(Layout, Written)], rows: &RecordBatch) {
    print!("\n| column | kind |");
    files.iter().for_each(|(layout, _)| print!(" {} |", layout.label));
    println!(" values |\n|---|---|{}---|", "---|".repeat(files.len()));
    let sizes: Vec<Vec<f64>> = files.iter().map(|(_, written)| written.columns()).collect();
    let mut order: Vec<usize> = (0..sizes[0].len()).collect();
    let least = |at: usize| sizes.iter().map(|s| s[at]).fold(f64::INFINITY, f64::min);
    order.sort_by(|a, b| least(*b).total_cmp(&least(*a)));
    let columns: Vec<&Column> = columns(table).collect();
    for at in order {
        print!("| {} | {} |", columns[at].name, columns[at].kind.name());
        sizes.iter().for_each(|s| print!(" {:.3} |", s[at]));
        println!(" {} |", is_changing(rows.column(at).as_ref()));
    }
    let best: f64 = (0..sizes[0].len()).map(least).sum();
    println!("\nBest of each column: {best:.2} bytes a row.");
}
