-- Which processes grew the most in memory?
select
  host, pid, start_time,
  last_value(comm order by ts) as comm,
  last_value(rss_bytes order by ts) - first_value(rss_bytes order by ts) as grown_bytes,
  max(rss_bytes) as most_bytes
from process
group by host, pid, start_time
order by grown_bytes desc
limit 10
