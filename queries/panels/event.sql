-- What happened.
select ts, until_ts, kind, severity, subject, message
from event
where host = $host and ts > $from and ts <= $to
order by ts, kind, subject
limit 100000
