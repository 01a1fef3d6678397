-- How many samples there are, how far apart they are, and how much time they account for.
select
  count(*) as samples,
  median(interval_us) as nominal_us,
  avg(interval_us) as mean_us,
  max(interval_us) as max_us,
  sum(interval_us) as accounted_us,
  min(ts) as first_ts,
  max(ts) as last_ts
from system
where host = $host and ts > $from and ts <= $to
