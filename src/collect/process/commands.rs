//! What processes run, asked aside of the tick: a command line lies in the memory of its process, and
//! whoever reads it waits while the process holds the lock of that, which may be for ever.
//!
//! The tick waits a moment, since an answer mostly takes microseconds, and goes on without those that do
//! not come. A process that does not answer is left alone until it does.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::redact;
use super::details::parse_pss;
use super::folder::{Folder, proc_folder};
use crate::collect::aside::About;
use crate::collect::{Cmdline, Host};

/// A process that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub pid: i64,
    /// The thread that is asked: one that lives.
    pub tid: i64,
    /// When it started, so that the answer is not taken for another's of the same pid.
    pub start_ticks: Option<i64>,
    /// Whether its mappings are looked through for a runtime too.
    pub wants_runtime: bool,
}

impl Asked {
    /// Whether both are about the same process.
    fn is_about(&self, other: &Asked) -> bool {
        (self.pid, self.start_ticks) == (other.pid, other.start_ticks)
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub cmdline: Cmdline,
    pub pss: bool,
}

/// What was found of one.
#[derive(Debug, Default)]
pub struct Told {
    /// Its arguments, without secrets.
    pub cmdline: Option<String>,
    /// Its proportional size, where that was asked for.
    pub pss_bytes: Option<i64>,
    /// The runtime in its memory; `None` too where that was not asked for.
    pub runtime: Option<&'static str>,
}

/// The questions that are open.
#[derive(Default)]
pub struct Commands {
    open: Vec<Arc<Batch>>,
}

/// Processes that one thread is asked about, one after the other.
struct Batch {
    asked: Vec<Asked>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Answers that were not handed on yet, with their places.
    told: Vec<(usize, Told)>,
    /// How many were asked about so far, the one that is being asked included.
    begun: usize,
    is_done: bool,
    /// What is left is asked of another thread.
    is_given_up: bool,
}

impl Commands {
    /// Whether a process was asked about and has not answered.
    pub fn is_waited_for(&self, asked: &Asked) -> bool {
        self.open.iter().any(|batch| {
            let begun = batch.state().begun;
            begun > 0 && batch.asked.get(begun - 1).is_some_and(|one| one.is_about(asked))
        })
    }

    /// Asks about these, and hands on what is known after a moment, of earlier ones too. Hands out those
    /// that are to be asked about again.
    pub fn ask(
        &mut self,
        host: &Host,
        asked: Vec<Asked>,
        wanted: Wanted,
        mut tell: impl FnMut(Asked, Told),
    ) -> Vec<Asked> {
        let mut again = Vec::new();
        if !asked.is_empty() {
            let (state, changed) = Default::default();
            let batch = Arc::new(Batch { asked, state, changed });
            let (own, proc) = (batch.clone(), proc_folder(host));
            if host.aside.ask(About::Process, move || {
                own.answer(&proc, wanted);
                move || own.end()
            }) {
                let left = batch.wait(host.patience);
                again.extend_from_slice(&batch.asked[left..]);
                self.open.push(batch);
            } else {
                again.extend_from_slice(&batch.asked);
            }
        }
        self.open.retain(|batch| {
            let mut state = batch.state();
            for (at, told) in state.told.drain(..) {
                tell(batch.asked[at], told);
            }
            !state.is_done
        });
        again
    }
}

impl Batch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the end; where that does not come, gives up what was not begun, and hands out where
    /// that begins.
    fn wait(&self, patience: Duration) -> usize {
        let until = Instant::now() + patience;
        let mut state = self.state();
        while !state.is_done {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.is_given_up = true;
                return state.begun;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.asked.len()
    }

    fn answer(&self, proc: &Path, wanted: Wanted) {
        if let Ok(mut folder) = Folder::open(proc) {
            for (at, asked) in self.asked.iter().enumerate() {
                {
                    let mut state = self.state();
                    if state.is_given_up {
                        break;
                    }
                    state.begun = at + 1;
                }
                let told = read(&mut folder, asked, wanted);
                self.state().told.extend(told.map(|told| (at, told)));
            }
        }
    }

    fn end(&self) {
        self.state().is_done = true;
        self.changed.notify_all();
    }
}

/// The library that a Java virtual machine is, whatever program has loaded it.
const JVM: &[u8] = b"/libjvm.so";

/// What there is to be read of one; nothing of one that has ended.
fn read(folder: &mut Folder, asked: &Asked, wanted: Wanted) -> Option<Told> {
    let tid = asked.tid;
    let cmdline = match wanted.cmdline {
        Cmdline::None => None,
        Cmdline::Redacted => folder.read(tid, "cmdline").ok()?.and_then(redact::proc_cmdline),
        Cmdline::Program => folder.read(tid, "cmdline").ok()?.and_then(redact::proc_program),
    };
    let pss = if wanted.pss { folder.text(tid, "smaps_rollup").ok()? } else { None };
    let pss_bytes = pss.and_then(parse_pss);
    let is_java = asked.wants_runtime && folder.contains(tid, "maps", JVM).ok()? == Some(true);
    Some(Told { cmdline, pss_bytes, runtime: is_java.then_some("jvm") })
}
