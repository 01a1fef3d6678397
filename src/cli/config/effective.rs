//! Values as the rooms below take them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::{Config, KEYS, Otherwise, keys};
use crate::cli::args::{CollectorSet, MaxSize};
use crate::collect::Settings;
use crate::record::{Standing, Sync};
use crate::store::{self, Keep, Space};

impl Config {
    /// The store's folder, where one is given.
    pub fn store(&self) -> Option<PathBuf> {
        self.if_any(&keys::STORE)
    }

    /// Time between two samples.
    pub fn interval(&self) -> Duration {
        self.get(&keys::INTERVAL)
    }

    /// When what was recorded is made to outlive a power cut.
    pub fn sync(&self) -> Sync {
        self.get(&keys::SYNC)
    }

    /// The most CPU time in percent of one CPU.
    pub fn budget_pct(&self) -> Option<f64> {
        self.get(&keys::BUDGET)
    }

    /// Where the figures come from.
    pub fn collector(&self) -> CollectorSet {
        self.get(&keys::COLLECTOR)
    }

    /// How the terminal desk begins: language, colours, keys, whether compact.
    #[cfg(feature = "desk")]
    pub fn desk(&self) -> (Option<String>, String, String, bool) {
        let (lang, theme) = (self.if_any(&keys::DESK_LANG), self.get(&keys::DESK_THEME));
        (lang, theme, self.get(&keys::DESK_KEYS), self.get(&keys::DESK_COMPACT))
    }

    /// How the recorder stands towards other processes.
    pub fn standing(&self) -> Standing {
        Standing {
            nice: self.get(&keys::NICE),
            oom_score_adj: self.get(&keys::OOM_SCORE_ADJ),
            lock_memory: self.get(&keys::LOCK_MEMORY),
        }
    }

    /// How its collectors work.
    pub fn settings(&self) -> Settings {
        let interval = |key: &&'static super::Declared| {
            let text = match (self.find(key), key.default) {
                (Some(value), _) => value.text.as_str(),
                (None, Otherwise::Is(text)) => text,
                (None, Otherwise::Says(..)) => return None,
            };
            Some((keys::collector_of(key)?, (keys::INTERVAL.parse)(text).ok()?))
        };
        Settings {
            intervals: KEYS.iter().filter_map(interval).collect(),
            idle_process: self.get(&keys::IDLE_INTERVAL),
            wants_pss: self.get(&keys::PSS),
            cmdline: self.get(&keys::CMDLINE),
            threads: self.get(&keys::THREADS),
            wants_exits: self.get(&keys::EXITS),
            wants_kernel_log: self.get(&keys::KERNEL_LOG),
            cgroup_limits: self.get(&keys::CGROUP_LIMITS),
            cgroup_stat: self.get(&keys::CGROUP_STAT),
        }
    }

    /// The bounds of the store in a folder.
    pub fn policy(&self, root: &Path) -> Result<store::Policy> {
        let max_bytes = match self.if_any(&keys::MAX_SIZE) {
            Some(MaxSize::None) => None,
            Some(MaxSize::Bytes(bytes)) => Some(bytes),
            None => Some(Space::of(root)?.default_max_bytes()),
        };
        Ok(store::Policy {
            rotation: self.get(&keys::ROTATE),
            keep_files: self.get(&keys::KEEP_FILES),
            keep: Keep {
                process: self.keep_process(),
                raw: self.get(&keys::KEEP),
                minute: self.get(&keys::KEEP_1M),
                hour: self.get(&keys::KEEP_1H),
            },
            max_bytes,
            min_free_pct: self.get(&keys::MIN_FREE),
            compression: self.get(&keys::COMPRESS),
        })
    }

    /// Whoever says how long rows are kept means those of processes too, unless that is said.
    pub(super) fn keep_process(&self) -> Duration {
        let given = self.find(keys::KEEP.declared).map(|_| self.get(&keys::KEEP));
        self.if_any(&keys::KEEP_PROCESS).or(given).unwrap_or(Keep::default().process)
    }
}
