-- What tells which alerts were raised and cleared. One that was raised before the range may last into it.
select ts, kind, severity, message, detail
from event
where host = $host and kind in ('alert', 'alert_clear', 'start', 'stop') and ts <= $to
order by ts, tick
