-- Collectors that failed: how often, when, and why they did so last.
select
  collector,
  sum(errors) as errors,
  min(ts) as first_ts,
  max(ts) as last_ts,
  last_value(error order by ts) as last_error
from {recorder}
where host = $host and ts > $from and ts <= $to and (errors > 0 or error is not null)
group by collector
order by collector
