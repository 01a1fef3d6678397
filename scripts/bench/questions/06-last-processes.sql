-- What are the last rows of processes?
select ts, pid, comm, cpu_us from process order by ts desc, pid desc, start_time desc limit 300
