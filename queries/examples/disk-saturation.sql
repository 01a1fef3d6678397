-- When did requests queue up before a disk, how long did they take, and what was asked of it?
-- :queue = 1, how many requests were under way on average
-- :step = '10 seconds', how long a bucket is
-- :n = 50, how many
select
  time_bucket(:step, ts) as bucket, host, device,
  avg(queue_length) as queue_length,
  sum(read_us + write_us) / sum(reads + writes) / 1000 as latency_ms,
  avg(busy_pct) as busy_pct,
  human_bytes(rate(read_bytes, interval_us)) as read_per_s,
  human_bytes(rate(write_bytes, interval_us)) as written_per_s
from disk
where counted
group by 1, 2, 3
having avg(queue_length) >= :queue
order by queue_length desc, bucket, host, device
limit :n
