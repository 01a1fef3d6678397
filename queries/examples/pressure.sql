-- For how much of each hour did some tasks, or all of them, wait for CPU, memory and I/O?
select
  host,
  date_bin(interval '1 hour', ts) as hour,
  resource,
  100 * sum(some_us) / sum(interval_us) as some_pct,
  100 * sum(full_us) / sum(interval_us) as full_pct
from pressure
group by 1, 2, 3
order by host, hour, resource
