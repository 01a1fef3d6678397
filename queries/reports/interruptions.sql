-- What was noted that can explain a gap. An event lasts until `until_ts`, or has only its moment.
select ts, until_ts, kind, message
from event
where host = $host
  and kind in ('boot', 'unclean_boot', 'start', 'stop', 'gap', 'skipped', 'lost', 'suspend', 'clock_step')
  and ts <= $to and coalesce(until_ts, ts) > $from
order by ts
