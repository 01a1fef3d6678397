-- Which programs held the most memory at their peak, all their processes together?
-- :n = 10, how many programs
with programs as (
  select host, tick, comm, count(*) as processes, sum(rss_bytes) as rss_bytes, sum(swap_bytes) as swap_bytes
  from process
  group by host, tick, comm
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
