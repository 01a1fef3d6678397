-- What each process did in each sample.
select
  ts, interval_us,
  pid, start_time, ppid, comm, cmdline, exe, username, cgroup, container, runtime, state, nice, threads,
  rss_bytes, swap_bytes, memory_pct, open_files, cpu_pct, user_pct, system_pct, run_delay_pct, block_delay_pct,
  major_faults_per_s, read_bytes_per_s, write_bytes_per_s,
  coalesce(read_bytes_per_s + write_bytes_per_s, read_bytes_per_s, write_bytes_per_s) as io_bytes_per_s
from process
where host = $host and ts > $from and ts <= $to
