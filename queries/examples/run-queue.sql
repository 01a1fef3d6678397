-- In which minutes did more tasks want to run than there were CPUs?
select
  host,
  time_bucket('1 minute', ts) as minute,
  max(runnable) as most_runnable,
  max(online) as cpus,
  avg(load1) as load1
from cpu
group by 1, 2
having max(runnable) > max(online)
order by host, minute
