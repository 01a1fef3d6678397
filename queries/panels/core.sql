-- What each CPU did in each sample.
select
  ts, interval_us,
  cpu, busy_pct, user_pct, nice_pct, system_pct, iowait_pct, irq_pct, softirq_pct, steal_pct, guest_pct,
  frequency_hz, thermal_throttles_per_s
from cpu_core
where host = $host and ts > $from and ts <= $to
