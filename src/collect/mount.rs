//! The mounts of the host: proc_pid_mountinfo(5). It asks no file system anything.

use super::Host;
use super::parse::int;

/// A line of mountinfo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mount {
    /// Its number, and that of the mount that it is on.
    pub id: i64,
    pub parent: i64,
    /// `major:minor` of its file system.
    pub device: String,
    /// Which folder of the file system is mounted.
    pub root: String,
    /// Where.
    pub path: String,
    pub fstype: String,
    /// What was mounted, as it was named.
    pub source: String,
    /// The options of the file system, with commas between them; those of this one mount are not told.
    pub super_options: String,
}

impl Mount {
    /// Whether the file system has this option.
    pub fn has(&self, option: &str) -> bool {
        self.super_options.split(',').any(|o| o == option)
    }
}

/// The mounts as the first process sees them, or where that is not for us, as this one does.
///
/// Returns the text and whether it is the first process's.
pub fn read_mountinfo(host: &mut Host) -> Result<(String, bool), super::Error> {
    if let Some(text) = host.proc_if_any("1/mountinfo")? {
        return Ok((text.to_string(), true));
    }
    Ok((host.proc("self/mountinfo")?.to_string(), false))
}

/// What `/proc` is told to hide of others' processes (`hidepid`), where it is: proc(5).
pub fn hidden_processes(mountinfo: &str) -> Option<String> {
    let mounts = parse_mountinfo(mountinfo);
    let proc = mounts.iter().rfind(|mount| mount.path == "/proc" && mount.fstype == "proc")?;
    let option = proc.super_options.split(',').find_map(|option| option.strip_prefix("hidepid="))?;
    (!matches!(option, "0" | "off")).then(|| option.to_string())
}

/// `mountinfo` as mounts, in its order. A line that is none is passed over.
pub fn parse_mountinfo(text: &str) -> Vec<Mount> {
    text.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Mount> {
    // Spaces within a field are escaped, so the first lone dash ends the optional fields.
    let (about_mount, about_system) = line.split_once(" - ")?;
    let mut words = about_mount.split(' ');
    let (id, parent) = (int(words.next()?)?, int(words.next()?)?);
    let (device, root, path) = (words.next()?, words.next()?, words.next()?);
    let mut words = about_system.split(' ');
    let (fstype, source) = (words.next()?, words.next()?);
    let super_options = words.next()?;
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let numbered = device.split_once(':').is_some_and(|(major, minor)| is_number(major) && is_number(minor));
    (numbered && path.starts_with('/')).then(|| Mount {
        id,
        parent,
        device: device.into(),
        root: unescape(root),
        path: unescape(path),
        fstype: unescape(fstype),
        source: unescape(source),
        super_options: super_options.into(),
    })
}

/// Undoes the kernel's `\040` for bytes that would break a line apart.
fn unescape(field: &str) -> String {
    if !field.contains('\\') {
        return field.into();
    }
    let bytes = field.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let octal = bytes.get(at + 1..at + 4).filter(|d| d.iter().all(|b| (b'0'..=b'7').contains(b)));
        match (bytes[at], octal) {
            (b'\\', Some(&[a, b, c])) if a <= b'3' => {
                plain.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                at += 4;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
