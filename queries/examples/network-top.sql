-- Which interfaces carried the most, and what was their peak?
select
  host, interface,
  sum(rx_bytes) as received_bytes,
  sum(tx_bytes) as sent_bytes,
  max(rx_bytes_per_s) as most_rx_bytes_per_s,
  max(tx_bytes_per_s) as most_tx_bytes_per_s,
  sum(rx_errors + rx_dropped + tx_errors + tx_dropped) as lost_packets
from network
where counted
group by host, interface
order by received_bytes + sent_bytes desc
limit 10
