//! What a host runs in, judged by the traces that hypervisors and container engines leave. Nothing
//! is read here.

use crate::schema::Text;

/// The traces.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The `hypervisor` flag of `/proc/cpuinfo`; `None` where CPUs have no flags.
    pub cpu_flag: Option<bool>,
    /// `/sys/hypervisor/type`.
    pub hypervisor_type: Option<Text>,
    /// Maker and product of machine, board and firmware, a line each.
    pub dmi: String,
    /// The clocks the kernel found, as words.
    pub clocksources: Option<Text>,
    /// What systemd or the engine told the first process.
    pub container_word: Option<Text>,
    /// Whether a pod's credentials lie where pods have them.
    pub kubernetes: bool,
    /// Whether podman's mark is there.
    pub podman: bool,
    /// Whether docker's mark is there, and a mount that docker makes: images that were unpacked to
    /// a machine's disk keep the mark.
    pub docker: bool,
}

/// The hypervisor, `vm` for one that does not say its name, `none` on bare metal, `None` where
/// nothing tells.
pub fn hypervisor(evidence: &Evidence) -> Option<&'static str> {
    const MAKERS: [(&str, &str); 12] = [
        ("VMware", "vmware"),
        ("innotek GmbH", "virtualbox"),
        ("VirtualBox", "virtualbox"),
        ("Xen", "xen"),
        ("Virtual Machine", "hyperv"),
        ("Parallels", "parallels"),
        ("BHYVE", "bhyve"),
        ("QEMU", "kvm"),
        ("KVM", "kvm"),
        ("OpenStack", "kvm"),
        ("Amazon EC2", "kvm"),
        ("Google Compute Engine", "kvm"),
    ];
    const CLOCKS: [(&str, &str); 3] =
        [("kvm-clock", "kvm"), ("hyperv_clocksource", "hyperv"), ("xen", "xen")];
    if evidence.hypervisor_type.as_deref() == Some("xen") {
        return Some("xen");
    }
    // Machines rented whole bear their owner's name and no hypervisor.
    if evidence.cpu_flag == Some(false) {
        return Some("none");
    }
    let clocks = evidence.clocksources.as_deref().unwrap_or_default();
    let by_maker = MAKERS.iter().find(|(mark, _)| evidence.dmi.contains(mark));
    let by_clock = || CLOCKS.iter().find(|(mark, _)| clocks.split(' ').any(|clock| clock.starts_with(mark)));
    let named = by_maker.or_else(by_clock).map(|(_, name)| *name);
    named.or((evidence.cpu_flag == Some(true)).then_some("vm"))
}

/// The container engine around the recorder; `None` where there is none.
pub fn container_runtime(evidence: &Evidence) -> Option<String> {
    if evidence.kubernetes {
        return Some("kubernetes".into());
    }
    if evidence.podman {
        return Some("podman".into());
    }
    if evidence.docker {
        return Some("docker".into());
    }
    evidence.container_word.as_deref().map(str::to_string)
}
