-- How busy was the host at its worst?
select max(cpu) from system
