-- how many rows are there of each host
select host, count(*) as n, min(tick), max(tick) from system group by host order by host

-- the busiest second of each host
select host, tick, cpu from system s where cpu = (select max(cpu) from system t where t.host = s.host) order by host, tick

-- the mean of a derived column in a range
select avg(cpu), min(cpu), max(cpu) from system where host = 'web1' and ts > timestamp '2026-11-22 14:00:10' and ts <= timestamp '2026-11-22 14:00:50'

-- a range that begins in one segment and ends in the journal
select tick, runnable from system where host = 'web1' and ts between timestamp '2026-11-22 14:00:38' and timestamp '2026-11-22 14:00:43' order by tick

-- one instant
select host, tick, cpu_busy_us from system where ts = timestamp '2026-11-22 14:00:40' order by host

-- times on the left
select count(*) from process where timestamp '2026-11-22 14:00:20' < ts and timestamp '2026-11-22 14:00:41' >= ts

-- outside of a range
select count(*), sum(cpu_us) from process where ts not between timestamp '2026-11-22 14:00:05' and timestamp '2026-11-22 14:00:55'

-- a column that an older segment lacks
select tick, load5 from system where host = 'web1' and tick between 18 and 23 order by tick

-- where it is unknown
select count(*), count(load5), min(tick), max(tick) from system where load5 is null

-- compared with what is unknown
select count(*) from system where load5 > 0.5 or load5 <= 0.5

-- not equal to what may be unknown
select count(*) from system where runnable <> 3

-- distinct from what may be unknown
select count(*) from system where runnable is distinct from 3

-- not in a list with unknown values
select count(*) from system where runnable not in (1, 2)

-- unknown values behind all others, however they are ordered
select tick, runnable from system where host = 'db1' order by runnable desc, tick limit 40

-- unknown values first where that is asked for
select tick, runnable from system where host = 'db1' order by runnable nulls first, tick limit 8

-- true division, by zero too
select device, tick, read_us / nullif(reads, 0), reads / 4, busy_us % 7 from disk where tick <= 6 order by device, tick

-- latencies where there was something to wait for
select device, avg(read_latency_us), max(write_latency_us), count(latency_us), count(*) from disk group by device order by device

-- rates
select device, max(reads_per_s), sum(write_bytes_per_s), avg(busy_pct), max(queue_length) from disk group by device order by device

-- who used the CPU
select comm, sum(cpu_us) / 1e6 as cpu_s, max(cpu_pct) from process group by comm order by cpu_s desc, comm

-- who used it in a few seconds
select pid, start_time, sum(cpu_us) from process where tick > 25 and tick < 35 group by pid, start_time order by 3 desc, pid limit 4

-- a pid that was used again
select pid, start_time, comm, count(*), min(tick), max(tick) from process where pid = 104 group by pid, start_time, comm order by start_time

-- text with quotes in it
select comm, count(*) from process where comm = 'O''Reilly "x"' group by comm

-- patterns
select distinct comm from process where comm like '%a%' or comm like 'ng_nx' order by comm

-- patterns that do not fit, and unknown text
select count(*) from process where username not like 'w%'

-- users, the unknown one too
select username, count(*), count(username), count(distinct pid) from process group by username order by username

-- having
select pid, avg(rss_bytes) as mean from process group by pid having avg(rss_bytes) > 35000000 order by mean desc

-- growth of memory
select pid, max(rss_bytes) - min(rss_bytes) as grown from process group by pid, start_time having max(rss_bytes) > min(rss_bytes) order by grown desc

-- counted where a condition holds
select count(*) filter (where state = 'D'), count(*) filter (where state = 'R' and cpu_us > 100000), sum(case when state = 'S' then 1 else 0 end) from process

-- ten seconds at a time
select floor(tick / 10) as bucket, count(*), sum(cpu_busy_us), avg(load1) from system where host = 'web1' group by 1 order by 1

-- by the minute
select date_trunc('minute', ts) as minute, host, count(*), sum(network_rx_bytes) from system group by 1, 2 order by 1, 2

-- parts of times
select extract(second from ts) as s, count(*) from system where extract(second from ts) in (0, 30, 59) group by 1 order by 1

-- joined by tick and host
select s.tick, s.cpu, c.busy_pct from system s join cpu c on s.tick = c.tick and s.host = c.host where s.tick % 15 = 0 order by s.tick

-- joined with what may be missing
select s.host, s.tick, e.kind from system s left join event e on s.tick = e.tick and s.host = e.host where s.tick in (16, 33, 40) order by s.host, s.tick

-- who ran at an event
select e.kind, p.comm, p.cpu_us from event e join process p using (tick, host) where e.kind = 'oom_kill' order by p.pid

-- a table with itself
select a.tick, b.cpu_busy_us - a.cpu_busy_us as more from system a join system b on b.tick = a.tick + 1 and b.host = a.host where a.host = 'web1' and a.tick between 19 and 22 order by a.tick

-- where there is none of another table
select count(*) from system s where not exists (select 1 from cpu c where c.tick = s.tick and c.host = s.host)

-- where there is one of another table
select tick from cpu where tick in (select tick from event) order by tick

-- the row before
select tick, cpu_busy_us - lag(cpu_busy_us) over (order by tick) as more from system where host = 'web1' and tick < 25 order by tick desc limit 6

-- a running sum
select tick, sum(disk_reads) over (order by tick rows between unbounded preceding and current row) as so_far from system where host = 'web1' order by tick desc limit 3

-- a moving mean
select tick, avg(load1) over (order by tick rows between 4 preceding and current row) as mean from system where host = 'db1' order by tick limit 8

-- the first three of each second
select tick, pid, place from (select tick, pid, row_number() over (partition by tick order by cpu_us desc, pid) as place from process) ranked where place <= 3 and tick in (10, 30, 50) order by tick, place

-- ranks
select pid, rank() over (order by most desc) as r, dense_rank() over (order by most desc) as d from (select pid, max(threads) as most from process group by pid) t order by r, pid

-- spread
select host, stddev(cpu), var_pop(load1), corr(load1, cpu) from system group by host order by host

-- subtotals
select host, state, count(*) from process group by rollup (host, state) order by host, state

-- all of one and the other
select host from system union select host from event order by 1

-- of one and not of the other
select tick from cpu except select tick from process where pid = 103 order by 1

-- of both
select tick from event intersect select tick from system where host = 'db1' order by 1

-- named behind with
with busy as (select * from system where cpu > 20), calm as (select * from system where cpu <= 20) select (select count(*) from busy) as a, (select count(*) from calm) as b, (select count(*) from system) as c

-- words put together
select tick, string_agg(comm, ',' order by pid) as comms from process where tick in (15, 16, 31) group by tick order by tick

-- a page further on
select host, tick, round(cpu, 2), coalesce(runnable, -1), greatest(load1, 3), nullif(runnable, 0) from system order by host, tick limit 10 offset 37
