-- What went wrong, as counts over the range; NULL where nothing that counts it was recorded. Of
-- cores it is the one with the most, since threads of one core share the number. Of disks the
-- kernel counts none, so they show only what was noted as an event.
select 'cpu' as resource, '' as name, '' as entity, 'thermal_throttles' as measure, max(times) as count
from (
  select cpu, sum(thermal_throttles) as times
  from {cpu_core}
  where host = $host and ts > $from and ts <= $to
  group by cpu
)
union all
select 'memory', '', '', 'oom_kills', sum(oom_kills)
from {memory}
where host = $host and ts > $from and ts <= $to
union all
select 'disk', subject, '', 'io_errors', count(*)
from event
where host = $host and ts > $from and ts <= $to and kind = 'io_error' and subject is not null
group by subject
union all
select
  'filesystem', mount, coalesce(device, mount), 'turned_read_only',
  sum(case when read_only and not before then 1 when read_only is not null then 0 end)
from (
  select mount, device, read_only, lag(read_only) over (partition by mount, device order by ts) as before
  from {filesystem}
  where host = $host and ts > $from and ts <= $to
)
group by mount, coalesce(device, mount)
union all
select
  'network', interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'errors', sum(rx_errors + tx_errors)
from {network}
where host = $host and ts > $from and ts <= $to and counted
group by interface, interface_index, netns
union all
select
  'network', interface,
  concat(coalesce(cast(interface_index as varchar), ''), ' ', coalesce(cast(netns as varchar), '')),
  'carrier_changes', sum(carrier_changes)
from {network}
where host = $host and ts > $from and ts <= $to and counted
group by interface, interface_index, netns
union all
select 'tcp', '', '', 'tcp_retransmits', sum(tcp_retransmits)
from {protocol}
where host = $host and ts > $from and ts <= $to
union all
select 'tcp', '', '', 'tcp_errors_in', sum(tcp_errors_in)
from {protocol}
where host = $host and ts > $from and ts <= $to
union all
select 'tcp', '', '', 'tcp_listen_overflows', sum(tcp_listen_overflows)
from {protocol}
where host = $host and ts > $from and ts <= $to
order by resource, name, entity, measure
