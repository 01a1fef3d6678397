-- What each disk did in each sample.
select
  ts, interval_us, device, kind, name, model, parents, counted, size_bytes, busy_pct, queue_length, in_flight,
  reads_per_s, read_bytes_per_s, read_latency_us, read_size_bytes,
  writes_per_s, write_bytes_per_s, write_latency_us, write_size_bytes, latency_us,
  discards_per_s, flushes_per_s, flush_latency_us
from disk
where host = $host and ts > $from and ts <= $to
