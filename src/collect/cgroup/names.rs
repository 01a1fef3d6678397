//! What containers are called, as the files of their engines say it. No engine is asked, and their files, which may
//! be large, are read aside of the tick.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use super::homes::{self, user_of};
use crate::collect::aside::{About, Answer};
use crate::collect::{Host, one_line};
use crate::schema::Text;

/// Where nothing tells, it is looked so often in all: an engine may write down a name behind the start.
const LOOKS: u8 = 3;
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// A longer name is cut.
const LONGEST: usize = 253;

/// Where the runtimes that are started by a bundle have it: containerd's, those of k3s, CRI-O's.
const BUNDLES: [&str; 4] = [
    "run/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json",
    "run/containerd/io.containerd.runtime.v2.task/default/ID/config.json",
    "run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json",
    "run/containers/storage/overlay-containers/ID/userdata/config.json",
];

/// Where Podman lists its containers, those that go with their end apart.
const LISTS: [&str; 2] = [
    "var/lib/containers/storage/overlay-containers/containers.json",
    "var/lib/containers/storage/overlay-containers/volatile-containers.json",
];

const CONTAINER: [&str; 3] =
    ["io.kubernetes.cri.container-name", "io.kubernetes.container.name", "nerdctl/name"];
const POD: [&str; 2] = ["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"];
const NAMESPACE: [&str; 2] = ["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"];

/// What a container is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Called {
    pub container: Option<Text>,
    /// Of Kubernetes its namespace and pod, as `namespace/pod`.
    pub pod: Option<Text>,
}

/// The names of the containers that there are, by their ids.
#[derive(Default)]
pub struct Names {
    known: HashMap<Text, Named>,
}

struct Named {
    answer: Answer<Option<Called>>,
    called: Called,
    looks_left: u8,
    tick: u32,
}

impl Names {
    /// What the container in the group of that path is called, as far as it is known by now.
    pub fn called(&mut self, host: &mut Host, (path, id): (&str, &Text), runtime: &str, tick: u32) -> Called {
        if ["lxc", "systemd-nspawn"].contains(&runtime) {
            return Called { container: Some(id.clone()), pod: None };
        }
        let named = self.known.entry(id.clone()).or_insert_with(|| Named {
            answer: Answer::default(),
            called: Called::default(),
            looks_left: LOOKS,
            tick,
        });
        named.tick = tick;
        if named.looks_left > 0 {
            named.look(host, path, id);
        }
        named.called.clone()
    }

    /// Forgets those that were not asked for in this tick.
    pub fn forget_others(&mut self, tick: u32) {
        self.known.retain(|_, named| named.tick == tick);
    }
}

impl Named {
    /// Takes in what was found, and has it looked for where nothing was.
    fn look(&mut self, host: &mut Host, path: &str, id: &Text) {
        if let Some(found) = self.answer.take(Duration::ZERO) {
            self.looks_left = if found.is_some() { 0 } else { self.looks_left - 1 };
            self.called = found.unwrap_or_default();
        }
        if self.looks_left > 0 && self.answer.is_due(host.now, LOOK_EVERY) {
            host.count_read();
            let (mut there, id, user) = (host.elsewhere(), id.clone(), user_of(path));
            let find = move || match user {
                Some(uid) => homes::find(&mut there, &id, uid),
                None => find(&mut there, &id),
            };
            self.answer.renew(&host.aside, About::Other, host.now, LOOK_EVERY, find);
        }
    }
}

/// Looks for an id where engines keep what they know of it: each has its own places, and an id is one engine's.
fn find(host: &mut Host, id: &str) -> Option<Called> {
    let mut read = |file: &str| {
        let path = host.root_path(&file.replace("ID", id));
        serde_json::from_str::<Value>(host.read(path).ok()?).ok()
    };
    let docker = read("var/lib/docker/containers/ID/config.v2.json").and_then(|about| of_docker(&about));
    let found = docker.or_else(|| BUNDLES.iter().find_map(|file| of_labels(&read(file)?["annotations"])));
    found.or_else(|| LISTS.iter().find_map(|file| of_list(&read(file)?, id)))
}

/// Docker's own file of a container. Those of a kubelet have labels.
pub(super) fn of_docker(about: &Value) -> Option<Called> {
    let name = || text(about["Name"].as_str()?.trim_start_matches('/'));
    let called = || Some(Called { container: Some(name()?), pod: None });
    of_labels(&about["Config"]["Labels"]).or_else(called)
}

/// Annotations of a bundle, or labels.
fn of_labels(labels: &Value) -> Option<Called> {
    let one = |keys: &[&str]| keys.iter().find_map(|key| text(labels[*key].as_str()?));
    let (container, pod) = (one(&CONTAINER), one(&POD));
    let pod = pod.map(|pod| match one(&NAMESPACE) {
        Some(namespace) => Text::from(format!("{namespace}/{pod}")),
        None => pod,
    });
    (container.is_some() || pod.is_some()).then_some(Called { container, pod })
}

/// The list of what containers/storage keeps.
pub(super) fn of_list(list: &Value, id: &str) -> Option<Called> {
    let own = list.as_array()?.iter().find(|one| one["id"] == id)?;
    Some(Called { container: Some(text(own["names"][0].as_str()?)?), pod: None })
}

fn text(name: &str) -> Option<Text> {
    let name: String = one_line(name.as_bytes()).chars().take(LONGEST).collect();
    (!name.is_empty()).then(|| name.into())
}
