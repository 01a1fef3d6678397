//! Which container a cgroup belongs to, told by its path alone. No runtime is asked, so a name
//! that only the runtime knows is not found here.

/// A container, as its cgroup's path names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Who runs it: `docker`, `containerd`, `crio`, `podman`, `lxc`, `nspawn`, or `kubernetes` where the
    /// path tells no more.
    pub runtime: &'static str,
    /// Its id, or its name with runtimes that know their containers by name.
    pub id: String,
}

/// How systemd scopes and cgroupfs folders of each runtime begin. The longest comes first.
const PREFIXES: [(&str, &str); 6] = [
    ("cri-containerd-", "containerd"),
    ("docker-", "docker"),
    ("crio-", "crio"),
    ("libpod-payload-", "podman"),
    ("libpod-", "podman"),
    ("nerdctl-", "containerd"),
];

/// The innermost container of a cgroup's path, such as `/system.slice/docker-0f…3a.scope`.
pub fn of_cgroup(path: &str) -> Option<Container> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    (0..parts.len()).rev().find_map(|at| of_part(&parts[..at], parts[at]))
}

/// The container that one folder stands for, given the folders above it.
fn of_part(above: &[&str], part: &str) -> Option<Container> {
    let unit = part.strip_suffix(".scope").or_else(|| part.strip_suffix(".service")).unwrap_or(part);
    // A CRI path through systemd reads `…:cri-containerd:ID`.
    let unit = unit.rsplit(':').next().unwrap_or(unit);
    for (prefix, runtime) in PREFIXES {
        if let Some(id) = unit.strip_prefix(prefix).filter(|id| is_id(id)) {
            return Some(Container { runtime, id: id.into() });
        }
    }
    if let Some(name) = unit.strip_prefix("lxc.payload.") {
        return named("lxc", name);
    }
    if let Some(name) = part.strip_prefix("machine-").and_then(|p| p.strip_suffix(".scope")) {
        // Virtual machines are registered in the same way.
        return named("nspawn", &unescaped(name)).filter(|c| !c.id.starts_with("qemu-"));
    }
    if let Some(name) = part.strip_prefix("systemd-nspawn@").and_then(|p| p.strip_suffix(".service")) {
        return named("nspawn", &unescaped(name));
    }
    let parent = above.last().copied().unwrap_or("");
    if parent == "lxc" || parent == "lxc.payload" {
        return named("lxc", part);
    }
    if !is_id(unit) {
        return None;
    }
    let runtime = match parent {
        "docker" => "docker",
        "libpod_parent" => "podman",
        _ if part.contains(":cri-containerd:") => "containerd",
        _ if above.iter().any(|p| p.starts_with("kubepods")) => "kubernetes",
        _ if parent == "default" || parent == "k8s.io" => "containerd",
        _ => return None,
    };
    Some(Container { runtime, id: unit.into() })
}

fn named(runtime: &'static str, name: &str) -> Option<Container> {
    (!name.is_empty()).then(|| Container { runtime, id: name.into() })
}

/// Ids are 64 hexadecimal digits, with some tools the first 12 or more of them.
fn is_id(word: &str) -> bool {
    word.len() >= 12 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A name with systemd's `\x2d` turned back.
fn unescaped(name: &str) -> String {
    name.replace("\\x2d", "-")
}
