//! A question while it is answered: who waits for it can cancel it, and see how far it has come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::physical_plan::ExecutionPlan;

/// One question, from one thread or several. Clones are the same one.
#[derive(Clone, Default)]
pub struct Running(Arc<Inner>);

#[derive(Default)]
struct Inner {
    is_cancelled: AtomicBool,
    plan: Mutex<Option<Arc<dyn ExecutionPlan>>>,
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
