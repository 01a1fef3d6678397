//! How a recorder stands towards what it watches: before others at the CPU, so that its ticks are in
//! time on a busy host, and the last to be ended where memory runs out. Its maintenance stands behind
//! everybody.
//!
//! What the kernel refuses stays as it was: nothing here fails.

/// What a recorder asks the kernel for. What is not permitted is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its nice value, −20 (first) to 19; `None`: as it was started.
    pub nice: Option<i32>,
    /// Its OOM score adjustment, −1000 (never ended) to 1000; `None`: as it was started.
    pub oom_score_adj: Option<i32>,
    /// Whether its memory is locked, so that it is not paged out when it is needed most.
    pub lock_memory: bool,
}

impl Default for Standing {
    fn default() -> Self {
        Standing { nice: Some(-10), oom_score_adj: Some(-900), lock_memory: true }
    }
}

impl Standing {
    /// Sets what holds from the start, for all threads there are and those that they make. Hands out
    /// a line for each that was refused.
    pub fn take(&self) -> Vec<String> {
        let mut refused = Vec::new();
        if let Some(nice) = self.nice
            && let Err(why) = kernel::set_nice(nice)
        {
            refused.push(format!("the nice value stays as it is, {nice} was refused: {why}"));
        }
        if let Some(score) = self.oom_score_adj
            && let Err(why) = kernel::set_oom_score_adj(score)
        {
            refused.push(format!("the OOM score stays as it is, {score} was refused: {why}"));
        }
        refused
    }

    /// Locks what the recorder has in memory, and what it will touch: once it has warmed up, so that
    /// what only the start took is not kept. A line if that was refused.
    pub fn lock(&self) -> Option<String> {
        let why = self.lock_memory.then(kernel::lock_memory)?.err()?;
        Some(format!("memory is not locked: {why}"))
    }
}

/// Puts this process behind all others, before it does anything else: it runs when nobody else
/// wants to, is the first to be ended where memory runs out, and gets no more of that than so many bytes
/// of data. What is asked for here is never refused.
pub fn stand_back(data_bytes: u64) {
    #[cfg(unix)]
    begin_without_backtraces();
    let _ = kernel::set_nice(19);
    let _ = kernel::set_oom_score_adj(500);
    kernel::limit_data(data_bytes);
}

/// Begins this program anew where it would print a backtrace when it dies: to print one takes memory, and who
/// is refused that once more would wait for itself rather than die.
#[cfg(unix)]
fn begin_without_backtraces() {
    use std::os::unix::process::CommandExt;
    const SWITCH: &str = "RUST_BACKTRACE";
    if std::env::var_os(SWITCH).is_some_and(|value| value != "0") {
        // This returns only where it cannot be done.
        let _ = std::process::Command::new(super::program::path())
            .args(std::env::args_os().skip(1))
            .env(SWITCH, "0")
            .exec();
    }
}

/// Has this thread, and what it starts, take its turns at the CPU as any program does: where the recorder stands
/// before others, that is for it alone.
pub fn stand_as_others() {
    kernel::stand_as_others();
}

/// Has a program that was started end as soon as any other where memory runs out.
pub fn let_end_as_others(pid: u32) {
    kernel::let_end_as_others(pid);
}

/// Has as many descriptors as may be had for the asking, up to what a recorder can use: it keeps the
/// kernel's files open. Before collectors are made, which divide them.
pub fn take_descriptors() {
    kernel::raise_descriptors(16 << 10);
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::fs;

    use nix::sys::mman::{MlockAllFlags, mlockall};
    use rustix::process::{
        Pid, Resource, Rlimit, getpriority_process, getrlimit, setpriority_process, setrlimit,
    };

    /// What the namespace of users is called that a machine begins with.
    const FIRST_USERS: &str = "user:[4026531837]";
    /// The number of the capability to lock memory.
    const IPC_LOCK: u32 = 14;

    /// The value is a thread's own on Linux.
    pub fn set_nice(nice: i32) -> Result<(), String> {
        let tasks = fs::read_dir("/proc/self/task").map_err(|e| e.to_string())?;
        for name in tasks.flatten().map(|task| task.file_name()) {
            let task = name.to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
            if getpriority_process(task) != Ok(nice) {
                setpriority_process(task, nice).map_err(|e| std::io::Error::from(e).to_string())?;
            }
        }
        Ok(())
    }

    pub fn set_oom_score_adj(score: i32) -> Result<(), String> {
        const FILE: &str = "/proc/self/oom_score_adj";
        if fs::read_to_string(FILE).is_ok_and(|now| now.trim() == score.to_string()) {
            return Ok(());
        }
        fs::write(FILE, score.to_string()).map_err(|e| e.to_string())
    }

    /// On Linux of the calling thread alone.
    pub fn stand_as_others() {
        if getpriority_process(None).is_ok_and(|nice| nice < 0) {
            let _ = setpriority_process(None, 0);
        }
    }

    pub fn let_end_as_others(pid: u32) {
        let file = format!("/proc/{pid}/oom_score_adj");
        if fs::read_to_string(&file).is_ok_and(|now| now.trim().starts_with('-')) {
            let _ = fs::write(&file, "0");
        }
    }

    pub fn lock_memory() -> Result<(), String> {
        if !may_lock_without_bound() {
            // A bound that is reached later would make the kernel refuse memory then.
            let limit = getrlimit(Resource::Memlock).maximum.unwrap_or(u64::MAX);
            return Err(format!("LimitMEMLOCK is {limit} bytes; CAP_IPC_LOCK or an unlimited one is needed"));
        }
        // mlock(2): what is there and what comes, and each page when it is first touched.
        const MCL_ONFAULT: i32 = 4;
        let all = MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE;
        let all = MlockAllFlags::from_bits_retain(all.bits() | MCL_ONFAULT);
        mlockall(all).map_err(|e| std::io::Error::from(e).to_string())
    }

    fn may_lock_without_bound() -> bool {
        let unlimited = Rlimit { current: None, maximum: None };
        if setrlimit(Resource::Memlock, unlimited).is_ok() {
            return true;
        }
        // Within a namespace of users the capability is there by name, and the bound holds all the same.
        fs::read_link("/proc/self/ns/user").is_ok_and(|users| users.as_os_str() == FIRST_USERS)
            && has_capability(IPC_LOCK)
    }

    /// Whether this process has a capability (capabilities(7)), by its number.
    fn has_capability(number: u32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        let effective = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        effective.is_some_and(|bits| (bits >> number) & 1 == 1)
    }

    pub fn raise_descriptors(most: u64) {
        let limit = getrlimit(Resource::Nofile);
        let wanted = limit.maximum.map_or(most, |hard| hard.min(most));
        if limit.current.is_some_and(|now| now < wanted) {
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
        }
    }

    pub fn limit_data(bytes: u64) {
        let set = |resource, bytes| {
            let most = getrlimit(resource).maximum.map_or(bytes, |most: u64| most.min(bytes));
            let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        };
        set(Resource::Data, bytes);
        // Whoever is refused memory aborts: what that leaves behind is of no use to anybody.
        set(Resource::Core, 0);
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    pub fn set_nice(nice: i32) -> Result<(), String> {
        #[cfg(unix)]
        return rustix::process::setpriority_process(None, nice)
            .map_err(|e| std::io::Error::from(e).to_string());
        #[cfg(not(unix))]
        Err(format!("this system has none such as {nice}"))
    }

    pub fn set_oom_score_adj(_score: i32) -> Result<(), String> {
        Err("this system has none".into())
    }

    pub fn stand_as_others() {}

    pub fn let_end_as_others(_pid: u32) {}

    pub fn lock_memory() -> Result<(), String> {
        Err("that is not done on this system".into())
    }

    pub fn raise_descriptors(_most: u64) {}

    pub fn limit_data(_bytes: u64) {}
}
