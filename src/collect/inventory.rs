//! `host` from many small files: what the machine is. Read when a recording or a part of one starts.

use std::collections::HashSet;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::mount::{parse_mountinfo, read_mountinfo};
use super::parse::{int, pairs};
use super::virtualisation::{Evidence, container_runtime, hypervisor};
use super::{Collector, Error, Host};
use crate::schema::rows::Host as Row;
use crate::schema::{Micros, Sample, Text};

/// Reads what the machine is.
#[derive(Default)]
pub struct HostCollector;

impl Collector for HostCollector {
    fn name(&self) -> &'static str {
        "host"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["host"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let mut row = Row {
            hostname: text(host, "proc/sys/kernel/hostname").or_else(|| text(host, "etc/hostname")),
            machine_id: machine_id(host).map(|id| hashed(&id).into()),
            boot_id: text(host, "proc/sys/kernel/random/boot_id"),
            kernel: text(host, "proc/sys/kernel/osrelease"),
            architecture: text(host, "proc/sys/kernel/arch").or(Some(std::env::consts::ARCH.into())),
            clocksource: text(host, &format!("{CLOCKSOURCE}/current_clocksource")),
            transparent_huge_pages: text(host, "sys/kernel/mm/transparent_hugepage/enabled")
                .and_then(|modes| chosen(&modes).map(Text::from)),
            governor: text(host, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            numa_nodes: numa_nodes(host)?,
            timezone: timezone(host),
            sysray_version: Some(env!("CARGO_PKG_VERSION").into()),
            collector: Some("linux".into()),
            ..Row::default()
        };
        if let Some(stat) = text(host, "proc/stat") {
            row.boot_time = value(&stat, "btime").and_then(int).map(|s| Micros(s.saturating_mul(1_000_000)));
        }
        if let Some(meminfo) = text(host, "proc/meminfo") {
            let kib = value(&meminfo, "MemTotal").and_then(|v| int(v.trim_end_matches("kB")));
            row.memory_bytes = kib.map(|kib| kib.saturating_mul(1024));
        }
        if let Some(release) = text(host, "etc/os-release").or_else(|| text(host, "usr/lib/os-release")) {
            let of = |key: &str| parse_os_release(&release, key).map(Text::from);
            row.os = of("NAME").or_else(|| of("ID"));
            row.os_version = of("VERSION_ID").or_else(|| of("BUILD_ID"));
        }
        let processors = parse_cpuinfo(&text(host, "proc/cpuinfo").unwrap_or_default());
        row.cpu_model = processors.model.as_deref().map(Text::from);
        row.threads = processors.threads;
        (row.sockets, row.cores) = match (processors.sockets, processors.cores) {
            (None, _) | (_, None) => topology(host)?,
            told => told,
        };
        surroundings(host, &processors, &mut row);
        sample.host.push(row);
        Ok(())
    }
}

const CLOCKSOURCE: &str = "sys/devices/system/clocksource/clocksource0";

/// A small file's text without the space around it; unknown where it cannot be read or says nothing.
fn text(host: &mut Host, path: &str) -> Option<Text> {
    let path = match path.split_once('/') {
        Some(("proc", file)) => host.proc_path(file),
        Some(("sys", file)) => host.sys_path(file),
        _ => host.root_path(path),
    };
    let text = host.read(path).ok()?.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.into())
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    pairs(text).find(|(k, _)| *k == key).map(|(_, rest)| rest)
}

fn machine_id(host: &mut Host) -> Option<String> {
    let id = text(host, "etc/machine-id").or_else(|| text(host, "var/lib/dbus/machine-id"))?;
    // An image that was not started yet says `uninitialized`: the same on each.
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then(|| id.to_ascii_lowercase())
}

/// The first 128 bits of SHA-256 over `sysray` and the id, in hexadecimal. It must never change:
/// recordings of one machine are told by it. The id itself, which other programs take for a secret,
/// cannot be had from it.
fn hashed(id: &str) -> String {
    let hash = Sha256::new().chain_update("sysray").chain_update(id).finalize();
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The chosen word of `always [madvise] never`.
fn chosen(modes: &str) -> Option<&str> {
    Some(modes.split_once('[')?.1.split_once(']')?.0)
}

/// A value of os-release(5), without its quotes.
fn parse_os_release<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
    let value = value.trim();
    let bare = ['"', '\''].into_iter().find_map(|q| value.strip_prefix(q)?.strip_suffix(q));
    Some(bare.unwrap_or(value)).filter(|value| !value.is_empty())
}

/// What `/proc/cpuinfo` tells.
#[derive(Default)]
struct Processors {
    model: Option<String>,
    sockets: Option<i64>,
    cores: Option<i64>,
    threads: Option<i64>,
    /// Whether the CPU says that a hypervisor is below it; `None` where CPUs have no such flag.
    hypervisor: Option<bool>,
}

fn parse_cpuinfo(text: &str) -> Processors {
    let mut found = Processors::default();
    let [mut sockets, mut cores] = [const { None::<HashSet<(i64, i64)>> }; 2];
    let mut socket = 0;
    let mut threads = 0;
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (key.trim(), value.trim());
        match key {
            "processor" if int(value).is_some() => threads += 1,
            "physical id" => {
                socket = int(value).unwrap_or(0);
                sockets.get_or_insert_default().insert((socket, 0));
            }
            "core id" => {
                cores.get_or_insert_default().insert((socket, int(value).unwrap_or(0)));
            }
            "flags" => found.hypervisor = Some(value.split(' ').any(|flag| flag == "hypervisor")),
            // x86 and many others; MIPS; POWER.
            "model name" | "cpu model" | "cpu" if found.model.is_none() && !value.is_empty() => {
                found.model = Some(value.into());
            }
            _ => {}
        }
    }
    let count = |set: Option<HashSet<(i64, i64)>>| set.map(|set| set.len() as i64);
    (found.sockets, found.cores) = (count(sockets), count(cores));
    found.threads = (threads > 0).then_some(threads);
    found
}

/// Sockets and cores as sysfs has them, for CPUs whose cpuinfo does not tell.
fn topology(host: &mut Host) -> Result<(Option<i64>, Option<i64>), Error> {
    let (mut sockets, mut cores) = (HashSet::new(), HashSet::new());
    for cpu in host.numbers("devices/system/cpu", "cpu")? {
        let folder = format!("sys/devices/system/cpu/cpu{cpu}/topology");
        let mut id = |file| text(host, &format!("{folder}/{file}")).as_deref().and_then(int);
        let (Some(socket), Some(core)) = (id("physical_package_id"), id("core_id")) else { continue };
        sockets.insert(socket);
        cores.insert((socket, core));
    }
    let count = |n: usize| (n > 0).then_some(n as i64);
    Ok((count(sockets.len()), count(cores.len())))
}

fn numa_nodes(host: &mut Host) -> Result<Option<i64>, Error> {
    let nodes = host.numbers("devices/system/node", "node")?.len();
    Ok((nodes > 0).then_some(nodes as i64))
}

/// The zone by the link of `/etc/localtime`, or as Debian writes it down.
fn timezone(host: &mut Host) -> Option<Text> {
    host.count_read();
    let link = std::fs::read_link(host.root_path("etc/localtime")).ok();
    let zone = link.as_deref().and_then(Path::to_str).and_then(|link| link.split_once("zoneinfo/"));
    zone.map(|(_, zone)| zone.into()).or_else(|| text(host, "etc/timezone"))
}

/// What it runs in.
fn surroundings(host: &mut Host, processors: &Processors, row: &mut Row) {
    let dmi = ["sys_vendor", "product_name", "board_vendor", "bios_vendor"]
        .map(|file| text(host, &format!("sys/class/dmi/id/{file}")).unwrap_or_default())
        .join("\n");
    let mounts = read_mountinfo(host).map(|(text, _)| parse_mountinfo(&text)).unwrap_or_default();
    let bound = |file: &str| mounts.iter().any(|mount| mount.path == file);
    let evidence = Evidence {
        cpu_flag: processors.hypervisor,
        hypervisor_type: text(host, "sys/hypervisor/type"),
        dmi,
        clocksources: text(host, &format!("{CLOCKSOURCE}/available_clocksource")),
        container_word: text(host, "run/systemd/container").or_else(|| {
            let environment = text(host, "proc/1/environ")?;
            environment.split('\0').find_map(|pair| pair.strip_prefix("container=")).map(Text::from)
        }),
        kubernetes: host.root_path("var/run/secrets/kubernetes.io").exists(),
        podman: host.root_path("run/.containerenv").exists(),
        docker: host.root_path(".dockerenv").exists() && (bound("/etc/hosts") || bound("/etc/hostname")),
    };
    row.container_runtime = container_runtime(&evidence).map(Text::from);
    row.virtualisation = match (hypervisor(&evidence), &row.container_runtime) {
        (None | Some("none"), Some(_)) => Some("container".into()),
        (machine, _) => machine.map(Text::from),
    };
}
