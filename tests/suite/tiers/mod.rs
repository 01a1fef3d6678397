//! Tiers are what aggregating the recorded rows gives: each column of each table, by SQL.
//!
//! `Made` is the one helper: a store of made-up recordings.

use std::fmt::Write as _;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::array_value_to_string;
use sysray::query::{Engine, Options};
use sysray::schema::{Expr, Kind, Micros, TABLES, Table, Tier, Type, parse_expr};

mod choice;
pub mod made;

use made::{HOUR, MINUTE, Made, SECOND, START};

const EVERY: i64 = 20 * SECOND;

/// Hosts with what happens to recordings: parts across an hour's edge, a restart within a minute,
/// a gap, samples beside the second, and an hour that is not over.
fn recorded(hosts: &[&str]) -> Made {
    let mut made = Made::new();
    for host in hosts {
        made.part(host, START - 100 * SECOND, START + 5 * MINUTE + 20 * SECOND, EVERY);
        // The restart: the minute goes on in another part.
        let beside = (1..40).map(|n| START + 5 * MINUTE + 27 * SECOND + n * EVERY + n * 3_001);
        drop(made.open_part(host, beside, EVERY));
        made.part(host, START + 31 * MINUTE, START + 60 * MINUTE, EVERY);
        made.part(host, START + 60 * MINUTE, START + 66 * MINUTE, EVERY);
    }
    made
}

fn engine(made: &Made) -> Engine {
    let read = std::sync::Arc::new(|text: &str| {
        let at: jiff::Timestamp = text.parse().map_err(|e: jiff::Error| e.to_string())?;
        Ok(Micros(at.as_microsecond()))
    });
    Engine::open(&[made.root().to_path_buf()], Options { threads: 2, ..Options::new(read) }).unwrap()
}

fn asked(engine: &Engine, sql: &str) -> RecordBatch {
    let (schema, batches) = engine.run(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    concat_batches(&schema, &batches).unwrap()
}

/// The end of a row's bucket in microseconds: the bucket is (from, to].
fn end(tier: Tier) -> String {
    let length = tier.length_us();
    format!("(cast(ts as bigint) - 1 - ((cast(ts as bigint) - 1) % {length}) + {length})")
}

fn names(table: &Table, kind: Kind) -> Vec<&'static str> {
    table.columns.iter().filter(|c| c.kind == kind).map(|c| c.name).collect()
}

/// A derived column over the sums of a bucket.
fn over_sums(table: &Table, tree: &Expr) -> String {
    match tree {
        Expr::Number(number) => format!("cast({number} as double)"),
        Expr::Column(name) => match table.column(name).map(|c| c.kind) {
            Some(Kind::Counter) => format!("cast(sum({name}) as double)"),
            Some(Kind::Gauge) => format!("(sum({name}) / count({name}))"),
            Some(Kind::Info) => {
                format!("cast(last_value({name} order by tick) filter (where {name} is not null) as double)")
            }
            Some(Kind::Key) => format!("cast(cast({name} as bigint) as double)"),
            None if name == "ts" => "cast(bucket as double)".into(),
            None => format!("cast(sum({name}) as double)"),
        },
        Expr::Binary(left, operator, right) => {
            format!("({} {operator} {})", over_sums(table, left), over_sums(table, right))
        }
    }
}

/// What a tier should hold, as (its column, the SQL over the rows of a bucket).
fn expected(table: &Table) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = vec![
        ("tick".into(), "max(tick)".into()),
        ("interval_us".into(), "sum(interval_us)".into()),
        ("samples".into(), "sum(stands_for)".into()),
    ];
    for name in names(table, Kind::Info) {
        let last = format!("last_value({name} order by tick) filter (where {name} is not null)");
        all.push((name.into(), last));
    }
    for name in names(table, Kind::Counter) {
        all.push((name.into(), format!("sum({name})")));
    }
    for name in names(table, Kind::Gauge) {
        for (ending, what) in [("sum", "sum"), ("count", "count"), ("min", "min"), ("max", "max")] {
            all.push((format!("{name}_{ending}"), format!("{what}({name})")));
        }
        all.push((name.into(), format!("sum({name}) / count({name})")));
    }
    for derived in table.derived {
        let tree = parse_expr(derived.expr).unwrap();
        all.push((derived.name.into(), over_sums(table, &tree)));
        if !tree.columns().contains(&"ts") {
            all.push((format!("{}_max", derived.name), format!("max({})", tree.to_sql())));
        }
    }
    all
}

/// The rows that go into buckets: those recorded, or where only some are kept those and the rest.
fn rows(table: &Table, tier: Tier, hours_over: &str) -> String {
    let end = end(tier);
    let plain = format!("select *, {end} as bucket, 1 as stands_for from {} where {hours_over}", table.name);
    let Some(top) = &table.top else { return format!("rows as ({plain})") };
    let rest: String = table.columns.iter().fold(String::new(), |mut sql, c| {
        let adds_up = c.adds_up && matches!(c.kind, Kind::Gauge | Kind::Counter);
        let _ = match c.name {
            name if name == top.label => write!(sql, ", '(rest)' as {name}"),
            name if adds_up => write!(sql, ", sum({name}) as {name}"),
            name => write!(sql, ", null as {name}"),
        };
        sql
    });
    let own: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    let (own, first) = (own.join(", "), top.rows);
    let keys = names(table, Kind::Key);
    let equal: Vec<String> = keys.iter().map(|key| format!(" and k.{key} = b.{key}")).collect();
    let same = format!("k.host = b.host and k.bucket = b.bucket{}", equal.concat());
    let keys = keys.join(", ");
    let measures: Vec<String> = top.by.iter().map(|by| over_sums(table, &parse_expr(by).unwrap())).collect();
    let (mut sums, mut places, mut among) = (String::new(), String::new(), vec![]);
    for (number, measure) in measures.iter().enumerate() {
        let _ = write!(sums, ", {measure} as measure{number}");
        let _ = write!(
            places,
            ", row_number() over (partition by host, bucket order by measure{number} desc nulls last, {keys})
               as place{number}"
        );
        among.push(format!("(place{number} <= {first} and measure{number} > 0)"));
    }
    let among = among.join(" or ");
    format!(
        "b as ({plain}),
        sums as (select host, bucket, {keys} {sums} from b group by host, bucket, {keys}),
        places as (select * {places} from sums),
        k as (select host, bucket, {keys} from places where {among}),
        rows as (
          select host, bucket, ts, tick, interval_us, stands_for, {own} from b
          where exists (select 1 from k where {same})
          union all
          select host, bucket, ts, tick, max(interval_us) as interval_us, count(*) as stands_for {rest} from b
          where not exists (select 1 from k where {same})
          group by host, bucket, ts, tick
        )"
    )
}

/// Where two answers differ in a column.
fn difference(found: &RecordBatch, wanted: &RecordBatch) -> Option<String> {
    if found.num_rows() != wanted.num_rows() {
        return Some(format!("{} rows, not {}", found.num_rows(), wanted.num_rows()));
    }
    for (index, field) in wanted.schema().fields().iter().enumerate() {
        let (a, b) = (found.column(index), wanted.column(index));
        for row in 0..wanted.num_rows() {
            let same = match (a.is_null(row), b.is_null(row)) {
                (true, true) => true,
                (false, false) if field.data_type() == &DataType::Float64 => {
                    let (a, b) = (a.as_primitive::<Float64Type>(), b.as_primitive::<Float64Type>());
                    (a.value(row) - b.value(row)).abs() <= 1e-9 * b.value(row).abs()
                }
                (false, false) => {
                    array_value_to_string(a, row).unwrap() == array_value_to_string(b, row).unwrap()
                }
                _ => false,
            };
            if !same {
                let told = |c: &dyn Array| {
                    if c.is_null(row) { "NULL".into() } else { array_value_to_string(c, row).unwrap() }
                };
                return Some(format!("{} of row {row} is {}, not {}", field.name(), told(a), told(b)));
            }
        }
    }
    None
}

/// Compares the tier with the rows until `until` aggregated anew, some columns at a time.
fn compare(engine: &Engine, raw: &Table, tier: Tier, until: i64) -> usize {
    let table = raw.at(tier).unwrap();
    let keys = names(raw, Kind::Key);
    let by: Vec<&str> = ["host"].into_iter().chain(keys).collect();
    let by = by.join(", ");
    let over = format!("cast(ts as bigint) <= {until}");
    let rows = rows(raw, tier, &over);
    let mut number = 0;
    let declared = table.columns.len() - names(table, Kind::Key).len() + table.derived.len() + 2;
    let all = expected(raw);
    assert_eq!(all.len(), declared, "{} has columns that nothing is expected of", table.name);
    for some in all.chunks(40) {
        let made = |(name, sql): &(String, String)| {
            let is_float = !table.column(name).is_some_and(|c| c.datatype != Type::Float64)
                && !["tick", "interval_us"].contains(&name.as_str());
            if is_float { format!("cast({sql} as double) as {name}") } else { format!("{sql} as {name}") }
        };
        let sums: Vec<String> = some.iter().map(made).collect();
        let names: Vec<&str> = some.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = asked(
            engine,
            &format!(
                "with {rows} select {by}, bucket as ts, {} from rows group by {by}, bucket order by {by}, bucket",
                sums.join(", ")
            ),
        );
        let found = asked(
            engine,
            &format!(
                "select {by}, cast(ts as bigint) as ts, {} from {} where cast(ts as bigint) <= {until} order by {by}, ts",
                names.join(", "),
                table.name
            ),
        );
        assert!(wanted.num_rows() > 0, "{} has rows", table.name);
        let difference = difference(&found, &wanted);
        assert!(difference.is_none(), "{}: {}", table.name, difference.unwrap());
        number = wanted.num_rows();
    }
    number
}

#[test]
fn each_column_of_each_tier_is_the_aggregate_of_the_recorded_rows() {
    let hosts = ["web1", "web2"];
    let made = recorded(&hosts);
    for host in hosts {
        let done = made.maintain(host, START + 95 * MINUTE);
        assert!(done.tiers > 0);
    }
    let engine = engine(&made);
    for raw in TABLES.iter().filter(|t| t.at(Tier::Minute).is_some()) {
        let minutes = compare(&engine, raw, Tier::Minute, START + HOUR);
        let hours = compare(&engine, raw, Tier::Hour, START + HOUR);
        assert!(minutes > hours && hours >= 2, "{}: {minutes} minutes, {hours} hours", raw.name);
    }
    let last = asked(&engine, "select max(cast(ts as bigint)) from cpu_1m");
    assert_eq!(
        last.column(0).as_primitive::<Int64Type>().value(0),
        START + HOUR,
        "the last hour is not over"
    );
}

#[test]
fn kept_processes_and_the_rest_add_up_to_all() {
    let made = recorded(&["web1"]);
    made.maintain("web1", START + 125 * MINUTE);
    let engine = engine(&made);
    let counters = names(sysray::schema::table("process").unwrap(), Kind::Counter);
    let sums: Vec<String> = counters.iter().map(|name| format!("sum({name})")).collect();
    let sums = |samples: &str, table: &str| {
        let sql = format!("select {samples}, {} from {table} where host = 'web1'", sums.join(", "));
        asked(&engine, &sql)
    };
    let all = sums("count(*)", "process");
    for tier in ["process_1m", "process_1h"] {
        let told = sums("sum(samples)", tier);
        assert_eq!(told.columns(), all.columns(), "{tier}");
    }
    let rest = asked(&engine, "select count(*) from process_1m where pid is null and comm = '(rest)'");
    assert!(rest.column(0).as_primitive::<Int64Type>().value(0) > 30);
}

/// All rows of a tier, in an order of their own.
fn told(made: &Made, table: &str) -> RecordBatch {
    let order = if table.starts_with("process") { "host, ts, pid, start_time" } else { "host, ts" };
    asked(&engine(made), &format!("select * from {table} order by {order}"))
}

#[test]
fn making_tiers_again_makes_nothing_and_what_was_cut_off_is_made_once() {
    let made = recorded(&["web1"]);
    made.maintain("web1", START + 125 * MINUTE);
    let before: Vec<RecordBatch> =
        ["cpu_1m", "cpu_1h", "process_1m", "process_1h"].map(|table| told(&made, table)).into();
    let again = || ["cpu_1m", "cpu_1h", "process_1m", "process_1h"].map(|table| told(&made, table)).to_vec();
    assert_eq!(made.maintain("web1", START + 126 * MINUTE).tiers, 0);
    assert_eq!(again(), before);
    // As if the child had died between the two tiers of an hour.
    std::fs::remove_file(made.files("process_1h").last().unwrap()).unwrap();
    assert_eq!(made.maintain("web1", START + 127 * MINUTE).tiers, 1);
    assert_eq!(again(), before);
    // The next day all is merged: what was recorded into one file, and so are its tiers.
    for later in 0..2 {
        assert_eq!(made.maintain("web1", START + (24 + later) * HOUR).tiers, 0);
    }
    assert_eq!(made.files("cpu_1m").len(), 1);
    assert!(made.files("cpu_1m")[0].to_string_lossy().contains("/cpu_1m/host=web1/month=2026-11/"));
    assert_eq!(again(), before);
}

#[test]
fn months_become_one_file_each() {
    let mut made = Made::new();
    // 2026-11-29 14:00 to 2026-12-02 15:00, an hour a day.
    for day in 7..11 {
        made.part("web1", START + day * 24 * HOUR, START + day * 24 * HOUR + HOUR, MINUTE);
    }
    for later in 0..2 {
        made.maintain("web1", START + (40 + later) * 24 * HOUR);
    }
    let months: Vec<String> = made
        .files("memory_1h")
        .iter()
        .map(|path| path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(months, ["month=2026-11", "month=2026-12"]);
    assert_eq!(told(&made, "memory_1h").num_rows(), 4);
}

#[test]
fn an_hour_waits_for_the_part_that_is_not_sealed() {
    let mut made = Made::new();
    made.part("web1", START, START + 10 * MINUTE, EVERY);
    let times = (1..=30).map(|n| START + 10 * MINUTE + n * EVERY);
    let open = made.open_part("web1", times, EVERY);
    made.part("web1", START + 20 * MINUTE, START + 30 * MINUTE, EVERY);
    made.maintain("web1", START + 90 * MINUTE);
    let minutes = |made: &Made| {
        let sql = "select count(*), sum(samples) from cpu_1m";
        let row = asked(&engine(made), sql);
        let number =
            |at: usize| row.column(at).as_primitive::<Int64Type>().iter().next().unwrap().unwrap_or(0);
        (number(0), number(1))
    };
    assert!(minutes(&made).0 <= 10, "what lies behind the open part is not told yet");
    drop(open);
    made.maintain("web1", START + 91 * MINUTE);
    let raw = asked(&engine(&made), "select count(*) from cpu");
    assert_eq!(minutes(&made).1, raw.column(0).as_primitive::<Int64Type>().value(0));
}

#[test]
fn a_clock_set_back_gives_rows_that_add_up() {
    let mut made = Made::new();
    made.part("web1", START, START + 30 * MINUTE, EVERY);
    made.maintain("web1", START + 70 * MINUTE);
    made.part("web1", START + 10 * MINUTE, START + 20 * MINUTE, EVERY);
    assert!(made.maintain("web1", START + 71 * MINUTE).tiers > 0);
    let engine = engine(&made);
    let tier = asked(&engine, "select sum(samples), sum(user_us), count(*) from cpu_1h");
    let raw = asked(&engine, "select count(*), sum(user_us) from cpu");
    assert_eq!(tier.columns()[..2], raw.columns()[..]);
    assert_eq!(tier.column(2).as_primitive::<Int64Type>().value(0), 2);
}

#[test]
fn a_clock_that_was_ahead_holds_nothing_up() {
    let mut made = Made::new();
    made.part("web1", START + 900 * HOUR, START + 900 * HOUR + 10 * MINUTE, EVERY);
    made.part("web1", START, START + 10 * MINUTE, EVERY);
    made.maintain("web1", START + 70 * MINUTE);
    let first = asked(&engine(&made), "select count(*) from cpu_1h");
    assert_eq!(first.column(0).as_primitive::<Int64Type>().value(0), 1);
    made.maintain("web1", START + 902 * HOUR);
    let tier = asked(&engine(&made), "select sum(samples) from cpu_1h");
    let raw = asked(&engine(&made), "select count(*) from cpu");
    assert_eq!(tier.columns(), raw.columns());
}
