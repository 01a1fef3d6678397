-- How many different commands ran?
select count(distinct comm) as names, count(distinct cmdline) as commands from process
