-- How long did reads and writes take on each disk, and when was it worst?
select
  host, device,
  sum(read_us) / sum(reads) / 1000 as read_ms,
  sum(write_us) / sum(writes) / 1000 as write_ms,
  max(latency_us) / 1000 as worst_ms,
  first_value(ts order by latency_us desc, ts) as worst_ts,
  sum(reads) as reads,
  sum(writes) as writes,
  sparkline(latency_us, 24 order by ts) as course
from disk
where counted
group by host, device
order by worst_ms desc, host, device
