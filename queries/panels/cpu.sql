-- What all CPUs together did in each sample.
select
  ts, interval_us,
  busy_pct, user_pct, nice_pct, system_pct, iowait_pct, irq_pct, softirq_pct, steal_pct, guest_pct, idle_pct,
  context_switches_per_s, interrupts_per_s, softirqs_per_s, forks_per_s,
  load1, load5, load15, online, accounted_pct
from cpu
where host = $host and ts > $from and ts <= $to
