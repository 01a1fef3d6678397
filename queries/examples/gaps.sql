-- When was nothing recorded, or less than should have been, and why?
select host, from_ts, to_ts, seconds, kind, message
from meta.gaps
order by to_ts, host, kind
