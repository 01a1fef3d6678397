-- What did one process or program do over time: CPU, memory, I/O, waiting?
-- :name = 'sysray', what its comm is like, % for anything
-- :step = '1 minute', how long a bucket is
select
  host,
  time_bucket(:step, ts) as bucket,
  count(distinct pid) as processes,
  sum(cpu_us) / 1000000 as cpu_s,
  human_bytes(max(rss_bytes)) as most_resident,
  max(threads) as most_threads,
  human_bytes(sum(read_bytes)) as read,
  human_bytes(sum(write_bytes)) as written,
  sum(run_delay_us) / 1000000 as waited_for_cpu_s,
  sum(block_delay_us) / 1000000 as waited_for_disk_s
from process
where comm like :name
group by 1, 2
order by host, bucket
