//! `memory` and `pressure` of ten kernels: one host under one load, told by the words of each.
//!
//! The trees are `tests/hosts/kernels/VERSION`. What a cell says is what the column has to be; `-` is NULL. A
//! number that changes along a row shows a kernel that tells apart what those before it told together.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use sysray::collect::{MemoryCollector, PressureCollector};
use sysray::schema::rows::Memory;
use sysray::schema::{Row, Value};

use super::collect;

/// Sizes (`_bytes`) in KiB.
const MEMORY: &str = "
                                 3.10      4.4     4.18      5.4     5.10     5.15      6.1      6.6     6.12     6.18
total_bytes                  16384000 16384000 16384000 16384000 16384000 16384000 16384000 16384000 16384000 16384000
free_bytes                    1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000
available_bytes                     -  9216000  9216000  9216000  9216000  9216000  9216000  9216000  9216000  9216000
buffers_bytes                  204800   204800   204800   204800   204800   204800   204800   204800   204800   204800
cached_bytes                  6144000  6144000  6144000  6144000  6144000  6144000  6144000  6144000  6144000  6144000
swap_cached_bytes                1024     1024     1024     1024     1024     1024     1024     1024     1024     1024
active_bytes                  5120000  5120000  5120000  5120000  5120000  5120000  5120000  5120000  5120000  5120000
inactive_bytes                4096000  4096000  4096000  4096000  4096000  4096000  4096000  4096000  4096000  4096000
active_anon_bytes             3072000  3072000  3072000  3072000  3072000  3072000  3072000  3072000  3072000  3072000
inactive_anon_bytes            512000   512000   512000   512000   512000   512000   512000   512000   512000   512000
active_file_bytes             2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000
inactive_file_bytes           3584000  3584000  3584000  3584000  3584000  3584000  3584000  3584000  3584000  3584000
unevictable_bytes                4096     4096     4096     4096     4096     4096     4096     4096     4096     4096
mlocked_bytes                    2048     2048     2048     2048     2048     2048     2048     2048     2048     2048
swap_total_bytes              2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000  2048000
swap_free_bytes               1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000  1024000
dirty_bytes                      8192     8192     8192     8192     8192     8192     8192     8192     8192     8192
writeback_bytes                   512      512      512      512      512      512      512      512      512      512
anon_bytes                    3276800  3276800  3276800  3276800  3276800  3276800  3276800  3276800  3276800  3276800
mapped_bytes                   409600   409600   409600   409600   409600   409600   409600   409600   409600   409600
shmem_bytes                    102400   102400   102400   102400   102400   102400   102400   102400   102400   102400
slab_bytes                     921600   921600   921600   921600   921600   921600   921600   921600   921600   921600
slab_reclaimable_bytes         614400   614400   614400   614400   614400   614400   614400   614400   614400   614400
slab_unreclaimable_bytes       307200   307200   307200   307200   307200   307200   307200   307200   307200   307200
kernel_reclaimable_bytes            -        -        -   716800   716800   716800   716800   716800   716800   716800
kernel_stack_bytes              16384    16384    16384    16384    16384    16384    16384    16384    16384    16384
page_tables_bytes               40960    40960    40960    40960    40960    40960    40960    40960    40960    40960
secondary_page_tables_bytes         -        -        -        -        -        -     2560     2560     2560     2560
percpu_bytes                        -        -        -     7168     7168     7168     7168     7168     7168     7168
vmalloc_used_bytes              51200        -        -    51200    51200    51200    51200    51200    51200    51200
commit_limit_bytes           10240000 10240000 10240000 10240000 10240000 10240000 10240000 10240000 10240000 10240000
committed_bytes               7168000  7168000  7168000  7168000  7168000  7168000  7168000  7168000  7168000  7168000
anon_huge_pages_bytes         1228800  1228800  1228800  1228800  1228800  1228800  1228800  1228800  1228800  1228800
huge_pages_total                   64       64       64       64       64       64       64       64       64       64
huge_pages_free                    16       16       16       16       16       16       16       16       16       16
huge_pages_reserved                 4        4        4        4        4        4        4        4        4        4
huge_pages_surplus                  2        2        2        2        2        2        2        2        2        2
huge_page_size_bytes             2048     2048     2048     2048     2048     2048     2048     2048     2048     2048
hugetlb_bytes                       -        -   131072   131072   131072   131072   131072   131072   131072   131072
hardware_corrupted_bytes            4        4        4        4        4        4        4        4        4        4
zswap_bytes                         -        -        -        -        -        -    10240    10240    10240    10240
zswapped_bytes                      -        -        -        -        -        -    30720    30720    30720    30720
dirty_limit_bytes               10240    10240    10240    10240    10240    10240    10240    10240    10240    10240
balloon_bytes                       -     8192     8192     8192     8192     8192     8192     8192     8192     8192
zfs_arc_bytes                       -        -        -        -        -        -        -        -        -        -
minor_faults                      900      900      900      900      900      900      900      900      900      900
major_faults                      100      100      100      100      100      100      100      100      100      100
paged_in_bytes                   4000     4000     4000     4000     4000     4000     4000     4000     4000     4000
paged_out_bytes                  9000     9000     9000     9000     9000     9000     9000     9000     9000     9000
swap_in_bytes                      44       44       44       44       44       44       44       44       44       44
swap_out_bytes                     88       88       88       88       88       88       88       88       88       88
pages_scanned_kswapd              800      800      800      800      800      800      800      800      800      800
pages_scanned_direct               90       90       90       90       90       90       90       70       70       62
pages_reclaimed                   640      640      640      640      640      640      640      640      640      640
allocation_stalls                  15       15       15       15       15       15       15       15       15       15
compaction_stalls                   7        7        7        7        7        7        7        7        7        7
refaults_anon                       -        -        -        -        5        5        5        5        5        5
refaults_file                       -       70       70       70       70       70       70       70       70       70
thp_fault_fallbacks                 6        6        6        6        6        6        6        6        6        6
oom_kills                           -        -        2        2        2        2        2        2        2        2
";

/// The totals in microseconds, and the means over ten seconds.
const PRESSURE: &str = "
                 some_us  full_us  some_avg10  full_avg10
 5.4  cpu           4000        -           8           -
 5.4  memory         300      200           4           2
 5.4  io            9000     7000          16          12
 5.10 cpu           4000        -           8           -
 5.10 memory         300      200           4           2
 5.10 io            9000     7000          16          12
 5.15 cpu           4000        -           8           -
 5.15 memory         300      200           4           2
 5.15 io            9000     7000          16          12
 6.1  cpu           4000        -           8           -
 6.1  memory         300      200           4           2
 6.1  io            9000     7000          16          12
 6.1  irq              -       50           -           1
 6.6  cpu           4000        -           8           -
 6.6  memory         300      200           4           2
 6.6  io            9000     7000          16          12
 6.6  irq              -       50           -           1
 6.12 cpu           4000        -           8           -
 6.12 memory         300      200           4           2
 6.12 io            9000     7000          16          12
 6.12 irq              -       50           -           1
 6.18 cpu           4000        -           8           -
 6.18 memory         300      200           4           2
 6.18 io            9000     7000          16          12
 6.18 irq              -       50           -           1
";

/// The kernels along the table's head.
fn kernels() -> Vec<&'static str> {
    MEMORY.trim_start_matches('\n').lines().next().unwrap().split_whitespace().collect()
}

#[test]
fn every_column_of_memory_is_right_or_null_on_every_kernel() {
    let rows: BTreeMap<&str, Memory> = kernels().into_iter().map(|kernel| (kernel, memory(kernel))).collect();
    let mut columns: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for line in MEMORY.lines().skip(2) {
        let (column, cells) = line.split_once(' ').unwrap();
        columns.push(column);
        for (kernel, cell) in kernels().into_iter().zip(cells.split_whitespace()) {
            let told = told(&rows[kernel], column);
            if told != cell {
                wrong.push(format!("{column} on Linux {kernel}: {told}, and should be {cell}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let all: Vec<&str> = Memory::table().columns.iter().map(|column| column.name).collect();
    columns.sort_unstable_by_key(|column| all.iter().position(|name| name == column));
    assert_eq!(columns, all, "the table has a line for each column");
}

fn memory(kernel: &str) -> Memory {
    let sample = collect(&format!("kernels/{kernel}"), MemoryCollector).unwrap();
    sample.memory.into_iter().next().unwrap()
}

/// A cell of the table as the row has it.
fn told(row: &Memory, column: &str) -> String {
    let at = Memory::table().columns.iter().position(|own| own.name == column).unwrap();
    match row.values()[at] {
        Value::Unknown => "-".into(),
        Value::Int(bytes) if column.ends_with("_bytes") && bytes % 1024 == 0 => (bytes / 1024).to_string(),
        ref value => value.to_string(),
    }
}

#[test]
fn pressure_is_told_from_4_20_on_never_as_full_of_the_cpus_and_as_full_alone_of_interrupts() {
    let mut told = String::from("\n                 some_us  full_us  some_avg10  full_avg10\n");
    for kernel in kernels() {
        for row in collect(&format!("kernels/{kernel}"), PressureCollector).unwrap().pressure {
            let us = [row.some_us, row.full_us].map(|us| us.map_or("-".into(), |us| us.to_string()));
            let mean =
                [row.some_avg10, row.full_avg10].map(|mean| mean.map_or("-".into(), |m| m.to_string()));
            told += &format!(
                " {kernel:<4} {:<8}{:>10}{:>9}{:>12}{:>12}\n",
                &*row.resource, us[0], us[1], mean[0], mean[1]
            );
            assert_eq!(row.some_avg300, row.some_avg10.map(|mean| mean / 4.0));
            assert_eq!(row.full_avg60, row.full_avg10.map(|mean| mean / 2.0));
        }
    }
    assert_eq!(told, PRESSURE);
}
