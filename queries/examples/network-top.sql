-- Which interfaces carried the most, what was their peak, and what was lost?
select
  host, interface,
  human_bytes(sum(rx_bytes)) as received,
  human_bytes(sum(tx_bytes)) as sent,
  human_bytes(max(rx_bytes_per_s)) as most_received_per_s,
  human_bytes(max(tx_bytes_per_s)) as most_sent_per_s,
  sum(rx_errors + rx_dropped + tx_errors + tx_dropped) as lost_packets,
  sparkline(rx_bytes_per_s + tx_bytes_per_s, 24 order by ts) as course
from network
where counted
group by host, interface
order by sum(rx_bytes + tx_bytes) desc, host, interface
limit 10
