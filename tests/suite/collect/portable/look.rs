//! What two sets of collectors say of the same host: the portable ones between two looks of the native
//! ones, so that what moves meanwhile has a range.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use sysray::collect::{
    Collector, CpuCollector, DiskCollector, FilesystemCollector, Host, HostCollector, MemoryCollector,
    NetworkCollector, ProcessCollector, Settings, SystemCollector, by_name_services, portable,
    portable_inventory,
};
use sysray::schema::{Row, Rows, Sample, Value};

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Unknown,
    Number(f64),
    Word(String),
}

impl Cell {
    pub fn number(&self) -> Option<f64> {
        if let Cell::Number(number) = self { Some(*number) } else { None }
    }
}

/// A row, by column.
pub type Cells = BTreeMap<&'static str, Cell>;

/// Rows by table and key.
pub type Looked = BTreeMap<&'static str, BTreeMap<String, Cells>>;

/// Three looks, one shortly after the other.
pub struct Round {
    pub before: Looked,
    pub portable: Looked,
    pub after: Looked,
}

/// Two rounds with a second between them, by the same portable collectors.
pub fn rounds() -> [Round; 2] {
    let mut set = portable(&Settings::default());
    set.push(portable_inventory());
    let mut host = patient();
    let mut round = |now: u64| {
        host.now = Duration::from_secs(now);
        Round { before: native(), portable: look(&mut set, &mut host), after: native() }
    };
    let first = round(0);
    std::thread::sleep(Duration::from_secs(1));
    [first, round(1)]
}

/// A host whose answers are waited for.
fn patient() -> Host {
    let mut host = Host::here();
    host.patience = Duration::from_secs(20);
    host
}

/// By collectors that have not looked before, so that all is read.
fn native() -> Looked {
    let settings = Settings::default();
    let mut set: Vec<Box<dyn Collector>> = vec![
        Box::new(ProcessCollector::new(&settings).with_directory(by_name_services)),
        Box::new(CpuCollector::default()),
        Box::new(MemoryCollector),
        Box::new(NetworkCollector::default()),
        Box::new(SystemCollector),
        Box::new(DiskCollector::default()),
        Box::new(FilesystemCollector::default()),
        Box::new(HostCollector),
    ];
    look(&mut set, &mut patient())
}

fn look(set: &mut [Box<dyn Collector>], host: &mut Host) -> Looked {
    let mut sample = Sample::default();
    for collector in set {
        collector.collect(host, &mut sample).unwrap();
    }
    let mut looked = Looked::new();
    add(&mut looked, &sample.system, |_| String::new());
    add(&mut looked, &sample.cpu, |_| String::new());
    add(&mut looked, &sample.cpu_core, |row| row.cpu.to_string());
    add(&mut looked, &sample.memory, |_| String::new());
    add(&mut looked, &sample.disk, |row| row.device.to_string());
    add(&mut looked, &sample.filesystem, |row| row.mount.to_string());
    // Others' interfaces are in the recorder's own set alone.
    let own: Rows<_> =
        sample.network.iter().filter(|row| row.netns.is_none()).cloned().collect::<Vec<_>>().into();
    add(&mut looked, &own, |row| row.interface.to_string());
    add(&mut looked, &sample.process, |row| row.pid.to_string());
    add(&mut looked, &sample.host, |_| String::new());
    looked
}

fn add<R: Row>(looked: &mut Looked, rows: &Rows<R>, key: impl Fn(&R) -> String) {
    let table = R::table();
    let cells = |row: &R| -> Cells {
        let values = row.values().into_iter().map(|value| match value {
            Value::Unknown => Cell::Unknown,
            Value::Text(text) => Cell::Word(text.into()),
            Value::Bool(is) => Cell::Number(f64::from(u8::from(is))),
            number => Cell::Number(number.as_f64().unwrap()),
        });
        table.columns.iter().map(|column| column.name).zip(values).collect()
    };
    let into = looked.entry(table.name).or_default();
    for row in rows.iter() {
        let two = into.insert(key(row), cells(row));
        assert_eq!(two, None, "two rows of {} with one key", table.name);
    }
}
