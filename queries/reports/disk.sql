-- Disks: each counted one, and under no name what concerns all of them.
select
  '' as name, '' as entity, 'io_some_pct' as measure, ts, samples, interval_us as weight,
  some_pct as value, some_pct_max as peak
from {pressure}
where host = $host and ts > $from and ts <= $to and resource = 'io'
union all
select '', '', 'io_full_pct', ts, samples, interval_us, full_pct, full_pct_max
from {pressure}
where host = $host and ts > $from and ts <= $to and resource = 'io'
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'busy_pct', ts, samples, interval_us, busy_pct, busy_pct_max
from {disk}
where host = $host and ts > $from and ts <= $to and counted
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'queue_length', ts, samples, interval_us, queue_length, queue_length_max
from {disk}
where host = $host and ts > $from and ts <= $to and counted
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'latency_us', ts, samples, interval_us, latency_us, latency_us_max
from {disk}
where host = $host and ts > $from and ts <= $to and counted
