//! `numa` from `/sys/devices/system/node`: what each node's `meminfo`, `numastat` and `cpulist` say
//! (Documentation/ABI/stable/sysfs-devices-node, Documentation/admin-guide/numastat.rst).

use super::kept::Kept;
use super::parse::{int, pairs};
use super::{Collector, Error, Host};
use crate::schema::rows::Numa;
use crate::schema::{Sample, Text};

const FOLDER: &str = "devices/system/node";

/// Reads the memory of NUMA nodes.
#[derive(Default)]
pub struct NumaCollector {
    nodes: Vec<Node>,
}

/// A node and its files.
struct Node {
    number: i64,
    meminfo: Kept,
    numastat: Kept,
    cpulist: Kept,
    /// What `cpulist` said.
    cpus: Option<Text>,
}

impl Collector for NumaCollector {
    fn name(&self) -> &'static str {
        "numa"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["numa"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let numbers = host.numbers(FOLDER, "node")?;
        if self.nodes.iter().map(|node| node.number).ne(numbers.iter().copied()) {
            self.nodes = numbers.into_iter().map(Node::new).collect();
        }
        let is_counted =
            !self.nodes.is_empty() && host.proc_if_any("sys/vm/numa_stat")?.and_then(int) != Some(0);
        for node in &mut self.nodes {
            if let Some(row) = node.read(host, is_counted)? {
                sample.numa.push(row);
            }
        }
        Ok(())
    }
}

impl Node {
    fn new(number: i64) -> Self {
        let [meminfo, numastat, cpulist] = Default::default();
        Node { number, meminfo, numastat, cpulist, cpus: None }
    }

    /// Its row; none where it has no `meminfo`, as one that was just taken away.
    fn read(&mut self, host: &mut Host, is_counted: bool) -> Result<Option<Numa>, Error> {
        let number = self.number;
        let mut read = |kept: &mut Kept, file: &str, take: &mut dyn FnMut(&str)| {
            match host.reread(kept, |host| host.sys_path(&format!("{FOLDER}/node{number}/{file}"))) {
                Ok(text) => take(text),
                Err(error) if error.is_unknown() => {}
                Err(error) => return Err(error),
            }
            Ok(())
        };
        let mut row = Numa { node: number, ..Numa::default() };
        read(&mut self.meminfo, "meminfo", &mut |text| parse_meminfo(text, &mut row))?;
        if row.total_bytes.is_none() {
            return Ok(None);
        }
        if is_counted {
            read(&mut self.numastat, "numastat", &mut |text| parse_numastat(text, &mut row))?;
        }
        let cpus = &mut self.cpus;
        read(&mut self.cpulist, "cpulist", &mut |text| {
            let text = text.trim();
            if cpus.as_deref().unwrap_or_default() != text {
                *cpus = (!text.is_empty()).then(|| text.into());
            }
        })?;
        row.cpus = cpus.clone();
        Ok(Some(row))
    }
}

/// A node's `meminfo`: lines such as `Node 0 MemFree:  4707796 kB`, those of huge pages without a unit.
pub fn parse_meminfo(text: &str, row: &mut Numa) {
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace().skip(2);
        let (Some(key), Some(number)) = (words.next(), words.next().and_then(int)) else { continue };
        let key = key.trim_end_matches(':');
        match words.next() {
            Some("kB") => {
                if let Some(bytes) = bytes_of(row, key) {
                    *bytes = Some(number.saturating_mul(1024));
                }
            }
            _ => match key {
                "HugePages_Total" => row.huge_pages_total = Some(number),
                "HugePages_Free" => row.huge_pages_free = Some(number),
                "HugePages_Surp" => row.huge_pages_surplus = Some(number),
                _ => {}
            },
        }
    }
}

fn bytes_of<'a>(row: &'a mut Numa, key: &str) -> Option<&'a mut Option<i64>> {
    Some(match key {
        "MemTotal" => &mut row.total_bytes,
        "MemFree" => &mut row.free_bytes,
        "FilePages" => &mut row.file_bytes,
        "AnonPages" => &mut row.anon_bytes,
        "Mapped" => &mut row.mapped_bytes,
        "Shmem" => &mut row.shmem_bytes,
        "Dirty" => &mut row.dirty_bytes,
        "Writeback" => &mut row.writeback_bytes,
        "Active" => &mut row.active_bytes,
        "Inactive" => &mut row.inactive_bytes,
        "Active(anon)" => &mut row.active_anon_bytes,
        "Inactive(anon)" => &mut row.inactive_anon_bytes,
        "Active(file)" => &mut row.active_file_bytes,
        "Inactive(file)" => &mut row.inactive_file_bytes,
        "Unevictable" => &mut row.unevictable_bytes,
        "Mlocked" => &mut row.mlocked_bytes,
        "SwapCached" => &mut row.swap_cached_bytes,
        "Slab" => &mut row.slab_bytes,
        "SReclaimable" => &mut row.slab_reclaimable_bytes,
        "SUnreclaim" => &mut row.slab_unreclaimable_bytes,
        "KReclaimable" => &mut row.kernel_reclaimable_bytes,
        "KernelStack" => &mut row.kernel_stack_bytes,
        "PageTables" => &mut row.page_tables_bytes,
        "AnonHugePages" => &mut row.anon_huge_pages_bytes,
        _ => return None,
    })
}

/// A node's `numastat`: lines of a name and how many pages.
pub fn parse_numastat(text: &str, row: &mut Numa) {
    for (key, pages) in pairs(text) {
        let total = match key {
            "numa_hit" => &mut row.numa_hit,
            "numa_miss" => &mut row.numa_miss,
            "numa_foreign" => &mut row.numa_foreign,
            "interleave_hit" => &mut row.interleave_hit,
            "local_node" => &mut row.local_node,
            "other_node" => &mut row.other_node,
            _ => continue,
        };
        *total = int(pages);
    }
}
