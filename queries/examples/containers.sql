-- What did each container or service use: CPU, memory against its limit, I/O, kills?
-- :n = 15, how many
with last as (
  select
    host, path,
    last_value(coalesce(container_name, container, path) order by ts) as name,
    sum(usage_us) / 1000000 as cpu_s,
    rate(usage_us, interval_us) / 10000 as cpu_pct,
    max(memory_bytes) as memory_bytes,
    last_value(memory_max_bytes order by ts) as memory_max_bytes,
    sum(read_bytes) as read_bytes,
    sum(write_bytes) as write_bytes,
    sum(oom_kills) as oom_kills
  from cgroup
  where coalesce(leaf, path <> '/')
  group by host, path
)
select
  host, name, cpu_s, cpu_pct,
  human_bytes(memory_bytes) as most_memory,
  human_bytes(memory_max_bytes) as memory_limit,
  human_bytes(read_bytes) as read,
  human_bytes(write_bytes) as written,
  oom_kills
from last
order by cpu_s desc, memory_bytes desc, host, path
limit :n
