-- What did recording itself cost, collector by collector, and did anything fail?
-- :name = '%', what the name of the collector is like
select
  host, collector,
  sum(elapsed_us) / 1000 as elapsed_ms,
  avg(elapsed_us) / 1000 as mean_ms,
  max(elapsed_us) / 1000 as worst_ms,
  avg(rows) as rows,
  sum(errors) as errors,
  last_value(error order by ts) as error,
  sum(cpu_us) / 1000 as cpu_ms,
  human_bytes(max(rss_bytes)) as most_resident
from recorder
where collector like :name
group by host, collector
order by coalesce(sum(cpu_us), 0) desc, elapsed_ms desc, host, collector
