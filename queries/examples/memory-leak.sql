-- Which processes leak memory: how steadily do they grow, and by how much an hour?
-- :fit = 0.7, how close to a straight line: 1 is one, 0 is none
-- :bytes = 1048576, how much a process must have grown
-- :seconds = 60, how long it must have been seen
select
  host, pid,
  last_value(comm order by ts) as comm,
  human_bytes(regr_slope(rss_bytes, cast(ts as bigint) / 1e6) * 3600) as grows_an_hour,
  regr_r2(rss_bytes, cast(ts as bigint) / 1e6) as fit,
  human_bytes(last_value(rss_bytes order by ts)) as resident_last,
  sparkline(rss_bytes, 24 order by ts) as course
from process
where rss_bytes > 0
group by host, pid, start_time
having count(*) > 5
  and sum(interval_us) >= :seconds * 1000000
  and regr_slope(rss_bytes, cast(ts as bigint) / 1e6) > 0
  and regr_r2(rss_bytes, cast(ts as bigint) / 1e6) >= :fit
  and last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) >= :bytes
order by regr_slope(rss_bytes, cast(ts as bigint) / 1e6) desc
limit 20
