-- How busy was the CPU bucket by bucket, also where nothing was recorded, and who used most of it?
-- :step = '1 minute', how long a bucket is
with load as (
  select
    host, time_bucket(:step, ts) as bucket,
    avg(cpu) as cpu, max(cpu) as worst_cpu, max(runnable) as most_runnable
  from system
  group by 1, 2
), programs as (
  select host, time_bucket(:step, ts) as bucket, top_n(cpu_us, comm, 2) as most
  from process
  group by 1, 2
), hosts as (
  select distinct host from load
)
select
  g.bucket, h.host, cpu, worst_cpu, most_runnable,
  most[1]['label'] as first, most[1]['value'] / 1000000 as first_cpu_s,
  most[2]['label'] as second, most[2]['value'] / 1000000 as second_cpu_s
from gapfill(:step) g
cross join hosts h
left join load l on l.host = h.host and l.bucket = g.bucket
left join programs p on p.host = h.host and p.bucket = g.bucket
order by g.bucket, h.host
