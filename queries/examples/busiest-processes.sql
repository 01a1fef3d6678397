-- Which processes used the most CPU time, and how much of one CPU was that?
select
  host, pid, start_time,
  last_value(comm order by ts) as comm,
  sum(cpu_us) / 1000000 as cpu_s,
  100 * sum(cpu_us) / sum(interval_us) as cpu_pct
from process
group by host, pid, start_time
order by cpu_s desc
limit 10
