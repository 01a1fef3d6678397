//! Writes a table's declaration, whether it comes from a file or was made of one.

use std::fmt::Write as _;

use crate::declared::{Derived, Read, Stored, unit_of};
use crate::french::Prose;
use crate::rows::{camel, decrease};

/// A table with every word that its declaration says.
pub struct Declared {
    pub name: String,
    pub raw: String,
    /// The variant of `Tier`; none for what is recorded.
    pub tier: Option<&'static str>,
    pub about: Prose,
    pub rows: Prose,
    pub order: String,
    pub labels: Option<Vec<(String, String)>>,
    /// How many, by what, and where the rest is told.
    pub top: Option<(usize, Vec<String>, String)>,
    pub columns: Vec<Column>,
    pub derived: Vec<Computed>,
}

/// A stored column with every word that its declaration says.
#[derive(Clone)]
pub struct Column {
    pub name: String,
    pub kind: &'static str,
    pub datatype: String,
    pub unit: String,
    pub about: Prose,
    pub source: String,
    pub since: u32,
    pub nullable: bool,
    pub decrease: String,
    pub prometheus: Option<String>,
    pub adds_up: bool,
    /// The counter that tells in how long this one counted.
    pub over: Option<String>,
    /// The variant of `Aggregate`, and the column of the raw table.
    pub made: Option<(&'static str, String)>,
}

/// A derived column.
pub struct Computed {
    pub name: String,
    pub expr: String,
    pub unit: String,
    pub about: Prose,
}

/// The declaration of a table that is recorded.
pub fn recorded(name: &str, read: &Read) -> Result<Declared, String> {
    let Read { table, about, rows, stored, derived } = read;
    let column = |c: &Stored| Column {
        name: c.name.clone(),
        kind: c.kind,
        datatype: c.datatype.clone(),
        unit: c.unit.clone(),
        about: c.about.clone(),
        source: c.toml.source.clone().unwrap_or_default(),
        since: c.toml.since,
        nullable: c.nullable,
        decrease: c.decrease.clone(),
        prometheus: c.toml.prometheus.clone(),
        adds_up: c.toml.adds_up,
        over: c.toml.over.clone(),
        made: None,
    };
    let computed = |(name, one): &(String, Derived)| {
        let unit = unit_of(name, one.unit.as_deref(), "Float64")?;
        Ok(Computed { name: name.clone(), expr: one.expr.clone(), unit, about: one.about.clone() })
    };
    let label = |(label, column): (&String, &toml::Value)| match column.as_str() {
        Some(c) if stored.iter().any(|s| s.name == c) => Ok((label.clone(), c.to_string())),
        _ => Err(format!("prometheus label {label} names no column")),
    };
    let labels = table.prometheus.as_ref().map(|map| map.iter().map(label).collect::<Result<_, _>>());
    Ok(Declared {
        name: name.into(),
        raw: name.into(),
        tier: None,
        about: about.clone(),
        rows: rows.clone(),
        order: table.order.clone(),
        labels: labels.transpose()?,
        top: table.top.as_ref().map(|top| (top.rows, top.by.clone(), top.label.clone())),
        columns: stored.iter().map(column).collect(),
        derived: derived.iter().map(computed).collect::<Result<_, String>>()?,
    })
}

/// The declaration as Rust.
pub fn written(table: &Declared) -> Result<String, String> {
    let order = match table.order.as_str() {
        "time" => "Order::Time",
        "entity" => "Order::Entity",
        other => return Err(format!("order is time or entity, not {other}")),
    };
    let mut columns = String::new();
    for c in &table.columns {
        let made = match &c.made {
            None => "None".into(),
            Some((aggregate, of)) => format!("Some((Aggregate::{aggregate}, {of:?}))"),
        };
        let _ = writeln!(
            columns,
            "        Column {{ name: {:?}, kind: Kind::{}, datatype: Type::{}, unit: {:?}, about: {:?}, about_fr: {:?}, \
             source: {:?}, since: {}, nullable: {}, decrease: Decrease::{}, prometheus: {:?}, \
             adds_up: {}, over: {:?}, made: {made} }},",
            c.name,
            camel(c.kind),
            c.datatype,
            c.unit,
            c.about.en,
            c.about.fr,
            c.source,
            c.since,
            c.nullable,
            decrease(&c.decrease, &c.unit),
            c.prometheus,
            c.adds_up,
            c.over,
        );
    }
    let mut derived = String::new();
    for Computed { name, expr, unit, about: Prose { en, fr } } in &table.derived {
        let _ = writeln!(
            derived,
            "        Derived {{ name: {name:?}, expr: {expr:?}, unit: {unit:?}, about: {en:?}, about_fr: {fr:?} }},",
        );
    }
    let labels = table.labels.as_ref().map_or("None".into(), |pairs| format!("Some(&{pairs:?})"));
    let tier = table.tier.map_or("None".into(), |tier| format!("Some(Tier::{tier})"));
    let top = table.top.as_ref().map_or("None".into(), |(rows, by, label)| {
        format!("Some(Top {{ rows: {rows}, by: &{by:?}, label: {label:?} }})")
    });
    Ok(format!(
        "    Table {{ name: {:?}, raw: {:?}, tier: {tier}, about: {:?}, about_fr: {:?}, rows: {:?}, \
         rows_fr: {:?}, order: {order}, \
         labels: {labels}, top: {top}, columns: &[
{columns}    ], derived: &[
{derived}    ] }},
",
        table.name, table.raw, table.about.en, table.about.fr, table.rows.en, table.rows.fr
    ))
}
