//! `filesystem`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use sysray::collect::{
    Collector, FilesystemCollector, Host, Space, SpaceOf, list_filesystems, parse_mountinfo,
};
use sysray::schema::rows::Filesystem;
use sysray::schema::{Micros, Sample};
use sysray::time::Clock;

use super::{HOSTS, collect, show};

const GIB: i64 = 1 << 30;

#[test]
fn mounts_of_each_host() {
    for host in HOSTS {
        let space_of: SpaceOf = Arc::new(space_by_path);
        let collector = FilesystemCollector::new(space_of);
        let shown = collect(host, collector).map_or_else(|e| e, |sample| show(&sample.filesystem));
        insta::assert_snapshot!(format!("filesystem-{host}"), shown);
    }
}

/// What the fixtures' file systems answer: some have no inodes, some no blocks, one is broken.
fn space_by_path(path: &Path) -> io::Result<Space> {
    let space = |total_bytes, inodes: i64| Space {
        total_bytes,
        free_bytes: total_bytes / 2,
        available_bytes: total_bytes / 4,
        inodes,
        inodes_free: inodes / 4,
    };
    match path.to_str() {
        Some("/old") => Err(io::ErrorKind::Other.into()),
        // What is remote is asked for aside, and may answer before the tick has ended. These do not.
        Some("/home/eve/remote" | "/mnt/share" | "/mnt/team files") => loop {
            std::thread::park();
        },
        Some("/boot/efi") => Ok(space(GIB, 0)),
        Some("/run/user/1000") => Ok(Space::default()),
        _ => Ok(space(100 * GIB, 1_000_000)),
    }
}

#[test]
fn the_root_of_this_host_has_space() {
    let mut sample = Sample::default();
    FilesystemCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    for row in sample.filesystem {
        let (total, free) = (row.total_bytes.unwrap_or(1), row.free_bytes.unwrap_or(0));
        assert!(total > 0 && free <= total, "{}", row.mount);
    }
    let root = Space::of(Path::new("/")).unwrap();
    assert!(root.total_bytes > 0 && root.available_bytes <= root.free_bytes);
}

/// A server that went away held up each tick of other recorders for ever.
#[test]
fn a_mount_that_hangs_delays_no_tick_and_gets_one_thread() {
    let server = Arc::new(Server::default());
    let clock = Arc::new(Stopped::default());
    let space_of: SpaceOf = {
        let server = server.clone();
        Arc::new(move |path| if path.starts_with("/mnt") { server.answer() } else { space_by_path(path) })
    };
    let tree = tempfile::tempdir().unwrap();
    let mountinfo = "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                     2 1 0:50 / /mnt/a rw - nfs4 filer:/a rw\n\
                     3 2 0:51 / /mnt/a/below rw - tmpfs tmpfs rw\n";
    std::fs::create_dir_all(tree.path().join("proc/1")).unwrap();
    std::fs::write(tree.path().join("proc/1/mountinfo"), mountinfo).unwrap();
    let mut collector = FilesystemCollector::new(space_of);
    let mut host = Host::at(tree.path());
    let mut tick = || -> BTreeMap<String, Filesystem> {
        let begun = Instant::now();
        let mut sample = Sample::default();
        host.now = clock.monotonic();
        collector.collect(&mut host, &mut sample).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(60), "the tick waited for the server");
        sample.filesystem.into_iter().map(|row| (row.mount.to_string(), row)).collect()
    };

    for _ in 0..3 {
        let rows = tick();
        assert_eq!(rows["/"].total_bytes, Some(100 * GIB));
        assert_eq!((rows["/mnt/a"].total_bytes, rows["/mnt/a"].remote), (None, Some(true)));
        assert_eq!(rows["/mnt/a/below"].total_bytes, None, "the way to it leads over the server");
        clock.advance(Duration::from_secs(30));
    }
    wait_until(|| server.asked.load(Ordering::SeqCst) == 2);
    assert_eq!(server.asked.load(Ordering::SeqCst), 2, "one thread a mount, however often it is due");

    server.let_go();
    wait_until(|| tick()["/mnt/a"].total_bytes == Some(GIB));
    assert_eq!(tick()["/mnt/a"].free_bytes, Some(GIB / 2));
    server.hold();
    clock.advance(Duration::from_secs(60));
    assert_eq!(tick()["/mnt/a"].total_bytes, Some(GIB), "an answer is good for a minute");
    clock.advance(Duration::from_secs(1));
    assert_eq!(tick()["/mnt/a"].total_bytes, None);
    server.let_go();
}

#[test]
fn each_file_system_is_listed_once() {
    let listed = |text: &str| {
        let mounts = list_filesystems(parse_mountinfo(text));
        mounts.into_iter().map(|m| m.path).collect::<Vec<_>>().join(" ")
    };
    let ext4 = |root: &str, path: &str| format!("1 1 8:1 {root} {path} rw - ext4 /dev/sda1 rw\n");
    assert_eq!(listed(&(ext4("/", "/longer") + &ext4("/", "/short") + &ext4("/part", "/p"))), "/short");
    assert_eq!(listed(&(ext4("/b", "/etc/hostname") + &ext4("/c", "/etc/hosts"))), "/etc/hosts");
    let btrfs = |root: &str, path: &str| format!("1 1 0:40 {root} {path} rw - btrfs /dev/sdb rw\n");
    assert_eq!(
        listed(&(btrfs("/@", "/") + &btrfs("/@home", "/home") + &btrfs("/@home", "/srv/home"))),
        "/ /home"
    );
    let over = "1 1 8:1 / /a rw - ext4 /dev/sda1 rw\n2 1 8:2 / /a rw - ext4 /dev/sda2 rw\n";
    assert_eq!(parse_mountinfo(over).len(), 2);
    assert_eq!(list_filesystems(parse_mountinfo(over))[0].source, "/dev/sda2", "the upper one is seen");
}

/// What was mounted on a folder above hides it: its path leads to that, whose space was told as its own.
#[test]
fn a_mount_that_another_hides_is_not_listed() {
    let root = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 21 8:2 / /srv/a/b rw - ext4 /dev/sda2 rw\n";
    let listed = |more: &str| {
        let mounts = list_filesystems(parse_mountinfo(&format!("{root}{more}")));
        mounts.into_iter().map(|m| m.path).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(listed("23 22 8:3 / /srv/a/b/c rw - ext4 /dev/sda3 rw\n"), "/ /srv/a/b /srv/a/b/c");
    let over = "23 22 8:3 / /srv/a/b/c rw - ext4 /dev/sda3 rw\n24 21 8:4 / /srv rw - ext4 /dev/sda4 rw\n";
    assert_eq!(listed(over), "/ /srv", "nor is what was mounted on it");
    assert_eq!(listed("24 22 8:4 / /srv/a/b rw - ext4 /dev/sda4 rw\n"), "/ /srv/a/b");
    // What begins with the same letters is no folder of it, and the root is on what was there when the host booted.
    assert_eq!(listed("24 21 8:4 / /srv/a/bc rw - ext4 /dev/sda4 rw\n"), "/ /srv/a/b /srv/a/bc");
    let booted = format!("1 1 0:2 / / rw - rootfs rootfs rw\n{root}");
    assert_eq!(list_filesystems(parse_mountinfo(&booted)).len(), 2);
}

/// A recorder in a mount namespace of its own, as a service has it, tells the first process's mounts.
#[test]
fn mounts_are_those_of_the_first_process_and_asked_for_through_its_root() {
    let tree = tempfile::tempdir().unwrap();
    let put = |process: &str, namespace: &str, mountinfo: &str| {
        let folder = tree.path().join("proc").join(process);
        std::fs::create_dir_all(folder.join("ns")).unwrap();
        std::fs::write(folder.join("mountinfo"), mountinfo).unwrap();
        std::os::unix::fs::symlink(namespace, folder.join("ns/mnt")).unwrap();
    };
    let mounts = |root: &str, space: &str| {
        format!(
            "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
             22 21 8:2 / {root} ro - ext4 /dev/sda2 rw\n\
             23 21 8:2 /part {root}/bound rw - ext4 /dev/sda2 rw\n\
             24 21 8:3 / {space} rw - ext4 /dev/sda3 ro,errors=remount-ro\n"
        )
    };
    put("1", "mnt:[4026531841]", &mounts("/data", "/broken"));
    put("self", "mnt:[4026532201]", &mounts("/ours", "/hidden"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let space_of: SpaceOf = {
        let (asked, seen) = (asked.clone(), tree.path().join("proc/1").join("root"));
        Arc::new(move |path| {
            asked.lock().unwrap().push(path.strip_prefix(&seen).unwrap_or(path).display().to_string());
            Ok(Space { total_bytes: GIB, inodes: 400, inodes_free: 100, ..Space::default() })
        })
    };
    let mut sample = Sample::default();
    let mut host = Host::at(tree.path());
    FilesystemCollector::new(space_of).collect(&mut host, &mut sample).unwrap();
    let rows: Vec<_> = sample.filesystem.iter().map(|row| (&*row.mount, row.read_only)).collect();
    // A single mount may be read-only; after an error the whole file system is. A bound folder is no other one.
    assert_eq!(rows, [("/", Some(false)), ("/broken", Some(true)), ("/data", Some(false))]);
    assert_eq!(*asked.lock().unwrap(), ["", "broken", "data"], "as the first process sees them");
    assert!(sample.filesystem.iter().all(|row| (row.inodes, row.inodes_free) == (Some(400), Some(100))));
}

/// Blocks whoever asks until it is let go.
#[derive(Default)]
struct Server {
    free: Mutex<bool>,
    changed: Condvar,
    asked: AtomicUsize,
}

impl Server {
    fn answer(&self) -> io::Result<Space> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let free = self.free.lock().unwrap();
        drop(self.changed.wait_while(free, |free| !*free).unwrap());
        Ok(Space { total_bytes: GIB, free_bytes: GIB / 2, ..Space::default() })
    }

    fn let_go(&self) {
        *self.free.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn hold(&self) {
        *self.free.lock().unwrap() = false;
    }
}

/// A clock that goes on when it is told to.
#[derive(Default)]
struct Stopped(AtomicI64);

impl Stopped {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
    }
}

impl Clock for Stopped {
    fn wall(&self) -> Micros {
        Micros(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst) as u64)
    }
}

fn wait_until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}
