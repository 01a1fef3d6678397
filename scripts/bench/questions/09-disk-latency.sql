-- Which device was slow?
select device, sum(read_us + write_us) / nullif(sum(reads + writes), 0) as latency_us, max(queue_length) as queue
from disk
group by device order by 2 desc, 1
