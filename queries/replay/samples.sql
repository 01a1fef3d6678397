-- What the host was doing, a row a sample.
select
  ts, tick, interval_us,
  cpu, iowait_pct, steal_pct, runnable, blocked, memory_used_pct,
  disk_read_bytes_per_s, disk_write_bytes_per_s, network_rx_bytes_per_s, network_tx_bytes_per_s,
  cpu_some_pct, memory_some_pct, io_some_pct
from system
where host = $host and ts > $from and ts <= $to
order by ts
