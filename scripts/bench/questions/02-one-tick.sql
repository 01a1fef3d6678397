-- What was every process doing at that second?
select * from process where ts > '2026-11-24 01:00:00' and ts <= '2026-11-24 01:00:01' order by ts, pid, start_time
