-- What each interface carried in each sample.
select
  ts, interval_us,
  interface, interface_index, netns, netns_name, kind, operstate, speed_bits_per_s, counted, mtu,
  rx_bytes_per_s, rx_packets_per_s, rx_errors_per_s, rx_dropped_per_s, rx_missed_per_s, rx_utilisation_pct,
  tx_bytes_per_s, tx_packets_per_s, tx_errors_per_s, tx_dropped_per_s, tx_collisions_per_s, tx_utilisation_pct,
  carrier_changes_per_s
from network
where host = $host and ts > $from and ts <= $to
