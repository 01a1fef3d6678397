-- When did the hypervisor keep the CPUs from this host, and how much of the time?
-- :step = '1 minute', how long a bucket is
-- :pct = 1, from how many percent on
select
  host,
  time_bucket(:step, ts) as bucket,
  avg(steal_pct) as steal_pct,
  max(steal_pct) as worst_steal_pct,
  avg(busy_pct) as busy_pct
from cpu
group by 1, 2
having avg(steal_pct) >= :pct
order by steal_pct desc, bucket, host
