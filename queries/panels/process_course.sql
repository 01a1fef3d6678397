-- One process over a range.
select
  ts, bucket_us, cpu_pct, cpu_pct_max, rss_bytes, rss_bytes_max, read_bytes_per_s, read_bytes_per_s_max,
  write_bytes_per_s, write_bytes_per_s_max, run_delay_pct, run_delay_pct_max, threads, threads_max
from {process}
where host = $host and ts > $from and ts <= $to and pid = $pid and start_time = $start
