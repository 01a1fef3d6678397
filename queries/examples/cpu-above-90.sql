-- When was the CPU busier than that, for how long, and which programs used most of it then?
-- :pct = 90, how busy all CPUs together were, in percent
-- :step = '1 minute', how long a bucket is
with busy as (
  select host, tick, time_bucket(:step, ts) as bucket, cpu, interval_us from system where cpu > :pct
), spans as (
  select host, bucket, sum(interval_us) / 1000000 as seconds_above, max(cpu) as worst_cpu
  from busy
  group by host, bucket
), programs as (
  select b.host, b.bucket, top_n(p.cpu_us, p.comm, 3) as most
  from busy b
  join process p on p.host = b.host and p.tick = b.tick
  group by b.host, b.bucket
)
select s.bucket, s.host, seconds_above, worst_cpu,
  most[1]['label'] as first, most[2]['label'] as second, most[3]['label'] as third
from spans s
left join programs p on p.host = s.host and p.bucket = s.bucket
order by s.bucket, s.host
