//! `docs/numbers.md` is held to what it says: each row of its tables names a test that there is, and columns of the
//! schema.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sysray::schema;

#[test]
fn each_zero_that_means_unknown_has_its_test_and_its_column() {
    let page = fs::read_to_string(root().join("docs/numbers.md")).unwrap();
    let tests = tests(&root().join("tests/suite"));
    let (mut rows, mut wrong, mut names_tests) = (0, Vec::new(), false);
    for line in page.lines().filter(|line| !line.starts_with("|---")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        // Other tables of the page name no tests.
        names_tests = line.starts_with('|') && (names_tests || cells.last() == Some(&"test"));
        let [.., column, test] = cells[..] else { continue };
        if !names_tests || test == "test" {
            continue;
        }
        rows += 1;
        // Some rows are of the test above.
        if test != "the same" && !tests.contains(test.trim_matches('`')) {
            wrong.push(format!("no test {test}"));
        }
        let named: Vec<&str> = quoted(column).filter(|name| !name.starts_with("CAP_")).collect();
        if named.is_empty() {
            wrong.push(format!("no column in {column}"));
        }
        wrong
            .extend(named.into_iter().filter(|name| !is_known(name)).map(|name| format!("no column {name}")));
    }
    assert!(rows > 50, "{rows} rows");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether it is a table, or one's column.
fn is_known(name: &str) -> bool {
    let (table, column) = name.split_once('.').unwrap_or((name, ""));
    let Some(table) = schema::table(table) else { return false };
    column.is_empty() || table.columns.iter().any(|own| own.name == column)
}

/// The names of all tests below a folder.
fn tests(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(tests(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let name = |behind: &str| {
                // Behind other attributes.
                let line = behind.lines().map(str::trim).find(|line| line.starts_with("fn "))?;
                Some(line.strip_prefix("fn ")?.split_once('(')?.0.to_string())
            };
            found.extend(text.split("#[test]").skip(1).filter_map(name));
        }
    }
    found
}
