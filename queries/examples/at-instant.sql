-- What ran at one instant: the processes as a top at that moment would have shown them?
-- :time = 'end', when
-- :n = 15, how many processes
select
  ts, host, pid, username, state, cpu_pct, memory_pct,
  human_bytes(rss_bytes) as resident,
  threads, comm, cmdline
from at(:time)
order by cpu_pct desc, rss_bytes desc, host, pid
limit :n
