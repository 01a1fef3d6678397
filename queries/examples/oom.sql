-- Which processes were killed for want of memory, and how much memory was left at that time?
-- :name = '%', what the name of the process is like
select e.ts, e.host, e.subject, e.message, m.available_bytes, m.swap_free_bytes
from event e
left join memory m on m.host = e.host and m.tick = e.tick
where e.kind = 'oom_kill' and coalesce(e.subject, '') like :name
order by e.ts, e.host, e.subject
