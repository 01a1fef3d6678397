//! The containers that paths of control groups tell of.

#![allow(clippy::unwrap_used)]

use sysray::collect::{CgroupCollector, Container, ProcessCollector, container_of};

use super::cgroup::rows;
use super::put;

#[test]
fn containers_by_path() {
    let id = "0123456789abcdef".repeat(4);
    let cases = [
        ("/", None),
        ("/system.slice/sshd.service", None),
        ("/user.slice/user-1000.slice/session-2.scope", None),
        ("/docker", None),
        ("/docker/ID", Some(("docker", "ID"))),
        ("/docker/ID/system.slice/nginx.service", Some(("docker", "ID"))),
        ("/system.slice/docker-ID.scope", Some(("docker", "ID"))),
        ("/system.slice/docker.service", None),
        ("/ecs/0a1b/ID", Some(("docker", "ID"))),
        ("/kubepods.slice", Some(("kubernetes", ""))),
        ("/kubepods/burstable/pod11-22", Some(("kubernetes", ""))),
        ("/kubepods/burstable/pod11-22/ID", Some(("kubernetes", "ID"))),
        (
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-ID.scope",
            Some(("containerd", "ID")),
        ),
        (
            "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:ID",
            Some(("containerd", "ID")),
        ),
        ("/kubepods.slice/kubepods-pod1.slice/crio-ID.scope", Some(("cri-o", "ID"))),
        ("/kubepods.slice/kubepods-pod1.slice/crio-conmon-ID.scope", Some(("kubernetes", ""))),
        ("/kubepods.slice/kubepods-pod1.slice/docker-ID.scope/init", Some(("docker", "ID"))),
        ("/machine.slice/libpod-ID.scope/container", Some(("podman", "ID"))),
        ("/machine.slice/libpod-conmon-ID.scope", None),
        ("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope", Some(("podman", "ID"))),
        ("/libpod_parent/libpod-ID", Some(("podman", "ID"))),
        ("/lxc/web", Some(("lxc", "web"))),
        ("/lxc.payload.web/system.slice/cron.service", Some(("lxc", "web"))),
        ("/lxc.payload/web", Some(("lxc", "web"))),
        ("/lxc.monitor.web", None),
        ("/machine.slice/systemd-nspawn@build.service/payload", Some(("systemd-nspawn", "build"))),
        (r"/machine.slice/machine-build\x2dbox.scope", Some(("systemd-nspawn", "build-box"))),
        (r"/machine.slice/machine-qemu\x2d1\x2dvm.scope", None),
        ("/docker/ID/docker/abcd", Some(("docker", "ID"))),
        // One in another: the inner one.
        ("/docker/OTHER/docker/ID", Some(("docker", "ID"))),
        ("/docker/OTHER/kubelet/kubepods/besteffort/pod1/ID", Some(("kubernetes", "ID"))),
        (
            "/system.slice/docker-OTHER.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod1.slice/cri-containerd-ID.scope",
            Some(("containerd", "ID")),
        ),
        ("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod1.slice", Some(("kubernetes", ""))),
        // Without root: below the user's own systemd.
        ("/user.slice/user-1000.slice/user@1000.service/user.slice/docker-ID.scope", Some(("docker", "ID"))),
        (
            "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service/libpod-payload-ID",
            Some(("podman", "ID")),
        ),
        (
            "/user.slice/user-1000.slice/user@1000.service/user.slice/nerdctl-ID.scope",
            Some(("containerd", "ID")),
        ),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-editor.scope", None),
        ("/user.slice/user-1000.slice/session-2.scope/lxc.payload.web", Some(("lxc", "web"))),
        // Quadlets and pods of podman.
        ("/system.slice/web.service/libpod-payload-ID", Some(("podman", "ID"))),
        ("/machine.slice/machine-libpod_pod_OTHER.slice", None),
        ("/machine.slice/machine-libpod_pod_OTHER.slice/libpod-ID.scope/container", Some(("podman", "ID"))),
        // Drivers that make folders.
        ("/kubepods/burstable/pod1/crio-ID", Some(("cri-o", "ID"))),
        ("/kubepods/guaranteed/pod1/ID", Some(("kubernetes", "ID"))),
        ("/kubepods.slice/kubepods-pod1.slice/crio-ID.scope/container", Some(("cri-o", "ID"))),
        ("/default/ID", Some(("containerd", "ID"))),
        ("/k8s.io/ID", Some(("containerd", "ID"))),
        ("/somewhere/default/ID", None),
        ("/system.slice/nerdctl-ID.scope", Some(("containerd", "ID"))),
        // ECS with systemd, and the pods that a folder of another name is not.
        ("/ecs.slice/ecs-0a1b.slice/docker-ID.scope", Some(("docker", "ID"))),
        ("/system.slice/my-kubepods.service", None),
        // Containers of LXC in one another, Proxmox, LXD's projects, libvirt.
        ("/lxc/web/lxc/inner/system.slice", Some(("lxc", "inner"))),
        ("/lxc/101/ns/init.scope", Some(("lxc", "101"))),
        ("/lxc.payload.project_web", Some(("lxc", "project_web"))),
        ("/lxc.pivot", None),
        (r"/machine.slice/machine-lxc\x2d4242\x2dweb\x2d1.scope", Some(("lxc", "web-1"))),
        ("/machine.slice/machine-build.scope/payload/system.slice/docker-ID.scope", Some(("docker", "ID"))),
        ("/machine.slice/machine-build.slice", None),
        ("/system.slice/docker-tooshort.scope", None),
        ("/machine.slice/machine-\\xé.scope", Some(("systemd-nspawn", "\\xé"))),
    ];
    for (path, expected) in cases {
        let expected = expected.map(|(runtime, name)| Container {
            runtime,
            id: (!name.is_empty()).then(|| name.replace("ID", &id)),
        });
        let path = path.replace("OTHER", &"fedcba9876543210".repeat(4)).replace("ID", &id);
        assert_eq!(container_of(&path), expected, "{path}");
    }
}

/// What a group is of and what its processes are of is the same, as the kernel stood when it was read.
#[test]
fn a_container_is_known_by_its_group_and_by_its_processes_alike() {
    let id = "0123456789abcdef".repeat(4);
    let paths = [
        format!("/system.slice/docker-{id}.scope"),
        format!("/docker/{id}"),
        format!(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-{id}.scope"
        ),
        format!("/kubepods.slice/kubepods-pod1.slice/crio-{id}.scope"),
        format!("/kubepods/besteffort/pod1/{id}"),
        format!("/machine.slice/libpod-{id}.scope"),
        "/lxc.payload.web".to_string(),
        "/lxc/web".to_string(),
        "/machine.slice/machine-build.scope".to_string(),
        "/system.slice/nginx.service".to_string(),
        "/user.slice/user-1000.slice/session-2.scope".to_string(),
    ];
    let tree = super::process::Tree::new();
    let root = tree.0.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    for (pid, path) in (100..).zip(&paths) {
        put(root, &format!("sys/fs/cgroup{path}/cpu.stat"), "usage_usec 5\n");
        tree.stat(pid, "worker", 1, [1, 1], 250);
        tree.file(&format!("{pid}/cgroup"), &format!("0::{path}\n"));
    }
    let groups = rows(&mut CgroupCollector::default(), root);
    let mut ticks = tree.ticks(ProcessCollector::since_boot(super::process::BOOT));
    let of_lxc = |path: &String| path.contains("lxc");
    for (pid, path) in (100..).zip(&paths) {
        let (group, process) = (&groups[path], ticks.one(pid));
        assert_eq!(process.cgroup.as_deref(), Some(path.as_str()));
        assert_eq!(process.container, group.container, "{path}");
        let expected = match path {
            path if path.contains(&id) => Some(id.as_str()),
            path if of_lxc(path) => Some("web"),
            path if path.contains("machine-build") => Some("build"),
            _ => None,
        };
        assert_eq!(group.container.as_deref(), expected, "{path}");
    }
}
