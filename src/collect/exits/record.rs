//! What the kernel says of a thread that ends: `struct taskstats` (linux/taskstats.h).

use crate::collect::netlink::{attributes, messages};
use crate::collect::taskstats::{COMMAND_BYTES, OF_THREAD_GROUP, STATS, Stats, of_group, place};

const OF_THREAD: u16 = 4;

/// The first version that says which process a thread belongs to, and whether it was the last. Before it
/// a thread that ends while others live on and a process of one thread look the same.
pub const FIRST_VERSION: u16 = 12;

/// In `ac_flag`: it was the last of its process. That a core was left is there too, where one was only tried.
const LAST: u8 = 0x20;
/// In what wait(2) has: a core was left. Of its threads that of the one has it that failed.
const DUMPED_CORE: u32 = 0x80;

/// A thread that ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreadExit {
    pub tid: i64,
    pub pid: i64,
    pub ppid: i64,
    pub uid: i64,
    pub comm: Vec<u8>,
    /// As wait(2) has it.
    pub status: u32,
    pub dumped_core: bool,
    /// Whether its process has ended with it.
    pub is_last: bool,
    /// How long the process has lived.
    pub life_us: i64,
    /// Of all threads of the process, where it has had several: CPU time and time waited for it.
    pub group_ns: Option<(i64, i64)>,
    /// Of the whole process.
    pub rss_peak_bytes: i64,
    pub own: Sums,
}

/// What threads did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub ran_ns: i64,
    pub waited_ns: i64,
    pub user_us: i64,
    pub system_us: i64,
    pub minor_faults: i64,
    pub major_faults: i64,
    pub read_chars: i64,
    pub write_chars: i64,
    pub read_bytes: i64,
    pub write_bytes: i64,
    pub voluntary_switches: i64,
    pub involuntary_switches: i64,
}

impl Sums {
    /// Adds what another did.
    pub fn add(&mut self, more: &Sums) {
        for (sum, more) in self.all().into_iter().zip(more.clone().all()) {
            *sum = sum.saturating_add(*more);
        }
    }

    fn all(&mut self) -> [&mut i64; 12] {
        [
            &mut self.ran_ns,
            &mut self.waited_ns,
            &mut self.user_us,
            &mut self.system_us,
            &mut self.minor_faults,
            &mut self.major_faults,
            &mut self.read_chars,
            &mut self.write_chars,
            &mut self.read_bytes,
            &mut self.write_bytes,
            &mut self.voluntary_switches,
            &mut self.involuntary_switches,
        ]
    }
}

/// The threads that some bytes from the kernel tell of.
pub fn parse(bytes: &[u8], family: u16) -> impl Iterator<Item = ThreadExit> {
    messages(bytes).flatten().filter(move |(kind, _)| *kind == family).filter_map(|(_, body)| {
        let said = body.get(COMMAND_BYTES..)?;
        let of = |kind, bytes| attributes(bytes).find(|(own, _)| *own == kind).map(|(_, value)| value);
        let thread = of(STATS, of(OF_THREAD, said)?)?;
        let group = of(OF_THREAD_GROUP, said).and_then(|group| of_group(of(STATS, group)?));
        let mut exit = parse_thread(thread)?;
        exit.group_ns = group.map(|group| (group.ran_ns, group.waited_ns));
        Some(exit)
    })
}

fn parse_thread(stats: &[u8]) -> Option<ThreadExit> {
    let stats = Stats::of(stats)?;
    if stats.version < FIRST_VERSION {
        return None;
    }
    let (number, word) = (|place| stats.number(place), |place| Some(i64::from(stats.word(place)?)));
    let (flag, status) = (stats.bytes(place::FLAG, 1)?[0], stats.word(place::EXIT_CODE)?);
    Some(ThreadExit {
        tid: word(place::TID)?,
        pid: word(place::PID)?,
        ppid: word(place::PPID)?,
        uid: word(place::UID)?,
        comm: stats.bytes(place::COMM, 32)?.split(|byte| *byte == 0).next()?.to_vec(),
        status,
        dumped_core: status & DUMPED_CORE != 0,
        is_last: flag & LAST != 0,
        life_us: number(place::LIFE_US)?,
        group_ns: None,
        rss_peak_bytes: number(place::RSS_PEAK_KIB)?.checked_mul(1024)?,
        own: Sums {
            waited_ns: number(place::WAITED_NS)?,
            ran_ns: number(place::RAN_NS)?,
            user_us: number(place::USER_US)?,
            system_us: number(place::SYSTEM_US)?,
            minor_faults: number(place::MINOR_FAULTS)?,
            major_faults: number(place::MAJOR_FAULTS)?,
            read_chars: number(place::READ_CHARS)?,
            write_chars: number(place::WRITE_CHARS)?,
            read_bytes: number(place::READ_BYTES)?,
            write_bytes: number(place::WRITE_BYTES)?,
            voluntary_switches: number(place::VOLUNTARY_SWITCHES)?,
            involuntary_switches: number(place::INVOLUNTARY_SWITCHES)?,
        },
    })
}
