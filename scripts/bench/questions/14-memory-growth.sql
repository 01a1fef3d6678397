-- Whose memory grew most?
select pid, start_time, max(rss_bytes) - min(rss_bytes) as grown
from process
where not is_kernel
group by pid, start_time order by 3 desc, 1, 2 limit 10
