-- Which processes piled up in uninterruptible sleep (state D), when, how long, and what did they wait in?
-- :ticks = 2, in how many samples at least
select
  host, pid,
  last_value(comm order by ts) as comm,
  count(*) as samples,
  sum(interval_us) / 1000000 as seconds,
  min(ts) as first_ts,
  max(ts) as last_ts,
  last_value(wchan order by ts) as wchan
from process
where state = 'D'
group by host, pid, start_time
having count(*) >= :ticks
order by samples desc, first_ts, host, pid
