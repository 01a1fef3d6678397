-- How did the host do in the last five minutes?
select ts, cpu, load1, runnable, memory_available_bytes from system order by ts desc limit 300
