//! Commands of rules: each rule has a thread of its own for them, which runs one after the other and ends
//! what takes too long. The tick only hands over what is to be run.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::rule::Rule;
use crate::record::standing;

/// Calls of one rule that wait at most.
const MOST_WAITING: usize = 64;
/// How much longer the commands of a rule may take in all when the recording ends.
const GRACE: Duration = Duration::from_secs(5);
/// What such a thread does is little.
const STACK_BYTES: usize = 256 << 10;
/// Of what a command says on its standard error the end is told.
#[cfg(unix)]
const SAID_BYTES: usize = 4096;

/// The variables that a command is given, with their values.
pub type Variables = Vec<(&'static str, String)>;

/// A command that failed: of which rule, and how.
pub type Failure = (String, String);

/// The commands of all rules.
pub struct Commands {
    callers: Vec<(String, Caller)>,
    failures: Receiver<Failure>,
    told: Sender<Failure>,
    /// Once the recording ends: when all have to have ended.
    ending: Arc<OnceLock<Instant>>,
}

/// A rule's thread, once it was needed.
struct Caller {
    calls: SyncSender<Variables>,
    /// Whether it was said that too many wait.
    is_full_told: bool,
}

impl Commands {
    /// None is running yet.
    pub fn new() -> Self {
        let (told, failures) = channel();
        Commands { callers: Vec::new(), failures, told, ending: Arc::default() }
    }

    /// Has the command of a rule run, behind those that are to be run before it.
    pub fn call(&mut self, rule: &Rule, variables: Variables) {
        let at = match self.callers.iter().position(|(name, _)| *name == rule.name) {
            Some(at) => at,
            None => match self.begin(rule) {
                Ok(caller) => {
                    self.callers.push((rule.name.clone(), caller));
                    self.callers.len() - 1
                }
                Err(error) => return self.fail(&rule.name, format!("there is no thread for it: {error}")),
            },
        };
        let caller = &mut self.callers[at].1;
        match caller.calls.try_send(variables) {
            Ok(()) => caller.is_full_told = false,
            Err(TrySendError::Full(_)) if caller.is_full_told => {}
            Err(TrySendError::Full(_)) => {
                caller.is_full_told = true;
                self.fail(&rule.name, format!("{MOST_WAITING} calls wait for it: those behind are left out"));
            }
            Err(TrySendError::Disconnected(_)) => self.fail(&rule.name, "its thread has died".into()),
        }
    }

    fn begin(&self, rule: &Rule) -> std::io::Result<Caller> {
        let (calls, taken) = sync_channel(MOST_WAITING);
        let worker = Worker {
            rule: rule.name.clone(),
            command: rule.command.clone(),
            timeout: rule.command_timeout,
            told: self.told.clone(),
            ending: self.ending.clone(),
        };
        let thread = thread::Builder::new().name("alert".into()).stack_size(STACK_BYTES);
        thread.spawn(move || worker.work(&taken))?;
        Ok(Caller { calls, is_full_told: false })
    }

    fn fail(&self, rule: &str, what: String) {
        let _ = self.told.send((rule.into(), what));
    }

    /// What failed since this was last asked.
    pub fn failures(&self) -> impl Iterator<Item = Failure> {
        self.failures.try_iter()
    }

    /// Waits for what runs and is to be run, not for long, and hands out what failed.
    pub fn close(self) -> Vec<Failure> {
        let Commands { callers, failures, told, ending } = self;
        let until = *ending.get_or_init(|| Instant::now() + GRACE) + Duration::from_secs(1);
        drop((callers, told));
        let mut failed = Vec::new();
        loop {
            match failures.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(failure) => failed.push(failure),
                // All threads have ended; or one is stuck in the kernel.
                Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => return failed,
            }
        }
    }
}

/// What a rule's thread knows.
struct Worker {
    rule: String,
    command: Vec<String>,
    timeout: Duration,
    told: Sender<Failure>,
    ending: Arc<OnceLock<Instant>>,
}

impl Worker {
    fn work(&self, calls: &Receiver<Variables>) {
        // A command is none of the recorder's, and stands where others do.
        standing::stand_as_others();
        let mut left_out = 0;
        for variables in calls {
            if self.ending.get().is_some_and(|until| Instant::now() >= *until) {
                left_out += 1;
            } else if let Err(what) = self.run(&variables) {
                self.fail(what);
            }
        }
        if left_out > 0 {
            self.fail(format!("{left_out} calls of it were left out, as the recording ended"));
        }
    }

    fn fail(&self, what: String) {
        let _ = self.told.send((self.rule.clone(), what));
    }

    fn run(&self, variables: &Variables) -> Result<(), String> {
        let [program, arguments @ ..] = &self.command[..] else { return Ok(()) };
        let mut command = Command::new(program);
        command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        // What nobody reads would hold the command up.
        command.stderr(if cfg!(unix) { Stdio::piped() } else { Stdio::null() });
        // Ctrl-C on the terminal is for the recorder; and what takes too long is ended with all it started.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        standing::let_end_as_others(child.id());
        let mut said = Said::of(&mut child);
        let began = Instant::now();
        let mut until = began + self.timeout;
        let mut pause = Duration::from_millis(5);
        loop {
            said.read();
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => {
                    said.read();
                    return Err(format!("{program}: {status}{}", said.last_line()));
                }
                Ok(None) => {}
                Err(error) => return Err(format!("{program}: {error}")),
            }
            if let Some(ending) = self.ending.get() {
                until = until.min(*ending);
            }
            if Instant::now() >= until {
                end(&mut child);
                let why = match began.elapsed() >= self.timeout {
                    true => format!("it took longer than {}", crate::time::show_duration(self.timeout)),
                    false => "the recording ended".into(),
                };
                return Err(format!("{program}: {why}, and so it was ended{}", said.last_line()));
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }
}

/// Ends a command and what it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What a command says on its standard error. It is never waited for: what a command leaves running holds the
/// pipe for as long as it likes.
struct Said {
    #[cfg(unix)]
    pipe: Option<std::process::ChildStderr>,
    end: Vec<u8>,
}

impl Said {
    #[cfg(unix)]
    fn of(child: &mut Child) -> Said {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        let never_waits = |pipe: &std::process::ChildStderr| {
            fcntl_getfl(pipe).and_then(|flags| fcntl_setfl(pipe, flags | OFlags::NONBLOCK)).is_ok()
        };
        Said { pipe: child.stderr.take().filter(never_waits), end: Vec::new() }
    }

    #[cfg(not(unix))]
    fn of(_: &mut Child) -> Said {
        Said { end: Vec::new() }
    }

    /// Takes in what there is.
    fn read(&mut self) {
        #[cfg(unix)]
        if let Some(pipe) = &mut self.pipe {
            let mut buffer = [0; SAID_BYTES];
            // As much as a pipe holds, so that whoever says without end is ended all the same.
            for _ in 0..16 {
                match std::io::Read::read(pipe, &mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(many) => self.end.extend_from_slice(&buffer[..many]),
                }
            }
            let too_many = self.end.len().saturating_sub(SAID_BYTES);
            self.end.drain(..too_many);
        }
    }

    /// The last line, as the end of a sentence.
    fn last_line(&self) -> String {
        let text = crate::collect::one_line(last(&self.end));
        if text.is_empty() { text } else { format!(": {text}") }
    }
}

/// The last line that is not blank.
fn last(text: &[u8]) -> &[u8] {
    let is_blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    text.split(|byte| *byte == b'\n').rfind(|line| !is_blank(line)).unwrap_or_default()
}
