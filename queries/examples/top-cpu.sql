-- Which processes used the most CPU time, and how much of one CPU was that?
-- :n = 10, how many processes
select
  host, pid,
  last_value(comm order by ts) as comm,
  last_value(username order by ts) as username,
  sum(cpu_us) / 1000000 as cpu_s,
  rate(cpu_us, interval_us) / 10000 as cpu_pct,
  max(cpu_pct) as worst_cpu_pct,
  sparkline(cpu_pct, 24 order by ts) as course
from process
group by host, pid, start_time
order by cpu_s desc
limit :n
