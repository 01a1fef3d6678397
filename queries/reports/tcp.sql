-- TCP: how many connections, and what its listeners turned away or the network lost.
select '' as name, '' as entity, 'tcp_established' as measure, ts, 1 as weight, cast(tcp_established as double) as value
from system
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'tcp_listen_drops_per_s', ts, interval_us, tcp_listen_drops_per_s
from protocol
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'tcp_retransmit_pct', ts, interval_us, tcp_retransmit_pct
from protocol
where host = $host and ts > $from and ts <= $to
