//! What a block device is, by its name and its folder in sysfs, and which devices' I/O may be
//! summed without counting any twice. It reads no counter.

use std::collections::{HashMap, HashSet};

use super::Host;
use super::parse::int;
use crate::schema::Text;

/// Bytes of a sector as the kernel counts, whatever the device's own sectors are.
pub const SECTOR_BYTES: i64 = 512;

/// The file that numbers devices and media.
const DISK_SEQ: &str = "diskseq";

/// What stays the same as long as a device does, or nearly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockDevice {
    /// One of the words listed with `disk.kind`.
    pub kind: &'static str,
    pub name: Option<Text>,
    pub model: Option<Text>,
    pub rotational: Option<bool>,
    /// The devices it is made of, in order of their names.
    pub parents: Vec<String>,
    pub disk_seq: Option<i64>,
    pub size_bytes: Option<i64>,
    /// Whether the kernel keeps its counters; `None` where it does not tell.
    pub accounted: Option<bool>,
}

/// The names of devices by `major:minor`, from `/proc/diskstats`.
pub fn names_by_number(diskstats: &str) -> HashMap<String, String> {
    let name = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (major, minor) = (int(words.next()?)?, int(words.next()?)?);
        Some((format!("{major}:{minor}"), words.next()?.to_string()))
    };
    diskstats.lines().filter_map(name).collect()
}

/// The kind that a whole device's name tells.
pub fn kind_of(device: &str) -> &'static str {
    const KINDS: [(&str, &str); 12] = [
        ("dm-", "dm"),
        ("md", "md"),
        ("loop", "loop"),
        ("zram", "zram"),
        ("ram", "ram"),
        ("sr", "rom"),
        ("scd", "rom"),
        ("nbd", "nbd"),
        ("rbd", "rbd"),
        ("zd", "zvol"),
        ("drbd", "drbd"),
        ("bcache", "bcache"),
    ];
    if head_of_path(device).is_some() {
        return "path";
    }
    KINDS.iter().find(|(prefix, _)| device.starts_with(prefix)).map_or("disk", |(_, kind)| kind)
}

/// The namespace to which `device` is one of several ways: `nvme0n2` of `nvme0c1n2`.
pub fn head_of_path(device: &str) -> Option<String> {
    let (controller, namespace) = device.strip_prefix("nvme")?.split_once('n')?;
    let (subsystem, path) = controller.split_once('c')?;
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    [subsystem, path, namespace].into_iter().all(number).then(|| format!("nvme{subsystem}n{namespace}"))
}

/// The disk of which `device` is a partition, going by names alone: for hosts that hide sysfs.
pub fn disk_by_name(device: &str, all: &HashSet<&str>) -> Option<String> {
    let stem = device.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == device.len() {
        return None;
    }
    let ends_in_digit = |s: &str| s.ends_with(|c: char| c.is_ascii_digit());
    let behind_p = stem.strip_suffix('p').filter(|disk| ends_in_digit(disk) && all.contains(disk));
    let disk = behind_p.or_else(|| all.contains(stem).then_some(stem).filter(|disk| !ends_in_digit(disk)));
    disk.map(str::to_string)
}

impl BlockDevice {
    /// Reads what sysfs tells of `device`; `all` are the names of all devices.
    pub fn read(host: &mut Host, device: &str, all: &HashSet<&str>) -> BlockDevice {
        let folder = folder_of(device);
        host.count_read();
        let disk = match std::fs::read_link(host.sys_path(&folder)).ok() {
            Some(link) if is_partition(host, device) => {
                link.parent().and_then(|p| p.file_name()).map(|name| name.to_string_lossy().replace('!', "/"))
            }
            Some(_) => None,
            None => disk_by_name(device, all),
        };
        let whole = disk.as_deref().map_or_else(|| folder.clone(), folder_of);
        let kind = if disk.is_some() { "partition" } else { kind_of(device) };
        let mut text = |path: String| {
            let text = host.sys_if_any(&path).ok().flatten().map(str::trim);
            text.filter(|t| !t.is_empty()).map(Text::from)
        };
        let mut one_of =
            |folder: &str, files: [&str; 2]| files.iter().find_map(|f| text(format!("{folder}/{f}")));
        let model = one_of(&whole, ["device/model", "device/name"]);
        let name = match kind {
            "dm" | "loop" => one_of(&folder, ["dm/name", "loop/backing_file"]),
            _ => None,
        };
        let mut number = |path: String| text(path).as_deref().and_then(int);
        let disk_seq = number(format!("{whole}/{DISK_SEQ}"));
        let size_bytes = number(format!("{folder}/size")).map(|n| n.saturating_mul(SECTOR_BYTES));
        let rotational = number(format!("{whole}/queue/rotational")).map(|n| n != 0);
        let accounted = number(format!("{whole}/queue/iostats")).map(|n| n != 0);
        let parents = match disk {
            Some(disk) => vec![disk],
            None => slaves(host, device),
        };
        BlockDevice { kind, name, model, rotational, parents, disk_seq, size_bytes, accounted }
    }
}

/// The number of the device or medium that bears this name now; of whole devices, and from Linux 5.15 on.
pub fn disk_seq(host: &mut Host, device: &str) -> Option<i64> {
    int(host.sys(&format!("{}/{DISK_SEQ}", folder_of(device))).ok()?)
}

/// Whether sysfs has this device for a partition.
pub fn is_partition(host: &Host, device: &str) -> bool {
    host.sys_path(&format!("{}/partition", folder_of(device))).exists()
}

/// The devices that this one is made of, as its driver tells sysfs.
pub fn slaves(host: &mut Host, device: &str) -> Vec<String> {
    let path = host.sys_path(&format!("{}/slaves", folder_of(device)));
    let names = host.names(&path).unwrap_or_default();
    names.into_iter().map(|name| name.replace('!', "/")).collect()
}

/// A device's folder below `/sys`. A slash in its name is a `!` there.
fn folder_of(device: &str) -> String {
    format!("class/block/{}", device.replace('/', "!"))
}

/// Whether a device of this kind keeps its data in memory: its I/O reaches no storage.
pub fn is_memory(kind: &str) -> bool {
    matches!(kind, "zram" | "ram")
}

/// How high devices of this kind stand on others: 0 says nothing of them, 1 is storage itself, 2 is
/// made of devices, 3 lies in a file or volume of one without the kernel saying which.
pub fn layer(kind: &str) -> u8 {
    match kind {
        "zram" | "ram" | "rom" => 0,
        "dm" | "md" | "bcache" => 2,
        "loop" | "zvol" | "drbd" => 3,
        _ => 1,
    }
}

/// Which of the devices may be summed: those made of none that is itself in the list.
pub fn counted<'a>(devices: impl Iterator<Item = (&'a str, &'a BlockDevice)> + Clone) -> HashSet<&'a str> {
    let all: HashSet<&str> = devices.clone().map(|(device, _)| device).collect();
    let lowest = devices.clone().map(|(_, d)| layer(d.kind)).filter(|layer| *layer > 0).min().unwrap_or(0);
    let alone = |d: &BlockDevice| match d.kind {
        kind if is_memory(kind) => false,
        // What it is made of is not told, and may well be in the list.
        kind if d.parents.is_empty() => layer(kind) <= lowest,
        _ => !d.parents.iter().any(|parent| all.contains(parent.as_str())),
    };
    devices.filter(|(_, d)| alone(d)).map(|(device, _)| device).collect()
}
