-- Which processes grew the most in memory from their first row to their last?
-- :n = 10, how many processes
with grown as (
  select
    host, pid, start_time,
    min(tick) as first,
    max(tick) as last,
    last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) as grown_bytes,
    max(rss_bytes) as most_bytes
  from process
  group by host, pid, start_time
  having last_value(rss_bytes order by ts) > first_value(rss_bytes order by ts)
  order by grown_bytes desc, host, pid
  limit :n
), cells as (
  select
    g.host, g.pid, g.start_time, g.grown_bytes, g.most_bytes,
    ceil(24 * (p.tick - g.first + 1) / (g.last - g.first + 1)) as cell,
    last_value(p.comm order by p.ts) as comm,
    max(p.rss_bytes) as most
  from grown g
  join process p on p.host = g.host and p.pid = g.pid and p.start_time = g.start_time
  group by 1, 2, 3, 4, 5, 6
)
select
  host, pid,
  last_value(comm order by cell) as comm,
  grown_bytes, most_bytes,
  sparkline(most, 24 order by cell) as course
from cells
group by host, pid, start_time, grown_bytes, most_bytes
order by grown_bytes desc, host, pid
