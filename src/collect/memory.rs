//! `memory` from `/proc/meminfo`, `/proc/vmstat` and ZFS's `arcstats`: proc_meminfo(5), proc_vmstat(5).
//!
//! Names that changed with the kernel are brought together here; nothing is estimated.

use super::parse::{int, ints, pairs};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Memory;

/// Reads memory and paging.
#[derive(Default)]
pub struct MemoryCollector;

impl Collector for MemoryCollector {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["memory"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let page_bytes = host.units.page_bytes;
        let path = host.proc_path("meminfo");
        let mut memory = parse_meminfo(host.proc("meminfo")?);
        if memory.total_bytes.is_none() {
            return Err(Error::Parse { path, what: "no MemTotal".into() });
        }
        if let Some(text) = host.proc_if_any("vmstat")? {
            parse_vmstat(text, page_bytes, &mut memory);
        }
        memory.zfs_arc_bytes = host.proc_if_any("spl/kstat/zfs/arcstats")?.and_then(parse_arcstats);
        sample.memory.push(memory);
        Ok(())
    }
}

/// `/proc/meminfo`. A size without its `kB` was cut short, and is unknown.
pub fn parse_meminfo(text: &str) -> Memory {
    let mut memory = Memory::default();
    for (key, rest) in pairs(text) {
        if let Some(pages) = pages_of(&mut memory, key) {
            *pages = int(rest);
        } else if let Some(bytes) = bytes_of(&mut memory, key) {
            let kib = rest.strip_suffix("kB").and_then(int).filter(|kib| *kib >= 0);
            *bytes = kib.map(|kib| kib.saturating_mul(1024));
        }
    }
    // Kernels that gave up counting it print 0; it is never 0 in truth.
    memory.vmalloc_used_bytes = memory.vmalloc_used_bytes.filter(|bytes| *bytes > 0);
    memory
}

fn pages_of<'a>(memory: &'a mut Memory, key: &str) -> Option<&'a mut Option<i64>> {
    Some(match key {
        "HugePages_Total" => &mut memory.huge_pages_total,
        "HugePages_Free" => &mut memory.huge_pages_free,
        "HugePages_Rsvd" => &mut memory.huge_pages_reserved,
        "HugePages_Surp" => &mut memory.huge_pages_surplus,
        _ => return None,
    })
}

fn bytes_of<'a>(memory: &'a mut Memory, key: &str) -> Option<&'a mut Option<i64>> {
    Some(match key {
        "MemTotal" => &mut memory.total_bytes,
        "MemFree" => &mut memory.free_bytes,
        "MemAvailable" => &mut memory.available_bytes,
        "Buffers" => &mut memory.buffers_bytes,
        "Cached" => &mut memory.cached_bytes,
        "SwapCached" => &mut memory.swap_cached_bytes,
        "Active" => &mut memory.active_bytes,
        "Inactive" => &mut memory.inactive_bytes,
        "Active(anon)" => &mut memory.active_anon_bytes,
        "Inactive(anon)" => &mut memory.inactive_anon_bytes,
        "Active(file)" => &mut memory.active_file_bytes,
        "Inactive(file)" => &mut memory.inactive_file_bytes,
        "Unevictable" => &mut memory.unevictable_bytes,
        "Mlocked" => &mut memory.mlocked_bytes,
        "SwapTotal" => &mut memory.swap_total_bytes,
        "SwapFree" => &mut memory.swap_free_bytes,
        "Dirty" => &mut memory.dirty_bytes,
        "Writeback" => &mut memory.writeback_bytes,
        "AnonPages" => &mut memory.anon_bytes,
        "Mapped" => &mut memory.mapped_bytes,
        "Shmem" => &mut memory.shmem_bytes,
        "Slab" => &mut memory.slab_bytes,
        "SReclaimable" => &mut memory.slab_reclaimable_bytes,
        "SUnreclaim" => &mut memory.slab_unreclaimable_bytes,
        "KReclaimable" => &mut memory.kernel_reclaimable_bytes,
        "KernelStack" => &mut memory.kernel_stack_bytes,
        "PageTables" => &mut memory.page_tables_bytes,
        "SecPageTables" => &mut memory.secondary_page_tables_bytes,
        "Percpu" => &mut memory.percpu_bytes,
        "VmallocUsed" => &mut memory.vmalloc_used_bytes,
        "CommitLimit" => &mut memory.commit_limit_bytes,
        "Committed_AS" => &mut memory.committed_bytes,
        "AnonHugePages" => &mut memory.anon_huge_pages_bytes,
        "Hugepagesize" => &mut memory.huge_page_size_bytes,
        "Hugetlb" => &mut memory.hugetlb_bytes,
        "HardwareCorrupted" => &mut memory.hardware_corrupted_bytes,
        "Zswap" => &mut memory.zswap_bytes,
        "Zswapped" => &mut memory.zswapped_bytes,
        "Balloon" => &mut memory.balloon_bytes,
        _ => return None,
    })
}

/// Fills in what `/proc/vmstat` knows, counters as totals. Pages become bytes by `page_bytes`.
pub fn parse_vmstat(text: &str, page_bytes: i64, memory: &mut Memory) {
    let [mut faults, mut inflated, mut deflated] = [None; 3];
    for (key, rest) in pairs(text) {
        let Some(n) = int(rest) else { continue };
        match key {
            "nr_dirty_threshold" => memory.dirty_limit_bytes = Some(n.saturating_mul(page_bytes)),
            "pgfault" => faults = Some(n),
            "pgmajfault" => memory.major_faults = Some(n),
            // These two are in KiB, whatever a page is.
            "pgpgin" => memory.paged_in_bytes = Some(n.saturating_mul(1024)),
            "pgpgout" => memory.paged_out_bytes = Some(n.saturating_mul(1024)),
            "pswpin" => memory.swap_in_bytes = Some(n.saturating_mul(page_bytes)),
            "pswpout" => memory.swap_out_bytes = Some(n.saturating_mul(page_bytes)),
            "compact_stall" => memory.compaction_stalls = Some(n),
            "workingset_refault_anon" => memory.refaults_anon = Some(n),
            // Before Linux 5.9 only files refaulted, and the name told nothing.
            "workingset_refault_file" | "workingset_refault" => memory.refaults_file = Some(n),
            "thp_fault_fallback" => memory.thp_fault_fallbacks = Some(n),
            "oom_kill" => memory.oom_kills = Some(n),
            "balloon_inflate" => inflated = Some(n),
            "balloon_deflate" => deflated = Some(n),
            _ => {
                if let Some(sum) = sum_of(memory, key) {
                    *sum = Some(sum.unwrap_or(0).saturating_add(n));
                }
            }
        }
    }
    memory.minor_faults = faults.zip(memory.major_faults).map(|(all, major)| all - major);
    // Drivers that do not count (Hyper-V's, Xen's) leave a 0, as does one that has taken nothing yet.
    let ballooned =
        inflated.filter(|n| *n > 0).zip(deflated).map(|(i, d)| (i - d).max(0).saturating_mul(page_bytes));
    memory.balloon_bytes = memory.balloon_bytes.or(ballooned);
}

/// Counters that some kernels keep as one, some by zone (`pgscan_kswapd_dma32`), some by cause.
///
/// `pgscan_anon`, `pgscan_file` and their like divide the same pages again, and
/// `pgscan_direct_throttle` counts waits: none of them belongs to a sum.
fn sum_of<'a>(memory: &'a mut Memory, key: &str) -> Option<&'a mut Option<i64>> {
    const ZONES: [&str; 7] = ["", "_dma", "_dma32", "_normal", "_high", "_movable", "_device"];
    let by_zone = |stem: &str| key.strip_prefix(stem).is_some_and(|zone| ZONES.contains(&zone));
    if by_zone("allocstall") {
        Some(&mut memory.allocation_stalls)
    } else if by_zone("pgscan_kswapd") {
        Some(&mut memory.pages_scanned_kswapd)
    } else if by_zone("pgscan_direct") {
        Some(&mut memory.pages_scanned_direct)
    } else if ["pgsteal_kswapd", "pgsteal_direct", "pgsteal_khugepaged", "pgsteal_proactive"]
        .into_iter()
        .any(by_zone)
    {
        Some(&mut memory.pages_reclaimed)
    } else {
        None
    }
}

/// The size of ZFS's cache in bytes, from lines of name, type and number.
pub fn parse_arcstats(text: &str) -> Option<i64> {
    pairs(text).find(|(name, _)| *name == "size").and_then(|(_, rest)| ints(rest).nth(1))
}
