-- The processes that took most CPU in each sample, the first first.
select tick, pid, comm, username, state, cpu_pct, rss_bytes, read_bytes_per_s, write_bytes_per_s
from (
  select *, row_number() over (partition by tick order by cpu_us desc, pid, start_time) as place
  from process
  where host = $host and ts > $from and ts <= $to and cpu_us > 0 $ticks
)
where place <= $top
order by tick, place
