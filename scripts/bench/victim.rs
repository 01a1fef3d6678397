//! Somebody else on the host: how long a small write takes to be on disk, and how late a sleeper wakes.
//! One line, tab-separated, in microseconds: of the writes number, p50, p99, p99.9 and largest, then of
//! the wake-ups the same.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

const BLOCK: usize = 4096;
/// As a database writes into a log that is there already: what is synced is data, not a new size.
const BLOCKS: u64 = 4096;
const NAP: Duration = Duration::from_millis(1);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [seconds, path] = &words[..] else {
        eprintln!("usage: victim SECONDS FILE");
        return ExitCode::from(2);
    };
    let Ok(seconds) = seconds.parse() else {
        eprintln!("victim: {seconds:?} is no number of seconds");
        return ExitCode::from(2);
    };
    let time = Duration::from_secs(seconds);
    let sleeper = thread::spawn(move || wake_ups(time));
    let synced = syncs(path, time);
    let wake_ups = sleeper.join().expect("the sleeper does not panic");
    match synced {
        Ok(syncs) => println!("{}\t{}", line(syncs), line(wake_ups)),
        Err(error) => {
            eprintln!("victim: {path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn syncs(path: &str, time: Duration) -> std::io::Result<Vec<Duration>> {
    let block = [0x5a; BLOCK];
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    for nth in 0..BLOCKS {
        file.write_all_at(&block, nth * BLOCK as u64)?;
    }
    file.sync_all()?;
    let mut taken = Vec::new();
    let began = Instant::now();
    while began.elapsed() < time {
        let at = taken.len() as u64 % BLOCKS * BLOCK as u64;
        let before = Instant::now();
        file.write_all_at(&block, at)?;
        file.sync_data()?;
        taken.push(before.elapsed());
    }
    Ok(taken)
}

fn wake_ups(time: Duration) -> Vec<Duration> {
    let mut late = Vec::new();
    let began = Instant::now();
    while began.elapsed() < time {
        let before = Instant::now();
        thread::sleep(NAP);
        late.push(before.elapsed().saturating_sub(NAP));
    }
    late
}

fn line(mut of: Vec<Duration>) -> String {
    of.sort_unstable();
    let at = |per_mille: usize| match of.len() {
        0 => "-".into(),
        n => of[(n * per_mille / 1000).min(n - 1)].as_micros().to_string(),
    };
    [of.len().to_string(), at(500), at(990), at(999), at(1000)].join("\t")
}
