-- CPU: how busy, and how much waited for it. `runnable` counts the recorder that reads it.
select '' as name, '' as entity, 'busy_pct' as measure, ts, interval_us as weight, busy_pct as value
from cpu
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'cpu_some_pct', ts, interval_us, some_pct
from pressure
where host = $host and ts > $from and ts <= $to and resource = 'cpu'
union all
select
  '', '', 'queued_tasks', ts, 1,
  cast(case when runnable - 1 > online then runnable - 1 - online when online is not null then 0 * runnable end as double)
from cpu
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'steal_pct', ts, interval_us, steal_pct
from cpu
where host = $host and ts > $from and ts <= $to
