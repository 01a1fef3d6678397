-- Which hosts were recorded in the range, and from when to when. A row is stamped with the end of
-- its interval, so the recording begins an interval before its first row.
select
  host,
  min(ts) as first_ts,
  max(ts) as last_ts,
  median(interval_us / samples) as nominal_us
from {system recorded}
where ts > $from and ts <= $to
group by host
order by host
