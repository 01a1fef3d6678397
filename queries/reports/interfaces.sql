-- The counted interfaces, as last seen.
select
  interface,
  last_value(driver order by ts) as driver,
  last_value(operstate order by ts) as operstate,
  last_value(speed_bits_per_s order by ts) as speed_bits_per_s
from {network}
where host = $host and ts > $from and ts <= $to and counted
group by interface, interface_index, netns
order by interface, interface_index, netns
