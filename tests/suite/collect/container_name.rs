//! What containers are called, by the files that each engine keeps.

#![allow(clippy::unwrap_used)]

use std::fs::OpenOptions;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use sysray::collect::{CgroupCollector, pod_of, unit_of};
use sysray::schema::rows::Cgroup;
use tempfile::TempDir;

use super::cgroup::rows;
use super::put;

const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const UID: &str = "1b2c3d4e-0001-4aaa-8bbb-00000000abcd";

/// A host with one group, and what an engine wrote down.
fn host(group: &str, files: &[(&str, &str)]) -> TempDir {
    let tree = TempDir::new().unwrap();
    put(tree.path(), "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(tree.path(), &format!("sys/fs/cgroup{group}/cpu.stat"), "usage_usec 5\n");
    for (file, text) in files {
        put(tree.path(), &file.replace("ID", ID), &text.replace("ID", ID).replace("UID", UID));
    }
    tree
}

/// The row of a group once its container has a name, or shows that it gets none for a while.
fn named(root: &Path, group: &str, most: Duration) -> Cgroup {
    let mut collector = CgroupCollector::default();
    let until = Instant::now() + most;
    loop {
        let row = rows(&mut collector, root).remove(group).unwrap();
        if row.container_name.is_some() || row.pod.is_some() || Instant::now() >= until {
            return row;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn told(group: &str, files: &[(&str, &str)]) -> [Option<String>; 4] {
    let group = group.replace("ID", ID);
    let row = named(host(&group, files).path(), &group, Duration::from_secs(20));
    assert_eq!(row.container.as_deref(), Some(ID), "{group}");
    [row.container_name, row.pod, row.pod_uid, row.unit].map(|text| text.map(|text| text.to_string()))
}

fn texts<const N: usize>(texts: [Option<&str>; N]) -> [Option<String>; N] {
    texts.map(|text| text.map(str::to_string))
}

const DOCKER: &str = "var/lib/docker/containers/ID/config.v2.json";
const CONTAINERD: &str = "run/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json";
const CRI_O: &str = "run/containers/storage/overlay-containers/ID/userdata/config.json";
const PODMAN: &str = "var/lib/containers/storage/overlay-containers/containers.json";

#[test]
fn of_docker_it_is_the_name_without_its_slash() {
    let about =
        r#"{"ID":"ID","Name":"/web","Config":{"Env":["A=b"],"Labels":{"com.docker.compose.service":"x"}}}"#;
    let unit = format!("docker-{ID}.scope");
    let expected = texts([Some("web"), None, None, Some(&unit)]);
    assert_eq!(told("/system.slice/docker-ID.scope", &[(DOCKER, about)]), expected);
    assert_eq!(told("/docker/ID", &[(DOCKER, about)]), texts([Some("web"), None, None, None]));
    // Below a kubelet.
    let labels = r#"{"Name":"/k8s_app_web-0_default_uid_0","Config":{"Labels":{"io.kubernetes.container.name":"app",
        "io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"default"}}}"#;
    let expected = texts([Some("app"), Some("default/web-0"), Some("11-22"), None]);
    assert_eq!(told("/kubepods/burstable/pod11-22/ID", &[(DOCKER, labels)]), expected);
}

#[test]
fn of_containerd_and_cri_o_it_is_what_kubernetes_calls_the_container_and_its_pod() {
    let bundle = r#"{"ociVersion":"1.1.0","annotations":{"io.kubernetes.cri.container-type":"container",
        "io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"web-0",
        "io.kubernetes.cri.sandbox-namespace":"shop"}}"#;
    let pod = format!("kubepods-burstable-pod{}.slice", UID.replace('-', "_"));
    let group = format!("/kubepods.slice/kubepods-burstable.slice/{pod}/cri-containerd-ID.scope");
    let unit = format!("cri-containerd-{ID}.scope");
    let expected = texts([Some("app"), Some("shop/web-0"), Some(UID), Some(&unit)]);
    assert_eq!(told(&group, &[(CONTAINERD, bundle)]), expected);
    let pause = r#"{"annotations":{"io.kubernetes.cri.container-type":"sandbox",
        "io.kubernetes.cri.sandbox-name":"web-0","io.kubernetes.cri.sandbox-namespace":"shop"}}"#;
    assert_eq!(told(&group, &[(CONTAINERD, pause)])[..2], texts([None, Some("shop/web-0")]));
    let bundle = r#"{"annotations":{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"web-0",
        "io.kubernetes.pod.namespace":"shop"}}"#;
    let expected = texts([Some("app"), Some("shop/web-0")]);
    assert_eq!(told(&format!("/kubepods.slice/{pod}/crio-ID.scope"), &[(CRI_O, bundle)])[..2], expected);
    let nerdctl = "run/containerd/io.containerd.runtime.v2.task/default/ID/config.json";
    let bundle = r#"{"annotations":{"nerdctl/name":"cache"}}"#;
    assert_eq!(
        told("/system.slice/nerdctl-ID.scope", &[(nerdctl, bundle)])[..2],
        texts([Some("cache"), None])
    );
}

#[test]
fn of_podman_it_is_the_first_name_in_its_list() {
    let list = r#"[{"id":"fedc","names":["other"]},{"id":"ID","names":["db"],"metadata":"{}"}]"#;
    // Its bundle has no name.
    let files = [(PODMAN, list), (CRI_O, r#"{"annotations":{"io.container.manager":"libpod"}}"#)];
    assert_eq!(told("/machine.slice/libpod-ID.scope", &files)[..2], texts([Some("db"), None]));
    let volatile = "var/lib/containers/storage/overlay-containers/volatile-containers.json";
    assert_eq!(
        told("/machine.slice/libpod-ID.scope/container", &[(volatile, list)])[0].as_deref(),
        Some("db")
    );
}

/// A session's group of a user, and where that user lives.
fn session(scope: &str, uid: u32) -> (String, String) {
    let group = format!("/user.slice/user-{uid}.slice/user@{uid}.service/user.slice/{scope}");
    (group, format!("root:x:7:0::/root:/bin/sh\nann:x:{uid}:100:Ann:/home/ann:/bin/sh\n"))
}

#[test]
fn of_containers_of_users_it_is_what_stands_in_their_homes() {
    let uid = rustix::process::geteuid().as_raw();
    let list = r#"[{"id":"ID","names":["db"]}]"#;
    let (group, users) = session("libpod-ID.scope", uid);
    let below = "home/ann/.local/share/containers/storage/overlay-containers/containers.json";
    let files = [("etc/passwd", &users[..]), (below, list), (PODMAN, r#"[{"id":"ID","names":["other"]}]"#)];
    assert_eq!(told(&group, &files)[0].as_deref(), Some("db"));
    let (group, users) = session("docker-ID.scope", uid);
    let below = "home/ann/.local/share/docker/containers/ID/config.v2.json";
    let files = [("etc/passwd", &users[..]), (below, r#"{"Name":"/web","Config":{}}"#)];
    assert_eq!(told(&group, &files)[0].as_deref(), Some("web"));
}

/// A user may have made up anything: what is not that user's own plain file is not read.
#[test]
fn in_homes_no_pipe_is_waited_for_and_no_link_followed() {
    let uid = rustix::process::geteuid().as_raw();
    let below = "home/ann/.local/share/containers/storage/overlay-containers/containers.json";
    let name_within = |most: Duration, owner: u32, prepare: &dyn Fn(&Path)| {
        let (group, users) = session(&format!("libpod-{ID}.scope"), owner);
        let tree = host(&group, &[("etc/passwd", &users), ("elsewhere", r#"[{"id":"ID","names":["db"]}]"#)]);
        std::fs::create_dir_all(tree.path().join(below).parent().unwrap()).unwrap();
        prepare(tree.path());
        named(tree.path(), &group, most).container_name
    };
    let name_with = |owner, prepare: &dyn Fn(&Path)| name_within(Duration::from_millis(200), owner, prepare);
    let own = |root: &Path| std::fs::rename(root.join("elsewhere"), root.join(below)).unwrap();
    let link = |root: &Path| std::os::unix::fs::symlink(root.join("elsewhere"), root.join(below)).unwrap();
    let pipe = |root: &Path| {
        assert!(Command::new("mkfifo").arg(root.join(below)).status().unwrap().success());
    };
    assert_eq!(name_within(Duration::from_secs(20), uid, &own).as_deref(), Some("db"));
    assert_eq!(name_with(uid, &link), None);
    assert_eq!(name_with(uid, &pipe), None);
    assert_eq!(name_with(uid + 1, &own), None, "of somebody else");
}

#[test]
fn of_lxc_and_nspawn_it_is_the_name_in_the_path() {
    for (group, name) in [
        ("/lxc.payload.web", "web"),
        ("/lxc/web", "web"),
        ("/machine.slice/machine-build.scope", "build"),
        ("/machine.slice/systemd-nspawn@build.service/payload", "build"),
    ] {
        let row = rows(&mut CgroupCollector::default(), host(group, &[]).path()).remove(group).unwrap();
        assert_eq!(row.container_name.as_deref(), Some(name), "{group}");
    }
}

#[test]
fn what_no_file_tells_and_what_is_rubbish_is_unknown() {
    let group = format!("/docker/{ID}");
    for text in ["", "[]", "{\"Name\":7}", "{\"Name\":\"/\"}", "{\"Name\":\"/web\"", "\u{0}"] {
        let tree = host(&group, &[(DOCKER, text), (CONTAINERD, text), (PODMAN, text)]);
        let row = named(tree.path(), &group, Duration::from_millis(100));
        assert_eq!((row.container_name, row.pod), (None, None), "{text}");
    }
    let service = "/system.slice/nginx.service";
    let row = rows(&mut CgroupCollector::default(), host(service, &[]).path()).remove(service).unwrap();
    assert_eq!((row.container_name, row.unit.as_deref()), (None, Some("nginx.service")));
}

/// A file on a mount that hangs is read aside.
#[test]
fn a_file_that_does_not_answer_keeps_no_tick_waiting() {
    let group = format!("/docker/{ID}");
    let tree = host(&group, &[(DOCKER, "")]);
    let file = tree.path().join(DOCKER.replace("ID", ID));
    std::fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    let (done, ticks) = channel();
    let root = tree.path().to_path_buf();
    thread::spawn(move || {
        let mut collector = CgroupCollector::default();
        let row = (0..5).map(|_| rows(&mut collector, &root).remove(&group).unwrap()).last().unwrap();
        done.send((row.container_name, row.usage_us)).unwrap();
    });
    let told = ticks.recv_timeout(Duration::from_secs(20));
    // Lets go of whoever reads it.
    drop(OpenOptions::new().read(true).write(true).open(&file).unwrap());
    assert_eq!(told.unwrap(), (None, Some(5)));
}

#[test]
fn pods_and_units_by_path() {
    let cases = [
        ("/", None, None),
        ("/system.slice", None, Some("system.slice")),
        ("/system.slice/nginx.service", None, Some("nginx.service")),
        ("/system.slice/nginx.service/worker", None, Some("nginx.service")),
        ("/system.slice/system-getty.slice/getty@tty1.service", None, Some("getty@tty1.service")),
        ("/system.slice/home.mount", None, Some("home.mount")),
        ("/user.slice/user-1000.slice", None, Some("user-1000.slice")),
        (
            r"/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.x\x2dy-77.scope",
            None,
            Some(r"app-org.x\x2dy-77.scope"),
        ),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice", None, Some("app.slice")),
        ("/init.scope", None, Some("init.scope")),
        ("/.service", None, None),
        ("/docker/abc", None, None),
        ("/kubepods.slice", None, Some("kubepods.slice")),
        ("/kubepods.slice/kubepods-podab_12.slice", Some("ab-12"), Some("kubepods-podab_12.slice")),
        (
            "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podab_12.slice/crio-1.scope",
            Some("ab-12"),
            Some("crio-1.scope"),
        ),
        ("/kubepods/burstable/podab-12/0123", Some("ab-12"), None),
        ("/kubepods/podab-12", Some("ab-12"), None),
        ("/kubelet/kubepods/besteffort/podab-12/0123", Some("ab-12"), None),
        (
            "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-podab_12.slice",
            Some("ab-12"),
            Some("kubelet-kubepods-podab_12.slice"),
        ),
        (
            "/system.slice/containerd.service/kubepods-podab_12.slice:cri-containerd:0123",
            Some("ab-12"),
            Some("containerd.service"),
        ),
        ("/podman/podab-12", None, None),
        ("/kubepods/podium", None, None),
        ("/machine.slice/machine-libpod_pod_ab12.slice", None, Some("machine-libpod_pod_ab12.slice")),
    ];
    for (path, pod, unit) in cases {
        assert_eq!((pod_of(path).as_deref(), unit_of(path)), (pod, unit), "{path}");
    }
}
