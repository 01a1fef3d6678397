-- The first sample of the range: behind a gap, which may be long.
select min(ts) as ts from $table where host = $host and ts > $from and ts <= $to
