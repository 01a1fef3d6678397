//! Processes of a busy host, with rows as the collector and the deltas leave them: one in seven is
//! busy, three in ten do a little, the rest sleep, and a few come and go each second.

use std::sync::Arc;

use sysray::schema::rows::Process;
use sysray::schema::{Micros, Text};

use super::random::Random;

const PAGE: i64 = 4096;
const TICK_US: i64 = 10_000;
const MEMORY_BYTES: i64 = 67_430_821_888;
const CPUS: i64 = 16;

/// How much a process does.
#[derive(Clone, Copy, PartialEq)]
enum Load {
    Busy,
    Light,
    Idle,
}

/// All of them, in the order of their pids.
pub struct Processes {
    random: Random,
    all: Vec<One>,
    next_pid: i64,
    tick: i64,
}

struct One {
    row: Process,
    load: Load,
    /// How often it runs in a tick, and how long then.
    wakes: f64,
    run_us: f64,
    user_share: f64,
    faults: f64,
    calls: f64,
    call_bytes: f64,
    writes_to_disk: bool,
    reads_from_disk: bool,
    /// Resident pages: of its own, and of files.
    anon: i64,
    file: i64,
    user_ns: i64,
    system_ns: i64,
    ran_lately: bool,
    ticks_left: Option<i64>,
    /// What the kernel books to it for children that ended.
    reaped: [i64; 3],
}

impl Processes {
    /// That many of them, a third of which are the kernel's.
    pub fn new(count: usize, now: Micros) -> Self {
        let mut all = Processes { random: Random::new(1), all: Vec::new(), next_pid: 2, tick: 0 };
        let start = Micros(now.0 - 9 * 86_400_000_000);
        for index in 0..count {
            let age = all.random.between(0, 40_000_000);
            let kernel = index * 3 < count;
            all.next_pid += if kernel { 1 } else { all.random.between(1, 900) };
            let load = match all.random.share() {
                x if x < 0.15 => Load::Busy,
                x if x < 0.45 => Load::Light,
                _ => Load::Idle,
            };
            let start = Micros(start.0 + age * if kernel { 1 } else { 10_000 });
            let one = all.one(kernel, load, start);
            all.all.push(one);
        }
        all
    }

    /// What each did in the next interval, which ends at `now`. Where there is none, none comes.
    pub fn tick(&mut self, now: Micros) -> Vec<Process> {
        if self.all.is_empty() {
            return Vec::new();
        }
        self.tick += 1;
        for _ in 0..self.random.between(0, 6) {
            self.next_pid += self.random.between(1, 4);
            let start = Micros((now.0 - self.random.between(0, 1_000_000)) / TICK_US * TICK_US);
            let mut one = self.one(false, Load::Busy, start);
            one.ticks_left = Some(1 + self.random.burst(2.0));
            one.row.ppid = self.all[self.all.len() / 2].row.ppid;
            self.all.push(one);
        }
        let tick = self.tick;
        let random = &mut self.random;
        let rows = self.all.iter_mut().map(|one| one.tick(random, tick)).collect();
        let ended: Vec<[i64; 3]> =
            self.all.iter().filter(|o| o.ticks_left == Some(0)).map(|o| o.reaped).collect();
        self.all.retain(|one| one.ticks_left != Some(0));
        // The shell, the server or the runner that waited for them.
        let parents: Vec<usize> = (0..self.all.len()).filter(|i| self.all[*i].load == Load::Busy).collect();
        for reaped in ended.into_iter().filter(|_| !parents.is_empty()) {
            self.all[*self.random.of(&parents)].reaped = reaped;
        }
        rows
    }

    fn one(&mut self, kernel: bool, load: Load, start: Micros) -> One {
        let random = &mut self.random;
        let pid = self.next_pid;
        let threads = if kernel || random.chance(0.55) { 1 } else { random.between(2, 60) };
        let (wakes, run_us) = match load {
            Load::Busy => (0.97, 10f64.powf(3.3 + 2.3 * random.share())),
            Load::Light => (0.3 + 0.4 * random.share(), 10f64.powf(1.7 + 2.0 * random.share())),
            Load::Idle => (random.share() * 0.03, 10f64.powf(1.5 + random.share())),
        };
        let mut row = if kernel { kernel_thread(pid, random) } else { program(pid, load, random) };
        row.start_time = start;
        row.start_ticks = Some(start.0.rem_euclid(86_400_000_000_000) / TICK_US);
        row.threads = Some(threads);
        One {
            row,
            load,
            wakes,
            run_us,
            user_share: if kernel { 0.0 } else { 0.4 + 0.6 * random.share() },
            faults: if kernel || random.chance(0.5) { 0.0 } else { random.share() * run_us / 20.0 },
            calls: if kernel || random.chance(0.2) { 0.0 } else { 1.0 + random.share() * run_us / 40.0 },
            call_bytes: 10f64.powf(1.0 + 3.0 * random.share()),
            writes_to_disk: random.chance(0.3),
            reads_from_disk: random.chance(0.15),
            anon: 200 + random.burst(20_000.0),
            file: 300 + random.burst(4_000.0),
            user_ns: random.between(0, 1 << 40),
            system_ns: random.between(0, 1 << 38),
            ran_lately: true,
            ticks_left: None,
            reaped: [0; 3],
        }
    }
}

impl One {
    fn tick(&mut self, random: &mut Random, tick: i64) -> Process {
        let ran = random.chance(self.wakes);
        let is_new = self.ticks_left.is_some() && self.row.rss_bytes.is_none();
        let kernel = self.row.is_kernel == Some(true);
        let single = self.row.threads == Some(1);
        self.zero(kernel, single);
        if ran || is_new {
            self.run(random, kernel, single);
            self.ran_lately = true;
        } else if kernel {
            self.row.state = Some("I".into());
        } else {
            self.row.state = Some("S".into());
        }
        if !kernel && (ran || tick == 1 || is_new) {
            self.memory();
        }
        if (tick + self.row.pid) % 10 == 0 && std::mem::take(&mut self.ran_lately) && !kernel {
            let share = self.row.rss_bytes.unwrap_or(0) as f64 / MEMORY_BYTES as f64;
            self.row.oom_score = Some(666 + (667.0 * share) as i64);
        }
        self.ticks_left = self.ticks_left.map(|left| left - 1);
        self.row.clone()
    }

    /// Nothing happened; what the kernel does not tell is unknown.
    fn zero(&mut self, kernel: bool, single: bool) {
        let zero = Some(0);
        let of_one_thread = single.then_some(0);
        let row = &mut self.row;
        (row.cpu_us, row.user_us, row.system_us) = (zero, zero, zero);
        (row.run_delay_us, row.voluntary_switches, row.involuntary_switches) =
            (of_one_thread, of_one_thread, of_one_thread);
        (row.minor_faults, row.major_faults) = (zero, zero);
        (row.read_bytes, row.write_bytes, row.cancelled_write_bytes) = (zero, zero, zero);
        (row.read_chars, row.write_chars, row.read_calls, row.write_calls) = (zero, zero, zero, zero);
        let [user, system, faults] = std::mem::take(&mut self.reaped);
        (row.reaped_user_us, row.reaped_system_us) = (Some(user), Some(system));
        (row.reaped_minor_faults, row.reaped_major_faults) = (Some(faults), zero);
        row.wchan = None;
        if kernel {
            row.memory_pct = Some(0.0);
        }
    }

    fn run(&mut self, random: &mut Random, kernel: bool, single: bool) {
        // The pace of a busy one wanders slowly, and scatters about that from tick to tick.
        self.run_us = (self.run_us * (0.97 + 0.06 * random.share())).clamp(30.0, 950_000.0);
        let ran_us = (self.run_us * (0.5 + random.share())).min(990_000.0) * if single { 1.0 } else { 1.6 };
        let ran_ns = (ran_us * 1000.0) as i64 + random.between(0, 1000);
        let user_ns =
            (ran_ns as f64 * (self.user_share + 0.1 * (random.share() - 0.5)).clamp(0.0, 1.0)) as i64;
        let before = (self.user_ns, self.system_ns);
        self.user_ns += user_ns;
        self.system_ns += ran_ns - user_ns;
        let in_ticks = |now: i64, before: i64| (now / 10_000_000 - before / 10_000_000) * TICK_US;
        let row = &mut self.row;
        let (user, system) = (in_ticks(self.user_ns, before.0), in_ticks(self.system_ns, before.1));
        (row.user_us, row.system_us) = (Some(user), Some(system));
        row.cpu_us = Some(if single { ran_ns / 1000 } else { user + system });
        if single {
            row.run_delay_us = Some(if random.chance(0.4) { random.burst(ran_us / 30.0) } else { 0 });
            row.voluntary_switches = Some(1 + random.burst(ran_us / 900.0));
            row.involuntary_switches = Some(random.burst(ran_us / 9_000.0));
        }
        if random.chance(0.3) {
            row.processor = Some(random.between(0, CPUS));
        }
        row.state = Some(match random.share() * 1_000_000.0 {
            x if x < ran_us => "R".into(),
            _ if kernel => "I".into(),
            _ if self.reads_from_disk && random.chance(0.2) => "D".into(),
            _ => "S".into(),
        });
        if row.state.as_deref() == Some("D") {
            row.wchan =
                Some((*random.of(&["folio_wait_bit_common", "io_schedule", "jbd2_log_wait_commit"])).into());
        }
        if kernel {
            rename_worker(row, random);
            return;
        }
        row.minor_faults = Some(if random.chance(0.6) { random.burst(self.faults) } else { 0 });
        row.major_faults = Some(i64::from(self.reads_from_disk && random.chance(0.02)));
        let [reads, writes] = [0.6, 0.4].map(|part| random.burst(self.calls * part));
        (row.read_calls, row.write_calls) = (Some(reads), Some(writes));
        let mut bytes = |calls: i64| (calls as f64 * self.call_bytes * (0.5 + random.share())) as i64;
        (row.read_chars, row.write_chars) = (Some(bytes(reads)), Some(bytes(writes)));
        if self.writes_to_disk && writes > 0 {
            let pages = row.write_chars.unwrap_or(0) / PAGE + i64::from(random.chance(0.3));
            row.write_bytes = Some(pages * PAGE);
            row.cancelled_write_bytes = Some(if random.chance(0.02) { pages * PAGE / 2 } else { 0 });
        }
        if self.reads_from_disk && random.chance(0.4) {
            row.read_bytes = Some(random.burst(8.0) * PAGE);
        }
        // Resident memory: the kernel adds up pages in batches.
        if random.chance(0.5) {
            self.anon = (self.anon + random.between(-40, 42)).max(50);
        }
        if random.chance(0.05) {
            self.file = (self.file + random.between(-8, 9)).max(50);
        }
        if random.chance(0.04) {
            row.virtual_bytes = row.virtual_bytes.map(|v| v + random.between(-8, 9) * 33 * PAGE);
        }
        if random.chance(if self.load == Load::Busy { 0.4 } else { 0.1 }) {
            row.open_files = row.open_files.map(|n| (n + random.between(-2, 3)).max(3));
        }
        if random.chance(0.01) && !single {
            row.threads = row.threads.map(|n| (n + random.between(-1, 2)).max(2));
        }
        if self.ticks_left == Some(1) {
            self.reaped = [user.max(TICK_US), system, row.minor_faults.unwrap_or(0) + 150];
        }
    }

    fn memory(&mut self) {
        let row = &mut self.row;
        let (anon, file) = (self.anon * PAGE, self.file * PAGE);
        let rss = anon + file;
        (row.rss_bytes, row.rss_anon_bytes, row.rss_file_bytes) = (Some(rss), Some(anon), Some(file));
        (row.rss_shmem_bytes, row.shared_bytes, row.swap_bytes) = (Some(0), Some(file), Some(0));
        row.rss_peak_bytes = row.rss_peak_bytes.max(Some(rss));
        row.virtual_bytes = row.virtual_bytes.or(Some(rss * 5 / PAGE * PAGE));
        row.memory_pct = Some(f64::from((100.0 * rss as f64 / MEMORY_BYTES as f64) as f32));
    }
}

fn kernel_thread(pid: i64, random: &mut Random) -> Process {
    let cpu = random.between(0, CPUS);
    let mut row = Process {
        comm: Some(
            format!("{}/{cpu}", random.of(&["ksoftirqd", "migration", "cpuhp", "irq", "kswapd"])).into(),
        ),
        ppid: Some(2),
        session: Some(0),
        cgroup: Some("/".into()),
        is_kernel: Some(true),
        processor: Some(cpu),
        ..settings(pid)
    };
    row.rss_bytes = Some(0);
    row.virtual_bytes = Some(0);
    row.oom_score = Some(0);
    if random.chance(0.6) {
        row.comm = Some(format!("kworker/{cpu}:{}", random.between(0, 5)).into());
    }
    row
}

/// A kernel worker's name ends in what it last worked on.
fn rename_worker(row: &mut Process, random: &mut Random) {
    let Some(comm) = row.comm.as_deref().filter(|comm| comm.starts_with("kworker")) else { return };
    if random.chance(0.3) {
        let base = comm.split('-').next().unwrap_or(comm);
        let work = random.of(&[
            "events",
            "mm_percpu_wq",
            "events_unbound",
            "writeback",
            "kblockd",
            "events_freezable",
        ]);
        row.comm = Some(format!("{base}-{work}").into());
    }
}

fn program(pid: i64, load: Load, random: &mut Random) -> Process {
    let (comm, exe) = *random.of(&PROGRAMS);
    let mut cmdline = String::from(exe);
    for _ in 0..random.between(0, 8) {
        let option = random.of(&[
            "config",
            "port",
            "worker",
            "log-level",
            "data-dir",
            "max-connections",
            "id",
            "pool",
        ]);
        let bits = random.between(4, 44);
        cmdline += &format!(" --{option}={:x}", random.between(0, 1 << bits));
    }
    let unit = pid % 60;
    let container = (unit % 3 == 0).then(|| container(unit));
    let cgroup = match &container {
        Some(id) => format!("/kubepods.slice/kubepods-burstable.slice/cri-containerd-{id}.scope"),
        None => format!("/system.slice/{comm}-{unit}.service"),
    };
    let uid = *random.of(&[0, 0, 33, 102, 999, 1000, 65534]);
    Process {
        comm: Some(comm.into()),
        cmdline: Some(cmdline.into()),
        exe: Some(exe.into()),
        username: (uid != 999).then(|| Text::from(format!("user{uid}"))),
        uid: Some(uid),
        gid: Some(uid),
        ppid: Some(if random.chance(0.5) { 1 } else { (pid - random.between(1, 400)).max(1) }),
        session: Some(pid - random.between(0, 3)),
        cgroup: Some(cgroup.into()),
        container: container.map(Arc::from),
        netns: Some(4_026_531_833 + if unit % 3 == 0 { unit } else { 0 }),
        is_kernel: Some(false),
        processor: Some(random.between(0, CPUS)),
        open_files: Some(4 + random.burst(if load == Load::Busy { 120.0 } else { 12.0 })),
        open_files_limit: Some(*random.of(&[1024, 524_288, 1_048_576])),
        oom_score: Some(666),
        ..settings(pid)
    }
}

fn settings(pid: i64) -> Process {
    Process {
        pid,
        username: Some("root".into()),
        uid: Some(0),
        gid: Some(0),
        netns: Some(4_026_531_833),
        state: Some("S".into()),
        nice: Some(0),
        priority: Some(20),
        policy: Some("other".into()),
        open_files_limit: Some(1024),
        oom_score_adj: Some(0),
        ..Process::default()
    }
}

/// An id as container runtimes draw them.
pub fn container(unit: i64) -> String {
    let mut random = Random::new(unit.unsigned_abs() + 1000);
    (0..4).map(|_| format!("{:016x}", random.between(0, i64::MAX))).collect()
}

const PROGRAMS: [(&str, &str); 16] = [
    ("postgres", "/usr/lib/postgresql/17/bin/postgres"),
    ("nginx", "/usr/sbin/nginx"),
    ("java", "/usr/lib/jvm/java-21-openjdk-amd64/bin/java"),
    ("python3", "/usr/bin/python3.13"),
    ("node", "/usr/local/bin/node"),
    ("redis-server", "/usr/bin/redis-server"),
    ("envoy", "/usr/local/bin/envoy"),
    ("containerd-shim", "/usr/bin/containerd-shim-runc-v2"),
    ("php-fpm", "/usr/sbin/php-fpm8.4"),
    ("sshd", "/usr/sbin/sshd"),
    ("bash", "/usr/bin/bash"),
    ("curl", "/usr/bin/curl"),
    ("git", "/usr/bin/git"),
    ("kubelet", "/usr/local/bin/kubelet"),
    ("ruby", "/opt/app/ruby/bin/ruby"),
    ("systemd-journal", "/usr/lib/systemd/systemd-journald"),
];
