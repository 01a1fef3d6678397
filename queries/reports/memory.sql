-- Memory: what is not available, and how much waited for it or went to swap.
select '' as name, '' as entity, 'used_pct' as measure, ts, 1 as weight, used_pct as value
from memory
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'memory_some_pct', ts, interval_us, some_pct
from pressure
where host = $host and ts > $from and ts <= $to and resource = 'memory'
union all
select '', '', 'memory_full_pct', ts, interval_us, full_pct
from pressure
where host = $host and ts > $from and ts <= $to and resource = 'memory'
union all
select '', '', 'swap_out_bytes_per_s', ts, interval_us, swap_out_bytes_per_s
from memory
where host = $host and ts > $from and ts <= $to
