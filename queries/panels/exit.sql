-- Processes that ended, with what their lives cost.
select
  ts, pid, ppid, comm, uid, exit_code, signal, processes, life_us, life_cpu_us, rss_peak_bytes,
  life_read_bytes, life_write_bytes, cpu_us
from process_exit
where host = $host and ts > $from and ts <= $to
