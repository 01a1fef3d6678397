-- How did one process fare the whole time?
select ts, cpu_us, rss_bytes, read_bytes, write_bytes from process where pid = {pid} order by ts, start_time
