//! Makes the tiers of a table: the same domain in rows of a minute and of an hour, with columns that
//! say how the raw ones were in that time.

use std::collections::{HashMap, HashSet};

use crate::expr::{self, Expr};
use crate::french::{Prose, TierWord};
use crate::tables::{Column, Computed, Declared};

/// (variant of `Tier`, ending of the name, a bucket in words)
pub const TIERS: [(&str, &str, TierWord); 2] = [
    ("Minute", "_1m", TierWord { en: "minute", fr: "minute", on_fr: "la minute", by_fr: "à la minute" }),
    ("Hour", "_1h", TierWord { en: "hour", fr: "heure", on_fr: "l'heure", by_fr: "à l'heure" }),
];

/// One tier of a table. The error names the column that cannot be told apart from another.
pub fn tier(
    raw: &Declared,
    (tier, ending, word): (&'static str, &str, TierWord),
) -> Result<Declared, String> {
    let sums = |name: &str| raw.columns.iter().any(|c| c.name == name && c.kind == "gauge");
    let mut columns: Vec<Column> = Vec::new();
    for c in raw.columns.iter().filter(|c| c.kind == "key") {
        columns.push(Column { nullable: c.nullable || raw.top.is_some(), ..c.clone() });
    }
    columns.push(Column {
        nullable: false,
        ..number("samples", "counter", "rows", Prose::rows_that_went_in(&raw.name), "Samples", "")
    });
    for c in &raw.columns {
        match c.kind {
            "key" => {}
            "info" => columns.push(made(c, c, "Last")),
            "counter" => columns.push(made(c, c, "Sum")),
            _ => columns.extend(gauge(c)),
        }
    }
    let mut derived = Vec::new();
    for c in raw.columns.iter().filter(|c| sums(&c.name)) {
        let about = c.about.mean_over(word);
        derived.push(Computed {
            name: c.name.clone(),
            expr: mean(&c.name).to_string(),
            unit: c.unit.clone(),
            about,
        });
    }
    let mut greatest: HashMap<&str, String> = HashMap::new();
    for d in &raw.derived {
        let tree = expr::parse(&d.expr)?;
        let expr = over_sums(&tree, &sums).to_string();
        derived.push(Computed { name: d.name.clone(), expr, unit: d.unit.clone(), about: d.about.clone() });
        // What an entity's age was at most says nothing.
        if tree.columns().contains(&"ts") {
            continue;
        }
        let name = format!("{}_max", d.name);
        let about = Prose::greatest_of_a_row(&d.name, word);
        match greatest.get(d.expr.as_str()) {
            // Two names of one thing are stored once.
            Some(stored) => {
                derived.push(Computed { name, expr: stored.clone(), unit: d.unit.clone(), about });
            }
            None => {
                greatest.insert(&d.expr, name.clone());
                let c = number(&name, "gauge", &d.unit, about, "Greatest", &d.name);
                columns.push(Column { datatype: "Float64".into(), ..c });
            }
        }
    }
    let by = |expr: &String| Ok(over_sums(&expr::parse(expr)?, &sums).to_string());
    let top = match &raw.top {
        None => None,
        Some((rows, all, label)) => {
            Some((*rows, all.iter().map(by).collect::<Result<Vec<_>, String>>()?, label.clone()))
        }
    };
    let name = format!("{}{ending}", raw.name);
    let mut seen: HashSet<&str> = HashSet::from(["ts", "tick", "interval_us", "host"]);
    for own in columns.iter().map(|c| &c.name).chain(derived.iter().map(|d| &d.name)) {
        if !seen.insert(own) {
            return Err(format!("{name} would have two columns {own}; rename one of the raw table's"));
        }
    }
    Ok(Declared {
        about: Prose::by_the(&raw.name, word),
        rows: raw.rows.a_bucket(word),
        name,
        raw: raw.name.clone(),
        tier: Some(tier),
        order: raw.order.clone(),
        labels: None,
        top,
        columns,
        derived,
    })
}

fn gauge(c: &Column) -> [Column; 4] {
    let own = &c.name;
    // Yes and no count as 1 and 0.
    let datatype = if c.datatype == "Float64" { "Float64" } else { "Int64" };
    let column = |ending: &str, unit: &str, about: Prose, aggregate| {
        let column = number(&format!("{own}_{ending}"), "gauge", unit, about, aggregate, own);
        Column { datatype: datatype.into(), ..column }
    };
    let known = Column {
        kind: "counter",
        datatype: "Int64".into(),
        nullable: false,
        ..column("count", "rows", Prose::rows_where_known(own), "Known")
    };
    [
        column("sum", &c.unit, Prose::sum_of(own), "Sum"),
        known,
        column("min", &c.unit, Prose::least(own), "Least"),
        column("max", &c.unit, Prose::greatest(own), "Greatest"),
    ]
}

fn made(c: &Column, of: &Column, aggregate: &'static str) -> Column {
    let source = match aggregate {
        "Last" => "the last known value",
        _ => "the sum of the known values",
    };
    Column {
        source: format!("{source} of {}", of.name),
        made: Some((aggregate, of.name.clone())),
        prometheus: None,
        ..c.clone()
    }
}

fn number(
    name: &str,
    kind: &'static str,
    unit: &str,
    about: Prose,
    aggregate: &'static str,
    of: &str,
) -> Column {
    Column {
        name: name.into(),
        kind,
        datatype: "Int64".into(),
        unit: unit.into(),
        about,
        source: String::new(),
        since: 1,
        nullable: true,
        decrease: "null".into(),
        prometheus: None,
        adds_up: true,
        over: None,
        made: Some((aggregate, of.into())),
    }
}

/// The mean of a gauge.
fn mean(gauge: &str) -> Expr {
    let column = |ending: &str| Box::new(Expr::Column(format!("{gauge}_{ending}")));
    Expr::Binary(column("sum"), '/', column("count"))
}

/// The expression with each gauge in it replaced by its mean.
fn over_sums(tree: &Expr, is_gauge: &impl Fn(&str) -> bool) -> Expr {
    match tree {
        Expr::Column(name) if is_gauge(name) => mean(name),
        Expr::Binary(left, operator, right) => {
            Expr::Binary(Box::new(over_sums(left, is_gauge)), *operator, Box::new(over_sums(right, is_gauge)))
        }
        other => other.clone(),
    }
}
