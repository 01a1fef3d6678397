-- Who ate the CPU at the spike: in the busiest buckets of time, which programs took how many CPU seconds?
-- :step = '10 seconds', how long a bucket is
-- :n = 5, how many buckets
with programs as (
  select host, time_bucket(:step, ts) as bucket, comm, sum(cpu_us) / 1000000 as cpu_s
  from process
  group by 1, 2, 3
), spikes as (
  select host, time_bucket(:step, ts) as bucket, avg(cpu) as cpu, max(runnable) as runnable
  from system
  group by 1, 2
  order by cpu desc, bucket, host
  limit :n
), ranked as (
  select s.bucket, s.host, s.cpu, s.runnable, p.comm, p.cpu_s,
    row_number() over (partition by s.host, s.bucket order by p.cpu_s desc, p.comm) as place
  from spikes s
  left join programs p on p.host = s.host and p.bucket = s.bucket
)
select bucket, host, cpu, runnable, comm, cpu_s
from ranked
where place <= 3
order by cpu desc, bucket, host, place
