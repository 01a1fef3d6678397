//! The child that seals, merges and retires, so that the recorder's memory stays what it is, and the
//! thread that starts it and looks after it: to start a program is to wait for a disk.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// A maintenance that takes longer than this is ended.
const DEADLINE: Duration = Duration::from_secs(900);
/// After a failure the next one waits so long, and twice as long each time up to an hour.
const BACK_OFF: Duration = Duration::from_secs(30);
/// After one that ended well the next one waits so long.
const REST: Duration = Duration::from_secs(5);
/// While memory is short a maintenance waits, and no longer than this: half of what a part spans.
const POSTPONED: Duration = Duration::from_secs(300);
/// How often it is looked whether memory is still short.
const LOOK: Duration = Duration::from_secs(5);

/// What there is to say of a maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It waits, and why.
    Postponed(String),
    /// It has ended well.
    Done,
    /// It has not: one line for the user to read.
    Failed(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// When memory is not short.
    Soon,
    /// In any case: the recording ends.
    Now,
}

/// Why memory is short, if it is.
type Shortage = Box<dyn FnMut() -> Option<String> + Send>;

/// Runs a command as a child, one at a time.
pub struct Maintenance {
    /// For the thread that runs it; `None` where there is none.
    orders: Option<Sender<Order>>,
    outcomes: Receiver<Outcome>,
    /// Orders that have not come to an end.
    running: u32,
    wanted: bool,
    failures: u32,
    not_before: Duration,
}

impl Maintenance {
    /// `command` makes the command that maintains the store.
    pub fn new(command: impl FnMut() -> Command + Send + 'static) -> Self {
        Maintenance::postponed(command, || None)
    }

    /// The same; `shortage` says why memory is short while it is.
    pub fn postponed(
        command: impl FnMut() -> Command + Send + 'static,
        shortage: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        let (orders, taken) = channel();
        let (told, outcomes) = channel();
        let worker = Worker {
            command: Box::new(command),
            shortage: Box::new(shortage),
            orders: taken,
            outcomes: told,
            next: None,
        };
        let thread = std::thread::Builder::new().name("maintenance".into()).spawn(move || worker.work());
        Maintenance {
            orders: thread.ok().map(|_| orders),
            outcomes,
            running: 0,
            wanted: false,
            failures: 0,
            not_before: Duration::ZERO,
        }
    }

    /// Asks for a maintenance as soon as none is running.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// Says what became of a maintenance, and has the next one begin where it is time; `now` is the
    /// monotonic clock. It never waits.
    pub fn tend(&mut self, now: Duration) -> Option<Outcome> {
        let mut outcome = self.outcomes.try_recv().ok();
        self.note(outcome.as_ref());
        if outcome.is_none() && self.running == 0 && self.wanted && now >= self.not_before {
            self.wanted = false;
            outcome = self.order(Order::Soon).err().map(Outcome::Failed);
        }
        match outcome {
            Some(Outcome::Done) => self.not_before = now + REST,
            Some(Outcome::Failed(_)) => {
                self.wanted = true;
                self.not_before = now + BACK_OFF * 2u32.pow(self.failures.min(7));
                self.failures += 1;
            }
            _ => {}
        }
        outcome
    }

    /// Waits for a child that runs, then runs a last one to its end.
    pub fn finish(&mut self) -> Result<(), String> {
        self.order(Order::Now)?;
        let mut outcome = Outcome::Done;
        while self.running > 0 {
            // One that is ended at its deadline may be stuck in the kernel, and never end.
            let Ok(next) = self.outcomes.recv_timeout(DEADLINE + BACK_OFF) else {
                return Err(
                    "maintenance of the store does not end; the next recording goes on with it".into()
                );
            };
            self.note(Some(&next));
            outcome = next;
        }
        match outcome {
            Outcome::Failed(what) => Err(what),
            _ => Ok(()),
        }
    }

    fn note(&mut self, outcome: Option<&Outcome>) {
        match outcome {
            None | Some(Outcome::Postponed(_)) => return,
            Some(Outcome::Done) => self.failures = 0,
            Some(Outcome::Failed(_)) => {}
        }
        self.running -= 1;
    }

    fn order(&mut self, order: Order) -> Result<(), String> {
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok());
        self.running += u32::from(sent);
        if sent { Ok(()) } else { Err("there is no thread that runs the maintenance of the store".into()) }
    }
}

struct Worker {
    command: Box<dyn FnMut() -> Command + Send>,
    shortage: Shortage,
    orders: Receiver<Order>,
    outcomes: Sender<Outcome>,
    /// An order that came while one before it waited.
    next: Option<Order>,
}

impl Worker {
    fn work(mut self) {
        while let Some(order) = self.next.take().or_else(|| self.orders.recv().ok()) {
            if order == Order::Soon {
                self.wait_for_memory();
            }
            let outcome = self.run().map_or_else(Outcome::Failed, |()| Outcome::Done);
            if self.outcomes.send(outcome).is_err() {
                break;
            }
        }
    }

    /// Waits while memory is short, not for ever, and no longer when the recording ends.
    fn wait_for_memory(&mut self) {
        let began = Instant::now();
        let mut is_told = false;
        while self.next.is_none() && began.elapsed() < POSTPONED {
            let Some(why) = (self.shortage)() else { return };
            if !is_told {
                is_told = self.outcomes.send(Outcome::Postponed(why)).is_ok();
            }
            match self.orders.recv_timeout(LOOK) {
                Ok(order) => self.next = Some(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn run(&mut self) -> Result<(), String> {
        let mut command = (self.command)();
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let began = Instant::now();
        let mut pause = Duration::from_millis(5);
        let status = loop {
            match child.try_wait().map_err(|e| e.to_string())? {
                Some(status) => break status,
                None if began.elapsed() > DEADLINE => drop(child.kill()),
                None => {}
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(200));
        };
        if status.success() { Ok(()) } else { Err(complaint(&mut child, &status.to_string())) }
    }
}

/// What the child said on its way out.
fn complaint(child: &mut Child, status: &str) -> String {
    let mut text = String::new();
    if let Some(stderr) = &mut child.stderr {
        let _ = stderr.take(4096).read_to_string(&mut text);
    }
    match text.trim() {
        "" => format!("maintenance of the store failed: {status}"),
        said => said.lines().last().unwrap_or(said).trim_start_matches("sysray: ").into(),
    }
}
