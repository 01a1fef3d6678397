-- Samples of which nothing is known but who ran in them, or what happened.
select ts, tick, max(interval_us) as interval_us
from $table
where host = $host and ts > $from and ts <= $to
group by ts, tick
order by ts
