-- Which listening sockets let connections wait, and were some turned away?
-- :pct = 0, from how full a queue on, in percent
with dropped as (
  select host, tick, tcp_listen_overflows + tcp_listen_drops as turned_away from protocol
)
select
  l.host, l.protocol, l.address, l.port,
  max(l.queue) as most_waiting,
  max(l.backlog) as backlog,
  100 * max(l.queue) / max(l.backlog) as full_pct,
  first_value(l.ts order by l.queue desc, l.ts) as worst_ts,
  sum(d.turned_away) as turned_away_on_host
from listen l
left join dropped d on d.host = l.host and d.tick = l.tick
group by l.host, l.protocol, l.address, l.port
having max(l.queue) > 0 and coalesce(100 * max(l.queue) / max(l.backlog), 100) >= :pct
order by full_pct desc, l.host, l.protocol, l.address, l.port
