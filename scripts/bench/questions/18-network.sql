-- What went over each interface in each minute of an hour?
select interface, date_trunc('minute', ts) as minute, sum(rx_bytes) as rx_bytes, sum(tx_bytes) as tx_bytes
from network
where ts > '2026-11-24 00:10' and ts <= '2026-11-24 01:10'
group by 1, 2 order by 1, 2
