-- Who wrote most to the disks?
select comm, sum(write_bytes) as written, sum(read_bytes) as read from process group by comm order by 2 desc, 1 limit 10
