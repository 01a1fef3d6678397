-- Neighbouring samples that lie further apart than $gap_us, or of a tier buckets that do not follow
-- one another.
with steps as (
  select lag(ts) over (order by ts) as before_ts, ts, samples, bucket_us
  from {system recorded}
  where host = $host and ts > $from and ts <= $to
)
select before_ts, ts, case when samples > 1 then bucket_us end as bucket_us
from steps
where cast(ts as bigint) - cast(before_ts as bigint)
  > case when samples > 1 and bucket_us > $gap_us then bucket_us else $gap_us end
order by ts
