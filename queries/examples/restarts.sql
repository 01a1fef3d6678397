-- Which programs came and went in this time: started anew, or are gone since?
-- :n = 30, how many
with spans as (
  select host, min(tick) as first, max(tick) as last from process group by host
), lives as (
  select
    p.host, p.pid, p.start_time,
    last_value(p.comm order by p.ts) as comm,
    min(p.tick) > max(s.first) as is_new,
    max(p.tick) < max(s.last) as is_gone,
    max(p.ts) as last_ts
  from process p
  join spans s on s.host = p.host
  where not coalesce(p.is_kernel, false)
  group by p.host, p.pid, p.start_time
)
select
  host, comm,
  count(*) filter (where is_new) as started,
  count(*) filter (where is_gone) as ended,
  count(*) filter (where not is_gone) as there_now,
  max(start_time) as last_start,
  max(last_ts) filter (where is_gone) as last_end
from lives
group by host, comm
having count(*) filter (where is_new) > 0 or count(*) filter (where is_gone) > 0
order by started + ended desc, comm, host
limit :n
