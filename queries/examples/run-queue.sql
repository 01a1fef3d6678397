-- When did more tasks want to run than there were CPUs?
-- :step = '1 minute', how long a bucket is
-- :tasks = 1, more than so many a CPU
select
  host,
  time_bucket(:step, ts) as bucket,
  max(runnable) as most_runnable,
  max(online) as cpus,
  avg(load1) as load1
from cpu
group by 1, 2
having max(runnable) > :tasks * max(online)
order by host, bucket
