-- What TCP, UDP and ICMP did in each sample.
select
  ts, tcp_active_opens_per_s, tcp_passive_opens_per_s, tcp_attempt_fails_per_s, tcp_resets_in_per_s,
  tcp_resets_out_per_s, tcp_segments_in_per_s, tcp_segments_out_per_s, tcp_retransmits_per_s, tcp_retransmit_pct,
  tcp_errors_in_per_s, tcp_listen_overflows_per_s, tcp_listen_drops_per_s, tcp_syn_retransmits_per_s,
  tcp_timeouts_per_s, tcp_backlog_drops_per_s, udp_datagrams_in_per_s, udp_datagrams_out_per_s,
  udp_no_ports_per_s, udp_errors_in_per_s, udp_receive_buffer_errors_per_s, udp_send_buffer_errors_per_s,
  icmp_errors_in_per_s
from protocol
where host = $host and ts > $from and ts <= $to
