-- What happened to the host and to the recording, what somebody noted included?
-- :severity = 'info', from which severity on: info, warning or critical
select ts, host, severity, kind, subject, message
from event
where array_position(make_array('info', 'warning', 'critical'), severity)
  >= array_position(make_array('info', 'warning', 'critical'), :severity)
order by ts, host, kind, subject
