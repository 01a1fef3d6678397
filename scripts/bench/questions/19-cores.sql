-- Which core was the busiest?
select cpu, avg(user_us + system_us) as mean_us, max(user_us + system_us) as most_us
from cpu_core
group by cpu order by 2 desc, 1
