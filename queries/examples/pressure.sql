-- For how much of the time did some tasks, or all of them, wait for CPU, memory and I/O?
-- :step = '10 minutes', how long a bucket is
select
  host,
  time_bucket(:step, ts) as bucket,
  resource,
  100 * sum(some_us) / sum(interval_us) as some_pct,
  100 * sum(full_us) / sum(interval_us) as full_pct,
  max(some_pct) as worst_some_pct
from pressure
group by 1, 2, 3
order by host, bucket, resource
