-- The kernel's tables that can fill up, against their limits.
select
  'open files' as name, '' as entity, 'used_pct' as measure, ts, 1 as weight,
  100.0 * open_files / nullif(open_files_limit, 0) as value
from system
where host = $host and ts > $from and ts <= $to
union all
select 'tasks', '', 'used_pct', ts, 1, 100.0 * threads / nullif(tasks_limit, 0)
from system
where host = $host and ts > $from and ts <= $to
union all
select 'conntrack', '', 'used_pct', ts, 1, 100.0 * conntrack_entries / nullif(conntrack_limit, 0)
from system
where host = $host and ts > $from and ts <= $to
