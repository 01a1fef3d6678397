-- How many sockets were in which state.
select
  ts, sockets, tcp_in_use, tcp_orphan, tcp_time_wait, tcp_memory_bytes, udp_in_use, udp_memory_bytes, raw_in_use,
  tcp_established, tcp_syn_sent, tcp_syn_received, tcp_fin_wait1, tcp_fin_wait2, tcp_close_wait, tcp_last_ack,
  tcp_closing, tcp_listen
from socket
where host = $host and ts > $from and ts <= $to
