-- Which cgroups were held back by their CPU limit?
select
  host, path,
  sum(throttled_periods) as throttled_periods,
  100 * sum(throttled_periods) / sum(periods) as throttled_pct,
  sum(throttled_us) / 1000000 as throttled_s
from cgroup
group by host, path
having sum(throttled_periods) > 0
order by throttled_s desc
limit 10
