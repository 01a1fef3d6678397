-- When did processes pile up that wait for a disk?
select date_trunc('minute', ts) as minute, count(*) as waiting from process where state = 'D' group by 1 order by 1
