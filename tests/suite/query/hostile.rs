//! Statements that mean harm, in `tests/sql/hostile.txt`: each is refused as it should be, by an engine
//! that goes on answering.

use std::path::Path;
use std::time::Duration;

use sysray::query::{Error, Options};

use super::house::house;
use super::{engine, options, told};

/// The word in the file for each kind of refusal.
fn kind(error: &Error) -> &'static str {
    match error {
        Error::Empty => "empty",
        Error::Several => "several",
        Error::NotAQuestion => "order",
        Error::Syntax(_) => "syntax",
        Error::Table { .. } | Error::Elsewhere { .. } => "table",
        Error::Column { .. } => "column",
        Error::Function { .. } => "function",
        Error::TooLarge(_) => "large",
        Error::Time { .. } => "time",
        Error::Memory { .. } => "memory",
        Error::Timeout { .. } => "timeout",
        Error::Interrupted => "interrupted",
        Error::Spilled { .. } | Error::Temporary { .. } => "disk",
        Error::Store(_) | Error::NoFile(_) | Error::Far(_) | Error::Start(_) => "store",
        Error::Other(_) => "other",
    }
}

/// Each statement with what becomes of it.
fn statements() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/hostile.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    for section in text.split("\n== ").skip(1) {
        let (kind, statements) = section.split_once('\n').unwrap();
        found.extend(statements.trim().split("\n\n").map(|sql| (kind.into(), repeated(sql.trim()))));
    }
    found
}

/// With `{{x}*9}` as nine times x.
fn repeated(text: &str) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (what, behind) = behind.split_once("}*").unwrap();
        let (times, behind) = behind.split_once('}').unwrap();
        whole += before;
        whole += &what.repeat(times.parse().unwrap());
        rest = behind;
    }
    whole + rest
}

/// The beginning of a statement, for a message.
fn short(sql: &str) -> String {
    sql.chars().take(100).collect()
}

#[test]
fn hostile_statements_are_refused_each_in_its_way_and_the_engine_lives() {
    let within = |timeout_s| {
        let timeout = Some(Duration::from_secs(timeout_s));
        engine(house(), Options { memory_bytes: 24 << 20, timeout, ..options() })
    };
    // What is to be refused for anything else has the time that a busy host takes for it.
    let (hurried, patient) = (within(2), within(60));
    let before = told(&patient, "select count(*) from process");
    let all = statements();
    assert!(all.len() > 100, "{}", all.len());
    let mut wrong = Vec::new();
    for (expected, sql) in &all {
        let engine = if expected == "timeout" { &hurried } else { &patient };
        let outcome = engine.stream(sql, |_| std::ops::ControlFlow::Continue(()));
        let (said, text) = match &outcome {
            Ok(_) => ("answered", String::new()),
            Err(error) => (kind(error), error.to_string()),
        };
        if said != expected || text.lines().count() != 1 || text.len() > 1000 {
            wrong.push(format!("{}: {expected}, but {said}: {text}", short(sql)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    for engine in [&hurried, &patient] {
        crate::cli::wait_until(|| told(engine, "select count(*) from process") == before);
    }
    for path in ["/tmp/sysray-hostile", "/tmp/sysray-hostile.csv", "/tmp/sysray-hostile.parquet"] {
        assert!(!Path::new(path).exists(), "{path}");
    }
}

#[test]
fn no_function_has_a_name_that_reaches_outside() {
    let engine = engine(house(), options());
    let names = told(&engine, "select distinct routine_name from information_schema.routines order by 1");
    assert!(names.lines().count() > 150, "{names}");
    let reaches = [
        "read", "file", "path", "url", "http", "env", "exec", "load", "scan", "glob", "copy", "sleep",
        "import",
    ];
    // Of a row that is read where it stood, and no more.
    let harmless = ["file_row_index", "input_file_name"];
    for name in names.lines().skip(1).filter(|name| !harmless.contains(name)) {
        let reaching = reaches.iter().find(|part| name.contains(*part));
        assert_eq!(reaching, None, "{name} is to be looked at");
    }
}

#[test]
fn what_is_deep_but_not_too_deep_is_answered() {
    let engine = engine(house(), options());
    let chain = " or tick = 1".repeat(480);
    let sql = format!("select count(*) as n from system where host = 'web1' and (tick = 2{chain})");
    assert_eq!(told(&engine, &sql), "n\n2");
    let sql = format!("select 1{} as n", " + 1".repeat(480));
    assert_eq!(told(&engine, &sql), "n\n481");
    let sql = format!("select {}1{} as n", "(".repeat(30), ")".repeat(30));
    assert_eq!(told(&engine, &sql), "n\n1");
    let sql = format!("select count(*) as n from (select 1 {})", "union all select 1 ".repeat(60));
    assert_eq!(told(&engine, &sql), "n\n61");
    let many: Vec<String> = (1..20_000).map(|n| n.to_string()).collect();
    let sql = format!("select count(*) as n from process where pid in ({})", many.join(", "));
    assert_eq!(told(&engine, &sql).lines().next(), Some("n"));
}
