//! Which container, pod and unit of systemd a control group belongs to, by its path alone. No engine is asked.

/// The container, or the engine's own group, that a path lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// docker, containerd, podman, cri-o, lxc, systemd-nspawn, or kubernetes where only that shows.
    pub runtime: &'static str,
    /// The id in full, or of lxc and systemd-nspawn the name; `None` for a pod or a folder of pods.
    pub id: Option<String>,
}

/// Prefixes of a container's own group, as systemd's and the engines' drivers make them.
const PREFIXES: [(&str, &str); 6] = [
    ("cri-containerd-", "containerd"),
    ("crio-", "cri-o"),
    ("docker-", "docker"),
    ("libpod-payload-", "podman"),
    ("libpod-", "podman"),
    ("nerdctl-", "containerd"),
];

/// The innermost container around a control group's path, such as
/// `/system.slice/docker-4f2a….scope/init.scope`.
pub fn container_of(path: &str) -> Option<Container> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let innermost = (0..parts.len()).rev().find_map(|at| by_part(parts[at], &parts[..at]));
    innermost.or_else(|| {
        let pods = parts.iter().any(|part| is_of_pods(part));
        pods.then_some(Container { runtime: "kubernetes", id: None })
    })
}

/// The uid of the innermost pod that a control group is of or lies in. systemd's driver writes `_` for `-`.
pub fn pod_of(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    (0..parts.len()).rev().find_map(|at| {
        let own = parts[at].split(':').next().unwrap_or_default();
        let uid = match own.strip_suffix(".slice") {
            Some(slice) => slice.rsplit_once("-pod").filter(|(above, _)| is_of_pods(above))?.1,
            None => own.strip_prefix("pod").filter(|_| parts[..at].iter().any(|part| is_of_pods(part)))?,
        };
        let is_uid = !uid.is_empty() && uid.bytes().all(|b| b.is_ascii_hexdigit() || b"-_".contains(&b));
        is_uid.then(|| uid.replace('_', "-"))
    })
}

/// The innermost unit of systemd that a control group is of or lies in, as systemd calls it. A slice is told of its
/// own group alone: it runs nothing.
pub fn unit_of(path: &str) -> Option<&str> {
    const RUNNING: [&str; 5] = [".service", ".scope", ".socket", ".mount", ".swap"];
    let is_named = |part: &str, ending: &str| part.len() > ending.len() && part.ends_with(ending);
    let is_unit = |part: &&str| RUNNING.iter().any(|ending| is_named(part, ending));
    let own = path.rsplit('/').next().filter(|part| is_named(part, ".slice"));
    own.or_else(|| path.rsplit('/').find(is_unit))
}

fn by_part(part: &str, above: &[&str]) -> Option<Container> {
    let found = |runtime, id: &str| Some(Container { runtime, id: Some(id.to_string()) });
    let name = part.strip_suffix(".scope").or_else(|| part.strip_suffix(".service")).unwrap_or(part);
    // containerd below a cgroup driver that does not fit: `kubepods-….slice:cri-containerd:ID`.
    if let Some((_, rest)) = name.split_once(":cri-containerd:") {
        return is_id(rest).then(|| Container { runtime: "containerd", id: Some(rest.to_string()) });
    }
    for (prefix, runtime) in PREFIXES {
        if let Some(id) = name.strip_prefix(prefix).filter(|id| is_id(id)) {
            return found(runtime, id);
        }
    }
    if let Some(name) = name.strip_prefix("systemd-nspawn@") {
        return found("systemd-nspawn", &unescape(name));
    }
    if let Some(name) = name.strip_prefix("lxc.payload.") {
        return found("lxc", name);
    }
    let parent = above.last().copied().unwrap_or_default();
    if parent == "machine.slice" {
        let machine = part.strip_suffix(".scope")?.strip_prefix("machine-").map(unescape)?;
        return of_machine(&machine).map(|(runtime, id)| Container { runtime, id: Some(id.into()) });
    }
    match parent {
        "lxc" | "lxc.payload" => found("lxc", name),
        "docker" if is_id(name) => found("docker", name),
        // containerd's own name spaces, below the driver that makes folders.
        "default" | "k8s.io" if is_id(name) && above.len() == 1 => found("containerd", name),
        _ if is_id(name) && above.first() == Some(&"ecs") => found("docker", name),
        _ if is_id(name) && above.iter().any(|part| is_of_pods(part)) => found("kubernetes", name),
        _ => None,
    }
}

/// What runs a machine that systemd-machined knows, and its name there; nothing of a virtual machine.
fn of_machine(machine: &str) -> Option<(&'static str, &str)> {
    if ["qemu-", "xen-"].iter().any(|stem| machine.starts_with(stem)) {
        return None;
    }
    // libvirt puts a number before the name.
    let numbered = machine.strip_prefix("lxc-").and_then(|rest| rest.split_once('-'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match numbered {
        Some((number, name)) if is_number(number) => Some(("lxc", name)),
        _ => Some(("systemd-nspawn", machine)),
    }
}

/// Whether a folder is the kubelet's for pods; a kubelet in a container has its own slice before it.
fn is_of_pods(part: &str) -> bool {
    part.strip_prefix("kubelet-").unwrap_or(part).starts_with("kubepods")
}

/// Engines name containers by 64 hexadecimal digits.
fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Undoes systemd's `\x2d` in the names of units.
fn unescape(name: &str) -> String {
    let mut parts = name.split("\\x");
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let code = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        match code {
            Some(code) => {
                plain.push(char::from(code));
                plain.push_str(&part[2..]);
            }
            None => {
                plain.push_str("\\x");
                plain.push_str(part);
            }
        }
    }
    plain
}
