-- Which programs held the most memory at their peak, all their processes together?
-- :n = 10, how many programs
with entities as (
  -- No tick has more of a process than the most of it within ten minutes.
  select host, comm, date_bin(interval '10 minutes', ts) as span, max(rss_bytes) as rss_bytes
  from process
  group by host, comm, pid, span
), spans as (
  select host, comm, coalesce(sum(rss_bytes), -1) as at_most, coalesce(max(rss_bytes), -1) as at_least
  from entities
  group by host, comm, span
), bounds as (
  select host, comm, max(at_most) as at_most, max(at_least) as at_least
  from spans
  group by host, comm
), ranked as (
  select
    *,
    nth_value(at_least, :n) over (
      order by at_least desc rows between unbounded preceding and unbounded following
    ) as needed
  from bounds
), programs as (
  select p.host, p.tick, p.comm, count(*) as processes, sum(p.rss_bytes) as rss_bytes, sum(p.swap_bytes) as swap_bytes
  from (select host, comm from ranked where at_most >= coalesce(needed, -1)) r
  join process p on p.host = r.host and p.comm = r.comm
  group by p.host, p.tick, p.comm
)
select
  host, comm,
  max(processes) as processes,
  human_bytes(max(rss_bytes)) as most_resident,
  human_bytes(last_value(rss_bytes order by tick)) as resident_last,
  human_bytes(max(swap_bytes)) as most_swapped
from programs
group by host, comm
order by max(rss_bytes) desc, host, comm
limit :n
