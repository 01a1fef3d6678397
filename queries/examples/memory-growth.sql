-- Which processes grew the most in memory from their first row to their last?
-- :n = 10, how many processes
select
  host, pid,
  last_value(comm order by ts) as comm,
  last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) as grown_bytes,
  max(rss_bytes) as most_bytes,
  sparkline(rss_bytes, 24 order by ts) as course
from process
group by host, pid, start_time
having last_value(rss_bytes order by ts) > first_value(rss_bytes order by ts)
order by grown_bytes desc
limit :n
