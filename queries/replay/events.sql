-- What happened, as people are told.
select ts, kind, severity, subject, message
from event
where host = $host and ts > $from and ts <= $to
order by ts, kind, subject
