-- What changed between two ranges of time: which programs use more or less CPU, memory and I/O than before?
-- :before = 'start', where the first range begins
-- :split = 'end-5m', where the first ends and the second begins
-- :after = 'end', where the second ends
-- :n = 15, how many programs
with ticks as (
  select
    comm, host, ts > :split as is_after, tick,
    sum(cpu_us) as cpu_us,
    sum(rss_bytes) as rss_bytes,
    sum(read_bytes) + sum(write_bytes) as io_bytes
  from process
  where ts > :before and ts <= :after
  group by 1, 2, 3, 4
), lengths as (
  select
    host,
    sum(interval_us) filter (where ts <= :split) as before_us,
    sum(interval_us) filter (where ts > :split) as after_us
  from system
  where ts > :before and ts <= :after
  group by host
), programs as (
  select
    t.host, t.comm,
    100 * coalesce(sum(cpu_us) filter (where not t.is_after), 0) / max(l.before_us) as cpu_pct_before,
    100 * coalesce(sum(cpu_us) filter (where t.is_after), 0) / max(l.after_us) as cpu_pct_after,
    max(rss_bytes) filter (where not t.is_after) as rss_before,
    max(rss_bytes) filter (where t.is_after) as rss_after,
    1000000 * sum(io_bytes) filter (where not t.is_after) / max(l.before_us) as io_before,
    1000000 * sum(io_bytes) filter (where t.is_after) / max(l.after_us) as io_after
  from ticks t
  join lengths l on l.host = t.host
  group by t.host, t.comm
)
select
  host, comm,
  cpu_pct_before, cpu_pct_after, cpu_pct_after - cpu_pct_before as cpu_pct_more,
  human_bytes(rss_before) as most_resident_before,
  human_bytes(rss_after) as most_resident_after,
  human_bytes(io_before) as io_per_s_before,
  human_bytes(io_after) as io_per_s_after
from programs
order by abs(coalesce(cpu_pct_after, 0) - coalesce(cpu_pct_before, 0)) desc, comm, host
limit :n
