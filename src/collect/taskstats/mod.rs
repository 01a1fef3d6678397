//! The kernel's task statistics, over generic netlink (Documentation/accounting/taskstats.rst): what all
//! threads of a process did together, those included that have ended. Wants `CAP_NET_ADMIN`.

mod layout;

use rustix::io::Errno;
use rustix::net::netlink::GENERIC;

use crate::collect::netlink::{
    ERROR, HEADER_BYTES, Netlink, REQUEST, attribute, attributes, messages, question,
};
pub(super) use layout::{Stats, place};

/// Generic netlink's own family, its command for looking one up, and its attributes.
const CONTROL: u16 = 16;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;
/// The header of a message of generic netlink: command, version, two bytes that are nothing.
pub(super) const COMMAND_BYTES: usize = 4;

/// taskstats' command for asking, what is asked for, and what an answer has in it.
const GET: u8 = 1;
const ASK_THREAD_GROUP: u16 = 2;
pub(super) const OF_THREAD_GROUP: u16 = 5;
pub(super) const STATS: u16 = 3;

/// What is rounded off user and system time.
const ROUNDED_NS: i64 = 1_000_000;

/// An answer, of which a later kernel may say more.
const ANSWER_BYTES: usize = 4096;

/// What all threads of a process did since each began, in nanoseconds and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Time on a CPU, by the scheduler's clock.
    pub ran_ns: i64,
    /// Time runnable and waiting for a CPU.
    pub waited_ns: i64,
    /// Times one gave up its CPU to wait, and times it was taken from one that could have run on. Some
    /// kernels count those that have ended in their time and not in these: `None`.
    pub switches: Option<(i64, i64)>,
}

/// Somebody to ask.
pub struct Taskstats {
    netlink: Netlink,
    family: u16,
    buffer: Vec<u8>,
    question: Vec<u8>,
}

impl Taskstats {
    /// `None` where the kernel has none, or does not answer us.
    pub fn open() -> Option<Self> {
        let (netlink, family) = open()?;
        let buffer = vec![0; ANSWER_BYTES];
        let mut body = vec![GET, 1, 0, 0];
        body.extend(attribute(ASK_THREAD_GROUP, &[0; 4]));
        let question = question(family, REQUEST, &body);
        Some(Taskstats { netlink, family, buffer, question })
    }

    /// What the threads of a process did; `None` where there is none of that number.
    pub fn group(&mut self, pid: i64) -> Result<Option<Group>, Refused> {
        let Ok(pid) = u32::try_from(pid) else { return Ok(None) };
        let family = self.family;
        parse_group(self.answer(pid)?, family)
    }

    /// The version of what the kernel says, which grows: told of this very process.
    pub fn version(&mut self) -> Option<u16> {
        let family = self.family;
        let stats = stats_of_group(self.answer(std::process::id()).ok()?, family).ok()??;
        Some(Stats::of(stats)?.version)
    }

    fn answer(&mut self, pid: u32) -> Result<&[u8], Refused> {
        let place = HEADER_BYTES + COMMAND_BYTES + 4;
        self.question[place..place + 4].copy_from_slice(&pid.to_ne_bytes());
        self.netlink.ask(&self.question).map_err(|_| Refused)?;
        let length = loop {
            match self.netlink.receive(&mut self.buffer) {
                Ok(answer) => break answer.len(),
                Err(Errno::INTR) => {}
                // An answer that comes late would be taken for the next one's.
                Err(_) => return Err(Refused),
            }
        };
        Ok(&self.buffer[..length])
    }
}

/// We may not ask, or nobody answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused;

/// A socket, and what the kernel calls taskstats today.
pub(super) fn open() -> Option<(Netlink, u16)> {
    let netlink = Netlink::open(GENERIC).ok()?;
    let mut buffer = vec![0; ANSWER_BYTES];
    let mut body = vec![GET_FAMILY, 1, 0, 0];
    body.extend(attribute(FAMILY_NAME, b"TASKSTATS\0"));
    netlink.ask(&question(CONTROL, REQUEST, &body)).ok()?;
    let family = parse_family(netlink.receive(&mut buffer).ok()?)?;
    Some((netlink, family))
}

fn parse_family(answer: &[u8]) -> Option<u16> {
    let (kind, body) = messages(answer).next()??;
    let said = body.get(COMMAND_BYTES..).filter(|_| kind != ERROR)?;
    let (_, id) = attributes(said).find(|(kind, _)| *kind == FAMILY_ID)?;
    Some(u16::from_ne_bytes(id.get(..2)?.try_into().ok()?))
}

/// Of an answer about a thread group what it says.
pub fn parse_group(answer: &[u8], family: u16) -> Result<Option<Group>, Refused> {
    Ok(stats_of_group(answer, family)?.and_then(of_group))
}

/// The statistics in such an answer; `None` where there is no such group.
fn stats_of_group(answer: &[u8], family: u16) -> Result<Option<&[u8]>, Refused> {
    let Some(Some((kind, body))) = messages(answer).next() else { return Err(Refused) };
    if kind == ERROR {
        let code = body.get(..4).and_then(|code| Some(i32::from_ne_bytes(code.try_into().ok()?)));
        let is_gone = code.is_some_and(|code| Errno::from_raw_os_error(-code) == Errno::SRCH);
        return if is_gone { Ok(None) } else { Err(Refused) };
    }
    let said = body.get(COMMAND_BYTES..).filter(|_| kind == family).unwrap_or_default();
    let of = |kind, bytes| attributes(bytes).find(|(own, _)| *own == kind).map(|(_, value)| value);
    Ok(of(OF_THREAD_GROUP, said).and_then(|group| of(STATS, group)))
}

/// Of the statistics of a thread group what they say; nothing where the kernel has not added up its threads'
/// time (built without CONFIG_TASK_DELAY_ACCT, or an old one started with `nodelayacct`), and says 0 of it.
pub(super) fn of_group(stats: &[u8]) -> Option<Group> {
    let stats = Stats::of(stats)?;
    let ran_ns = stats.number(place::RAN_NS).filter(|ran_ns| *ran_ns > 0)?;
    Some(Group { ran_ns, waited_ns: stats.number(place::WAITED_NS)?, switches: switches(&stats) })
}

fn switches(stats: &Stats) -> Option<(i64, i64)> {
    let of_living_us = stats.number(place::USER_US)? + stats.number(place::SYSTEM_US)?;
    let counts_all = stats.number(place::ACCOUNTED_NS)? - 1000 * of_living_us < ROUNDED_NS;
    let both = (stats.number(place::VOLUNTARY_SWITCHES)?, stats.number(place::INVOLUNTARY_SWITCHES)?);
    counts_all.then_some(both)
}
