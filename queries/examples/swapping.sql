-- When did memory run so short that the host swapped or reclaimed, and how much was left?
-- :step = '1 minute', how long a bucket is
select
  host,
  time_bucket(:step, ts) as bucket,
  human_bytes(min(available_bytes)) as least_available,
  human_bytes(sum(swap_in_bytes)) as swapped_in,
  human_bytes(sum(swap_out_bytes)) as swapped_out,
  sum(pages_scanned_direct) as pages_scanned_direct,
  sum(major_faults) as major_faults,
  sum(oom_kills) as oom_kills
from memory
group by 1, 2
having sum(swap_in_bytes) > 0 or sum(swap_out_bytes) > 0 or sum(pages_scanned_direct) > 0 or sum(oom_kills) > 0
order by host, bucket
