-- What ran in the twenty busiest seconds?
select p.tick, p.pid, p.comm, p.cpu_us
from (select host, tick from system order by cpu_busy_us desc, tick limit 20) s
join process p on p.host = s.host and p.tick = s.tick
order by p.cpu_us desc, p.tick, p.pid limit 50
