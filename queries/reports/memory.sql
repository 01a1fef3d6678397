-- Memory: what is not available, and how much waited for it or went to swap.
select
  '' as name, '' as entity, 'used_pct' as measure, ts, samples, samples as weight,
  used_pct as value, used_pct_max as peak
from {memory}
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'memory_some_pct', ts, samples, interval_us, some_pct, some_pct_max
from {pressure}
where host = $host and ts > $from and ts <= $to and resource = 'memory'
union all
select '', '', 'memory_full_pct', ts, samples, interval_us, full_pct, full_pct_max
from {pressure}
where host = $host and ts > $from and ts <= $to and resource = 'memory'
union all
select '', '', 'swap_out_bytes_per_s', ts, samples, interval_us, swap_out_bytes_per_s, swap_out_bytes_per_s_max
from {memory}
where host = $host and ts > $from and ts <= $to
