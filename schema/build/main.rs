//! Turns `schema/*.toml` into Rust: the table declarations with their prose in both languages, one row struct
//! and one Arrow batch builder a table; and `schema/glossary/*.toml` into the glossary. It writes down data and plumbing; what a number means is decided elsewhere. And how
//! the program is linked (`link`).

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

mod declared;
mod french;
mod glossary;
mod link;
mod rows;
mod tables;
mod tiers;

// Checked here, evaluated and printed by the program.
#[allow(dead_code)]
#[path = "../../src/schema/expr.rs"]
mod expr;

/// The tables in the order in which they are listed everywhere.
const ORDER: &[&str] = &[
    "system",
    "cpu",
    "cpu_core",
    "interrupt",
    "softirq",
    "memory",
    "numa",
    "pressure",
    "disk",
    "filesystem",
    "network",
    "socket",
    "listen",
    "protocol",
    "softnet",
    "process",
    "process_exit",
    "thread",
    "cgroup",
    "sensor",
    "power",
    "event",
    "recorder",
    "host",
    "base",
];

fn main() {
    println!("cargo:rerun-if-changed=schema");
    println!("cargo:rerun-if-changed=src/schema/expr.rs");
    link::program();
    let mut out = String::from("// Generated from schema/*.toml. Change those.\n");
    let [mut recorded, mut tiers] = [const { String::new() }; 2];
    let mut number_of_tiers = 0;
    let common = ["ts", "tick", "interval_us", "host"].map(String::from);
    let (mut known, mut units, mut sources) = (HashSet::from(common), HashSet::new(), HashSet::new());
    let present = |name: &&&str| Path::new("schema").join(format!("{name}.toml")).exists();
    let order: Vec<&str> = ORDER.iter().filter(present).copied().collect();
    for (index, name) in order.iter().enumerate() {
        let path = PathBuf::from("schema").join(format!("{name}.toml"));
        match table(name, index, &path) {
            Ok(made) => {
                out += &made.rows;
                recorded += &made.declaration;
                number_of_tiers += made.tiers.len();
                tiers += &made.tiers.concat();
                known.extend(made.names);
                units.extend(made.units);
                sources.extend(made.sources);
            }
            Err(why) => panic!("{}: {why}", path.display()),
        }
    }
    let _ = writeln!(out, "pub static TABLES: [Table; {}] = [\n{recorded}];", order.len());
    let _ = writeln!(out, "pub static TIERS: [Table; {number_of_tiers}] = [\n{tiers}];");
    out += &rows::every_table(&order);
    let target = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&target).join("tables.rs"), out).expect("OUT_DIR can be written");
    let glossary =
        glossary::written(&known).and_then(|text| Ok(text + &glossary::short_words(&units, &sources)?));
    let glossary = glossary.unwrap_or_else(|why| panic!("{why}"));
    std::fs::write(Path::new(&target).join("glossary.rs"), glossary).expect("OUT_DIR can be written");
}

/// One file as Rust.
struct Made {
    rows: String,
    declaration: String,
    tiers: Vec<String>,
    /// Of the table, and of its columns as `table.column`.
    names: Vec<String>,
    units: Vec<String>,
    sources: Vec<String>,
}

fn table(name: &str, index: usize, path: &Path) -> Result<Made, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let mut french = french::French::of(name)?;
    let read = declared::read(&text, &mut french)?;
    french.all_taken()?;
    let raw = tables::recorded(name, &read)?;
    let declared::Read { table, stored, .. } = &read;
    let tier = |which| tables::written(&tiers::tier(&raw, which)?);
    let tiers = if table.tiers { tiers::TIERS.into_iter().map(tier).collect() } else { Ok(vec![]) };
    let own = raw.columns.iter().map(|c| (&c.name, &c.unit));
    let own: Vec<_> = own.chain(raw.derived.iter().map(|d| (&d.name, &d.unit))).collect();
    let names = own.iter().map(|(column, _)| format!("{name}.{column}")).chain([name.to_string()]).collect();
    let units = own.iter().map(|(_, unit)| unit.to_string()).filter(|unit| !unit.is_empty()).collect();
    Ok(Made {
        names,
        units,
        sources: raw.columns.iter().map(|c| c.source.clone()).collect(),
        rows: rows::rows(name, index, table, stored),
        declaration: tables::written(&raw)?,
        tiers: tiers?,
    })
}
