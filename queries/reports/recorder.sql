-- What the recording cost.
select
  count(*) as samples,
  sum(cpu_us) as cpu_us,
  sum(interval_us) filter (where cpu_us is not null) as interval_us,
  max(rss_bytes) as rss_max_bytes,
  sum(written_bytes) as written_bytes,
  last_value(journal_bytes order by ts) as journal_bytes,
  last_value(store_bytes order by ts) as store_bytes,
  sum(skipped_ticks) as skipped_ticks,
  sum(dropped_frames) as dropped_frames,
  max(late_us) as late_max_us
from recorder
where host = $host and ts > $from and ts <= $to and collector = 'recorder'
