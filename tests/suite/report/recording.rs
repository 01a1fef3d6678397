//! A recording in memory, written row by row as JSON, and answered by plain DataFusion: tables and
//! derived columns as the schema declares them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::ReaderBuilder;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use serde_json::{Value, json};
use sysray::schema::{self, TABLES, Type, parse_expr};
use tokio::runtime::Runtime;

/// Rows by table.
#[derive(Clone, Default)]
pub struct Recording {
    rows: BTreeMap<String, Vec<Value>>,
}

impl Recording {
    /// Adds a row of `host` that ends `at` (RFC 3339) and is about the `interval_us` before.
    pub fn add(&mut self, table: &str, host: &str, at: &str, interval_us: Option<i64>, columns: Value) {
        let mut row = json!({ "host": host, "ts": at, "tick": 0, "interval_us": interval_us });
        let given = columns.as_object().expect("columns are an object").clone();
        row.as_object_mut().expect("made above").extend(given);
        self.rows.entry(table.into()).or_default().push(row);
    }

    /// What answers SQL about it.
    pub fn answer(&self) -> impl Fn(&str) -> Result<Vec<RecordBatch>, DataFusionError> {
        let runtime = Runtime::new().expect("threads can be started");
        let context = SessionContext::new();
        for table in TABLES.iter() {
            let stored: Vec<Field> = schema::COMMON
                .iter()
                .chain(table.columns)
                .map(|c| Field::new(c.name, c.datatype.arrow(), true))
                .chain([Field::new("host", Type::Utf8.arrow(), true)])
                .collect();
            let derived: Vec<(&str, &str)> = table.derived.iter().map(|d| (d.name, d.expr)).collect();
            self.register(&runtime, &context, table.name, stored, &derived);
        }
        for (name, stored, derived) in DECLARED {
            if schema::table(name).is_none() {
                let common = ["ts t", "tick i", "interval_us i", "host s"];
                let fields = common.iter().chain(stored.iter()).map(|c| field(c)).collect();
                self.register(&runtime, &context, name, fields, derived);
            }
        }
        move |sql| runtime.block_on(async { context.sql(sql).await?.collect().await })
    }

    fn register(
        &self,
        runtime: &Runtime,
        context: &SessionContext,
        name: &str,
        fields: Vec<Field>,
        derived: &[(&str, &str)],
    ) {
        let schema = Arc::new(Schema::new(fields));
        let mut decoder =
            ReaderBuilder::new(schema.clone()).with_coerce_primitive(true).build_decoder().expect("a schema");
        let rows = self.rows.get(name).cloned().unwrap_or_default();
        for column in rows.iter().flat_map(|row| row.as_object().expect("made by add").keys()) {
            assert!(schema.field_with_name(column).is_ok(), "{name} has no column {column}");
        }
        decoder.serialize(&rows).expect("rows fit the schema");
        let batch = decoder.flush().expect("rows fit the schema");
        let batch = batch.unwrap_or_else(|| RecordBatch::new_empty(schema));
        context.register_batch(format!("{name}_stored"), batch).expect("registered once");
        let sums: Vec<String> = derived
            .iter()
            .map(|(name, expr)| format!(", {} as {name}", parse_expr(expr).expect("it parses").to_sql()))
            .collect();
        let view = format!("create view {name} as select *{} from {name}_stored", sums.concat());
        runtime.block_on(context.sql(&view)).expect("the view fits the table");
    }
}

/// `name t`: t time, i integer, f float, b yes or no, s text.
fn field(declared: &str) -> Field {
    let (name, letter) = declared.split_once(' ').expect("name and letter");
    let datatype = match letter {
        "t" => Type::Timestamp.arrow(),
        "i" => DataType::Int64,
        "f" => DataType::Float64,
        "b" => DataType::Boolean,
        _ => DataType::Utf8,
    };
    Field::new(name, datatype, true)
}

type Declared = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Of tables that `schema/` does not declare, what reports ask for.
const DECLARED: [Declared; 7] = [
    (
        "memory",
        &["total_bytes i", "available_bytes i", "swap_out_bytes i", "oom_kills i"],
        &[
            ("used_pct", "100 * (total_bytes - available_bytes) / total_bytes"),
            ("swap_out_bytes_per_s", "1000000 * swap_out_bytes / interval_us"),
        ],
    ),
    (
        "pressure",
        &["resource s", "some_us i", "full_us i"],
        &[("some_pct", "100 * some_us / interval_us"), ("full_pct", "100 * full_us / interval_us")],
    ),
    (
        "disk",
        &[
            "device s",
            "disk_seq i",
            "kind s",
            "model s",
            "rotational b",
            "counted b",
            "size_bytes i",
            "reads i",
            "writes i",
            "read_us i",
            "write_us i",
            "busy_us i",
            "queue_us i",
        ],
        &[
            ("busy_pct", "100 * busy_us / interval_us"),
            ("queue_length", "queue_us / interval_us"),
            ("latency_us", "(read_us + write_us) / (reads + writes)"),
        ],
    ),
    (
        "filesystem",
        &[
            "mount s",
            "device s",
            "fstype s",
            "read_only b",
            "total_bytes i",
            "free_bytes i",
            "available_bytes i",
            "inodes i",
            "inodes_free i",
        ],
        &[
            ("used_pct", "100 * (total_bytes - free_bytes) / (total_bytes - free_bytes + available_bytes)"),
            ("inodes_used_pct", "100 * (inodes - inodes_free) / inodes"),
        ],
    ),
    (
        "network",
        &[
            "interface s",
            "interface_index i",
            "netns s",
            "driver s",
            "operstate s",
            "speed_bits_per_s i",
            "counted b",
            "rx_bytes i",
            "tx_bytes i",
            "rx_errors i",
            "tx_errors i",
            "rx_dropped i",
            "tx_dropped i",
            "carrier_changes i",
        ],
        &[
            ("rx_utilisation_pct", "800000000 * rx_bytes / (interval_us * speed_bits_per_s)"),
            ("tx_utilisation_pct", "800000000 * tx_bytes / (interval_us * speed_bits_per_s)"),
            ("rx_bytes_per_s", "1000000 * rx_bytes / interval_us"),
            ("tx_bytes_per_s", "1000000 * tx_bytes / interval_us"),
            ("rx_dropped_per_s", "1000000 * rx_dropped / interval_us"),
            ("tx_dropped_per_s", "1000000 * tx_dropped / interval_us"),
        ],
    ),
    (
        "protocol",
        &[
            "tcp_segments_out i",
            "tcp_retransmits i",
            "tcp_errors_in i",
            "tcp_listen_overflows i",
            "tcp_listen_drops i",
        ],
        &[
            ("tcp_retransmit_pct", "100 * tcp_retransmits / tcp_segments_out"),
            ("tcp_listen_drops_per_s", "1000000 * tcp_listen_drops / interval_us"),
        ],
    ),
    (
        "process",
        &[
            "pid i",
            "start_time t",
            "comm s",
            "cmdline s",
            "username s",
            "is_kernel b",
            "rss_bytes i",
            "cpu_us i",
            "read_bytes i",
            "write_bytes i",
        ],
        &[],
    ),
];
