-- What changed between two ranges of time: which programs use more or less CPU, memory and I/O than before?
-- :before = 'start', where the first range begins
-- :split = 'end-5m', where the first ends and the second begins
-- :after = 'end', where the second ends
-- :n = 15, how many programs
with lengths as (
  select
    host,
    sum(interval_us) filter (where ts <= :split) as before_us,
    sum(interval_us) filter (where ts > :split) as after_us
  from system
  where ts > :before and ts <= :after
  group by host
), used as (
  select
    host, comm,
    coalesce(sum(cpu_us) filter (where ts <= :split), 0) as cpu_us_before,
    coalesce(sum(cpu_us) filter (where ts > :split), 0) as cpu_us_after
  from process
  where ts > :before and ts <= :after
  group by host, comm
), chosen as (
  -- Tick by tick only those are added up that will be shown.
  select
    u.host, u.comm, l.before_us, l.after_us,
    100 * u.cpu_us_before / l.before_us as cpu_pct_before,
    100 * u.cpu_us_after / l.after_us as cpu_pct_after
  from lengths l
  join used u on u.host = l.host
  order by abs(coalesce(cpu_pct_after, 0) - coalesce(cpu_pct_before, 0)) desc, u.comm, u.host
  limit :n
), ticks as (
  select
    c.host, c.comm, p.ts > :split as is_after, p.tick,
    sum(p.rss_bytes) as rss_bytes,
    sum(p.read_bytes) + sum(p.write_bytes) as io_bytes
  from chosen c
  join process p on p.host = c.host and p.comm = c.comm
  where p.ts > :before and p.ts <= :after
  group by 1, 2, 3, 4
), held as (
  select
    host, comm,
    max(rss_bytes) filter (where not is_after) as rss_before,
    max(rss_bytes) filter (where is_after) as rss_after,
    1000000 * sum(io_bytes) filter (where not is_after) as io_before,
    1000000 * sum(io_bytes) filter (where is_after) as io_after
  from ticks
  group by host, comm
)
select
  c.host, c.comm,
  cpu_pct_before, cpu_pct_after, cpu_pct_after - cpu_pct_before as cpu_pct_more,
  human_bytes(rss_before) as most_resident_before,
  human_bytes(rss_after) as most_resident_after,
  human_bytes(io_before / before_us) as io_per_s_before,
  human_bytes(io_after / after_us) as io_per_s_after
from chosen c
join held h on h.host = c.host and h.comm = c.comm
order by abs(coalesce(cpu_pct_after, 0) - coalesce(cpu_pct_before, 0)) desc, c.comm, c.host
