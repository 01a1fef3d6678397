-- Quantiles of what another question finds, which stands before this as `measured`. A quantile is a
-- value that a row has, of a sample or of a tier: the least that was not exceeded in that share of the
-- weight. The greatest is the peak within the rows.
select
  name, entity, measure,
  sum(samples) as samples,
  min(value) filter (where 100 * upto >= 50 * whole) as p50,
  min(value) filter (where 100 * upto >= 95 * whole) as p95,
  min(value) filter (where 100 * upto >= 99 * whole) as p99,
  max(peak) as max,
  first_value(ts order by peak desc, ts) as max_ts
from (
  select
    name, entity, measure, ts, samples, value, peak,
    sum(weight) over (
      partition by name, entity, measure order by value, ts
      rows between unbounded preceding and current row
    ) as upto,
    sum(weight) over (partition by name, entity, measure) as whole
  from measured
  where value is not null and weight > 0
) as ranked
group by name, entity, measure
order by name, entity, measure
