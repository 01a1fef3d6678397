-- What did all processes take each minute?
select date_trunc('minute', ts) as minute, sum(cpu_us) as cpu_us, max(rss_bytes) as rss_bytes
from process
group by 1 order by 1
