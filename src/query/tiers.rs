//! Which rows answer: those recorded, or where the range is long or reaches back further than they do,
//! a tier's. A question names a table in braces and gets rows that look alike either way.
//!
//! `from {cpu}` has the columns of `cpu_1m`, and `bucket_us`, how long a row's bucket is: a recorded row
//! is a bucket of one sample. `from {cpu recorded}` takes a tier only where the rows are gone.

use crate::schema::{self, Aggregate, Table, Tier};
use crate::time::Micros;

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;
/// What begins so much later than wanted still counts as reaching back so far.
const SLACK: i64 = Tier::Hour.length_us();

/// Rows of one table and host that lie in the store.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub table: String,
    pub host: String,
    /// No row is earlier …
    pub from: Micros,
    /// … and none later.
    pub to: Micros,
}

/// How long a range may be, in microseconds, to be answered by rows of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Grain {
    /// Longer ranges are answered by minutes …
    pub seconds_up_to: i64,
    /// … and still longer ones by hours.
    pub minutes_up_to: i64,
}

impl Grain {
    /// Where every figure counts: a day of what was recorded, two weeks of minutes.
    pub const FINE: Grain = Grain { seconds_up_to: DAY, minutes_up_to: 14 * DAY };
}

/// What a question is about.
pub struct Scope<'a> {
    /// What lies in the store.
    pub held: &'a [Sealed],
    /// Empty: all hosts.
    pub host: &'a str,
    /// Rows later than this …
    pub from: Micros,
    /// … and no later than this.
    pub to: Micros,
    /// Which rows answer.
    pub grain: Grain,
}

/// The question with each table in braces replaced by what answers it.
pub fn filled(sql: &str, scope: &Scope) -> String {
    let mut filled = String::new();
    let mut rest = sql;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((word, behind)) = behind.split_once('}') else { break };
        filled += before;
        let (name, recorded) = match word.strip_suffix(" recorded") {
            Some(name) => (name, true),
            None => (word, false),
        };
        let raw = schema::table(name).expect("questions name tables that there are");
        filled += &subquery(raw, chosen(raw, scope, recorded), sql);
        rest = behind;
    }
    filled + rest
}

/// The tier that answers, and until when it does; `None`: the recorded rows do.
fn chosen(raw: &Table, scope: &Scope, recorded: bool) -> Option<(&'static Table, Micros)> {
    let about = |name: &str| {
        let mine = |h: &&Sealed| h.table == name && (scope.host.is_empty() || h.host == scope.host);
        scope.held.iter().filter(mine).cloned().collect::<Vec<_>>()
    };
    let begin = |table: &Table| {
        let bucket = table.tier.map_or(0, Tier::length_us);
        about(table.name).iter().map(|h| h.from.0 - bucket).min()
    };
    let (minute, hour) = (raw.at(Tier::Minute)?, raw.at(Tier::Hour)?);
    let earliest = [raw, minute, hour].into_iter().filter_map(begin).min()?;
    let last = about(raw.name).iter().map(|h| h.to.0).max().unwrap_or(scope.to.0);
    let needed = scope.from.0.max(earliest);
    let order = match scope.to.0.min(last) - needed {
        _ if recorded => [raw, minute, hour],
        length if length <= scope.grain.seconds_up_to => [raw, minute, hour],
        length if length <= scope.grain.minutes_up_to => [minute, hour, raw],
        _ => [hour, minute, raw],
    };
    let reaches = |table: &&Table| begin(table).is_some_and(|begin| begin <= needed + SLACK);
    let tier = order.into_iter().find(reaches).filter(|table| table.tier.is_some())?;
    let tier = schema::table(tier.name)?;
    // Where hosts are asked about together, each has to have what is taken from the tier.
    let mut ends: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for held in about(tier.name) {
        let end = ends.entry(held.host).or_insert(held.to.0);
        *end = (*end).max(held.to.0);
    }
    Some((tier, Micros(ends.into_values().min()?)))
}

fn subquery(raw: &Table, tier: Option<(&'static Table, Micros)>, sql: &str) -> String {
    let asked = |name: &str| words(sql).any(|word| word == name);
    let Some(shape) = raw.at(Tier::Minute) else { return raw.name.into() };
    let mut columns: Vec<(String, String)> = Vec::new();
    for name in ["host", "ts", "tick", "interval_us"] {
        columns.push((name.into(), name.into()));
    }
    columns.push(("bucket_us".into(), "interval_us".into()));
    for column in shape.columns {
        let one = match column.made {
            None => column.name.into(),
            Some((Aggregate::Samples, _)) => "1".into(),
            Some((Aggregate::Known, of)) => format!("case when {of} is null then 0 else 1 end"),
            Some((_, of)) => of.into(),
        };
        columns.push((column.name.into(), one));
    }
    for derived in shape.derived {
        // The greatest of one row is its own.
        let peak = |name: &&str| !has(raw, name);
        let own = Some(derived.name).filter(peak).and_then(|name| name.strip_suffix("_max"));
        columns.push((derived.name.into(), own.unwrap_or(derived.name).into()));
    }
    columns.retain(|(name, _)| asked(name) || ["host", "ts"].contains(&name.as_str()));
    let recorded: Vec<String> = columns.iter().map(|(name, one)| format!("{one} as {name}")).collect();
    let recorded = format!("select {} from {}", recorded.join(", "), raw.name);
    let Some((tier, until)) = tier else { return format!("({recorded})") };
    let length = tier.tier.map_or(0, Tier::length_us);
    let told: Vec<String> = columns
        .iter()
        .map(|(name, _)| if name == "bucket_us" { format!("{length} as bucket_us") } else { name.clone() })
        .collect();
    let until = literal(until);
    // What is not over or not sealed has no tier yet.
    format!(
        "(select {} from {} where ts <= {until} union all {recorded} where ts > {until})",
        told.join(", "),
        tier.name
    )
}

fn has(table: &Table, name: &str) -> bool {
    table.column(name).is_some() || table.derived.iter().any(|d| d.name == name)
}

fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// The instant as a text in SQL.
pub fn literal(ts: Micros) -> String {
    let ts = jiff::Timestamp::from_microsecond(ts.0).unwrap_or(jiff::Timestamp::MAX);
    format!("'{ts:.6}'")
}

/// A text as SQL has it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
