//! A question at work, on a thread of its own: who asked waits for its rows, and may leave it at any
//! moment, also while it plans, or is in the middle of a computation that looks at nothing.

use std::any::Any;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use futures::future::{AbortHandle, Abortable};
use tokio::runtime::Handle;

use super::Error;
use super::resident::Resident;
use super::running::Running;

/// What planning the deepest question that is let through needs, several times over.
const STACK_BYTES: usize = 64 << 20;
/// Limits are looked at so often.
const LOOK: Duration = Duration::from_millis(10);
/// A question that was left is waited for, so that its memory and its files are free again; but not
/// for ever. One that has too much memory is waited for before the next one is begun.
const PATIENCE: Duration = Duration::from_millis(200);

/// How a panic begins over a column with more text than there are offsets for.
pub(super) const TOO_LONG: &str = "offset overflow";

/// What ends a question before its answer does.
pub(super) struct Limits {
    pub(super) timeout: Option<Duration>,
    /// How large the process may be.
    pub(super) resident_bytes: Option<u64>,
    /// What it is told to be allowed.
    pub(super) allowed_bytes: usize,
}

/// What comes of a question: once what the answer is made of, then its rows.
pub(super) enum Part {
    Schema(SchemaRef),
    Rows(RecordBatch),
}

/// Where parts go; an error means that nobody wants more.
pub(super) type Parts = SyncSender<Part>;

/// Sets `work` about a question, and hands the rows to `each` until there are no more, it breaks off,
/// or a limit is met.
pub(super) fn answered<F>(
    runtime: &Handle,
    limits: &Limits,
    running: &Running,
    work: impl FnOnce(Parts) -> F + Send + 'static,
    mut each: impl FnMut(&RecordBatch) -> ControlFlow<()>,
) -> Result<SchemaRef, Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let begun = Instant::now();
    running.allow(limits.timeout);
    let mut resident = Resident::default();
    let is_too_large = |resident: &mut Resident| {
        limits.resident_bytes.is_some_and(|allowed| resident.bytes().is_some_and(|bytes| bytes > allowed))
    };
    let check = |resident: &mut Resident| {
        running.check()?;
        match limits.resident_bytes {
            Some(_) if is_too_large(resident) => Err(Error::Memory { allowed_bytes: limits.allowed_bytes }),
            _ => Ok(()),
        }
    };
    // What an earlier question had is not this one's.
    while is_too_large(&mut resident) && begun.elapsed() < PATIENCE {
        thread::sleep(LOOK);
    }
    let mut question = Question::begin(runtime.clone(), work)?;
    let mut schema = None;
    loop {
        match question.parts.recv_timeout(LOOK) {
            Ok(Part::Schema(known)) => schema = Some(known),
            Ok(Part::Rows(batch)) => {
                if each(&batch).is_break() {
                    break;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                question.end(limits.allowed_bytes)?;
                break;
            }
        }
        if let Err(error) = check(&mut resident) {
            question.is_waited_for = !matches!(error, Error::Memory { .. });
            return Err(error);
        }
    }
    schema.ok_or_else(|| Error::Other("the engine ended without an answer".into()))
}

struct Question {
    parts: Receiver<Part>,
    thread: Option<JoinHandle<Result<(), Error>>>,
    abort: AbortHandle,
    /// Not where it grows while it is waited for.
    is_waited_for: bool,
}

impl Question {
    fn begin<F>(runtime: Handle, work: impl FnOnce(Parts) -> F + Send + 'static) -> Result<Self, Error>
    where
        F: Future<Output = Result<(), Error>>,
    {
        // One part waits while the next one is made.
        let (sender, parts) = sync_channel(1);
        let (abort, registration) = AbortHandle::new_pair();
        let task = move || runtime.block_on(Abortable::new(work(sender), registration)).unwrap_or(Ok(()));
        let thread = thread::Builder::new().name("question".into()).stack_size(STACK_BYTES).spawn(task);
        let thread = thread.map_err(|error| Error::Start(error.to_string()))?;
        Ok(Question { parts, thread: Some(thread), abort, is_waited_for: true })
    }

    /// What has become of a question that is done.
    fn end(&mut self, allowed_bytes: usize) -> Result<(), Error> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|panic| Err(broken(&*panic, allowed_bytes)))
    }
}

/// Leaves the question where it is.
impl Drop for Question {
    fn drop(&mut self) {
        self.abort.abort();
        // Whoever is about to hand out a part hears that it is not wanted.
        let (_, nothing) = sync_channel(1);
        self.parts = nothing;
        let Some(thread) = self.thread.take() else { return };
        let left = Instant::now();
        while !thread.is_finished() {
            if !self.is_waited_for || left.elapsed() > PATIENCE {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        drop(thread.join());
    }
}

/// The engine has a mistake, which is no reason to go down with it.
fn broken(panic: &(dyn Any + Send), allowed_bytes: usize) -> Error {
    let what = panic.downcast_ref::<String>().map(String::as_str);
    let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why");
    let what = what.lines().next().unwrap_or_default();
    // The texts of one batch are more than two gibibytes.
    if what.contains(TOO_LONG) {
        return Error::Memory { allowed_bytes };
    }
    Error::Other(format!("the engine broke over this question ({what}); ask it in another way"))
}
