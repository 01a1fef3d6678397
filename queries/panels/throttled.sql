-- When cgroups were held back by their limit for more than a fifth of their periods.
select ts, path, throttled_pct
from {cgroup}
where host = $host and ts > $from and ts <= $to and throttled_pct > 20 and throttled_periods > 0
order by ts
limit 100000
