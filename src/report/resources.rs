//! Utilisation, saturation and errors of each resource. Which measure is which is said here; what
//! it is, in the question that finds it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Error;
use super::ask::{At, Inquiry, Question, question};
use super::gather::Zone;
use super::model::{ErrorCount, Measure, Resource, ResourceKind};

/// What is asked of one kind of resource. The order of measures is that of the report.
struct Inquest {
    kind: ResourceKind,
    question: Question,
    utilisation: &'static [&'static str],
    saturation: &'static [&'static str],
}

const INQUESTS: [Inquest; 7] = [
    Inquest {
        kind: ResourceKind::Cpu,
        question: question!("cpu"),
        utilisation: &["busy_pct"],
        saturation: &["cpu_some_pct", "queued_tasks", "steal_pct"],
    },
    Inquest {
        kind: ResourceKind::Memory,
        question: question!("memory"),
        utilisation: &["used_pct"],
        saturation: &["memory_some_pct", "memory_full_pct", "swap_out_bytes_per_s"],
    },
    Inquest {
        kind: ResourceKind::Disk,
        question: question!("disk"),
        utilisation: &["busy_pct"],
        saturation: &["io_some_pct", "io_full_pct", "queue_length", "latency_us"],
    },
    Inquest {
        kind: ResourceKind::Filesystem,
        question: question!("filesystem"),
        utilisation: &["used_pct", "inodes_used_pct"],
        saturation: &[],
    },
    Inquest {
        kind: ResourceKind::Network,
        question: question!("network"),
        utilisation: &["utilisation_pct", "bytes_per_s"],
        saturation: &["dropped_per_s"],
    },
    Inquest {
        kind: ResourceKind::Tcp,
        question: question!("tcp"),
        utilisation: &["tcp_established"],
        saturation: &["tcp_listen_drops_per_s", "tcp_retransmit_pct"],
    },
    Inquest {
        kind: ResourceKind::KernelTable,
        question: question!("kernel_table"),
        utilisation: &["used_pct"],
        saturation: &[],
    },
];

/// Kinds of which every host has one: they are told even where nothing is known of them.
const ALWAYS: [ResourceKind; 3] = [ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Tcp];

#[derive(Deserialize)]
struct MeasureRow {
    name: String,
    entity: String,
    measure: String,
    samples: i64,
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
    max_ts: At,
}

#[derive(Deserialize)]
struct ErrorRow {
    resource: ResourceKind,
    name: String,
    entity: String,
    measure: String,
    count: Option<i64>,
}

pub(super) fn resources(inquiry: &Inquiry, clock: &Zone) -> Result<Vec<Resource>, Error> {
    let mut found: BTreeMap<(ResourceKind, String, String), Resource> = BTreeMap::new();
    let none = |kind, name: &str, entity: &str| Resource {
        kind,
        name: name.into(),
        entity: entity.into(),
        utilisation: Vec::new(),
        saturation: Vec::new(),
        errors: Vec::new(),
    };
    for kind in ALWAYS {
        found.insert((kind, String::new(), String::new()), none(kind, "", ""));
    }
    for inquest in INQUESTS {
        for row in measured(inquiry, inquest.question)? {
            let key = (inquest.kind, row.name.clone(), row.entity.clone());
            let resource = found.entry(key).or_insert_with(|| none(inquest.kind, &row.name, &row.entity));
            let saturates = inquest.saturation.contains(&row.measure.as_str());
            let list = if saturates { &mut resource.saturation } else { &mut resource.utilisation };
            list.push(measure(row, clock));
        }
        let place = |m: &Measure| {
            let all = inquest.utilisation.iter().chain(inquest.saturation);
            all.clone().position(|name| *name == m.measure)
        };
        for resource in found.values_mut().filter(|r| r.kind == inquest.kind) {
            resource.utilisation.sort_by_key(place);
            resource.saturation.sort_by_key(place);
        }
    }
    let mut resources: Vec<Resource> = found.into_values().collect();
    for row in inquiry.rows::<ErrorRow>(question!("errors"))? {
        // An event names a disk, not which of those that had the name.
        let same = |r: &&mut Resource| {
            r.kind == row.resource
                && r.name == row.name
                && (r.entity == row.entity || r.kind == ResourceKind::Disk)
        };
        if let Some(resource) = resources.iter_mut().find(same) {
            resource.errors.push(ErrorCount { measure: row.measure, count: row.count });
        }
    }
    Ok(resources)
}

fn measured(inquiry: &Inquiry, question: Question) -> Result<Vec<MeasureRow>, Error> {
    let quantiles = question!("quantiles");
    let sql = format!("with measured as (\n{}\n)\n{}", question.sql, quantiles.sql);
    inquiry.rows_of(question, &sql)
}

fn measure(row: MeasureRow, clock: &Zone) -> Measure {
    Measure {
        measure: row.measure,
        samples: row.samples,
        p50: row.p50,
        p95: row.p95,
        p99: row.p99,
        max: row.max,
        max_at: clock.moment(row.max_ts.0),
    }
}
