-- When did TCP have to send again, how much of what it sent, and did connections fail?
-- :step = '1 minute', how long a bucket is
-- :pct = 0.1, from how many percent of the segments on
-- :n = 50, how many
select
  host,
  time_bucket(:step, ts) as bucket,
  100 * sum(tcp_retransmits) / sum(tcp_segments_out) as retransmit_pct,
  sum(tcp_retransmits) as retransmits,
  sum(tcp_timeouts) as timeouts,
  sum(tcp_attempt_fails) as failed_attempts,
  sum(tcp_resets_out) as resets_sent
from protocol
group by 1, 2
having 100 * sum(tcp_retransmits) / sum(tcp_segments_out) >= :pct
order by retransmit_pct desc, bucket, host
limit :n
