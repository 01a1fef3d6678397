-- On which interfaces were packets lost or the link down, when first and when last?
-- :interface = '%', what its name is like
select
  host, interface,
  sum(rx_errors) as rx_errors,
  sum(rx_dropped) as rx_dropped,
  sum(rx_missed) as rx_missed,
  sum(tx_errors) as tx_errors,
  sum(tx_dropped) as tx_dropped,
  sum(carrier_changes) as carrier_changes,
  min(ts) as first_ts,
  max(ts) as last_ts
from network
where interface like :interface
  and (rx_errors > 0 or rx_dropped > 0 or rx_missed > 0 or tx_errors > 0 or tx_dropped > 0 or carrier_changes > 0)
group by host, interface
order by host, interface
