//! A redacted cut: no byte of it tells a name, and what is worth knowing is still there.

use std::fs;
use std::path::Path;

use arrow::datatypes::DataType;
use sysray::schema::TABLES;
use sysray::store::{redaction_of, verify};
use tempfile::TempDir;

use super::{Kept, Sysray, column, contents, ticks};

/// What must not be found in any letter case.
const SECRETS: [&str; 17] = [
    "quartz",
    "example.com",
    "alice",
    "secretarial",
    "/bin/backup",
    "--to",
    "penthouse",
    "nas.",
    "vault",
    "feedc0de",
    "0a:1b:2c",
    "0a1b2c3d4e5f",
    "10.1.2.3",
    "fe80::1",
    "/srv/",
    "/media/alice",
    "[priv]",
];

fn cut(kept: &Kept, out: &Path) {
    let words = ["store", "cut", "--redact", "-o", out.to_str().unwrap()];
    Sysray::new(&words).store(kept.root()).prints();
}

/// Fails where one of the secrets stands in the bytes.
fn tells_nothing(bytes: &[u8], of: &str) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{of} tells {secret}");
    }
}

/// All that is compressed with zstd in the bytes, unpacked.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let starts = bytes.windows(4).enumerate().filter(|(_, word)| *word == magic).map(|(at, _)| at);
    let frames = starts.filter_map(|at| {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(&bytes[at..]).ok()?.single_frame();
        let mut out = Vec::new();
        std::io::Read::read_to_end(&mut decoder, &mut out).ok()?;
        Some(out)
    });
    frames.flatten().collect()
}

#[test]
fn no_byte_of_a_redacted_cut_tells_a_name() {
    let kept = Kept::usual();
    let whole = contents(kept.root());
    let found = |secret: &str| {
        whole.iter().any(|(path, bytes)| {
            let all = [path.to_string_lossy().as_bytes(), bytes, &unpacked(bytes)].concat();
            String::from_utf8_lossy(&all).to_lowercase().contains(secret)
        })
    };
    for secret in SECRETS {
        assert!(found(secret), "{secret} is in the store that is cut from, or this test shows nothing");
    }
    let dir = TempDir::new().unwrap();
    for name in ["out", "out.tar"] {
        let out = dir.path().join(name);
        cut(&kept, &out);
        let made = if out.is_dir() { contents(&out) } else { vec![(out.clone(), fs::read(&out).unwrap())] };
        for (path, bytes) in made {
            let path = path.strip_prefix(dir.path()).unwrap().display().to_string();
            tells_nothing(path.as_bytes(), &path);
            tells_nothing(&bytes, &path);
            tells_nothing(&unpacked(&bytes), &path);
        }
    }
}

#[test]
fn every_value_of_every_column_is_without_names_and_the_rest_is_there() {
    let kept = Kept::usual();
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    cut(&kept, &out);
    for table in &TABLES {
        for field in table.schema().fields() {
            tells_nothing(column(&out, table.name, field.name()).join("\n").as_bytes(), field.name());
        }
    }
    let distinct = |table: &str, name: &str| {
        let mut values = column(&out, table, name);
        values.sort_unstable();
        values.dedup();
        values
    };
    assert_eq!(ticks(&out, "system"), (1..=48).collect::<Vec<_>>());
    assert_eq!(distinct("process", "comm"), ["backup", "sshd"]);
    assert_eq!(distinct("process", "cmdline"), ["backup", "sshd"]);
    assert_eq!(distinct("process", "exe"), ["", "backup (deleted)"]);
    assert_eq!(distinct("process", "username"), ["root", "user-1001"]);
    assert_eq!(distinct("process", "uid"), ["0", "1001"]);
    assert!(distinct("process", "container").iter().any(|id| id.starts_with("0123456789abcdef")), "ids stay");
    assert_eq!(distinct("host", "hostname"), ["host-1"]);
    assert_eq!(distinct("host", "machine_id"), ["machine-1"]);
    assert_eq!(distinct("cgroup", "path"), ["/system.slice/nginx.service"]);
    assert_eq!(distinct("network", "mac"), ["***"]);
    assert_eq!(distinct("network", "interface"), ["enx***"]);
    assert_eq!(distinct("interrupt", "devices"), ["enx***-rx-0, eth1"]);
    assert_eq!(distinct("power", "device"), ["BAT0", "hid-***-battery"]);
    let mounts = distinct("filesystem", "mount");
    assert!(mounts[0] == "/" && mounts[1].starts_with("/media/name-"), "{mounts:?}");
    assert!(distinct("filesystem", "device").contains(&"/dev/sda1".to_string()));
    let messages = distinct("event", "message");
    assert_eq!(messages, ["***", "host-1 lost *** and user-1001, see ***/log.txt"]);
    let found = verify(&out, true, &mut |_| {}).unwrap().findings;
    assert_eq!(found, vec![]);
}

#[test]
fn every_column_of_text_has_been_thought_about() {
    for table in &TABLES {
        for field in table.schema().fields().iter().filter(|field| *field.data_type() == DataType::Utf8) {
            let decided = redaction_of(table.name, field.name());
            assert!(
                decided.is_some(),
                "{}.{}: say in store/cut/treatment.rs whether it tells a name",
                table.name,
                field.name()
            );
        }
    }
}
