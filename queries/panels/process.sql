-- What each process did in each sample.
select
  ts, pid, start_time, ppid, comm, cmdline, exe, username, uid, cgroup, container, state, nice, is_kernel, threads,
  rss_bytes, swap_bytes, virtual_bytes, memory_pct, open_files, open_files_limit, oom_score,
  cpu_pct, user_pct, system_pct, run_delay_pct, block_delay_pct, major_faults_per_s,
  read_bytes_per_s, write_bytes_per_s,
  coalesce(read_bytes_per_s, 0) + coalesce(write_bytes_per_s, 0) as io_bytes_per_s,
  involuntary_switches_per_s, wchan
from process
where host = $host and ts > $from and ts <= $to
