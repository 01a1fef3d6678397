-- One cgroup over a range. What is read seldom is told of the time that it counted in: what is read next stands until then.
select
  ts, bucket_us, cpu_pct, cpu_pct_max, memory_bytes, memory_bytes_max,
  locf(read_bytes_per_s) over later as read_bytes_per_s, locf(read_bytes_per_s_max) over later as read_bytes_per_s_max,
  locf(write_bytes_per_s) over later as write_bytes_per_s, locf(write_bytes_per_s_max) over later as write_bytes_per_s_max,
  throttled_pct, throttled_pct_max
from {cgroup}
where host = $host and ts > $from and ts <= $to and path = $path
window later as (partition by cgroup_id order by ts desc)
