-- Sockets that listen, and what waits before them.
select ts, protocol, address, port, netns, uid, queue, backlog, queue_pct, drops_per_s
from listen
where host = $host and ts > $from and ts <= $to
