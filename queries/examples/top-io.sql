-- Who read from disks and wrote to them, and how long did they wait for it?
-- :n = 10, how many processes
select
  host, pid,
  last_value(comm order by ts) as comm,
  last_value(username order by ts) as username,
  human_bytes(sum(read_bytes)) as read,
  human_bytes(sum(write_bytes)) as written,
  human_bytes(max(read_bytes_per_s)) as most_read_per_s,
  human_bytes(max(write_bytes_per_s)) as most_written_per_s,
  sum(block_delay_us) / 1000000 as waited_s
from process
group by host, pid, start_time
having sum(read_bytes) > 0 or sum(write_bytes) > 0
order by coalesce(sum(read_bytes), 0) + coalesce(sum(write_bytes), 0) desc, host, pid
limit :n
