-- How long did reads and writes take on each disk, and when was it worst?
select
  host, device,
  sum(read_us) / sum(reads) as read_latency_us,
  sum(write_us) / sum(writes) as write_latency_us,
  max(latency_us) as worst_latency_us,
  first_value(ts order by latency_us desc) as worst_ts
from disk
where counted
group by host, device
order by worst_latency_us desc
