-- Which processes leak memory: how steadily do they grow, and by how much an hour?
-- :fit = 0.7, how close to a straight line: 1 is one, 0 is none
-- :bytes = 1048576, how much a process must have grown
-- :seconds = 60, how long it must have been seen
-- :n = 20, how many processes at most
with grown as (
  -- A line is drawn only through those that grew.
  select host, pid, start_time
  from process
  where rss_bytes > 0
  group by host, pid, start_time
  having count(*) > 5
    and sum(interval_us) >= :seconds * 1000000
    and last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) >= :bytes
), leaks as (
  -- Counted from a process's start, seconds are small enough for the squares of their differences.
  select
    p.host, p.pid, p.start_time,
    min(p.tick) as first,
    max(p.tick) as last,
    regr_slope(p.rss_bytes, (cast(p.ts as bigint) - cast(p.start_time as bigint)) / 1e6) as slope,
    regr_r2(p.rss_bytes, (cast(p.ts as bigint) - cast(p.start_time as bigint)) / 1e6) as fit,
    last_value(p.rss_bytes order by p.ts) as resident_last
  from grown g
  join process p on p.host = g.host and p.pid = g.pid and p.start_time = g.start_time
  where p.rss_bytes > 0
  group by p.host, p.pid, p.start_time
  having regr_slope(p.rss_bytes, (cast(p.ts as bigint) - cast(p.start_time as bigint)) / 1e6) > 0
    and regr_r2(p.rss_bytes, (cast(p.ts as bigint) - cast(p.start_time as bigint)) / 1e6) >= :fit
  order by slope desc, p.host, p.pid
  limit :n
), cells as (
  select
    l.host, l.pid, l.start_time, l.slope, l.fit, l.resident_last,
    ceil(24 * (p.tick - l.first + 1) / (l.last - l.first + 1)) as cell,
    last_value(p.comm order by p.ts) as comm,
    max(p.rss_bytes) as most
  from leaks l
  join process p on p.host = l.host and p.pid = l.pid and p.start_time = l.start_time
  where p.rss_bytes > 0
  group by 1, 2, 3, 4, 5, 6, 7
)
select
  host, pid,
  last_value(comm order by cell) as comm,
  human_bytes(slope * 3600) as grows_an_hour,
  fit,
  human_bytes(resident_last) as resident_last,
  sparkline(most, 24 order by cell) as course
from cells
group by host, pid, start_time, slope, fit, cells.resident_last
order by slope desc, host, pid
