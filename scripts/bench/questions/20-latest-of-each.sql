-- How did each process stand last within ten minutes?
select pid, start_time, ts, rss_bytes
from (
  select pid, start_time, ts, rss_bytes, row_number() over (partition by pid, start_time order by ts desc) as n
  from process
  where ts > '2026-11-24 01:00' and ts <= '2026-11-24 01:10'
)
where n = 1 order by pid, start_time
