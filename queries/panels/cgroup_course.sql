-- One cgroup over a range.
select
  ts, bucket_us, cpu_pct, cpu_pct_max, memory_bytes, memory_bytes_max, read_bytes_per_s, read_bytes_per_s_max,
  write_bytes_per_s, write_bytes_per_s_max, throttled_pct, throttled_pct_max
from {cgroup}
where host = $host and ts > $from and ts <= $to and path = $path
