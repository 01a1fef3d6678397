-- Which processes used the most CPU time, and how much of one CPU was that?
-- :n = 10, how many processes
with busiest as (
  select
    host, pid, start_time,
    min(tick) as first,
    max(tick) as last,
    sum(cpu_us) / 1000000 as cpu_s,
    rate(cpu_us, interval_us) / 10000 as cpu_pct,
    max(cpu_pct) as worst_cpu_pct
  from process
  group by host, pid, start_time
  order by cpu_s desc, host, pid
  limit :n
), cells as (
  select
    b.host, b.pid, b.start_time, b.cpu_s, b.cpu_pct, b.worst_cpu_pct,
    ceil(24 * (p.tick - b.first + 1) / (b.last - b.first + 1)) as cell,
    last_value(p.comm order by p.ts) as comm,
    last_value(p.username order by p.ts) as username,
    max(p.cpu_pct) as most
  from busiest b
  join process p on p.host = b.host and p.pid = b.pid and p.start_time = b.start_time
  group by 1, 2, 3, 4, 5, 6, 7
)
select
  host, pid,
  last_value(comm order by cell) as comm,
  last_value(username order by cell) as username,
  cpu_s, cpu_pct, worst_cpu_pct,
  sparkline(most, 24 order by cell) as course
from cells
group by host, pid, start_time, cpu_s, cpu_pct, worst_cpu_pct
order by cpu_s desc, host, pid
