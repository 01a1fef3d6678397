//! In how many rows each column has a value, of those that could have one.

use std::collections::HashMap;

use crate::schema::rows::{Cgroup, Disk, Power, Process, Sensor};
use crate::schema::{Row, Rows, Sample, Value, every_table};

/// Columns that are read in some ticks only: that these rows lack them proves nothing.
const SELDOM: &str = "socket.tcp_";

/// Tables that are about the recording, or about what need not happen while it is looked.
pub const OWN: [&str; 4] = ["base", "event", "process_exit", "recorder"];

/// What the rows show.
pub struct Evidence {
    /// By `table.column`: rows with a value, rows that could have one.
    counts: HashMap<String, (usize, usize)>,
    order: Vec<String>,
    /// Interfaces of other network namespaces, and those of them that were described.
    pub interfaces_elsewhere: (usize, usize),
}

impl Evidence {
    /// Counts.
    pub fn of(sample: &Sample) -> Evidence {
        let mut evidence = Evidence { counts: HashMap::new(), order: vec![], interfaces_elsewhere: (0, 0) };
        macro_rules! each {
            ($($name:ident: $row:ident),*) => { $(evidence.count(&sample.$name);)* };
        }
        every_table!(each);
        let elsewhere = || sample.network.iter().filter(|row| row.netns.is_some());
        let described = elsewhere().filter(|row| row.interface_index.is_some()).count();
        evidence.interfaces_elsewhere = (elsewhere().count(), described);
        evidence.count_where(&sample.process, could_process);
        evidence.count_where(&sample.cgroup, |group: &Cgroup, _| &*group.path != "/");
        evidence.count_where(&sample.disk, |disk: &Disk, column| {
            !(column.starts_with("flush") && disk.kind.as_deref() == Some("partition"))
        });
        evidence.count_where(&sample.sensor, could_sensor);
        // Supplies count no energy.
        evidence.count_where(&sample.power, |power: &Power, column| {
            column != "energy_uj" || power.counted.is_some()
        });
        evidence
    }

    fn count<R: Row>(&mut self, rows: &Rows<R>) {
        self.count_where(rows, |_, _| true);
    }

    fn count_where<R: Row>(&mut self, rows: &Rows<R>, could: impl Fn(&R, &str) -> bool) {
        let table = R::table();
        if rows.is_empty() || OWN.contains(&table.name) {
            return;
        }
        for (at, column) in table.columns.iter().enumerate() {
            let name = format!("{}.{}", table.name, column.name);
            if !self.counts.contains_key(&name) {
                self.order.push(name.clone());
            }
            let able = rows.iter().filter(|row| could(row, column.name));
            let (mut known, mut all) = (0, 0);
            for row in able {
                all += 1;
                known += usize::from(row.values().get(at).is_some_and(|value| *value != Value::Unknown));
            }
            self.counts.insert(name, (known, all));
        }
    }

    /// Whether each row that could have a value has one. What has no rows is no column's fault.
    pub fn is_known(&self, column: &str) -> bool {
        self.counts.get(column).is_none_or(|(known, all)| known == all)
    }

    /// Whether no row has a value.
    pub fn is_unknown(&self, column: &str) -> bool {
        self.counts.get(column).is_some_and(|(known, all)| *known == 0 && *all > 0)
    }

    /// Whether some rows have one and some have none.
    pub fn is_partly(&self, column: &str) -> bool {
        !self.is_known(column) && !self.is_unknown(column)
    }

    /// Whether a table has rows.
    pub fn has_rows(&self, table: &str) -> bool {
        self.order.iter().any(|column| column.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')))
    }

    /// In how many rows the worst of these columns is NULL, in words.
    pub fn share(&self, columns: &[String]) -> Option<String> {
        let counts = columns.iter().filter_map(|column| self.counts.get(column));
        let (known, all) = counts.min_by_key(|(known, all)| known * 1000 / (*all).max(1))?;
        Some(format!("NULL in {} of {all} rows", all - known))
    }

    /// The columns that no row has a value in.
    pub fn unknown(&self) -> Vec<String> {
        let none = |column: &&String| self.counts.get(*column).is_some_and(|(known, _)| *known == 0);
        let unknown = self.order.iter().filter(none);
        unknown.filter(|column| !column.starts_with(SELDOM)).cloned().collect()
    }

    /// How many columns were looked at.
    pub fn columns(&self) -> usize {
        self.order.len()
    }
}

/// Whether a process has what a column tells, for anybody who may see it.
fn could_process(row: &Process, column: &str) -> bool {
    let is_kernel = row.is_kernel == Some(true);
    let has_ended = matches!(row.state.as_deref(), Some("Z" | "X"));
    match column {
        "exe" | "cmdline" | "open_files" | "pss_bytes" => !is_kernel && !has_ended,
        "rss_anon_bytes" | "rss_file_bytes" | "rss_shmem_bytes" | "rss_peak_bytes" | "shared_bytes"
        | "swap_bytes" => !is_kernel && !has_ended,
        "block_delay_us" => row.threads == Some(1) && !has_ended,
        "wchan" => row.state.as_deref() == Some("D"),
        _ => !has_ended,
    }
}

/// Whether a sensor measures what a column tells.
fn could_sensor(row: &Sensor, column: &str) -> bool {
    match column {
        "temperature_celsius" => row.sensor.starts_with("temp"),
        "fan_rpm" => row.sensor.starts_with("fan"),
        "voltage_volts" => row.sensor.starts_with("in"),
        "current_amperes" => row.sensor.starts_with("curr"),
        "power_watts" => row.sensor.starts_with("power"),
        _ => true,
    }
}
