-- What each cgroup used in each sample. What is not read in each (its I/O) is as it was last read, if that was behind $before.
select
  ts, interval_us,
  path, container, runtime, leaf, cpu_pct, throttled_pct, quota_us, period_us, memory_bytes, memory_max_bytes,
  memory_pct, anon_bytes, file_bytes, swap_bytes, pids, pids_limit, read_bytes_per_s, write_bytes_per_s,
  cpu_some_pct, memory_some_pct, memory_full_pct, io_some_pct, io_full_pct, oom_kills_per_s
from (
  select
    ts, interval_us,
    path, coalesce(container_name, container) as container, runtime, leaf, cpu_pct, throttled_pct, quota_us, period_us,
    memory_bytes, memory_max_bytes, memory_pct, anon_bytes, file_bytes, swap_bytes, pids, pids_limit,
    locf(read_bytes_per_s) over readings as read_bytes_per_s, locf(write_bytes_per_s) over readings as write_bytes_per_s,
    cpu_some_pct, memory_some_pct, memory_full_pct, io_some_pct, io_full_pct, oom_kills_per_s
  from cgroup
  where host = $host and ts > $before and ts <= $to
  window readings as (partition by path, cgroup_id order by ts)
)
where ts > $from and ts <= $to
