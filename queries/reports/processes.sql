-- The processes that took most CPU time, most memory and most I/O, ten of each; a place is NULL
-- where a process is not among the first. One pass over the table for all three.
with lives as (
  select
    pid, start_time,
    last_value(comm order by ts) as comm,
    last_value(cmdline order by ts) filter (where cmdline is not null) as cmdline,
    last_value(username order by ts) as username,
    last_value(is_kernel order by ts) as is_kernel,
    sum(samples) as samples,
    min(ts) as first_ts,
    max(ts) as last_ts,
    sum(cpu_us) as cpu_us,
    max(rss_bytes_max) as rss_max_bytes,
    cast(last_value(rss_bytes order by ts) filter (where rss_bytes is not null)
      - first_value(rss_bytes order by ts) filter (where rss_bytes is not null) as bigint) as rss_growth_bytes,
    sum(read_bytes) as read_bytes,
    sum(write_bytes) as write_bytes
  from {process}
  where host = $host and ts > $from and ts <= $to and pid is not null
  group by pid, start_time
),
sums as (
  select *, coalesce(read_bytes, 0) + coalesce(write_bytes, 0) as io_bytes
  from lives
),
places as (
  select
    *,
    row_number() over (order by cpu_us desc nulls last, pid, start_time) as cpu_place,
    row_number() over (order by rss_max_bytes desc nulls last, pid, start_time) as memory_place,
    row_number() over (order by io_bytes desc, pid, start_time) as io_place
  from sums
)
select
  pid, start_time, comm, cmdline, username, is_kernel, samples, first_ts, last_ts,
  cpu_us, rss_max_bytes, rss_growth_bytes, read_bytes, write_bytes,
  case when cpu_place <= 10 and cpu_us > 0 then cpu_place end as cpu_place,
  case when memory_place <= 10 and rss_max_bytes > 0 then memory_place end as memory_place,
  case when io_place <= 10 and io_bytes > 0 then io_place end as io_place
from places
where (cpu_place <= 10 and cpu_us > 0)
  or (memory_place <= 10 and rss_max_bytes > 0)
  or (io_place <= 10 and io_bytes > 0)
order by pid, start_time
