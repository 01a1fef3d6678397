//! `sysray query` on a terminal, typed at as a user would.
//!
//! `open` is the helper: a shell on a terminal of its own, over a store.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::{Sysray, recorded};
use crate::terminal::Terminal;

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";
/// What a prompt begins with: from here on pastes are marked. Keys that come before it are lost.
const READY: &str = "\x1b[?2004h";

/// The shell over a store, with its first prompt seen; `home` is where its history lies.
fn open(store: &Path, home: &Path, pager: &str) -> Terminal {
    let words = format!("query --store {}", store.display());
    let mut terminal = Terminal::start(&words, home, &[("PAGER", pager)]);
    terminal.sees("sysray> ");
    terminal
}

/// What takes longer than anybody waits.
fn endless() -> &'static str {
    "select sum(sin(a.pid) * b.pid * c.pid * d.pid * e.pid * f.pid) from process a, process b, process c, process d, \
     process e, process f;"
}

#[test]
fn a_question_has_lines_and_ends_with_a_semicolon() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("select count(*) as ticks, 'a;b' as text -- one; of them").line("from system;");
    let said = shell.sees("(1 row)");
    assert!(said.contains("     3 | a;b"), "{said}");
    shell.line("select 1 as one; select 2 as two;");
    shell.sees("(1 row)");
    assert!(shell.sees("(1 row)").contains("two"));
    assert_eq!(shell.leaves("\\q\r"), 0);
}

#[test]
fn what_is_mistyped_is_told_with_what_is_near_and_the_shell_goes_on() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("select * from proces;").sees("error: no table `proces`; did you mean `process`");
    shell.line("select cpu_bsy from system;").sees("`cpu_busy_us`");
    shell.line("\\tming").sees("there is no command `\\tming`; did you mean `\\timing`?");
    shell.line("\\d proces").sees("did you mean `process`");
    shell.line("\\examples presure").sees("did you mean `pressure`");
    shell.line("\\format yaml").sees("there is no format `yaml`");
    shell.line("\\format parquet").sees("\\o FILE.parquet");
    shell.line("\\watch").sees("cpu_busy_us"); // the last question again, which has no answer
    shell.line("drop table process;").sees("only questions are allowed");
    shell.sees(READY);
    assert_eq!(shell.leaves(CTRL_D), 0);
}

#[test]
fn commands_change_how_answers_look() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("\\d").sees("process_exit");
    shell.sees("meta.gaps      Times without rows");
    shell.line("\\d meta.gaps").sees("from_ts");
    shell.line("\\d pressure").sees("some_avg300");
    shell.line("\\timing").sees("timing: on");
    shell.line("select 1 as one;").sees(" ms)");
    shell.line("\\x").sees("a column a line: on");
    shell.line("select 1 as one;").sees("-- 1 --\r\none | 1\r\n");
    shell.line("\\x off").sees("a column a line: off");
    // Of a text longer than anybody reads the beginning is shown, and at once.
    shell.line("select repeat('x ', 500000) as long;").sees("990000");
    let plan = shell.line("explain select cpu from system;").sees(" rows, ");
    assert!(plan.contains("Projection") && !plan.contains("\\n"), "{plan}");
    shell.line("\\format csv").sees("format: csv");
    shell.line("select null as nothing, 2 as two;").sees("nothing,two\r\n,2\r\n");
    shell.line("\\format chart").sees("format: chart");
    shell.line("select ts, tick from system;").sees("tick: min 1, max 2, last 2");
    shell.line("\\?").sees("\\watch [SECONDS]");
    shell.line("help").sees("\\watch [SECONDS]");
    assert_eq!(shell.leaves("exit\r"), 0);
}

#[test]
fn an_example_stands_at_the_prompt_to_be_edited_and_asked() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("\\examples").sees("top-cpu");
    shell.line("\\examples top-cpu").sees("order by cpu_s desc, host, pid;");
    shell.line("").sees("cpu_pct");
    shell.sees(" rows)");
}

#[test]
fn an_example_is_asked_by_its_name_with_what_was_chosen() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("@top-cpu n=2").sees("(2 rows)");
    shell.line("@top-cpu n=1;").sees("(1 row)");
    shell.line("@top-cpu m=1").sees("the question has no parameter `m`");
    shell.line("@top-cpu 1").sees("NAME=VALUE");
    shell.line("@top-cpus").sees("did you mean `top-cpu`");
    // What is set holds for all that have it, and what is typed with one before that.
    shell.line("\\set n 1").sees(":n = 1");
    shell.line("@top-cpu").sees("(1 row)");
    shell.line("@top-cpu n=2").sees("(2 rows)");
    shell.line("select :n + 1 as more;").sees("   2\r\n");
    shell.line("\\set n").sees("no parameter is set");
    shell.line("select :n + 1 as more;").sees("\\set n VALUE");
    shell.types("@top-c\t").sees("@top-cpu ");
    shell.line("n\t2").sees("(2 rows)");
    assert_eq!(shell.leaves("\\q\r"), 0);
}

#[test]
fn the_range_is_changed_and_what_is_no_time_leaves_it() {
    let (store, home) = (recorded(4), TempDir::new().unwrap());
    let ticks = Sysray::new(&["query", "--format", "csv", "select ts from system order by ts"]);
    let ticks = ticks.store(store.path()).prints();
    let second = ticks.lines().nth(2).unwrap();
    let words = format!("query --utc -b {second} --store {}", store.path().display());
    let mut shell = Terminal::start(&words, home.path(), &[("PAGER", "cat")]);
    shell.sees("sysray> ");
    let ticks = "select count(*) as ticks from system;";
    shell.line(ticks).sees("    2\r\n");
    shell.line("\\begin").sees("range: all that is recorded");
    shell.line(ticks).sees("    4\r\n");
    shell.line(&format!("\\end {second}")).sees("range: until 2");
    shell.line(ticks).sees("    2\r\n");
    shell.line("\\b 14h05").sees("14h05\" is no time");
    shell.line("\\begin 2001-01-01").sees("range: from 2001-01-01 00:00:00Z to 2");
    shell.line("\\end 2001-01-02").sees("nothing is recorded");
    shell.line(ticks).sees("    2\r\n");
}

#[test]
fn the_next_answer_goes_into_a_file_and_over_none() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    let file = home.path().join("answer.parquet");
    let named = file.to_str().unwrap();
    shell.line(&format!("\\o {named}")).sees("the next answer goes into");
    shell.line("select nothing from system;").sees("no column `nothing`");
    shell.line("select ts, cpu from system;").sees("2 rows in");
    assert_eq!(fs::read(&file).unwrap()[..4], *b"PAR1");
    shell.line("select 1 as one;").sees("(1 row)");
    shell.line(&format!("\\o {named}")).sees("the next answer goes into");
    shell.line("select 1 as one;").sees("is there already; --force writes over it");
    shell.line(&format!("\\o --force {named}")).sees("the next answer goes into");
    shell.line("select 1 as one;").sees("1 row in");
}

#[test]
fn ctrl_c_ends_the_question_and_not_the_shell() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    // What takes over a second is told of.
    shell.line(endless()).sees(" rows read; Ctrl-C cancels");
    shell.types(CTRL_C).sees("cancelled");
    // Else it is the terminal that shows what is typed, and this prompt would be taken for the next one.
    shell.sees(READY);
    shell.types("select 'half a line").sees("half a line");
    shell.types(CTRL_C).sees(READY);
    shell.line("select 1 + 1 as two;").sees("(1 row)");
    shell.line("\\watch 0.1").sees("every 100ms");
    shell.sees("every 100ms");
    shell.types(CTRL_C).sees("sysray> ");
    shell.line("select 3 as three;").sees("(1 row)");
    shell.sees(READY);
    assert_eq!(shell.leaves(CTRL_D), 0);
}

#[test]
fn what_is_recorded_meanwhile_is_seen() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("select count(*) as ticks from system;").sees("    2\r\n");
    Sysray::new(&["record", "-i", "250ms", "-c", "3"]).store(store.path()).prints();
    shell.line("select count(*) as ticks from system;").sees("    5\r\n");
}

#[test]
fn what_was_typed_is_remembered_for_its_owner_alone() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line("select 41 + 1").line("as answer;").sees("(1 row)");
    shell.sees(READY);
    assert_eq!(shell.leaves(CTRL_D), 0);
    let history = home.path().join("sysray/history");
    assert_eq!(fs::metadata(&history).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(history.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    let mut shell = open(store.path(), home.path(), "cat");
    shell.line(UP).sees("(1 row)");
    // Where nothing can be kept there is a shell all the same.
    let mut shell = open(store.path(), Path::new("/proc/no"), "cat");
    shell.line("select 1 as one;").sees("(1 row)");
}

#[test]
fn tab_knows_tables_columns_functions_and_commands() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "cat");
    shell.types("select count(*) as n from process_ex\t").sees("process_exit");
    shell.line(" where exit_c\t = 0;").sees("(1 row)");
    shell.line("select max(pressure.some_avg30\t) as s from pressure;").sees("(1 row)");
    shell.types("select appr\t\t").sees("approx_distinct(");
    shell.types(CTRL_C).sees(READY);
    shell.types("\\exam\t").sees("\\examples ");
    shell.line("oo\t").sees("--"); // `oom`, said in a line of comment
    shell.sees(READY);
    shell.types(CTRL_C).sees(READY);
    // Nothing is offered within a text.
    shell.line("select 'from proce\t' as word;").sees("(1 row)");
}

#[test]
fn what_does_not_fit_the_screen_goes_through_the_pager() {
    let (store, home) = (recorded(2), TempDir::new().unwrap());
    let mut shell = open(store.path(), home.path(), "sed s/^/paged:/");
    let numbers = "select a.tick * 2 + b.tick as n from process a, process b limit";
    shell.line(&format!("{numbers} 3;"));
    let said = shell.sees("(3 rows)");
    assert!(!said.contains("paged:"), "{said}");
    shell.line(&format!("{numbers} 30;")).sees("paged:(30 rows)");
    shell.line("\\pager off").sees("pager: off");
    shell.line(&format!("{numbers} 30;"));
    let said = shell.sees("(30 rows)");
    assert!(!said.contains("paged:"), "{said}");
    // One that leaves early is nothing to speak of.
    let mut shell = open(store.path(), home.path(), "head -2");
    shell.line("select * from process;").sees("-- 1 --");
    shell.sees("sysray> ");
    shell.line("select 1 as one;");
    let said = shell.sees("(1 row)");
    assert!(!said.contains("error"), "{said}");
}

#[test]
fn without_a_terminal_there_is_no_shell() {
    let store = recorded(2);
    let (code, said) = Sysray::new(&["query"]).store(store.path()).fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains("-f -"), "{said}");
}
