-- Which containers were throttled?
select path, sum(throttled_us) as throttled_us, sum(throttled_periods) as throttled, sum(periods) as periods
from cgroup
group by path having sum(throttled_periods) > 0 order by 3 desc, 1 limit 10
