//! What stands where in `struct taskstats` (linux/taskstats.h). It grows at its end, a version at a time;
//! what an older kernel does not say is not there.
//!
//! | version | Linux | bytes | what came |
//! |---|---|---|---|
//! | 8 | to 4.19 | 328 | |
//! | 9 | 4.20 | 344 | time lost to thrashing |
//! | 10 | 5.6 | 352 | the start in 64 bits |
//! | 11 | 5.17 | 368 | compaction |
//! | 12 | 5.19 | 400 | the process a thread is of, and its program |
//! | 13, 14 | 6.0, 6.5 | 416, 432 | copies on write, interrupts |
//! | 15 | 6.14 | 560 | a maximum and a minimum *within*, behind each count and total |
//! | 16 | 6.16, 6.14.9 | 560 | the same at the end |

/// Statistics of a thread, or of a group of them.
#[derive(Clone, Copy, Debug)]
pub struct Stats<'a> {
    bytes: &'a [u8],
    pub version: u16,
}

/// The one version that moved what was there before.
const MOVED: u16 = 15;
/// In all others, where the pairs of a count and a total end that have two more numbers behind them in it: of
/// CPUs, block I/O and swapping; of reclaim and thrashing; of compaction.
const PAIRS_END: [usize; 6] = [32, 48, 64, 328, 344, 368];
const TWO_NUMBERS: usize = 16;

impl<'a> Stats<'a> {
    /// Statistics in the bytes of the kernel.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let version = u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?);
        Some(Stats { bytes, version })
    }

    /// A number of eight bytes, by its place in other versions than 15.
    pub fn number(&self, place: usize) -> Option<i64> {
        let bytes = self.bytes(place, 8)?.try_into().ok()?;
        i64::try_from(u64::from_ne_bytes(bytes)).ok()
    }

    /// A number of four bytes.
    pub fn word(&self, place: usize) -> Option<u32> {
        Some(u32::from_ne_bytes(self.bytes(place, 4)?.try_into().ok()?))
    }

    /// As many bytes.
    pub fn bytes(&self, place: usize, length: usize) -> Option<&'a [u8]> {
        let at = match self.version {
            MOVED => place + TWO_NUMBERS * PAIRS_END.iter().filter(|end| place >= **end).count(),
            _ => place,
        };
        self.bytes.get(at..at + length)
    }
}

/// The places that are asked for.
pub mod place {
    pub const EXIT_CODE: usize = 4;
    /// One byte.
    pub const FLAG: usize = 8;
    pub const WAITED_NS: usize = 24;
    pub const ACCOUNTED_NS: usize = 64;
    pub const RAN_NS: usize = 72;
    /// 32 bytes, to the first that is 0.
    pub const COMM: usize = 80;
    pub const UID: usize = 120;
    pub const TID: usize = 128;
    pub const PPID: usize = 132;
    pub const USER_US: usize = 152;
    pub const SYSTEM_US: usize = 160;
    pub const MINOR_FAULTS: usize = 168;
    pub const MAJOR_FAULTS: usize = 176;
    pub const RSS_PEAK_KIB: usize = 200;
    pub const READ_CHARS: usize = 216;
    pub const WRITE_CHARS: usize = 224;
    pub const READ_BYTES: usize = 248;
    pub const WRITE_BYTES: usize = 256;
    pub const VOLUNTARY_SWITCHES: usize = 272;
    pub const INVOLUNTARY_SWITCHES: usize = 280;
    pub const PID: usize = 368;
    pub const LIFE_US: usize = 376;
}
