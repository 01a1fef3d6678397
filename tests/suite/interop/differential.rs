//! Fifty questions asked of the engine here and of DuckDB over the same files.
//!
//! DuckDB sees the segments as they lie on disk, and the journal's rows as one more file; derived columns
//! are made of their declarations in its own SQL.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use datafusion::parquet::arrow::ArrowWriter;
use serde_json::Value;
use sysray::schema::{COMMON, Expr, Table, Type, parse_expr, table};
use tempfile::TempDir;

use super::super::query::house::house;
use super::super::query::options;
use super::super::query::pushed::{answer, questions, same};
use super::{prints, python};

/// Reads `[[views], [questions]]`, and prints the answers as `[[rows] or "error", …]`, a question each.
const THEIRS: &str = r#"
import datetime, decimal, duckdb, json, sys
views, questions = json.load(open(sys.argv[1]))
con = duckdb.connect()
for view in views:
    con.sql(view)
def plain(value):
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)
    value = float(value) if isinstance(value, decimal.Decimal) else value
    return str(value) if isinstance(value, float) and value - value != 0 else value
answers = []
for question in questions:
    try:
        answers.append([[plain(v) for v in row] for row in con.sql(question).fetchall()])
    except Exception as error:
        answers.append(str(error))
print(json.dumps(answers))
"#;

/// The declared expression in DuckDB's SQL: times in microseconds, a division by zero NULL.
fn theirs(of: &Table, tree: &Expr) -> String {
    match tree {
        Expr::Column(name) => {
            let mut columns = COMMON.iter().chain(of.columns);
            match columns.find(|column| column.name == *name).unwrap().datatype {
                Type::Timestamp => format!("epoch_us({name})::double"),
                _ => format!("{name}::double"),
            }
        }
        Expr::Number(number) => format!("{number:?}::double"),
        Expr::Binary(left, '/', right) => {
            format!("({} / nullif({}, 0::double))", theirs(of, left), theirs(of, right))
        }
        Expr::Binary(left, operator, right) => {
            format!("({} {operator} {})", theirs(of, left), theirs(of, right))
        }
    }
}

/// A view for each table over the files of each host.
fn views(folder: &Path) -> Vec<String> {
    let mut files: BTreeMap<(String, String), Vec<PathBuf>> = BTreeMap::new();
    let shelf = house();
    for (number, (of, host, rows)) in shelf.rows().into_iter().enumerate() {
        let path = folder.join(format!("{number}.parquet"));
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), rows.schema(), None).unwrap();
        writer.write(&rows).unwrap();
        writer.close().unwrap();
        files.entry((of, host)).or_default().push(path);
    }
    let mut selects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((of, host), paths) in files {
        let paths: Vec<String> = paths.iter().map(|path| format!("'{}'", path.display())).collect();
        let derived = table(&of).unwrap().derived.iter().map(|column| {
            let tree = parse_expr(column.expr).unwrap();
            format!(", {} as {}", theirs(table(&of).unwrap(), &tree), column.name)
        });
        // Python takes times with a zone only with a further module.
        let times = COMMON.iter().chain(table(&of).unwrap().columns);
        let times = times.filter(|column| column.datatype == Type::Timestamp);
        let times = times.map(|column| format!("make_timestamp(epoch_us({0})) as {0}", column.name));
        selects.entry(of.clone()).or_default().push(format!(
            "select * replace ({}), '{host}' as host{} from read_parquet([{}], union_by_name = true)",
            times.collect::<Vec<_>>().join(", "),
            derived.collect::<String>(),
            paths.join(", ")
        ));
    }
    let view = |(of, selects): (String, Vec<String>)| {
        format!("create view \"{of}\" as {}", selects.join(" union all by name "))
    };
    selects.into_iter().map(view).collect()
}

#[test]
#[ignore = "needs DuckDB"]
fn duckdb_gives_the_same_answers_to_fifty_questions() {
    let folder = TempDir::new().unwrap();
    let questions = questions();
    let asked: Vec<&str> = questions.iter().map(|(_, sql)| sql.as_str()).collect();
    let file = folder.path().join("asked.json");
    std::fs::write(&file, serde_json::to_string(&(views(folder.path()), asked)).unwrap()).unwrap();
    let said = prints(Command::new(python()).args(["-c", THEIRS]).arg(&file));
    let theirs: Vec<Value> = serde_json::from_str(&said).unwrap();
    assert_eq!(theirs.len(), questions.len());
    let mut differ = Vec::new();
    for ((about, sql), theirs) in questions.iter().zip(theirs) {
        let ours = answer(sql, options());
        let equal = serde_json::from_value::<Vec<Vec<Value>>>(theirs.clone())
            .is_ok_and(|theirs| same(&ours, &theirs));
        if !equal {
            differ.push(format!("{about}:\n  ours   {ours:?}\n  theirs {theirs}"));
        }
    }
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}
