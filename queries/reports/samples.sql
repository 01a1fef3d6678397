-- How many samples there are, how far apart they are, and how much time they account for.
select
  coalesce(sum(samples), 0) as samples,
  median(interval_us / samples) as nominal_us,
  cast(sum(interval_us) as double) / sum(case when interval_us is not null then samples end) as mean_us,
  max(case when samples = 1 then interval_us else cast(interval_us / samples as bigint) end) as max_us,
  sum(interval_us) as accounted_us,
  min(ts) as first_ts,
  max(ts) as last_ts
from {system recorded}
where host = $host and ts > $from and ts <= $to
