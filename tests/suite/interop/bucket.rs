//! A bucket of a real S3 server: what is pushed there answers as the store does, and nothing there is lost.
//!
//! `Server` is the one helper: s3s-fs, which keeps each object as a file, so that a test can look at it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use sysray::query::EXAMPLES;
use sysray::store::{Folder, Identity, Policy};
use tempfile::TempDir;

use super::started::Started;
use crate::cli::{Sysray, recorded};
use crate::made::{HOUR, Made, SECOND, START, copy, files};

/// Where everything goes.
const ADDRESS: &str = "s3://recordings/prod/hosts";
/// When both days of a made store are over, and nothing of it is too old yet.
const LATER: i64 = START + 48 * HOUR;

struct Server {
    root: TempDir,
    port: u16,
    running: Option<Started>,
}

impl Server {
    fn start() -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("recordings")).unwrap();
        let mut server = Server { root, port, running: None };
        server.go_on();
        server
    }

    fn go_on(&mut self) {
        let program = std::env::var("SYSRAY_S3S").unwrap_or_else(|_| "s3s-fs".into());
        // It ends by itself where the test has no time to see to that.
        let mut command = Command::new("timeout");
        command.args(["300", &program, "--host", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--access-key", "someone", "--secret-key", "secret"]).arg(self.root.path());
        self.running = Some(Started::new(command.stdout(Stdio::null()).stderr(Stdio::null())));
        let patience = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < patience, "s3s-fs does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn stop(&mut self) {
        self.running.take().unwrap().end(Signal::TERM);
    }

    /// A command that knows where the server is and who may use it.
    fn sysray(&self, words: &[&str]) -> Sysray {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        Sysray::new(words)
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "someone")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
    }

    fn push(&self, store: &Path, words: &[&str]) -> Sysray {
        self.sysray(&[&["push", ADDRESS], words].concat()).store(store)
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("recordings/prod/hosts")
    }

    /// What lies there of the store, from its root on.
    fn segments(&self) -> Vec<PathBuf> {
        below(&self.folder())
    }
}

/// The segments of recorded tables below a folder, from there on. When tiers are finished is a matter of today's month.
fn below(root: &Path) -> Vec<PathBuf> {
    if !root.exists() {
        return Vec::new();
    }
    let mut below = files(root, ".parquet");
    below.retain(|path| !path.to_string_lossy().contains("/month="));
    below.iter().map(|path| path.strip_prefix(root).unwrap().to_path_buf()).collect()
}

/// That two answers are the same but for what floats lose when they are added up in another order.
fn same(there: &str, here: &str, about: &str) {
    let words = |text: &str| -> Vec<String> {
        text.split([',', '\n', ':', ' ', '{', '}', '[', ']']).map(str::to_string).collect()
    };
    let near = |one: &str, other: &str| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0),
        _ => one == other,
    };
    let (one, other) = (words(there), words(here));
    let same = one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| near(one, other));
    assert!(same, "{about}:\nin the bucket\n{there}\nin the store\n{here}");
}

/// Two days of a host, of which nothing will be merged any more.
fn finished() -> Made {
    let mut made = Made::new();
    for begin in [START, START + HOUR, START + 24 * HOUR] {
        made.part(begin, 60);
    }
    made.maintain(&Policy::default(), LATER);
    made.maintain(&Policy::default(), LATER);
    made
}

#[test]
#[ignore = "needs s3s-fs"]
fn every_example_answers_from_a_bucket_as_from_the_store() {
    let (server, store) = (Server::start(), recorded(8));
    server.push(store.path(), &["--all"]).prints();
    assert_eq!(server.segments(), below(store.path()));
    for example in EXAMPLES {
        let words = ["query", "--utc", "--format", "csv", &format!("@{}", example.name)];
        let there = server.sysray(&words).arg("--store").arg(ADDRESS).prints();
        let here = Sysray::new(&words).store(store.path()).prints();
        same(&there, &here, example.name);
    }
    let words = ["query", "--format", "csv", "select count(*), sum(bytes) from meta.segments"];
    let there = server.sysray(&words).arg("--store").arg(ADDRESS).prints();
    same(&there, &Sysray::new(&words).store(store.path()).prints(), "segments");
    let words = ["report", "--utc", "--format", "json"];
    let there = server.sysray(&words).arg("--store").arg(ADDRESS).prints();
    same(&there, &Sysray::new(&words).store(store.path()).prints(), "report");
}

#[test]
#[ignore = "needs s3s-fs"]
fn two_stores_and_a_bucket_are_asked_together() {
    let (server, store, made) = (Server::start(), recorded(4), finished());
    server.push(made.root(), &[]).prints();
    let sql = "select host, count(distinct tick) from cpu group by 1 order by 1";
    let asked = server.sysray(&["query", "--format", "csv", sql]).arg("--store").arg(ADDRESS);
    let csv = asked.store(store.path()).prints();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains("web1,180\n"), "{csv}");
}

#[test]
#[ignore = "needs s3s-fs"]
fn a_push_told_again_sends_nothing_and_goes_on_where_it_broke_off() {
    let (server, made) = (Server::start(), finished());
    let said = server.push(made.root(), &["--dry-run"]).prints();
    assert!(said.contains("would be sent") && server.segments().is_empty(), "{said}");
    server.push(made.root(), &[]).prints();
    assert_eq!(server.segments(), below(made.root()));
    for segment in server.segments() {
        assert_eq!(
            fs::read(server.folder().join(&segment)).unwrap(),
            fs::read(made.root().join(segment)).unwrap()
        );
    }
    let said = server.push(made.root(), &[]).prints();
    assert!(said.contains(": 0 segments sent"), "{said}");

    let missing = server.segments().pop().unwrap();
    fs::remove_file(server.folder().join(&missing)).unwrap();
    let said = server.push(made.root(), &["--verify"]).prints();
    assert!(said.contains(": 1 segment sent"), "{said}");
    assert!(said.contains(" read back and found equal") && !said.contains("; 0 read"), "{said}");
    assert_eq!(server.segments(), below(made.root()));
}

#[test]
#[ignore = "needs s3s-fs"]
fn what_will_still_be_merged_waits_and_is_counted_once_where_it_was_sent_all_the_same() {
    let (server, today) = (Server::start(), recorded(4));
    let waiting = server.push(today.path(), &[]).run();
    let said = String::from_utf8(waiting.stderr).unwrap();
    assert!(said.contains("may still be merged") && server.segments().is_empty(), "{said}");

    let mut made = Made::new();
    made.part(START, 30);
    made.maintain(&Policy::default(), START + 301 * SECOND);
    made.part(START + 600 * SECOND, 30);
    made.maintain(&Policy::default(), START + 901 * SECOND);
    server.push(made.root(), &["--all"]).prints();
    let pieces = server.segments();
    made.maintain(&Policy::default(), LATER);
    made.maintain(&Policy::default(), LATER);
    server.push(made.root(), &[]).prints();
    let both = server.segments();
    assert!(pieces.iter().all(|piece| both.contains(piece)), "nothing there is taken away");
    assert!(both.len() > pieces.len());
    let sql = "select count(*) from process";
    let there = server.sysray(&["query", "--format", "csv", sql]).arg("--store").arg(ADDRESS).prints();
    assert_eq!(there, "count(*)\n120\n");
}

#[test]
#[ignore = "needs s3s-fs"]
fn what_is_there_and_is_not_ours_is_told_and_left_alone() {
    let (server, made) = (Server::start(), finished());
    server.push(made.root(), &[]).prints();
    let segments = server.segments();
    let (short, other) = (server.folder().join(&segments[0]), server.folder().join(&segments[1]));
    fs::write(&short, "somebody's").unwrap();
    let mut bytes = fs::read(&other).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&other, &bytes).unwrap();

    let found = server.push(made.root(), &[]).run();
    let said = String::from_utf8(found.stderr).unwrap();
    assert_eq!(found.status.code(), Some(3), "{said}");
    assert!(said.contains("10 bytes there") && said.contains("not overwritten"), "{said}");
    let found = server.push(made.root(), &["--verify"]).run();
    let said = String::from_utf8(found.stderr).unwrap();
    assert_eq!(found.status.code(), Some(3), "{said}");
    assert!(
        said.contains(segments[1].to_str().unwrap()) && said.contains("is not what was sealed here"),
        "{said}"
    );
    assert_eq!(fs::read(&short).unwrap(), b"somebody's");
    assert_eq!(fs::read(&other).unwrap(), bytes);
}

#[test]
#[ignore = "needs s3s-fs"]
fn a_segment_that_is_damaged_here_is_not_sent() {
    let (server, made) = (Server::start(), finished());
    let segment = below(made.root()).pop().unwrap();
    let path = made.root().join(&segment);
    let mut bytes = fs::read(&path).unwrap();
    bytes[10] ^= 1;
    fs::write(&path, bytes).unwrap();
    let pushed = server.push(made.root(), &[]).run();
    let said = String::from_utf8(pushed.stderr).unwrap();
    assert_eq!(pushed.status.code(), Some(3), "{said}");
    assert!(said.contains("not as it was sealed") && said.contains("store verify"), "{said}");
    assert!(!server.segments().contains(&segment));
    assert_eq!(server.segments().len() + 1, below(made.root()).len(), "all others are");
}

#[test]
#[ignore = "needs s3s-fs"]
fn hosts_of_one_name_and_two_machines_are_kept_apart() {
    let (server, first, second) = (Server::start(), finished(), finished());
    for (made, machine) in [(&first, "m1"), (&second, "m2")] {
        let folder = Folder::at(made.root());
        Identity::read(made.root()).unwrap().label(&folder, machine, "web1").unwrap();
    }
    server.push(first.root(), &[]).prints();
    let before = server.segments();
    let (code, said) = server.push(second.root(), &["--all"]).fails();
    // All it has is there under those names, of the other machine.
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains("web1") && said.contains("another prefix"), "{said}");
    assert_eq!(server.segments(), before);
}

#[test]
#[ignore = "needs s3s-fs"]
fn a_server_that_goes_away_costs_nothing_but_time() {
    let (mut server, made) = (Server::start(), finished());
    server.stop();
    let (code, said) = server.push(made.root(), &[]).fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains(ADDRESS) && said.contains("AWS_ENDPOINT_URL"), "{said}");
    server.go_on();
    server.push(made.root(), &[]).prints();
    assert_eq!(server.segments(), below(made.root()));
    server.stop();
    let asked = server.sysray(&["query", "select 1"]).arg("--store").arg(ADDRESS);
    let (code, said) = asked.fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
}

#[test]
#[ignore = "needs s3s-fs"]
fn a_mistake_is_told_in_one_line() {
    let (server, made) = (Server::start(), finished());
    let ask = |address: &str| server.sysray(&["query", "select 1"]).arg("--store").arg(address);
    for (command, word) in [
        (ask("s3://nosuch/prod"), "is no store"),
        (ask("s3://recordings/empty"), "sysray push"),
        (server.sysray(&["push", "s3://nosuch/prod"]).store(made.root()), "no such bucket"),
        (ask(ADDRESS).env("AWS_SECRET_ACCESS_KEY", "wrong"), "AWS_SECRET_ACCESS_KEY"),
        (server.push(made.root(), &[]).env("AWS_ACCESS_KEY_ID", "nobody"), "AWS_ACCESS_KEY_ID"),
        (server.push(made.root(), &[]).env("AWS_ALLOW_HTTP", "false"), "AWS_ALLOW_HTTP"),
    ] {
        let (code, said) = command.fails();
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(server.segments().is_empty());
}

#[test]
#[ignore = "needs s3s-fs"]
fn a_segment_cut_short_or_gone_there_is_told_by_its_address() {
    let (server, made) = (Server::start(), finished());
    server.push(made.root(), &[]).prints();
    let ask = || server.sysray(&["query", "select sum(user_us) from cpu"]).arg("--store").arg(ADDRESS);
    let segment = server.segments().into_iter().find(|path| path.starts_with("cpu")).unwrap();
    let path = server.folder().join(&segment);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (code, said) = ask().fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(said.contains(segment.to_str().unwrap()) && said.contains("s3://"), "{said}");
}

#[test]
#[ignore = "needs s3s-fs"]
fn several_hosts_push_to_one_place_at_the_same_time() {
    let server = Server::start();
    let stores: Vec<TempDir> = (0..4)
        .map(|number| {
            let (made, dir) = (finished(), TempDir::new().unwrap());
            copy(made.root(), dir.path());
            // As another host has it.
            for segment in below(dir.path()) {
                let to = segment.to_str().unwrap().replace("host=web1", &format!("host=web{number}0"));
                fs::create_dir_all(dir.path().join(&to).parent().unwrap()).unwrap();
                fs::rename(dir.path().join(segment), dir.path().join(to)).unwrap();
            }
            let _ = fs::remove_dir_all(dir.path().join("sums"));
            let folder = Folder::at(dir.path());
            let label = format!("web{number}0");
            Identity::read(dir.path()).unwrap().label(&folder, &format!("m{number}"), &label).unwrap();
            dir
        })
        .collect();
    std::thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| server.push(store.path(), &[]).prints());
        }
    });
    let sql = "select host, count(*) from process group by 1 order by 1";
    let csv = server.sysray(&["query", "--format", "csv", sql]).arg("--store").arg(ADDRESS).prints();
    assert_eq!(csv, "host,count(*)\nweb00,360\nweb10,360\nweb20,360\nweb30,360\n");
    let identity = fs::read(server.folder().join(Identity::FILE)).unwrap();
    assert_eq!(Identity::parse(&identity, &server.folder()).unwrap().hosts.len(), 4);
}
