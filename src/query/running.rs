//! A question while it is answered: who waits for it can cancel it, and see how far it has come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use datafusion::physical_plan::ExecutionPlan;

use super::Error;

/// One question, from one thread or several. Clones are the same one.
#[derive(Clone, Default)]
pub struct Running(Arc<Inner>);

#[derive(Default)]
struct Inner {
    is_cancelled: AtomicBool,
    plan: Mutex<Option<Arc<dyn ExecutionPlan>>>,
    time: Mutex<Option<Time>>,
}

/// When a question is over, whatever has become of it.
struct Time {
    allowed: Duration,
    over: Option<Instant>,
}

impl Running {
    /// Ends it with [`Interrupted`](super::Error::Interrupted), also one that is asked only later.
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Release);
    }

    /// Whether somebody has.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Ordering::Acquire)
    }

    /// What ends it before its answer does, by now: that somebody cancelled it, or that its time is over. Who
    /// writes the answer asks as well, since that may take longer than the answer itself.
    ///
    /// # Errors
    /// [`Error::Interrupted`] and [`Error::Timeout`].
    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() {
            return Err(Error::Interrupted);
        }
        match &*self.time() {
            Some(Time { allowed, over: Some(over) }) if Instant::now() >= *over => {
                Err(Error::Timeout { allowed: *allowed })
            }
            _ => Ok(()),
        }
    }

    /// Its time begins.
    pub(super) fn allow(&self, allowed: Option<Duration>) {
        *self.time() = allowed.map(|allowed| Time { allowed, over: Instant::now().checked_add(allowed) });
    }

    /// So long whoever reads the answer took for what was handed to him: that is none of its time.
    pub fn waited(&self, waited: Duration) {
        if let Some(Time { over: Some(over), .. }) = &mut *self.time() {
            *over = over.checked_add(waited).unwrap_or(*over);
        }
    }

    fn time(&self) -> MutexGuard<'_, Option<Time>> {
        self.0.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rows have been read so far of what is recorded.
    pub fn rows_read(&self) -> usize {
        let plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner).clone();
        plan.map_or(0, |plan| rows_read(&plan))
    }

    /// Now there is a plan.
    pub(super) fn started(&self, plan: &Arc<dyn ExecutionPlan>) {
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan.clone());
    }
}

/// What the scans of the plan have handed on.
fn rows_read(plan: &Arc<dyn ExecutionPlan>) -> usize {
    match plan.children().as_slice() {
        [] => plan.metrics().and_then(|metrics| metrics.output_rows()).unwrap_or(0),
        children => children.iter().map(|child| rows_read(child)).sum(),
    }
}
