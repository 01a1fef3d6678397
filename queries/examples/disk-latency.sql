-- How long did reads and writes take on each disk, and when was it worst?
-- :device = '%', what its name is like
with spans as (
  select host, device, min(tick) as first, max(tick) as last
  from disk
  where counted and device like :device
  group by host, device
), cells as (
  select
    d.host, d.device,
    ceil(24 * (d.tick - s.first + 1) / (s.last - s.first + 1)) as cell,
    sum(d.reads) as reads,
    sum(d.writes) as writes,
    sum(d.read_us) as read_us,
    sum(d.write_us) as write_us,
    max(d.latency_us) as latency_us,
    first_value(d.ts order by d.latency_us desc, d.ts) as worst_ts
  from spans s
  join disk d on d.host = s.host and d.device = s.device
  where d.counted
  group by 1, 2, 3
)
select
  host, device,
  sum(read_us) / sum(reads) / 1000 as read_ms,
  sum(write_us) / sum(writes) / 1000 as write_ms,
  max(latency_us) / 1000 as worst_ms,
  first_value(worst_ts order by latency_us desc, worst_ts) as worst_ts,
  sum(reads) as reads,
  sum(writes) as writes,
  sparkline(latency_us, 24 order by cell) as course
from cells
group by host, device
order by worst_ms desc, host, device
