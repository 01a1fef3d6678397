//! What is done to each column of text in a redacted cut. One that is not named here is hidden: a
//! column that comes later tells nobody's name until somebody has thought about it.

/// What is done to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// It holds nobody's name.
    Keep,
    /// It stays, but for names of hosts and people.
    Words,
    /// A sentence or JSON: besides, addresses and folders of paths go.
    Text,
    /// The label that the host has in the cut.
    Host,
    /// A number in place of the machine's id.
    Machine,
    /// A user's name: its uid.
    User,
    /// A command line: the name of the program.
    Program,
    /// A path: the name of the file.
    FileName,
    /// A path: words that are no system's own become numbers.
    Path,
    /// A control group: names of containers and the like become numbers.
    Cgroup,
    /// A container: its id stays, a name becomes a number.
    Container,
    /// An interface: an address in its name goes.
    Interface,
    /// A device: a hardware address in its name goes.
    Device,
    /// Nothing is left but that there was something.
    Hide,
}

/// What is done to a column of text; `None` where nobody has decided yet, and it is hidden.
pub fn treatment(table: &str, column: &str) -> Option<Treatment> {
    use Treatment::*;
    let table = table.strip_suffix("_1m").or(table.strip_suffix("_1h")).unwrap_or(table);
    Some(match (table, column) {
        ("process" | "process_exit" | "thread", "comm") | ("thread", "process_comm") => Words,
        ("process", "cmdline") => Program,
        ("process", "exe") => FileName,
        ("process", "username") => User,
        ("process", "cgroup") | ("cgroup", "path") => Cgroup,
        ("process" | "cgroup" | "network", "container") => Container,
        ("cgroup", "container_name" | "pod") => Path,
        ("cgroup", "unit") => Cgroup,
        ("process" | "thread", "state" | "wchan" | "policy" | "runtime") => Keep,
        ("cgroup", "version" | "runtime" | "pod_uid") => Keep,
        // A redacted cut has none of `base`: its rows would name entities that are called otherwise there.
        ("base", "entity") => Hide,
        ("base", "table_name" | "column_name") => Keep,
        ("disk", "name") => Path,
        ("disk", "device" | "kind" | "model" | "parents") => Keep,
        ("event", "kind" | "severity") => Keep,
        ("event", "subject" | "message" | "detail") | ("recorder", "error") => Text,
        ("filesystem", "mount" | "device") => Path,
        ("filesystem", "disk" | "fstype") => Keep,
        ("host", "hostname") => Host,
        ("host", "machine_id") => Machine,
        ("host", "kernel") => Words,
        ("host", "boot_id" | "os" | "os_version" | "architecture" | "cpu_model" | "clocksource") => Keep,
        ("host", "transparent_huge_pages" | "governor" | "virtualisation" | "container_runtime") => Keep,
        ("host", "timezone" | "sysray_version" | "collector") => Keep,
        ("network", "interface" | "master") => Interface,
        ("network", "netns_name") => Path,
        ("listen", "protocol") => Keep,
        ("network", "mac") | ("listen", "address") => Hide,
        ("interrupt", "devices") => Interface,
        ("interrupt", "irq" | "cpus" | "chip" | "trigger" | "description") => Keep,
        ("softirq", "softirq") | ("numa", "cpus") => Keep,
        ("network", "kind" | "driver" | "operstate" | "duplex") => Keep,
        ("recorder", "collector") | ("pressure", "resource") => Keep,
        ("sensor", "chip") | ("power", "device") => Device,
        ("sensor", "sensor" | "name" | "label") | ("power", "kind" | "name" | "status") => Keep,
        _ => return None,
    })
}
