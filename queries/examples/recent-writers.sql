-- Who wrote to disk in the last ten minutes?
select
  host, pid, start_time,
  last_value(comm order by ts) as comm,
  last_value(username order by ts) as username,
  sum(write_bytes) as written_bytes
from process
where ts > now() - interval '10 minutes'
group by host, pid, start_time
having sum(write_bytes) > 0
order by written_bytes desc
