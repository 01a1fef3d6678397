//! `sysray-store.json`: that a folder is a store, of which format, and what its hosts are called.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Error;
use super::disk::{self, Folder, Unpublished};
use crate::schema::{Micros, STORE_FORMAT};

/// What a store says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// The version of everything on disk.
    pub format: u32,
    /// The program that made the store.
    pub program: String,
    /// The label of each machine that recorded here, by the hash of its id. A label never changes,
    /// whatever the machine is called later.
    #[serde(default)]
    pub hosts: BTreeMap<String, String>,
    /// When each boot that was recorded began, by its id, in microseconds since 1970: as the first
    /// recording in it saw it. Start times of processes are reckoned from that, and so never move.
    #[serde(default)]
    pub boots: BTreeMap<String, i64>,
    /// Which stores its rows were recorded into: one, which a copy has from it, or of a bucket all that were pushed
    /// there. Names of segments say seconds, so that they alone do not tell a copy from another recording of the
    /// same machine. Empty where it was made before stores had ids, or recovered.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stores: BTreeSet<String>,
}

impl Identity {
    /// What it is called in a store's root.
    pub const FILE: &str = "sysray-store.json";

    /// That of a new store of this program.
    #[allow(clippy::new_without_default, reason = "there is nothing default about it")]
    pub fn new() -> Self {
        let program = format!("sysray {}", env!("CARGO_PKG_VERSION"));
        let (hosts, boots) = (BTreeMap::new(), BTreeMap::new());
        Identity { format: STORE_FORMAT, program, hosts, boots, stores: BTreeSet::from([random()]) }
    }

    /// Whether there is one in the folder.
    pub fn is_at(root: &Path) -> bool {
        root.join(Self::FILE).is_file()
    }

    /// Reads it, and refuses what is no store or has another format.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let path = root.join(Self::FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(if root.is_dir() {
                    Error::NoStore(root.into())
                } else {
                    Error::Missing(root.into())
                });
            }
            Err(source) => return Err(Error::Io { path, source }),
        };
        Identity::parse(&text, root)
    }

    /// Reads its text, which is that of the store there.
    pub fn parse(text: &[u8], root: &Path) -> Result<Self, Error> {
        /// The one field that every format has.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |e: serde_json::Error| {
            Error::damaged(&root.join(Self::FILE), format!("not readable as a store's identity ({e})"))
        };
        let Format { format: found } = serde_json::from_slice(text).map_err(damaged)?;
        if !(1..=STORE_FORMAT).contains(&found) {
            return Err(Error::Format { path: root.into(), found, known: STORE_FORMAT });
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// As it is written.
    pub fn text(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }

    /// The machine that has a label, by the hash of its id.
    pub fn machine(&self, label: &str) -> Option<&str> {
        self.hosts.iter().find(|(_, own)| *own == label).map(|(machine, _)| machine.as_str())
    }

    /// Labels that another's machines have here too, for others: their rows could not be told apart.
    pub fn namesakes(&self, other: &Identity) -> Vec<String> {
        let is_taken = |machine: &str, label: &str| {
            let same = self.hosts.iter().filter(|(_, own)| *own == label);
            same.map(|(own, _)| own).any(|own| own != machine)
        };
        let taken = other.hosts.iter().filter(|(machine, label)| is_taken(machine, label));
        taken.map(|(_, label)| label.clone()).collect()
    }

    /// This, and another's hosts, boots and stores where it has none of those.
    pub fn joined(&self, other: &Identity) -> Identity {
        let mut joined = self.clone();
        for (machine, label) in &other.hosts {
            joined.hosts.entry(machine.clone()).or_insert_with(|| label.clone());
        }
        for (boot, began) in &other.boots {
            joined.boots.entry(boot.clone()).or_insert(*began);
        }
        joined.stores.extend(other.stores.iter().cloned());
        joined
    }

    /// Reads it, or makes an empty or missing folder a store.
    pub fn read_or_create(folder: &Folder) -> Result<Self, Error> {
        let root = folder.root();
        match Identity::read(root) {
            Err(Error::Missing(_)) => {}
            // One that was cut off while it was made a store is still as good as empty.
            Err(Error::NoStore(_)) if disk::names(root)?.iter().all(|name| disk::is_temporary(name)) => {}
            Err(Error::NoStore(_)) => return Err(Error::Foreign(root.into())),
            other => return other,
        }
        folder.make_folder(root).map_err(Error::unwritable)?;
        let new = Identity::new();
        new.write(folder).map_err(Error::unwritable)?;
        Ok(new)
    }

    /// The label of a machine; the first time it is made of its name.
    pub fn label(&mut self, folder: &Folder, machine: &str, hostname: &str) -> Result<String, Error> {
        if let Some(label) = self.hosts.get(machine) {
            return Ok(label.clone());
        }
        let mut label = clean(hostname);
        while self.hosts.values().any(|taken| *taken == label) {
            label.push_str("-2");
        }
        self.hosts.insert(machine.into(), label.clone());
        self.write(folder)?;
        Ok(label)
    }

    /// When a boot began: what it was first seen as, whatever the clock says of it now.
    pub fn boot(&mut self, folder: &Folder, boot_id: &str, seen: Micros) -> Result<Micros, Error> {
        if let Some(first) = self.boots.get(boot_id) {
            return Ok(Micros(*first));
        }
        self.boots.insert(boot_id.into(), seen.0);
        self.write(folder)?;
        Ok(seen)
    }

    /// Makes an empty folder a store that says this of itself.
    pub fn found(&self, folder: &Folder) -> Result<(), Error> {
        self.write(folder)
    }

    fn write(&self, folder: &Folder) -> Result<(), Error> {
        let path = folder.root().join(Self::FILE);
        let mut file = Unpublished::new(folder, path.clone())?;
        let text = self.text().map_err(std::io::Error::from).map_err(Error::io(&path))?;
        file.write_all(&text).map_err(Error::io(&path))?;
        file.replace()
    }
}

/// What no other store is called: the seeds that the system gives each program for its hash tables.
fn random() -> String {
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}

/// A name that can stand in a path and that no engine takes for a number.
fn clean(hostname: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let label: String = hostname.trim().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let label = label.trim_matches('.').to_string();
    if label.contains(|c: char| c.is_ascii_alphabetic()) { label } else { format!("host-{label}") }
}
