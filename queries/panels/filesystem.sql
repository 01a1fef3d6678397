-- How full each file system was.
select
  ts, mount, device, fstype, read_only, total_bytes, total_bytes - free_bytes as used_bytes, available_bytes,
  used_pct, inodes_used_pct, inodes_free
from filesystem
where host = $host and ts > $from and ts <= $to
