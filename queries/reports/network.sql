-- Counted interfaces: the busier direction against the speed of the link, where that is known, and
-- both directions in bytes.
select
  interface as name,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')) as entity,
  'utilisation_pct' as measure,
  ts,
  interval_us as weight,
  greatest(rx_utilisation_pct, tx_utilisation_pct) as value
from network
where host = $host and ts > $from and ts <= $to and counted
union all
select
  interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'bytes_per_s', ts, interval_us, rx_bytes_per_s + tx_bytes_per_s
from network
where host = $host and ts > $from and ts <= $to and counted
union all
select
  interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'dropped_per_s', ts, interval_us, rx_dropped_per_s + tx_dropped_per_s
from network
where host = $host and ts > $from and ts <= $to and counted
