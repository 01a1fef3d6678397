-- Where memory was in each sample.
select
  ts, total_bytes, used_bytes, used_pct, available_bytes, free_bytes, buffers_bytes, cached_bytes, anon_bytes,
  mapped_bytes, shmem_bytes, slab_bytes, slab_reclaimable_bytes, kernel_stack_bytes, page_tables_bytes,
  dirty_bytes, writeback_bytes, unevictable_bytes, mlocked_bytes, commit_limit_bytes, committed_bytes,
  swap_total_bytes, swap_used_bytes, swap_used_pct, swap_cached_bytes, zswap_bytes, anon_huge_pages_bytes,
  huge_pages_total, huge_pages_free, minor_faults_per_s, major_faults_per_s, paged_in_bytes_per_s,
  paged_out_bytes_per_s, swap_in_bytes_per_s, swap_out_bytes_per_s, pages_scanned_kswapd_per_s,
  pages_scanned_direct_per_s, pages_reclaimed_per_s, allocation_stalls_per_s, compaction_stalls_per_s,
  refaults_file_per_s, oom_kills
from memory
where host = $host and ts > $from and ts <= $to
