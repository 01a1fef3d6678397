-- The headline numbers over a range.
select
  ts, bucket_us, cpu, cpu_max, memory_used_pct, memory_used_pct_max,
  disk_read_bytes_per_s, disk_read_bytes_per_s_max, disk_write_bytes_per_s, disk_write_bytes_per_s_max,
  network_rx_bytes_per_s, network_rx_bytes_per_s_max, network_tx_bytes_per_s, network_tx_bytes_per_s_max,
  cpu_some_pct, cpu_some_pct_max, memory_some_pct, memory_some_pct_max, io_some_pct, io_some_pct_max
from {system}
where host = $host and ts > $from and ts <= $to
