-- What the recording cost.
select
  coalesce(sum(samples), 0) as samples,
  sum(cpu_us) as cpu_us,
  sum(interval_us) filter (where cpu_us is not null) as interval_us,
  max(rss_bytes_max) as rss_max_bytes,
  sum(written_bytes) as written_bytes,
  cast(last_value(journal_bytes order by ts) as bigint) as journal_bytes,
  cast(last_value(store_bytes order by ts) as bigint) as store_bytes,
  sum(skipped_ticks) as skipped_ticks,
  sum(dropped_frames) as dropped_frames,
  cast(
    max(case when samples = 1 then late_us else late_pct_max * interval_us / samples / 100 end) as bigint
  ) as late_max_us
from {recorder}
where host = $host and ts > $from and ts <= $to and collector = 'recorder'
