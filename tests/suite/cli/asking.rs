//! What a recording is asked for.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::{Sysray, files, number, one_line, query, recorded};

#[cfg(unix)]
#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let dir = recorded(3);
    let pipe = format!(
        "{} query --format csv --store {} 'select * from process' 2>&1 >/dev/full | head -1; \
         {0} query --format csv --store {1} 'select a.pid from process a, process b' | head -1",
        env!("CARGO_BIN_EXE_sysray"),
        dir.path().display()
    );
    let output = Command::new("sh").args(["-c", &pipe]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("No space left"), "a full disk is an error: {said}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_answer_goes_into_a_file_whole_or_not_at_all() {
    let dir = recorded(2);
    let out = TempDir::new().unwrap();
    let csv = out.path().join("answer.csv");
    let path = csv.to_str().unwrap();
    Sysray::new(&["query", "-o", path, "select count(*) as n from system"]).store(dir.path()).prints();
    assert_eq!(fs::read_to_string(&csv).unwrap(), "n\n2\n");
    one_line(Sysray::new(&["query", "--force", "-o", path, "select nothing from system"]).store(dir.path()));
    assert_eq!(fs::read_to_string(&csv).unwrap(), "n\n2\n");
    assert_eq!(files(out.path()), std::slice::from_ref(&csv));
    // What is there is nobody's to lose without a word.
    let said = one_line(Sysray::new(&["query", "-o", path, "select 1 as one"]).store(dir.path()));
    assert!(said.contains("--force"), "{said}");
    assert_eq!(fs::read_to_string(&csv).unwrap(), "n\n2\n");
    Sysray::new(&["query", "--force", "-o", path, "select 1 as one"]).store(dir.path()).prints();
    assert_eq!(fs::read_to_string(&csv).unwrap(), "one\n1\n");
    assert_eq!(files(out.path()), [csv]);
}

#[test]
fn several_stores_and_single_files_are_asked_at_once() {
    // Two recordings of one machine, begun within the same second or not, are no copies of each other.
    let (one, other) = (recorded(2), recorded(3));
    let sql = "select count(*) as n from system";
    let both = Sysray::new(&["query", "--format", "csv", sql]).store(one.path()).store(other.path());
    assert_eq!(both.prints(), "n\n5\n");
    let file =
        files(other.path()).into_iter().find(|path| path.to_string_lossy().contains("/system/")).unwrap();
    let alone = Sysray::new(&["query", "--format", "csv", "-b", "start", sql]).store(&file);
    assert_eq!(alone.prints(), "n\n3\n");
    one_line(Sysray::new(&["query", sql]).store(one.path()).store(&other.path().join("system")));
    let said = one_line(Sysray::new(&["query", "select count(*) from process"]).store(&file));
    assert!(said.contains("holds only `system`; name the whole store"), "{said}");
    let said = one_line(Sysray::new(&["query", sql]).store(&other.path().join("gone.parquet")));
    assert!(said.contains("there is no file ") && !said.contains("record"), "{said}");
}

/// To write an answer beside a device, and rename it over the device, would leave a host without one.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_goes_into_a_device_and_not_over_it() {
    use std::os::unix::fs::FileTypeExt;
    let dir = recorded(2);
    let out = TempDir::new().unwrap();
    let link = out.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    Sysray::new(&["query", "select 1", "-o"]).arg(&link).store(dir.path()).prints();
    assert!(fs::metadata(&link).unwrap().file_type().is_char_device());
    let printed = Sysray::new(&["query", "--format", "csv", "-o", "-", "select 1 as one"]).store(dir.path());
    assert_eq!(printed.prints(), "one\n1\n");
}

#[test]
fn the_name_of_a_file_says_what_goes_into_it() {
    let dir = recorded(2);
    let out = TempDir::new().unwrap();
    for (name, begins) in
        [("a.parquet", &b"PAR1"[..]), ("a.arrow", b"ARROW1"), ("a.arrows", b"\xff\xff\xff\xff")]
    {
        let path = out.path().join(name);
        Sysray::new(&["query", "select * from process", "-o"]).arg(&path).store(dir.path()).prints();
        assert!(fs::read(&path).unwrap().starts_with(begins), "{name}");
    }
}

/// The threads of this process are recorded, with what each is called, and of no other.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_were_asked_for_are_recorded_and_no_others() {
    let dir = TempDir::new().unwrap();
    let pid = std::process::id().to_string();
    let words = ["record", "-i", "250ms", "-c", "3", "--threads", &pid];
    Sysray::new(&words).store(dir.path()).prints();
    let sql = "select count(distinct t.tick) as ticks, count(distinct t.pid) as processes, min(p.threads) > 0 as has
        from thread t join process p on t.pid = p.pid and t.process_start_time = p.start_time and t.tick = p.tick";
    assert_eq!(query(dir.path(), sql), "ticks,processes,has\n3,1,true\n");
    let dir = recorded(1);
    assert_eq!(query(dir.path(), "select count(*) as n from thread"), "n\n0\n");
}

#[test]
fn a_report_has_the_same_host_in_all_its_forms() {
    let dir = recorded(4);
    let form = |format: &str| Sysray::new(&["report", "--format", format]).store(dir.path()).prints();
    let json: serde_json::Value = serde_json::from_str(&form("json")).unwrap();
    assert!(json["schema_version"].is_number(), "{json}");
    for text in [form("text"), form("markdown")] {
        assert!(text.contains("CPU") && text.contains("samples"), "{text}");
    }
}

#[test]
fn examples_are_listed_printed_and_asked_by_name() {
    let list = Sysray::new(&["query", "--examples"]).prints();
    assert!(list.lines().any(|line| line.starts_with("@top-cpu ") && line.ends_with('?')), "{list}");
    assert!(list.contains("--param n=10  how many processes"), "{list}");
    let one = Sysray::new(&["query", "--examples", "@top-cpu"]).prints();
    assert!(one.starts_with("-- Which") && one.contains("limit :n"), "{one}");
    let dir = recorded(4);
    for line in list.lines().filter_map(|line| line.strip_prefix('@')) {
        let name = format!("@{}", line.split(' ').next().unwrap());
        let answer = Sysray::new(&["query", "--format", "csv", &name]).store(dir.path()).prints();
        assert!(answer.lines().count() > 0, "{name}: {answer}");
    }
    let answer =
        Sysray::new(&["query", "--format", "csv", "@top-cpu", "--param", "n=2"]).store(dir.path()).prints();
    assert_eq!(answer.lines().count(), 3, "{answer}");
    let error = one_line(Sysray::new(&["query", "@top-cpus"]).store(dir.path()));
    assert!(error.contains("no example `top-cpus`; did you mean `top-cpu`"), "{error}");
    let error = one_line(Sysray::new(&["query", "@top-cpu", "-p", "m=2"]).store(dir.path()));
    assert!(error.contains("the question has no parameter `m`"), "{error}");
    let (code, _) = Sysray::new(&["query", "@top-cpu", "--param", "n"]).store(dir.path()).fails();
    assert_eq!(code, 2);
    let sql = "select count(*) as n from process where pid = :pid";
    let pid = format!("pid={}", std::process::id());
    let answer = Sysray::new(&["query", "--format", "csv", sql, "-p", &pid]).store(dir.path()).prints();
    assert_eq!(answer, "n\n4\n");
}

#[test]
fn times_are_read_and_shown_in_the_zone_asked_for() {
    let dir = recorded(1);
    let ask = |words: &[&str]| {
        let words = [&["query", "select ts from system", "-b", "2020-01-01 12:00"], words].concat();
        let output = Sysray::new(&words).env("TZ", "America/New_York").store(dir.path()).run();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (rows, said) = ask(&["--tz", "Asia/Kolkata"]);
    assert!(
        rows.contains("+05:30") && said.starts_with("range: since 2020-01-01 12:00:00+05:30"),
        "{rows}{said}"
    );
    let (rows, said) = ask(&["--utc"]);
    assert!(
        rows.trim_end().ends_with('Z') && said.starts_with("range: since 2020-01-01 12:00:00Z"),
        "{rows}{said}"
    );
    let (_, said) = ask(&[]);
    assert!(said.starts_with("range: since 2020-01-01 12:00:00-05:00"), "{said}");
    for (offset, shown) in [("+02:00", "+02:00"), ("-0330", "-03:30")] {
        let (rows, said) = ask(&["--tz", offset]);
        assert!(rows.contains(shown) && said.ends_with(&format!(" 12:00:00{shown}\n")), "{rows}{said}");
    }
    let from_start = Sysray::new(&["query", "--utc", "-b", "start", "select 1"]).store(dir.path()).run();
    let said = String::from_utf8(from_start.stderr).unwrap();
    assert!(said.starts_with("range: since 2") && said.lines().count() == 1, "{said}");
    let (code, said) = Sysray::new(&["query", "select 1", "--tz", "Mars"]).store(dir.path()).fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("no time zone is called 'Mars'"), "{said}");
}

/// It was taken for an option.
#[test]
fn a_question_may_begin_with_a_comment() {
    let dir = recorded(1);
    let asked =
        |words: &[&str]| Sysray::new(&[&["query", "--format", "csv"], words].concat()).store(dir.path());
    for sql in
        ["-- how many?\nselect 1 as one", "--\nselect 1 as one", "-- :n = 1, how many\nselect :n as one"]
    {
        assert_eq!(asked(&[sql]).prints(), "one\n1\n", "{sql}");
    }
    let (code, said) = asked(&["--select 1"]).fails();
    assert!(code == 2 && said.contains("-- --select 1"), "{said}");
    let said = one_line(asked(&["select :n as one"]));
    assert!(said.contains("--param n=VALUE"), "{said}");
}

#[test]
fn segments_are_told_by_their_names() {
    let dir = recorded(2);
    let sql = "select count(*) filter (where state = 'sealed') > 5 as sealed, min(bytes) > 0 as sized, \
               bool_and(from_ts <= to_ts) as right, count(distinct table_name) = count(*) as once from meta.segments";
    assert_eq!(query(dir.path(), sql), "sealed,sized,right,once\ntrue,true,true,true\n");
    // None, unless the host was too busy to take both in time.
    let n = |from: &str| number(&query(dir.path(), &format!("select count(*) from {from}")));
    assert_eq!(n("meta.gaps"), n("event where kind in ('gap', 'lost', 'skipped', 'suspend')"));
}

#[test]
fn a_recording_is_gone_through_as_text() {
    let dir = recorded(4);
    let text = Sysray::new(&["replay", "--text", "--utc"]).arg(dir.path()).prints();
    let (head, steps) = text.split_once("\n\n").unwrap();
    assert!(head.ends_with(", times in UTC"), "{head}");
    assert_eq!(steps.lines().filter(|line| line.contains("  cpu ")).count(), 4, "{text}");
    let ticks = "select count(*) from system";
    assert_eq!(number(&query(dir.path(), ticks)), 4);
    let one =
        Sysray::new(&["replay", "--text", "--every", "1d", "--processes", "0"]).store(dir.path()).prints();
    assert!(one.lines().filter(|line| line.contains("  cpu ")).count() <= 2, "{one}");
    let (code, said) = Sysray::new(&["replay"]).store(dir.path()).fails();
    assert!(code == 2 && said.contains("--text"), "{said}");
    let (code, said) =
        Sysray::new(&["replay", "--text", "-b", "2001-01-01", "-e", "2001-01-02"]).store(dir.path()).fails();
    assert!(code == 4 && said.contains("nothing is recorded"), "{said}");
}
