-- For how much of each sample tasks waited for a resource.
select
  ts, interval_us, resource, some_pct, full_pct, some_avg10, some_avg60, some_avg300,
  full_avg10, full_avg60, full_avg300
from pressure
where host = $host and ts > $from and ts <= $to
