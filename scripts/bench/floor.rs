//! What the kernel itself takes for one look at all processes, in this state of the host: CPU time, in
//! microseconds, the median of the looks. One line, tab-separated:
//! processes, listing /proc, one pread of each process's schedstat kept open, eight files of the whole
//! host opened anew, and, which is no part of the floor, stat + io + schedstat + status of each process
//! opened anew.

use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use std::time::Duration;

const HOST: [&str; 8] =
    ["stat", "meminfo", "vmstat", "diskstats", "net/dev", "net/snmp", "net/netstat", "loadavg"];
const PROCESS: [&str; 4] = ["stat", "io", "schedstat", "status"];
/// Between two looks, so that the host's own work gets between them as it does between samples.
const PAUSE: Duration = Duration::from_millis(100);

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    fn getdents64(fd: c_int, entries: *mut c_void, length: usize) -> isize;
}

fn main() -> ExitCode {
    let looks = std::env::args().nth(1).and_then(|word| word.parse().ok()).filter(|looks| *looks > 0);
    let Some(looks) = looks else {
        eprintln!("usage: floor LOOKS");
        return ExitCode::from(2);
    };
    match measure(looks) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("floor: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(looks: usize) -> io::Result<String> {
    let mut proc = File::open("/proc")?;
    let mut buffer = vec![0; 64 << 10];
    let pids = list(&mut proc, &mut buffer)?;
    // A process that has ended meanwhile costs the look less than it should: one of many.
    let kept: Vec<File> =
        pids.iter().filter_map(|pid| File::open(format!("/proc/{pid}/schedstat")).ok()).collect();
    if kept.len() * 10 < pids.len() * 9 {
        let (kept, all) = (kept.len(), pids.len());
        return Err(io::Error::other(format!("only {kept} of {all} processes can be kept open: ulimit -n")));
    }
    let host: Vec<String> = HOST.iter().map(|name| format!("/proc/{name}")).collect();
    let anew: Vec<String> =
        pids.iter().flat_map(|pid| PROCESS.map(|name| format!("/proc/{pid}/{name}"))).collect();
    let mut took = [const { Vec::new() }; 4];
    for _ in 0..looks {
        std::thread::sleep(PAUSE);
        let mut at = cpu_us();
        let mut lap = |of: &mut Vec<i64>| {
            let now = cpu_us();
            of.push(now - at);
            at = now;
        };
        list(&mut proc, &mut buffer)?;
        lap(&mut took[0]);
        for file in &kept {
            let _ = file.read_at(&mut buffer, 0);
        }
        lap(&mut took[1]);
        read_anew(&host, &mut buffer);
        lap(&mut took[2]);
        read_anew(&anew, &mut buffer);
        lap(&mut took[3]);
    }
    let [list, schedstat, host, anew] = took.map(median);
    Ok(format!("{}\t{list}\t{schedstat}\t{host}\t{anew}", kept.len()))
}

/// The processes there are, and nothing but what listing them takes.
fn list(proc: &mut File, buffer: &mut [u8]) -> io::Result<Vec<u32>> {
    // Of an entry: inode and offset (8 bytes each), its length (2), its type (1), its name up to a NUL.
    const LENGTH: usize = 16;
    const NAME: usize = 19;
    proc.rewind()?;
    let mut pids = Vec::with_capacity(4096);
    loop {
        // SAFETY: the kernel writes no more than the buffer's length.
        let got = unsafe { getdents64(proc.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
        let mut left = match got {
            0 => return Ok(pids),
            got if got < 0 => return Err(io::Error::last_os_error()),
            got => &buffer[..got as usize],
        };
        while left.len() > NAME {
            let length = usize::from(u16::from_ne_bytes([left[LENGTH], left[LENGTH + 1]]));
            let digits = left[NAME..length].iter().take_while(|byte| byte.is_ascii_digit());
            let pid = digits.fold(0, |pid, digit| pid * 10 + u32::from(digit - b'0'));
            if pid > 0 {
                pids.push(pid);
            }
            left = &left[length..];
        }
    }
}

fn read_anew(paths: &[String], buffer: &mut [u8]) {
    for path in paths {
        if let Ok(mut file) = File::open(path) {
            while matches!(file.read(buffer), Ok(1..)) {}
        }
    }
}

/// CPU time of this process, user and system.
fn cpu_us() -> i64 {
    const CLOCK_PROCESS_CPUTIME_ID: c_int = 2;
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the struct is the one of 64-bit Linux.
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.seconds * 1_000_000 + time.nanoseconds / 1000
}

fn median(mut of: Vec<i64>) -> i64 {
    of.sort_unstable();
    of[of.len() / 2]
}
