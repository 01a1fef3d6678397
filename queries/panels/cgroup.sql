-- What each cgroup used in each sample.
select
  ts, interval_us,
  path, container, runtime, leaf, cpu_pct, throttled_pct, quota_us, period_us, memory_bytes, memory_max_bytes,
  memory_pct, anon_bytes, file_bytes, swap_bytes, pids, pids_limit, read_bytes_per_s, write_bytes_per_s,
  cpu_some_pct, memory_some_pct, memory_full_pct, io_some_pct, io_full_pct, oom_kills_per_s
from cgroup
where host = $host and ts > $from and ts <= $to
