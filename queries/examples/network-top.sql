-- Which interfaces carried the most, what was their peak, and what was lost?
-- :interface = '%', what its name is like
-- :n = 10, how many
with spans as (
  select host, interface, min(tick) as first, max(tick) as last
  from network
  where counted and interface like :interface
  group by host, interface
), cells as (
  select
    n.host, n.interface,
    ceil(24 * (n.tick - s.first + 1) / (s.last - s.first + 1)) as cell,
    sum(n.rx_bytes) as rx_bytes,
    sum(n.tx_bytes) as tx_bytes,
    sum(n.rx_bytes + n.tx_bytes) as bytes,
    max(n.rx_bytes_per_s) as rx_bytes_per_s,
    max(n.tx_bytes_per_s) as tx_bytes_per_s,
    max(n.rx_bytes_per_s + n.tx_bytes_per_s) as bytes_per_s,
    sum(n.rx_errors + n.rx_dropped + n.tx_errors + n.tx_dropped) as lost_packets
  from spans s
  join network n on n.host = s.host and n.interface = s.interface
  where n.counted
  group by 1, 2, 3
)
select
  host, interface,
  human_bytes(sum(rx_bytes)) as received,
  human_bytes(sum(tx_bytes)) as sent,
  human_bytes(max(rx_bytes_per_s)) as most_received_per_s,
  human_bytes(max(tx_bytes_per_s)) as most_sent_per_s,
  sum(lost_packets) as lost_packets,
  sparkline(bytes_per_s, 24 order by cell) as course
from cells
group by host, interface
order by sum(bytes) desc, host, interface
limit :n
