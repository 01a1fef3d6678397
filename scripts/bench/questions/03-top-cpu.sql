-- Who took the CPU in those ten minutes?
select pid, comm, sum(cpu_us) as cpu_us
from process
where ts > '2026-11-24 01:00' and ts <= '2026-11-24 01:10'
group by pid, comm order by 3 desc, 1 limit 10
