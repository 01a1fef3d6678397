-- Which file systems are full or filling up, and when will they be full at this pace?
-- :pct = 80, from how many percent on; or whatever is full within a day
with spans as (
  select
    host, mount,
    last_value(device order by ts) as device,
    last_value(used_pct order by ts) as used_pct,
    last_value(inodes_used_pct order by ts) as inodes_used_pct,
    last_value(available_bytes order by ts) as available_bytes,
    (first_value(available_bytes order by ts) - last_value(available_bytes order by ts))
      / nullif(cast(max(ts) as bigint) - cast(min(ts) as bigint), 0) * 3600e6 as grows_an_hour
  from filesystem
  where read_only is distinct from true
  group by host, mount
)
select
  host, mount, device, used_pct, inodes_used_pct,
  human_bytes(available_bytes) as available,
  human_bytes(grows_an_hour) as grows_an_hour,
  case when grows_an_hour > 0 then available_bytes / grows_an_hour end as full_in_hours
from spans
where used_pct >= :pct or inodes_used_pct >= :pct or (grows_an_hour > 0 and available_bytes / grows_an_hour < 24)
order by full_in_hours, used_pct desc, host, mount
