//! The declarations: what a table and a column are, and the Arrow schema that follows from them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::{Lang, Micros, TABLES, TIERS};

/// One table: a domain of the host, a row an entity and tick.
#[derive(Debug)]
pub struct Table {
    /// Singular, as typed in SQL.
    pub name: &'static str,
    /// The table that is recorded: itself, or what a tier is made of.
    pub raw: &'static str,
    /// Which tier it is; `None` for what is recorded.
    pub tier: Option<Tier>,
    /// What it is for, and the small print that concerns all of it.
    pub about: &'static str,
    /// The same in French.
    pub about_fr: &'static str,
    /// How many rows a tick has, in words.
    pub rows: &'static str,
    /// The same in French.
    pub rows_fr: &'static str,
    /// How its rows lie in a segment.
    pub order: Order,
    /// Key columns that are Prometheus labels, as (label, column); `None`: not exported.
    pub labels: Option<&'static [(&'static str, &'static str)]>,
    /// Which entities the tiers keep; `None`: all.
    pub top: Option<Top>,
    /// Stored columns, without `ts`, `tick` and `interval_us`, which every table has.
    pub columns: &'static [Column],
    /// Columns that SQL computes from stored ones.
    pub derived: &'static [Derived],
}

/// One stored column.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub datatype: Type,
    pub unit: &'static str,
    pub about: &'static str,
    /// The same in French.
    pub about_fr: &'static str,
    /// The kernel file and field it comes from.
    pub source: &'static str,
    /// The first schema version that has it.
    pub since: u32,
    pub nullable: bool,
    /// What a smaller total than before means. Of counters only.
    pub decrease: Decrease,
    /// The node_exporter name (with labels) of the same thing, if it has one.
    pub prometheus: Option<&'static str>,
    /// Whether its sum over entities means something.
    pub adds_up: bool,
    /// Of a counter that is not read in each tick: the counter that tells in how long it counted. Both are NULL in
    /// a row in which they were not read.
    pub over: Option<&'static str>,
    /// Of a tier: how it is made, and of which stored or derived column of the raw table.
    pub made: Option<(Aggregate, &'static str)>,
}

/// The length of a bucket, which a row of a tier stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    Minute,
    Hour,
}

/// Of each bucket the first `rows` entities by each of `by`, those with more than 0, are kept; what
/// the others did is added up tick by tick, and is one row whose keys are NULL.
#[derive(Debug)]
pub struct Top {
    pub rows: usize,
    /// In the grammar of [`super::Expr`], over the table's own stored columns.
    pub by: &'static [&'static str],
    /// The column in which that row is called `(rest)`.
    pub label: &'static str,
}

/// How a tier's column is made of a bucket's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// The number of rows.
    Samples,
    /// The known value of the latest tick.
    Last,
    /// The sum of the known values.
    Sum,
    /// The number of known values.
    Known,
    Least,
    Greatest,
}

/// One derived column.
#[derive(Debug)]
pub struct Derived {
    pub name: &'static str,
    /// In the grammar of [`super::Expr`].
    pub expr: &'static str,
    pub unit: &'static str,
    pub about: &'static str,
    /// The same in French.
    pub about_fr: &'static str,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Says which entity the row is about.
    Key,
    /// Describes the entity.
    Info,
    /// Stood so at the end of the interval.
    Gauge,
    /// Happened in the interval.
    Counter,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Int64,
    Float64,
    Boolean,
    Utf8,
    /// Microseconds since 1970 in UTC.
    Timestamp,
}

/// How a table's rows lie in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By time: few rows a tick.
    Time,
    /// By entity and time within each bucket of ten minutes: many rows a tick.
    Entity,
}

/// What it means when a kernel's total is smaller than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decrease {
    /// It began anew: unknown.
    Null,
    /// It may step back a little: nothing happened, and the higher total is kept.
    Hold,
    /// It is a number of few bits, or a sum of some, that wrapped: at this it is 0 again.
    Wrap(i64),
}

impl Tier {
    /// The length of a bucket.
    pub const fn length_us(self) -> i64 {
        match self {
            Tier::Minute => 60_000_000,
            Tier::Hour => 3_600_000_000,
        }
    }

    /// The end of the bucket that an instant lies in: one on the edge belongs to the bucket before.
    pub fn end(self, ts: Micros) -> Micros {
        Micros(((ts.0 - 1).div_euclid(self.length_us()) + 1) * self.length_us())
    }
}

impl Table {
    /// The tier of it; notes have none.
    pub fn at(&self, tier: Tier) -> Option<&'static Table> {
        TIERS.iter().find(|t| t.raw == self.raw && t.tier == Some(tier))
    }

    /// What it is for, in a language.
    pub fn about(&self, lang: Lang) -> &'static str {
        lang.of(self.about, self.about_fr)
    }

    /// How many rows a tick has, in a language.
    pub fn rows(&self, lang: Lang) -> &'static str {
        lang.of(self.rows, self.rows_fr)
    }

    /// The stored column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Its Arrow schema: `ts`, `tick`, `interval_us`, then the declared columns.
    pub fn schema(&self) -> SchemaRef {
        // The recorder never asks for a tier's, and should not have to hold them.
        static RECORDED: LazyLock<Vec<SchemaRef>> = LazyLock::new(|| schemas(&TABLES));
        static OF_TIERS: LazyLock<Vec<SchemaRef>> = LazyLock::new(|| schemas(&TIERS));
        let (tables, schemas) =
            if self.tier.is_some() { (&TIERS[..], &OF_TIERS) } else { (&TABLES[..], &RECORDED) };
        let index = tables.iter().position(|t| t.name == self.name);
        schemas[index.expect("every table is declared")].clone()
    }
}

impl Column {
    /// What it is, in a language.
    pub fn about(&self, lang: Lang) -> &'static str {
        lang.of(self.about, self.about_fr)
    }
}

impl Derived {
    /// What it is, in a language.
    pub fn about(&self, lang: Lang) -> &'static str {
        lang.of(self.about, self.about_fr)
    }
}

impl Kind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Key => "key",
            Kind::Info => "info",
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        }
    }
}

impl Type {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Type::Int64 => "Int64",
            Type::Float64 => "Float64",
            Type::Boolean => "Boolean",
            Type::Utf8 => "Utf8",
            Type::Timestamp => "Timestamp",
        }
    }

    /// As Arrow names it.
    pub fn arrow(self) -> DataType {
        match self {
            Type::Int64 => DataType::Int64,
            Type::Float64 => DataType::Float64,
            Type::Boolean => DataType::Boolean,
            Type::Utf8 => DataType::Utf8,
            Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// The columns every table begins with.
pub static COMMON: [Column; 3] = [
    common("ts", Kind::Key, Type::Timestamp, "", ["The end of the interval.", "La fin de l'intervalle."]),
    common(
        "tick",
        Kind::Key,
        Type::Int64,
        "ticks",
        [
            "Which tick; only rises in a store, the exact join key between tables.",
            "Numéro du tick ; ne fait que croître dans un dépôt : la clé de jointure exacte entre tables.",
        ],
    ),
    Column {
        nullable: true,
        ..common(
            "interval_us",
            Kind::Info,
            Type::Int64,
            "microseconds",
            [
                "How long the interval was, on the monotonic clock.",
                "Durée de l'intervalle, à l'horloge monotone.",
            ],
        )
    },
];

/// The column that stores hold as a folder instead.
pub static HOST: Column = common(
    "host",
    Kind::Key,
    Type::Utf8,
    "",
    ["The label under which the host records.", "Le nom sous lequel l'hôte enregistre."],
);

const fn common(
    name: &'static str,
    kind: Kind,
    datatype: Type,
    unit: &'static str,
    [about, about_fr]: [&'static str; 2],
) -> Column {
    Column {
        name,
        kind,
        datatype,
        unit,
        about,
        about_fr,
        source: "the recorder",
        since: 1,
        nullable: false,
        decrease: Decrease::Null,
        prometheus: None,
        adds_up: false,
        over: None,
        made: None,
    }
}

fn schemas(tables: &[Table]) -> Vec<SchemaRef> {
    tables.iter().map(|t| Arc::new(arrow_schema(t))).collect()
}

/// The Arrow schema of a table, with unit and kind in each field's metadata. The prose stays out:
/// every segment would carry it, and most segments are small.
pub fn arrow_schema(table: &Table) -> Schema {
    let field = |c: &Column| {
        let told = [("unit", c.unit), ("kind", c.kind.name())].into_iter().filter(|(_, v)| !v.is_empty());
        let metadata: HashMap<String, String> =
            told.map(|(k, v)| (format!("sysray.{k}"), v.to_string())).collect();
        Field::new(c.name, c.datatype.arrow(), c.nullable).with_metadata(metadata)
    };
    let columns = COMMON.iter().chain(table.columns);
    Schema::new(columns.map(field).collect::<Vec<_>>())
}

/// The batch made of a table's finished columns.
pub fn finished(table: &'static Table, arrays: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(table.schema(), arrays).expect("builders and schema come from the same declaration")
}
