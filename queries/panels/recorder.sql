-- What recording itself cost in each sample.
select
  ts, interval_us,
  collector, elapsed_us, rows, read_calls, errors, error, cpu_us, cpu_pct, rss_bytes, written_bytes_per_s,
  journal_bytes, store_bytes, skipped_ticks, dropped_frames, late_us
from recorder
where host = $host and ts > $from and ts <= $to
