-- Which hosts there are rows of in the range, and from when to when.
select host, min(ts) as first_ts, max(ts) as last_ts
from $table
where ts > $from and ts <= $to
group by host
order by host
