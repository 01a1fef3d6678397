-- Disks: each counted one, and under no name what concerns all of them.
select '' as name, '' as entity, 'io_some_pct' as measure, ts, interval_us as weight, some_pct as value
from pressure
where host = $host and ts > $from and ts <= $to and resource = 'io'
union all
select '', '', 'io_full_pct', ts, interval_us, full_pct
from pressure
where host = $host and ts > $from and ts <= $to and resource = 'io'
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'busy_pct', ts, interval_us, busy_pct
from disk
where host = $host and ts > $from and ts <= $to and counted
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'queue_length', ts, interval_us, queue_length
from disk
where host = $host and ts > $from and ts <= $to and counted
union all
select device, coalesce(cast(disk_seq as varchar), ''), 'latency_us', ts, interval_us, latency_us
from disk
where host = $host and ts > $from and ts <= $to and counted
