-- What the host is.
select
  ts, hostname, os, os_version, kernel, architecture, cpu_model, sockets, cores, threads, numa_nodes, memory_bytes,
  virtualisation, container_runtime, clocksource, governor, transparent_huge_pages, timezone, boot_time,
  sysray_version
from host
where host = $host and ts > $from and ts <= $to
