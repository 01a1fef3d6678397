-- CPU: how busy, and how much waited for it. `runnable` counts the recorder that reads it.
select
  '' as name, '' as entity, 'busy_pct' as measure, ts, samples, interval_us as weight,
  busy_pct as value, busy_pct_max as peak
from {cpu}
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'cpu_some_pct', ts, samples, interval_us, some_pct, some_pct_max
from {pressure}
where host = $host and ts > $from and ts <= $to and resource = 'cpu'
union all
select
  '', '', 'queued_tasks', ts, samples, samples as weight,
  cast(case when runnable - 1 > online then runnable - 1 - online when online is not null then 0 * runnable end as double),
  cast(case when runnable_max - 1 > online then runnable_max - 1 - online when online is not null then 0 * runnable end as double)
from {cpu}
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'steal_pct', ts, samples, interval_us, steal_pct, steal_pct_max
from {cpu}
where host = $host and ts > $from and ts <= $to
