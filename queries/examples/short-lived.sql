-- Which programs started and ended over and over, and what did their short lives cost?
-- :seconds = 10, how long such a life is at most
-- :n = 20, how many
select
  host, comm,
  count(*) as ended,
  sum(life_cpu_us) / 1000000 as cpu_s,
  avg(life_us) / 1000000 as mean_life_s,
  count(*) filter (where exit_code <> 0 or signal <> 0) as failed
from process_exit
where life_us < :seconds * 1000000
group by host, comm
order by cpu_s desc, ended desc, host, comm
limit :n
