//! Text without the names that are known, and without what looks like an address or a path.
//! Pure; reads nothing.

use std::collections::HashMap;
use std::net::IpAddr;

/// What stands in place of what has no other name.
pub const HIDDEN: &str = "***";

/// Words of paths and mounts that are a system's own.
const OWN: [&str; 91] = [
    "9p",
    "aufs",
    "autofs",
    "besteffort",
    "bind",
    "binfmt_misc",
    "boot",
    "bpf",
    "btrfs",
    "burstable",
    "by-id",
    "by-label",
    "by-partuuid",
    "by-path",
    "by-uuid",
    "cache",
    "ceph",
    "cgroup",
    "cgroup2",
    "cifs",
    "config",
    "configfs",
    "containerd",
    "containers",
    "core",
    "credentials",
    "data",
    "debug",
    "debugfs",
    "dev",
    "devpts",
    "devtmpfs",
    "disk",
    "docker",
    "efi",
    "efivarfs",
    "etc",
    "export",
    "ext4",
    "fs",
    "fuse",
    "fusectl",
    "guaranteed",
    "home",
    "host",
    "hosts",
    "hostname",
    "hugepages",
    "hugetlbfs",
    "init",
    "init.scope",
    "kubelet",
    "kubepods",
    "lib",
    "live",
    "local",
    "lock",
    "log",
    "lost+found",
    "lxc",
    "lxcfs",
    "machine",
    "mapper",
    "media",
    "merged",
    "mnt",
    "mqueue",
    "none",
    "nsfs",
    "opt",
    "overlay",
    "overlay2",
    "overlayfs",
    "pods",
    "proc",
    "pstore",
    "pts",
    "resolv.conf",
    "root",
    "rootfs",
    "run",
    "securityfs",
    "shm",
    "snap",
    "srv",
    "swap",
    "sys",
    "tmp",
    "tmpfs",
    "usr",
    "var",
];

/// Names of block devices, as the kernel gives them.
const DEVICES: [&str; 18] = [
    "sd", "vd", "xvd", "hd", "nvme", "mmcblk", "dm-", "md", "loop", "zram", "ram", "sr", "nbd", "rbd", "zd",
    "drbd", "bcache", "pmem",
];

/// Names that are known, and the numbers that others got.
#[derive(Default)]
pub struct Secrets {
    /// Names in lower case with what stands in their place, the longest first.
    known: Vec<(String, String)>,
    numbers: HashMap<String, usize>,
}

impl Secrets {
    /// Adds a name and what stands in its place.
    pub fn know(&mut self, name: &str, instead: &str) {
        let name = name.trim().to_ascii_lowercase();
        if name.len() > 1 && !self.known.iter().any(|(known, _)| *known == name) {
            self.known.push((name, instead.into()));
            self.known.sort_by(|(a, _), (b, _)| (b.len(), a).cmp(&(a.len(), b)));
        }
    }

    /// What stands in place of a name that is known.
    pub fn instead_of(&self, name: &str) -> Option<&str> {
        let name = name.trim().to_ascii_lowercase();
        self.known.iter().find(|(known, _)| *known == name).map(|(_, instead)| instead.as_str())
    }

    /// The number of a name: the same each time.
    pub fn number(&mut self, name: &str) -> String {
        let next = self.numbers.len() + 1;
        format!("name-{}", self.numbers.entry(name.into()).or_insert(next))
    }

    /// The text with every name that is known replaced, where it stands as a word of its own.
    pub fn words(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (name, instead) in &self.known {
            let lower = text.to_ascii_lowercase();
            if !lower.contains(name.as_str()) {
                continue;
            }
            let (mut out, mut at) = (String::with_capacity(text.len()), 0);
            for (begin, _) in lower.match_indices(name.as_str()) {
                let end = begin + name.len();
                let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                if begin >= at
                    && !within(lower[..begin].chars().next_back())
                    && !within(lower[end..].chars().next())
                {
                    out.push_str(&text[at..begin]);
                    out.push_str(instead);
                    at = end;
                }
            }
            out.push_str(&text[at..]);
            text = out;
        }
        text
    }

    /// A sentence or JSON: besides, addresses go, and the folders of paths.
    pub fn text(&self, text: &str) -> String {
        let ends = |c: char| c.is_whitespace() || "\"'`()<>{}[],;=|".contains(c);
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(ends) {
            let (word, end) = match piece.char_indices().next_back() {
                Some((at, last)) if ends(last) => piece.split_at(at),
                _ => (piece, ""),
            };
            out.push_str(&self.word(word));
            out.push_str(end);
        }
        self.words(&out)
    }

    fn word(&self, word: &str) -> String {
        let bare = word.trim_end_matches(['.', ':', '!', '?']);
        let rest = &word[bare.len()..];
        if is_address(bare) || bare.contains("://") || bare.contains('@') {
            return format!("{HIDDEN}{rest}");
        }
        match bare.rsplit_once('/') {
            Some((folder, name)) if bare.starts_with('/') && !folder.is_empty() => {
                format!("{HIDDEN}/{name}{rest}")
            }
            Some((_, "")) | None => word.into(),
            // The first word below the root, and a path from somewhere: both may be a name.
            Some((_, name)) => format!("{HIDDEN}/{name}{rest}"),
        }
    }

    /// A path, a device or what was named to mount: words that are no system's own become numbers.
    pub fn path(&mut self, text: &str) -> String {
        let is_word = |c: char| c.is_alphanumeric() || "_.-+\\~#%&$ ".contains(c);
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(|c| !is_word(c)) {
            let (word, end) = match piece.char_indices().next_back() {
                Some((at, last)) if !is_word(last) => piece.split_at(at),
                _ => (piece, ""),
            };
            if word.is_empty() || OWN.contains(&word) || is_device(word) {
                out.push_str(word);
            } else {
                out.push_str(&self.number(word));
            }
            out.push_str(end);
        }
        out
    }

    /// The path of a control group.
    pub fn cgroup(&mut self, text: &str) -> String {
        let mut before = "";
        let mut out = Vec::new();
        for word in text.split('/') {
            let new = self.group(before, word);
            out.push(self.words(&new));
            before = word;
        }
        out.join("/")
    }

    fn group(&mut self, before: &str, word: &str) -> String {
        for prefix in ["lxc.payload.", "lxc.monitor.", "machine-"] {
            if let Some(rest) = word.strip_prefix(prefix).filter(|rest| *rest != "slice") {
                let (name, end) = rest.strip_suffix(".scope").map_or((rest, ""), |name| (name, ".scope"));
                return format!("{prefix}{}{end}", self.number(name));
            }
        }
        let Some((name, kind)) = word.rsplit_once('.').filter(|(_, kind)| is_unit(kind)) else {
            let is_own = word.is_empty() || OWN.contains(&word) || is_id(word);
            return if is_own && before != "lxc" { word.into() } else { self.number(word) };
        };
        if ["mount", "automount", "swap", "device"].contains(&kind) {
            return format!("{}.{kind}", self.number(name));
        }
        match name.split_once('@') {
            Some((unit, instance))
                if !instance.is_empty() && !instance.bytes().all(|b| b.is_ascii_digit()) =>
            {
                format!("{unit}@{}.{kind}", self.number(instance))
            }
            _ => word.into(),
        }
    }

    /// A container: what is an id stays.
    pub fn container(&mut self, text: &str) -> String {
        if is_id(text) { text.into() } else { self.number(text) }
    }

    /// An interface, or what is named after some: `enx00155d4a2b10-rx-0`. Some are named after their address.
    pub fn interface(&self, text: &str) -> String {
        let hidden = |part: &str| {
            let name = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let address = name.get(3..).filter(|a| a.len() == 12 && a.bytes().all(|b| b.is_ascii_hexdigit()));
            match address {
                Some(_) => format!("{}{HIDDEN}{}", &name[..3], &part[name.len()..]),
                None => part.into(),
            }
        };
        let text = self.words(text);
        text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).map(hidden).collect()
    }

    /// A device: those without a wire are named after their address.
    pub fn device(&self, text: &str) -> String {
        const LENGTH: usize = "00:11:22:33:44:55".len();
        let text = self.words(text);
        let is_part = |(at, byte): (usize, &u8)| match at % 3 {
            2 => b":-_".contains(byte),
            _ => byte.is_ascii_hexdigit(),
        };
        let mut windows = text.as_bytes().windows(LENGTH);
        match windows.position(|window| window.iter().enumerate().all(is_part)) {
            Some(at) => format!("{}{HIDDEN}{}", &text[..at], &text[at + LENGTH..]),
            None => text,
        }
    }
}

fn is_unit(kind: &str) -> bool {
    ["service", "scope", "slice", "socket", "mount", "automount", "swap", "device", "target", "timer", "path"]
        .contains(&kind)
}

/// Whether it is an id, as programs draw them, with the sort of program before it.
fn is_id(word: &str) -> bool {
    let id = ["docker-", "libpod-", "crio-", "cri-containerd-", "pod", "conmon-"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .unwrap_or(word);
    let is_hex = |b: u8| b.is_ascii_hexdigit() || b == b'-' || b == b'_';
    id.bytes().all(is_hex) && (id.len() >= 12 || id.bytes().all(|b| b.is_ascii_digit())) && !id.is_empty()
}

/// Whether it is a block device's own name: `sda1`, `nvme0n1p2`, `dm-0`.
fn is_device(word: &str) -> bool {
    let rest = |prefix: &&str| word.strip_prefix(*prefix);
    DEVICES.iter().filter_map(rest).any(|rest| {
        let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let numbered = rest[letters..].bytes().all(|b| b.is_ascii_digit() || b"npc".contains(&b));
        !rest.is_empty() && letters <= 2 && numbered
    })
}

fn is_address(word: &str) -> bool {
    let bare = word.split('/').next().unwrap_or(word);
    let without_port =
        bare.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map(|(host, _)| host);
    let is_ip = |text: &str| text.parse::<IpAddr>().is_ok();
    let octets: Vec<&str> = bare.split([':', '-']).collect();
    let is_mac =
        octets.len() == 6 && octets.iter().all(|o| o.len() == 2 && u8::from_str_radix(o, 16).is_ok());
    is_ip(bare) || without_port.is_some_and(is_ip) || is_mac
}
