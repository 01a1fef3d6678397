-- The kernel's tables that can fill up, against their limits.
select
  'open files' as name, '' as entity, 'used_pct' as measure, ts, samples, samples as weight,
  100.0 * open_files / nullif(open_files_limit, 0) as value,
  100.0 * open_files_max / nullif(open_files_limit, 0) as peak
from {system}
where host = $host and ts > $from and ts <= $to
union all
select
  'tasks', '', 'used_pct', ts, samples, samples as weight, 100.0 * threads / nullif(tasks_limit, 0),
  100.0 * threads_max / nullif(tasks_limit, 0)
from {system}
where host = $host and ts > $from and ts <= $to
union all
select
  'conntrack', '', 'used_pct', ts, samples, samples as weight, 100.0 * conntrack_entries / nullif(conntrack_limit, 0),
  100.0 * conntrack_entries_max / nullif(conntrack_limit, 0)
from {system}
where host = $host and ts > $from and ts <= $to
