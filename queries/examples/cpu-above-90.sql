-- When was the CPU busier than that, and which processes took a good part of a CPU then?
-- :pct = 90, how busy all CPUs together were, in percent
-- :process_pct = 10, how busy a process kept one CPU, in percent
select s.ts, s.host, s.cpu, p.pid, p.comm, p.cpu_pct
from system s
join process p on p.host = s.host and p.tick = s.tick
where s.cpu > :pct and p.cpu_pct > :process_pct
order by s.ts, p.cpu_pct desc
