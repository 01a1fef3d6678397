-- The counted disks, as last seen.
select
  device,
  last_value(kind order by ts) as kind,
  last_value(model order by ts) as model,
  last_value(rotational order by ts) as rotational,
  cast(last_value(size_bytes order by ts) as bigint) as size_bytes
from {disk}
where host = $host and ts > $from and ts <= $to and counted
group by device, disk_seq
order by device, disk_seq
