//! What may keep one waiting is asked aside of the tick, by at most four threads: another machine's
//! mount, a process's memory whose lock is held, a driver, a directory of users.
//!
//! Nothing here waits for an answer longer than it is told to. A thread that never comes back costs its
//! stack and no more: what it was asked about gets no second.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Threads that there are at most.
pub const MOST_THREADS: usize = 4;
/// Of these, as many may be held up by mounts that hang, and as many by processes that hold the lock of their
/// memory; one is left for other questions whatever hangs.
const MOST_FOR_ONE_KIND: usize = 2;
const MOST_HELD: usize = MOST_THREADS - 1;
/// Questions that wait at most; one more is put when there is room again.
const MOST_WAITING: usize = 256;
/// What a directory of users may take, which is the deepest of them.
const STACK_BYTES: usize = 256 << 10;
/// A thread that had nothing to do for so long ends.
const IDLE: Duration = Duration::from_secs(70);

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A mount that may hang.
    Mount,
    /// The memory of a process that may hold its lock.
    Process,
    /// Anything that is answered sooner or later.
    Other,
}

/// What is done aside, and then how its end is told.
type Job = Box<dyn FnOnce() -> Telling + Send>;
type Telling = Box<dyn FnOnce()>;

#[derive(Default)]
struct Inner {
    waiting: VecDeque<(About, Job)>,
    threads: usize,
    idle: usize,
    /// Threads that are busy with what may hang.
    mounts: usize,
    processes: usize,
}

impl Inner {
    fn held(&mut self, about: About) -> Option<&mut usize> {
        match about {
            About::Mount => Some(&mut self.mounts),
            About::Process => Some(&mut self.processes),
            About::Other => None,
        }
    }

    fn may(&self, about: About) -> bool {
        let own = match about {
            About::Mount => self.mounts,
            About::Process => self.processes,
            About::Other => return true,
        };
        own < MOST_FOR_ONE_KIND && self.mounts + self.processes < MOST_HELD
    }
}

/// The threads, shared by all collectors of a host.
#[derive(Clone, Default)]
pub struct Aside {
    shared: Arc<(Mutex<Inner>, Condvar)>,
}

impl Aside {
    /// Has something done aside; false where too much waits already, and of a process where as many hang as may:
    /// it is asked about again, and what waits meanwhile would only keep others out.
    ///
    /// The job hands out how its end is told. That is called when its thread counts as free again, so that who
    /// was told and asks at once is not refused for what is over.
    pub fn ask<T: FnOnce() + 'static>(&self, about: About, job: impl FnOnce() -> T + Send + 'static) -> bool {
        let mut inner = self.inner();
        if inner.waiting.len() >= MOST_WAITING || about == About::Process && !inner.may(about) {
            return false;
        }
        inner.waiting.push_back((about, Box::new(move || Box::new(job()))));
        if inner.idle < inner.waiting.len() && inner.threads < MOST_THREADS {
            let own = self.clone();
            let thread = thread::Builder::new().name("aside".into()).stack_size(STACK_BYTES);
            match thread.spawn(move || own.work()) {
                Ok(_) => inner.threads += 1,
                // Without a thread nobody would ever answer.
                Err(_) if inner.threads == 0 => {
                    inner.waiting.clear();
                    return false;
                }
                Err(_) => {}
            }
        }
        self.shared.1.notify_one();
        true
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut inner = self.inner();
        loop {
            let next = inner.waiting.iter().position(|(about, _)| inner.may(*about));
            let Some((about, job)) = next.and_then(|at| inner.waiting.remove(at)) else {
                inner.idle += 1;
                let (woken, timeout) =
                    self.shared.1.wait_timeout(inner, IDLE).unwrap_or_else(PoisonError::into_inner);
                inner = woken;
                inner.idle -= 1;
                if timeout.timed_out() && inner.waiting.is_empty() {
                    inner.threads -= 1;
                    return;
                }
                continue;
            };
            inner.held(about).into_iter().for_each(|held| *held += 1);
            drop(inner);
            let tell = job();
            inner = self.inner();
            inner.held(about).into_iter().for_each(|held| *held -= 1);
            tell();
        }
    }
}

/// The newest answer to a question that is put again and again.
pub struct Answer<T> {
    shared: Arc<Shared<T>>,
    asked: Option<Duration>,
}

struct Shared<T> {
    is_asked: AtomicBool,
    /// The answer, and when on the monotonic clock it was asked for.
    newest: Mutex<Option<(Duration, T)>>,
    came: Condvar,
}

impl<T> Shared<T> {
    fn tell(&self, asked: Duration, answer: T) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = Some((asked, answer));
        self.is_asked.store(false, Ordering::Release);
        drop(newest);
        self.came.notify_all();
    }
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        let (is_asked, newest, came) = Default::default();
        Answer { shared: Arc::new(Shared { is_asked, newest, came }), asked: None }
    }
}

impl<T: Send + 'static> Answer<T> {
    /// Whether an answer is still to come.
    pub fn is_waited_for(&self) -> bool {
        self.shared.is_asked.load(Ordering::Acquire)
    }

    /// Whether it was put last `every` ago or longer, and is not waited for.
    pub fn is_due(&self, now: Duration, every: Duration) -> bool {
        self.asked.is_none_or(|asked| now.saturating_sub(asked) >= every) && !self.is_waited_for()
    }

    /// Puts the question unless it was put less than `every` ago, or has no answer yet.
    pub fn renew(
        &mut self,
        aside: &Aside,
        about: About,
        now: Duration,
        every: Duration,
        question: impl FnOnce() -> T + Send + 'static,
    ) {
        if !self.is_due(now, every) || self.shared.is_asked.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = self.shared.clone();
        let put = aside.ask(about, move || {
            let answer = question();
            move || shared.tell(now, answer)
        });
        if put {
            self.asked = Some(now);
        } else {
            self.shared.is_asked.store(false, Ordering::Release);
        }
    }

    /// The newest answer, and how old it is.
    #[cfg(target_os = "linux")]
    pub fn newest(&self, now: Duration) -> Option<(T, Duration)>
    where
        T: Clone,
    {
        let newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().map(|(asked, answer)| (answer.clone(), now.saturating_sub(*asked)))
    }

    /// Takes the newest answer out. One that is still to come is waited for until `patience` is over.
    pub fn take(&self, patience: Duration) -> Option<T> {
        let until = Instant::now() + patience;
        let mut newest = self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner);
        while self.is_waited_for() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            newest = self.shared.came.wait_timeout(newest, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        newest.take().map(|(_, answer)| answer)
    }
}
