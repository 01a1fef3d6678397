-- Neighbouring samples that lie further apart than $gap_us.
with steps as (
  select lag(ts) over (order by ts) as before_ts, ts
  from system
  where host = $host and ts > $from and ts <= $to
)
select before_ts, ts
from steps
where cast(ts as bigint) - cast(before_ts as bigint) > $gap_us
order by ts
