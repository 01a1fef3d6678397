-- What did the programs with that option do within ten minutes?
select pid, cmdline, sum(cpu_us) as cpu_us, max(threads) as threads
from process
where cmdline like '%config%' and ts > '2026-11-24 00:30' and ts <= '2026-11-24 00:40'
group by pid, cmdline order by 3 desc, 1, 2 limit 20
