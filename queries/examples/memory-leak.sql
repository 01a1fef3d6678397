-- Which processes leak memory: how steadily do they grow, and by how much an hour?
-- :fit = 0.7, how close to a straight line: 1 is one, 0 is none
-- :bytes = 1048576, how much a process must have grown
-- :seconds = 60, how long it must have been seen
with leaks as (
  select
    host, pid, start_time,
    min(tick) as first,
    max(tick) as last,
    regr_slope(rss_bytes, cast(ts as bigint) / 1e6) as slope,
    regr_r2(rss_bytes, cast(ts as bigint) / 1e6) as fit,
    last_value(rss_bytes order by ts) as resident_last
  from process
  where rss_bytes > 0
  group by host, pid, start_time
  having count(*) > 5
    and sum(interval_us) >= :seconds * 1000000
    and regr_slope(rss_bytes, cast(ts as bigint) / 1e6) > 0
    and regr_r2(rss_bytes, cast(ts as bigint) / 1e6) >= :fit
    and last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) >= :bytes
  order by slope desc, host, pid
  limit 20
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
