//! The thread that listens to the kernel telling of threads that end. It waits for nothing else, so that
//! none is lost while a tick is taken.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use rustix::io::Errno;
use rustix::net::sockopt::set_socket_recv_buffer_size_force;

use super::ending::{Endings, ProcessExit};
use super::record;
use crate::collect::netlink::{ERROR, Netlink, REQUEST, attribute, messages, question};
use crate::collect::taskstats::{self, Taskstats};
use crate::time::{Clock, SystemClock};

/// What may wait for us in the kernel: some seconds of the worst that a host can do.
const BUFFER_BYTES: usize = 8 << 20;
/// One message, of which a later kernel may say more.
const MESSAGE_BYTES: usize = 8192;
/// Processes that may wait for the next tick.
const MOST_WAITING: usize = 65_536;
/// What the thread itself takes.
const STACK_BYTES: usize = 128 << 10;

/// taskstats' command and attributes by which one says of which CPUs one wants to hear.
const GET: u8 = 1;
const LISTEN: u16 = 3;
const LISTEN_NO_MORE: u16 = 4;

/// What was heard since it was asked for the last time.
#[derive(Default)]
pub struct Heard {
    pub exits: Vec<ProcessExit>,
    /// How often the kernel, or we, had to leave some out.
    pub lost: i64,
    /// The kernel tells us nothing more.
    pub is_over: bool,
}

/// The thread's side and ours.
#[derive(Clone, Default)]
pub struct Listener(Arc<Mutex<Heard>>);

impl Listener {
    /// Listens on these CPUs, written as the kernel does (`0-3`). The error is why that cannot be.
    pub fn start(cpus: &str) -> Result<Self, String> {
        if let Some(version) = Taskstats::open().and_then(|mut open| open.version()) {
            is_enough(version)?;
        }
        let (netlink, family) = taskstats::open().ok_or("the kernel has no taskstats")?;
        // Without the right to it the usual size has to do.
        let _ = set_socket_recv_buffer_size_force(netlink.socket(), BUFFER_BYTES);
        ask(&netlink, family, LISTEN, cpus)?;
        let listener = Listener::default();
        let heard = Arc::downgrade(&listener.0);
        let cpus = cpus.to_string();
        let thread = thread::Builder::new().name("exits".into()).stack_size(STACK_BYTES);
        let listen = move || {
            listen(&netlink, family, &heard);
            let _ = ask(&netlink, family, LISTEN_NO_MORE, &cpus);
        };
        thread.spawn(listen).map_err(|e| format!("no thread for it: {e}"))?;
        Ok(listener)
    }

    /// What was heard since.
    pub fn take(&self) -> Heard {
        let mut heard = lock(&self.0);
        let is_over = heard.is_over;
        Heard { is_over, ..std::mem::take(&mut *heard) }
    }
}

/// Whether records of that version can be told by; the error says what they lack.
pub fn is_enough(version: u16) -> Result<(), String> {
    if version >= record::FIRST_VERSION {
        return Ok(());
    }
    Err(format!(
        "version {version} of the kernel's taskstats does not say of what process a thread was, as Linux 5.19 does"
    ))
}

fn ask(netlink: &Netlink, family: u16, what: u16, cpus: &str) -> Result<(), String> {
    let mut body = vec![GET, 1, 0, 0];
    body.extend(attribute(what, format!("{cpus}\0").as_bytes()));
    /// To be told whether it was done.
    const ACKNOWLEDGE: u16 = 4;
    let failed = |errno: Errno| format!("taskstats: {errno}");
    netlink.ask(&question(family, REQUEST | ACKNOWLEDGE, &body)).map_err(failed)?;
    let mut answer = [0; MESSAGE_BYTES];
    loop {
        // Somebody may end before that is answered.
        let answer = netlink.receive(&mut answer).map_err(failed)?;
        let Some((_, body)) = messages(answer).flatten().find(|(kind, _)| *kind == ERROR) else { continue };
        let code = body.get(..4).map_or(0, |code| i32::from_ne_bytes(code.try_into().unwrap_or_default()));
        return match code {
            0 => Ok(()),
            code => Err(failed(Errno::from_raw_os_error(-code))),
        };
    }
}

/// Until nobody wants to know any more.
fn listen(netlink: &Netlink, family: u16, heard: &Weak<Mutex<Heard>>) {
    let clock = SystemClock::default();
    let mut endings = Endings::since(clock.wall().0);
    let mut buffer = vec![0; MESSAGE_BYTES];
    loop {
        let received = netlink.receive(&mut buffer);
        let Some(heard) = heard.upgrade() else { return };
        match received {
            Ok(message) => {
                let now = clock.wall().0;
                for exit in record::parse(message, family) {
                    if let Some(ended) = endings.take(exit, now) {
                        lock(&heard).push(ended);
                    }
                }
            }
            // More ended than there was room for.
            Err(Errno::NOBUFS) => lock(&heard).lost += 1,
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => {
                lock(&heard).is_over = true;
                return;
            }
        }
    }
}

impl Heard {
    fn push(&mut self, exit: ProcessExit) {
        if self.exits.len() < MOST_WAITING {
            self.exits.push(exit);
        } else {
            self.lost += 1;
        }
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
