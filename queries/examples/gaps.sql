-- When was nothing recorded, or less than should have been, and why?
-- :seconds = 0, how long at least
select host, from_ts, to_ts, seconds, kind, message
from meta.gaps
where seconds >= :seconds or seconds is null
order by to_ts, host, kind
