//! node_exporter: all series of all names that the schema has for it, summed up over labels that we have not.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sysray::export::prometheus::{Names, metric};
use sysray::schema::{Column, Kind, TABLES, Table, Type};

use super::held::Difference;
use super::pairs::FAMILIES;
use super::recorded::Recorded;
use super::started::{Started, epoch};

/// A running exporter.
pub struct Exporter {
    port: u16,
    _started: Started,
}

/// What it said once: values by name and labels.
pub struct Scrape {
    at: f64,
    series: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// What is asked for beyond what it shows by itself.
const ALL: [&str; 8] = [
    "--collector.interrupts",
    "--collector.meminfo_numa",
    "--collector.processes",
    "--collector.netdev.device-exclude=^$",
    // Such that stand ready for anybody, and nobody uses, have no rows of ours.
    "--collector.diskstats.device-exclude=^(loop|ram|zram)[0-9]+$",
    "--collector.vmstat.fields=.*",
    "--collector.netstat.fields=.*",
    "--no-collector.systemd",
];

impl Exporter {
    pub fn start() -> Exporter {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // It ends by itself where the test has no time to see to that.
        let mut command = Command::new("timeout");
        command.args(["200", "prometheus-node-exporter", &format!("--web.listen-address=127.0.0.1:{port}")]);
        command.args(ALL).stdout(Stdio::null()).stderr(Stdio::null());
        let exporter = Exporter { port, _started: Started::new(&mut command) };
        let patience = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < patience, "node_exporter does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        // Its first answer takes longer than others.
        exporter.scrape();
        exporter
    }

    /// What it says now. It looks at all within the time that it takes to answer.
    pub fn scrape(&self) -> Scrape {
        let begin = epoch();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let at = (begin + epoch()) / 2.0;
        assert!(text.starts_with("HTTP/1.0 200") || text.starts_with("HTTP/1.1 200"), "{text}");
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        Scrape { at, series: body.lines().filter(|line| line.starts_with("node_")).map(series).collect() }
    }
}

/// `name{label="value",…} number`
fn series(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (series, number) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    (name.to_string(), labels_of(labels.trim_end_matches('}')), number.parse().unwrap())
}

/// Those that are empty are as good as none.
fn labels_of(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once("=\"") {
        let (value, more) = behind.split_once('"').unwrap();
        if !value.is_empty() {
            labels.insert(name.trim_start_matches(',').to_string(), value.to_string());
        }
        rest = more;
    }
    labels
}

impl Scrape {
    /// By entity, what a column of ours stands for: labels that our rows have not are summed over.
    fn of(
        &self,
        name: &str,
        fixed: &BTreeMap<String, String>,
        own: &[(&str, &str)],
    ) -> BTreeMap<String, f64> {
        let mut all = BTreeMap::new();
        for (its, labels, value) in &self.series {
            if its == name && fixed.iter().all(|(label, value)| labels.get(label) == Some(value)) {
                let entity: Vec<&str> =
                    own.iter().map(|(label, _)| labels.get(*label).map_or("", String::as_str)).collect();
                *all.entry(entity.join("|")).or_insert(0.0) += value;
            }
        }
        all
    }
}

/// Differences of all that the schema has a name of node_exporter for, and the exporter tells.
pub fn compare(store: &Path, first: &Scrape, last: &Scrape) -> Vec<Difference> {
    let mut found = Vec::new();
    for table in TABLES.iter().filter(|table| table.labels.is_some() && table.tier.is_none()) {
        let columns: Vec<&Column> = table.columns.iter().filter(|c| c.prometheus.is_some()).collect();
        if !columns.is_empty() {
            compare_table(store, table, &columns, (first, last), &mut found);
        }
    }
    found
}

fn compare_table(
    store: &Path,
    table: &Table,
    columns: &[&Column],
    (first, last): (&Scrape, &Scrape),
    found: &mut Vec<Difference>,
) {
    // An interrupt's devices are other words for the exporter.
    let labels: Vec<(&str, &str)> =
        table.labels.unwrap().iter().copied().filter(|(label, _)| *label != "devices").collect();
    let labels = &labels[..];
    let text = |(_, column): &(&str, &str)| format!("coalesce(cast({column} as varchar), '')");
    let entity = labels.iter().map(text).collect::<Vec<_>>().join(" || '|' || ");
    let sql = |column: &&Column| match column.datatype {
        Type::Boolean => format!("cast({} as int)", column.name),
        Type::Timestamp => format!("cast({} as bigint) / 1e6", column.name),
        _ => column.name.to_string(),
    };
    let values: Vec<String> = columns.iter().map(sql).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let ours = Recorded::ask(store, table.name, &entity, "", &values);
    for (place, column) in columns.iter().enumerate() {
        let Some(metric) = metric(table, column, Names::NodeExporter) else { continue };
        let fixed = labels_of(&metric.labels);
        let [before, after] = [first, last].map(|scrape| scrape.of(&metric.name, &fixed, labels));
        let bounds = FAMILIES.iter().find(|family| metric.name.starts_with(family.prefix)).unwrap();
        for (entity, now) in &after {
            let difference = |theirs: f64, ours| Difference {
                tool: "node_exporter",
                column: column.prometheus.unwrap(),
                entity: entity.clone(),
                theirs,
                ours,
                allowed: bounds.absolute.max(bounds.relative * theirs.abs()),
            };
            if column.kind != Kind::Counter {
                let gauges = [(first.at, before.get(entity)), (last.at, Some(now))];
                found.extend(gauges.into_iter().filter_map(|(at, theirs)| {
                    let divided = |value: f64| value / metric.divisor;
                    let own = match column.kind {
                        // What describes the host is told when a part begins.
                        Kind::Info => ours.ever(entity, place),
                        _ => ours.around(entity, at, place),
                    };
                    Some(difference(*theirs?, own.map(|own| own.map(divided))))
                }));
            } else if let Some(before) = before.get(entity) {
                let span = (first.at, last.at);
                let rate = (now - before) / (span.1 - span.0);
                let own = ours.over(entity, span, place, None);
                found.push(difference(rate, own.map(|own| own.map(|value| value / metric.divisor))));
            }
        }
    }
}
