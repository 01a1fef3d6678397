//! What every declaration promises, whichever TOML it stands in, and the page made of them.

use std::collections::HashSet;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, TimeUnit};
use sysray::export::prometheus::{Names, metric};
use sysray::schema::{COMMON, Kind, Lang, TABLES, describe, markdown, parse_expr};

/// Words that PostgreSQL, DuckDB or Spark (ANSI) reserve, so that a column of that name has to be quoted.
const RESERVED: &str = "
    all analyse analyze and anti any array as asc asymmetric authorization between both by case cast check
    collate collation column concurrently constraint create cross cube current current_catalog current_date
    current_role current_schema current_time current_timestamp current_user database default deferrable
    delete desc describe distinct do drop else end escape except exists false fetch filter for foreign freeze
    from full function grant group grouping having ilike in initially inner insert intersect interval into is
    isnull join lambda lateral leading left like limit localtime localtimestamp macro map minus natural not
    notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing primary
    qualify references returning right rollup row rows_from select semi session_user show similar some
    summarize symmetric table tablesample then time timestamp to trailing true union unique unknown unpivot
    update user using values variadic verbose view when where window with within
";

fn names(table: &sysray::schema::Table) -> impl Iterator<Item = &'static str> {
    let stored = table.columns.iter().map(|c| c.name);
    COMMON.iter().map(|c| c.name).chain(["host"]).chain(stored).chain(table.derived.iter().map(|d| d.name))
}

#[test]
fn names_can_be_typed_without_quotes() {
    let reserved: HashSet<&str> = RESERVED.split_whitespace().collect();
    let snake = |name: &str| {
        let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        letters
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('_')
            && !name.contains("__")
    };
    for table in &TABLES {
        for name in names(table).chain([table.name]) {
            assert!(snake(name), "{}.{name} is not lower_snake_case", table.name);
            assert!(!reserved.contains(name), "{}.{name} is reserved in some SQL", table.name);
        }
    }
}

#[test]
fn no_name_is_given_twice() {
    let mut tables = HashSet::new();
    for table in &TABLES {
        assert!(tables.insert(table.name), "two tables {}", table.name);
        let mut seen = HashSet::new();
        for name in names(table) {
            assert!(seen.insert(name), "{}.{name} is declared twice", table.name);
        }
    }
}

#[test]
fn everything_is_explained() {
    for table in &TABLES {
        assert!(table.about.ends_with('.'), "{}: about is no sentence", table.name);
        let stored = table.columns.iter().map(|c| (c.name, c.about));
        for (name, about) in stored.chain(table.derived.iter().map(|d| (d.name, d.about))) {
            assert!(about.ends_with(['.', '…']), "{}.{name}: about is no sentence: {about}", table.name);
            assert!(!about.contains('\n'), "{}.{name}: about is more than a line", table.name);
        }
    }
}

#[test]
fn arrow_types_are_those_that_every_engine_reads() {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let allowed = [DataType::Int64, DataType::Float64, DataType::Boolean, DataType::Utf8, utc];
    for table in &TABLES {
        for field in table.schema().fields() {
            assert!(
                allowed.contains(field.data_type()),
                "{}.{} is {}",
                table.name,
                field.name(),
                field.data_type()
            );
        }
    }
}

#[test]
fn keys_and_labels_are_columns() {
    for table in &TABLES {
        for (label, column) in table.labels.unwrap_or_default() {
            assert!(
                table.column(column).is_some(),
                "{}: the label {label} names no column {column}",
                table.name
            );
        }
    }
}

/// What promtool refuses or marks down, checked for columns that this host may have no value of.
#[test]
fn prometheus_names_are_clean() {
    let abbreviated = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];
    let units = ["bits", "minutes", "hours", "days", "weeks", "percent", "kilobytes", "milliseconds"];
    let types = ["counter", "gauge", "histogram", "summary", "untyped"];
    for table in TABLES.iter().filter(|t| t.labels.is_some()) {
        let mut own = HashSet::new();
        for column in table.columns {
            let Some(metric) = metric(table, column, Names::Linted) else { continue };
            let named = format!("{}.{} is {}", table.name, column.name, metric.name);
            assert_eq!(metric.kind == "counter", column.kind == Kind::Counter, "{named}, {}", metric.kind);
            assert_eq!(metric.name.ends_with("_total"), column.kind == Kind::Counter, "{named}");
            let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            // A key's value stands in the place of its name.
            let name = metric.name.replace(['<', '>'], "");
            assert!(name.bytes().all(letters), "{named}");
            for word in metric.name.split('_') {
                let unclean = abbreviated.contains(&word) || units.contains(&word) || types.contains(&word);
                assert!(!unclean, "{named}: promtool dislikes `{word}`");
            }
            for ending in ["_count", "_sum", "_bucket"] {
                assert!(!metric.name.ends_with(ending), "{named}: kept for histograms");
            }
            assert!(own.insert((metric.name, metric.labels)), "{named}, and another column too");
        }
    }
}

#[test]
fn unknown_and_divided_by_zero_are_unknown_in_both_forms() {
    let look = |name: &String| match name.as_str() {
        "a" => Some(6.0),
        "b" => Some(4.0),
        "zero" => Some(0.0),
        _ => None,
    };
    let table = [
        ("a + b * 2", Some(14.0), r#"(cast("a" as double) + (cast("b" as double) * cast(2 as double)))"#),
        (
            "(a + b) / 4",
            Some(2.5),
            r#"((cast("a" as double) + cast("b" as double)) / nullif(cast(4 as double), 0.0))"#,
        ),
        ("a - -b", Some(10.0), r#"(cast("a" as double) - (cast(0 as double) - cast("b" as double)))"#),
        ("a / zero", None, r#"(cast("a" as double) / nullif(cast("zero" as double), 0.0))"#),
        ("zero / zero", None, r#"(cast("zero" as double) / nullif(cast("zero" as double), 0.0))"#),
        (
            "a / (b - 4)",
            None,
            r#"(cast("a" as double) / nullif((cast("b" as double) - cast(4 as double)), 0.0))"#,
        ),
        ("a + nothing", None, r#"(cast("a" as double) + cast("nothing" as double))"#),
        ("zero * nothing", None, r#"(cast("zero" as double) * cast("nothing" as double))"#),
        ("0 / a", Some(0.0), r#"(cast(0 as double) / nullif(cast("a" as double), 0.0))"#),
    ];
    for (text, value, sql) in table {
        let expr = parse_expr(text).unwrap();
        assert_eq!(expr.evaluate(&look), value, "{text}");
        assert_eq!(expr.to_sql(), sql, "{text}");
    }
}

#[test]
fn derived_columns_are_unknown_where_a_column_is_and_where_they_divide_by_zero() {
    for (table, derived) in TABLES.iter().flat_map(|t| t.derived.iter().map(move |d| (t, d))) {
        let named = format!("{}.{}", table.name, derived.name);
        let expr = parse_expr(derived.expr).unwrap();
        for column in expr.columns() {
            let without = expr.evaluate(&|name| (name != column).then_some(1.0));
            assert_eq!(without, None, "{named} without {column}");
        }
        let idle = expr.evaluate(&|_| Some(0.0));
        assert!(idle.is_none_or(f64::is_finite), "{named} of zeros is {idle:?}");
        assert_eq!(expr.to_sql().matches("nullif(").count(), derived.expr.matches('/').count(), "{named}");
    }
}

#[test]
fn a_description_has_a_row_a_column() {
    let cpu = TABLES.iter().find(|t| t.name == "cpu_core").unwrap();
    let rows = describe(&[cpu]);
    assert_eq!(rows.num_rows(), names(cpu).count());
    let text = |name: &str, row: usize| {
        let column = rows.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_string())
    };
    let row =
        |name: &str| (0..rows.num_rows()).find(|&row| text("column", row).as_deref() == Some(name)).unwrap();
    let user = row("user_us");
    assert_eq!(text("table", user).unwrap(), "cpu_core");
    assert_eq!(text("kind", user).unwrap(), "counter");
    assert_eq!(text("type", user).unwrap(), "Int64");
    assert_eq!(text("unit", user).unwrap(), "microseconds");
    assert_eq!(text("source", user).unwrap(), "/proc/stat cpuN 1");
    assert_eq!(text("expr", user), None);
    let rate = row("thermal_throttles_per_s");
    assert_eq!(text("kind", rate).unwrap(), "derived");
    assert_eq!(text("expr", rate).unwrap(), "1000000 * thermal_throttles / interval_us");
    assert_eq!(describe(&TABLES.iter().collect::<Vec<_>>()).num_columns(), 8);
}

#[test]
fn the_page_says_what_the_declarations_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema.md");
    let page = markdown(Lang::En);
    if std::env::var_os("SYSRAY_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/schema.md is out of date; run this test again with SYSRAY_UPDATE_DOCS=1");
}
