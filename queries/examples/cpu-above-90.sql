-- When was the CPU more than 90 % busy, and which processes took more than a tenth of a CPU then?
select s.ts, s.host, s.cpu, p.pid, p.comm, p.cpu_pct
from system s
join process p on p.host = s.host and p.tick = s.tick
where s.cpu > 90 and p.cpu_pct > 10
order by s.ts, p.cpu_pct desc
