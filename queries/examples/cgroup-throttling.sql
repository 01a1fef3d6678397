-- Which containers and cgroups were held back by their CPU limit, how much, and when was it worst?
-- :name = '%', what its path or the name of its container is like
-- :n = 10, how many
select
  host, path,
  last_value(container order by ts) as container,
  sum(throttled_periods) as throttled_periods,
  100 * sum(throttled_periods) / sum(periods) as throttled_pct,
  sum(throttled_us) / 1000000 as throttled_s,
  max(quota_us / period_us) as limit_cpus,
  first_value(ts order by throttled_us desc, ts) as worst_ts
from cgroup
where path like :name or container like :name
group by host, path
having sum(throttled_periods) > 0
order by throttled_s desc, host, path
limit :n
