-- The inventory as it stood at the end of the range: it is written when a recording starts and at
-- the start of each part, which may lie before the range.
select
  hostname, os, os_version, kernel, architecture, cpu_model, sockets, cores, threads, numa_nodes,
  memory_bytes, virtualisation, container_runtime, timezone, boot_time, sysray_version
from host
where host = $host and ts <= $to
order by ts desc
limit 1
