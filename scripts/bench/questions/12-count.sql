-- How many rows are there?
select count(*) from process
