-- The headline numbers of each sample.
select
  ts, interval_us, cpu, iowait_pct, steal_pct, load1, load5, load15, runnable, blocked,
  uninterruptible, zombies, processes, threads, memory_used_pct, memory_available_bytes, swap_used_bytes,
  swap_in_bytes_per_s, swap_out_bytes_per_s,
  disk_read_bytes_per_s, disk_write_bytes_per_s, disk_reads_per_s, disk_writes_per_s,
  disk_latency_us, disk_queue_length, network_rx_bytes_per_s, network_tx_bytes_per_s,
  context_switches_per_s, interrupts_per_s, forks_per_s, oom_kills, tcp_established, tcp_retransmits_per_s,
  cpu_some_pct, memory_some_pct, memory_full_pct, io_some_pct, io_full_pct, open_files, uptime_us,
  unattributed_cpu_pct
from system
where host = $host and ts > $from and ts <= $to
