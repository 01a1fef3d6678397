-- How busy was the host each minute?
select date_trunc('minute', ts) as minute, avg(cpu) as mean, max(cpu) as most from system group by 1 order by 1
