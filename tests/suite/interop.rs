//! sysray beside other programs: their answers to the same questions must be ours.
//!
//! These need DuckDB, sysstat and promtool, which `.ci/run` installs: `cargo test -- --ignored`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::cli::{Sysray, recorded};

fn python() -> String {
    std::env::var("SYSRAY_PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Runs a program and returns what it prints.
fn prints(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn ours(root: &Path, sql: &str) -> Vec<f64> {
    let csv = Sysray::new(&["query", "--format", "csv", sql]).store(root).prints();
    csv.lines().nth(1).unwrap().split(',').map(|n| n.parse().unwrap_or(f64::NAN)).collect()
}

#[test]
#[ignore = "needs DuckDB"]
fn duckdb_reads_the_segments_by_the_documented_recipe() {
    let dir = recorded(6);
    let page = include_str!("../../docs/storage-format.md");
    let recipe = page.split("```sql").nth(1).unwrap().split("```").next().unwrap();
    let sql = recipe.replace("STORE", dir.path().to_str().unwrap());
    let program = "import duckdb, sys; print(*duckdb.sql(sys.argv[1]).fetchall()[0])";
    let theirs = prints(Command::new(python()).args(["-c", program, &sql]));
    let theirs: Vec<f64> = theirs.split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert_eq!(theirs, ours(dir.path(), "select count(*), sum(user_us) from process"));
    assert!(theirs[0] > 0.0);
}

#[test]
#[ignore = "needs promtool"]
fn promtool_finds_nothing_to_say() {
    let text = Sysray::new(&["snapshot", "-i", "200ms", "--format", "prometheus"]).prints();
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(promtool.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "compares with the running kernel"]
fn cpu_seconds_in_prometheus_are_those_of_proc_stat() {
    let text = Sysray::new(&["snapshot", "-i", "100ms", "--format", "prometheus"]).prints();
    let stat = std::fs::read_to_string("/proc/stat").unwrap();
    let line = stat.lines().find(|l| l.starts_with("cpu0 ")).unwrap();
    let ticks: Vec<f64> = line.split_whitespace().skip(1).map(|n| n.parse().unwrap()).collect();
    for (at, mode) in
        ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"].iter().enumerate()
    {
        let name = format!("node_cpu_seconds_total{{cpu=\"0\",mode=\"{mode}\"}} ");
        let other = format!("node_cpu_seconds_total{{mode=\"{mode}\",cpu=\"0\"}} ");
        let sample = text.lines().find_map(|l| l.strip_prefix(&name).or_else(|| l.strip_prefix(&other)));
        let seconds: f64 = sample.unwrap_or_else(|| panic!("no {mode}")).parse().unwrap();
        assert!((seconds - ticks[at] / 100.0).abs() < 1.0, "{mode}: {seconds} and {}", ticks[at] / 100.0);
    }
}

/// The columns of the last line that begins with `first`, of a table printed by sysstat.
fn line(text: &str, is: impl Fn(&[&str]) -> bool) -> Vec<&str> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines.filter(|words| is(words)).last().unwrap_or_else(|| panic!("no such line in {text}"))
}

fn close(what: &str, ours: f64, theirs: f64, absolute: f64, relative: f64) {
    let allowed = absolute.max(relative * theirs.abs());
    assert!((ours - theirs).abs() <= allowed, "{what}: ours {ours}, theirs {theirs}");
}

/// This moment in seconds since 1970.
fn epoch() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Sends itself a hundred datagrams a second on the loopback interface, for 40 s at most.
fn loopback_traffic() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let own = socket.local_addr().unwrap();
    socket.set_nonblocking(true).unwrap();
    for _ in 0..4000 {
        let _ = socket.send_to(&[7; 1000], own);
        let _ = socket.recv(&mut [0; 1000]);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs sysstat, takes half a minute"]
fn thirty_seconds_beside_sysstat() {
    let dir = tempfile::TempDir::new().unwrap();
    let noise = dir.path().join("noise");
    std::fs::create_dir(&noise).unwrap();
    // A burner, a writer and traffic on the loopback interface.
    let load = format!(
        "cd {}; (timeout 40 sh -c 'while :; do :; done') & \
         (timeout 40 sh -c 'while :; do dd if=/dev/zero of=w bs=1M count=20 conv=fsync 2>/dev/null; sleep 0.2; done') & \
         wait",
        noise.display()
    );
    let mut load = Command::new("sh").args(["-c", &load]).spawn().unwrap();
    let traffic = std::thread::spawn(loopback_traffic);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let store = dir.path().join("store");
    // It records longer than the others look, and is asked for the time in which they did.
    let recorder = Sysray::new(&["record", "-i", "250ms"]).store(&store).start();
    std::thread::sleep(std::time::Duration::from_secs(2));
    let from = epoch();
    let start = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).env("LC_ALL", "C").env("S_TIME_FORMAT", "ISO").stdout(Stdio::piped());
        command.spawn().unwrap_or_else(|e| panic!("{program}: {e}"))
    };
    let peers = [
        start("mpstat", &["30", "1"]),
        start("iostat", &["-dxky", "30", "1"]),
        start("sar", &["-n", "DEV", "30", "1"]),
        start("pidstat", &["-u", "-h", "30", "1"]),
    ];
    let said = peers.map(|peer| String::from_utf8(peer.wait_with_output().unwrap().stdout).unwrap());
    let within = format!("ts > '@{from:.3}' and ts <= '@{:.3}'", epoch());
    let free = prints(Command::new("free").arg("-b"));
    std::thread::sleep(std::time::Duration::from_secs(1));
    prints(Command::new("kill").args(["-INT", &recorder.id().to_string()]));
    recorder.wait_with_output().unwrap();
    load.wait().unwrap();
    traffic.join().unwrap();
    let [mpstat, iostat, sar, pidstat] = said;

    let modes = line(&mpstat, |w| w.contains(&"all"));
    let numbers: Vec<f64> =
        modes.iter().skip_while(|w| **w != "all").skip(1).map(|n| n.parse().unwrap()).collect();
    let shares = ours(
        &store,
        &format!(
            "select 100*sum(user_us)/sum(t), 100*sum(system_us)/sum(t), 100*sum(iowait_us)/sum(t), 100*sum(idle_us)/sum(t) \
             from (select *, user_us+nice_us+system_us+idle_us+iowait_us+irq_us+softirq_us+steal_us as t from cpu) \
             where {within}"
        ),
    );
    for (what, ours, theirs) in [
        ("user", shares[0], numbers[0]),
        ("system", shares[1], numbers[2]),
        ("iowait", shares[2], numbers[3]),
        ("idle", shares[3], numbers[9]),
    ] {
        close(what, ours, theirs, 2.5, 0.05);
    }

    let rate = |column: &str| format!("1e6 * sum({column}) / sum(interval_us)");
    let disk = format!(
        "select {}, {} / 1024 from system where {within}",
        rate("disk_writes"),
        rate("disk_write_bytes")
    );
    let disk = ours(&store, &disk);
    let devices = iostat.lines().map(|l| l.split_whitespace().collect::<Vec<_>>());
    let whole: Vec<Vec<&str>> = devices.filter(|w| w.len() > 20 && w[0] != "Device").collect();
    let sum = |at: usize| whole.iter().map(|w| w[at].parse::<f64>().unwrap()).sum::<f64>();
    close("writes/s", disk[0], sum(7), 3.0, 0.1);
    close("write KiB/s", disk[1], sum(8), 300.0, 0.1);

    let interface = line(&sar, |w| w.contains(&"lo") && !w.contains(&"IFACE"));
    let at = interface.iter().position(|w| *w == "lo").unwrap();
    let network = format!(
        "select {}, {} / 1024 from network where interface = 'lo' and {within}",
        rate("rx_packets"),
        rate("rx_bytes")
    );
    let network = ours(&store, &network);
    assert!(network[0] > 50.0, "the traffic shows: {network:?}");
    close("lo rx packets/s", network[0], interface[at + 1].parse().unwrap(), 1.0, 0.1);
    close("lo rx KiB/s", network[1], interface[at + 3].parse().unwrap(), 1.0, 0.1);

    let burner = pidstat.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
    let busiest = burner.map(|l| l.split_whitespace().collect::<Vec<_>>()).filter(|w| w.len() > 8);
    let share = |w: &Vec<&str>| w[w.len() - 3].parse::<f64>().unwrap_or(0.0);
    let busiest = busiest.max_by(|a, b| share(a).total_cmp(&share(b))).unwrap();
    let at = busiest.len() - 9;
    let (pid, theirs) = (busiest[at + 1], share(&busiest));
    let process = ours(
        &store,
        &format!("select 100*sum(cpu_us)/sum(interval_us), 0 from process where pid = {pid} and {within}"),
    );
    close(&format!("cpu of pid {pid}"), process[0], theirs, 4.0, 0.08);

    let total: f64 = line(&free, |w| w[..1] == ["Mem:"])[1].parse().unwrap();
    let available: f64 = line(&free, |w| w[..1] == ["Mem:"])[6].parse().unwrap();
    let memory =
        ours(&store, "select total_bytes, available_bytes from memory order by ts desc limit 1 offset 4");
    close("memory total", memory[0], total, 0.0, 0.0);
    close("memory available", memory[1], available, 64e6, 0.02);
}
