-- TCP: how many connections, and what its listeners turned away or the network lost.
select
  '' as name, '' as entity, 'tcp_established' as measure, ts, samples, samples as weight,
  cast(tcp_established as double) as value, cast(tcp_established_max as double) as peak
from {system}
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'tcp_listen_drops_per_s', ts, samples, interval_us, tcp_listen_drops_per_s, tcp_listen_drops_per_s_max
from {protocol}
where host = $host and ts > $from and ts <= $to
union all
select '', '', 'tcp_retransmit_pct', ts, samples, interval_us, tcp_retransmit_pct, tcp_retransmit_pct_max
from {protocol}
where host = $host and ts > $from and ts <= $to
