-- Which processes gained threads or open files, and how near are they to their limit?
-- :n = 10, how many processes
select
  host, pid,
  last_value(comm order by ts) as comm,
  first_value(threads order by ts) as threads_first,
  last_value(threads order by ts) as threads_last,
  first_value(open_files order by ts) as open_files_first,
  last_value(open_files order by ts) as open_files_last,
  100 * max(open_files) / max(open_files_limit) as open_files_pct
from process
group by host, pid, start_time
having last_value(threads order by ts) > first_value(threads order by ts)
  or last_value(open_files order by ts) > first_value(open_files order by ts)
order by coalesce(last_value(threads order by ts) - first_value(threads order by ts), 0)
  + coalesce(last_value(open_files order by ts) - first_value(open_files order by ts), 0) desc,
  host, pid
limit :n
