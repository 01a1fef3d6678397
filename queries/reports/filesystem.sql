-- Filesystems that hold files on a disk or a server: not those the kernel makes up, and not
-- read-only images, which are always full. What is mounted more than once counts where its path is
-- shortest.
with mounts as (
  select mount, coalesce(device, mount) as device
  from {filesystem}
  where host = $host and ts > $from and ts <= $to and total_bytes > 0
    and fstype not in (
      'autofs', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts', 'devtmpfs', 'efivarfs',
      'erofs', 'fusectl', 'hugetlbfs', 'iso9660', 'mqueue', 'nsfs', 'proc', 'pstore', 'ramfs',
      'securityfs', 'squashfs', 'sysfs', 'tmpfs', 'tracefs'
    )
    and (fstype <> 'overlay' or mount = '/')
  group by mount, coalesce(device, mount)
),
chosen as (
  select mount, device
  from (
    select mount, device, row_number() over (partition by device order by length(mount), mount) as place
    from mounts
  )
  where place = 1
),
rows as (
  select f.mount, c.device, f.ts, f.samples, f.used_pct, f.used_pct_max, f.inodes_used_pct, f.inodes_used_pct_max
  from {filesystem} f
  join chosen c on f.mount = c.mount and coalesce(f.device, f.mount) = c.device
  where f.host = $host and f.ts > $from and f.ts <= $to
)
select
  mount as name, device as entity, 'used_pct' as measure, ts, samples, samples as weight,
  used_pct as value, used_pct_max as peak
from rows
union all
select mount, device, 'inodes_used_pct', ts, samples, samples as weight, inodes_used_pct, inodes_used_pct_max
from rows
