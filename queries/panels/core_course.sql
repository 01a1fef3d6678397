-- How busy each CPU was over a range.
select ts, bucket_us, cpu, busy_pct, busy_pct_max
from {cpu_core}
where host = $host and ts > $from and ts <= $to
