-- Counted interfaces: the busier direction against the speed of the link, where that is known, and
-- both directions in bytes. Of a tier the peak of both together is not known: at least it was so much.
select
  interface as name,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')) as entity,
  'utilisation_pct' as measure,
  ts,
  samples,
  interval_us as weight,
  greatest(rx_utilisation_pct, tx_utilisation_pct) as value,
  greatest(rx_utilisation_pct_max, tx_utilisation_pct_max) as peak
from {network}
where host = $host and ts > $from and ts <= $to and counted
union all
select
  interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'bytes_per_s', ts, samples, interval_us, rx_bytes_per_s + tx_bytes_per_s,
  greatest(rx_bytes_per_s + tx_bytes_per_s, rx_bytes_per_s_max, tx_bytes_per_s_max)
from {network}
where host = $host and ts > $from and ts <= $to and counted
union all
select
  interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'dropped_per_s', ts, samples, interval_us, rx_dropped_per_s + tx_dropped_per_s,
  greatest(rx_dropped_per_s + tx_dropped_per_s, rx_dropped_per_s_max, tx_dropped_per_s_max)
from {network}
where host = $host and ts > $from and ts <= $to and counted
