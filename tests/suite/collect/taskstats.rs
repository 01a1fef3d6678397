//! Records of taskstats in the versions of the kernels since 3.10: told by their version and length, and where
//! something is not in them, not at all.

use sysray::collect::exits::{Ended, Endings, ThreadExit, is_enough, parse, row};
use sysray::collect::taskstats::{Group, parse_group};

const FAMILY: u16 = 31;
/// What Linux 6.18 said, in version 16: three processes that ended, and one that lives.
const EXITS: &[u8] = include_bytes!("kernel/taskstats-16-exits.bin");
const GROUP: &[u8] = include_bytes!("kernel/taskstats-16-group.bin");

/// Version, kernel, and how long a record is.
const VERSIONS: [(u16, &str, usize); 8] = [
    (8, "3.10 to 4.19", 328),
    (9, "4.20", 344),
    (10, "5.6", 352),
    (11, "5.17", 368),
    (12, "5.19", 400),
    (13, "6.0", 416),
    (14, "6.5", 432),
    (16, "6.16", 560),
];

#[test]
fn processes_that_ended_are_told_from_version_12_on_and_alike() {
    let newest = ended(&retold(EXITS, shorter(16, 560)));
    assert_eq!(newest.len(), 3);
    for (version, kernel, bytes) in VERSIONS {
        let told = ended(&retold(EXITS, shorter(version, bytes)));
        match version {
            ..12 => assert_eq!(told, [], "Linux {kernel} does not say of what process a thread was"),
            _ => assert_eq!(told, newest, "Linux {kernel}"),
        }
        assert_eq!(is_enough(version).is_ok(), version >= 12);
    }
    let why = is_enough(10).unwrap_err();
    assert!(
        why.starts_with("version 10 of the kernel's taskstats") && why.ends_with("Linux 5.19 does"),
        "{why}"
    );
}

#[test]
fn a_thread_group_is_told_by_every_version() {
    let newest = parse_group(GROUP, FAMILY).unwrap();
    assert!(newest.is_some());
    for (version, kernel, bytes) in VERSIONS {
        let told = parse_group(&retold(GROUP, shorter(version, bytes)), FAMILY).unwrap();
        assert_eq!(told, newest, "Linux {kernel}");
    }
}

/// Linux 6.14 put two numbers behind each pair of a count and a total, and so moved all that came after.
#[test]
fn version_15_is_read_where_it_put_things() {
    assert_eq!(ended(&retold(EXITS, moved)), ended(EXITS));
    assert_eq!(parse_group(&retold(GROUP, moved), FAMILY), parse_group(GROUP, FAMILY));
}

/// A record that is shorter than its version says has nothing where it ends.
#[test]
fn of_a_record_that_is_cut_short_nothing_is_made_up() {
    for bytes in (0..384).step_by(8) {
        assert_eq!(ended(&retold(EXITS, shorter(16, bytes))), [], "{bytes} bytes");
    }
}

/// A kernel without CONFIG_TASK_DELAY_ACCT, or an old one with `nodelayacct`, says 0 of the scheduler's clock.
#[test]
fn time_that_nobody_added_up_is_unknown_or_told_in_ticks() {
    let silent = |record: &[u8]| {
        let mut record = record.to_vec();
        record[16..80].fill(0);
        record
    };
    assert_eq!(parse_group(&retold(GROUP, silent), FAMILY), Ok(None::<Group>));
    for (told, known) in ended(&retold(EXITS, silent)).iter().zip(ended(EXITS)) {
        let (row, ticks_us) = (row(told, true), known.sums.user_us + known.sums.system_us);
        assert_eq!((row.life_cpu_us, row.life_run_delay_us), (Some(ticks_us), None));
    }
    // Of one that had threads before anybody listened, not even ticks are known.
    let mut endings = Endings::since(9_999_999);
    let last = parse(&retold(EXITS, silent), FAMILY).find(|exit: &ThreadExit| exit.is_last).unwrap();
    let row = row(&endings.take(last, 10_000_000).unwrap(), true);
    assert_eq!((row.life_cpu_us, row.cpu_us, row.life_user_us), (None, None, None));
}

fn ended(said: &[u8]) -> Vec<Ended> {
    let mut endings = Endings::since(0);
    parse(said, FAMILY).filter_map(|exit| endings.take(exit, 10_000_000)).collect()
}

/// A record as an older kernel makes it, which says less.
fn shorter(version: u16, bytes: usize) -> impl Fn(&[u8]) -> Vec<u8> {
    move |record| {
        let mut record = record[..bytes.min(record.len())].to_vec();
        record.iter_mut().zip(version.to_ne_bytes()).for_each(|(byte, own)| *byte = own);
        record
    }
}

/// A record as version 15 has it: the pairs of numbers at its end, behind the pairs that they are about.
fn moved(record: &[u8]) -> Vec<u8> {
    let (mut moved, mut from) = (15u16.to_ne_bytes().to_vec(), 2);
    for (to, pair) in [32, 48, 64, 328, 344, 368, 416, 432].into_iter().zip(record[432..560].chunks(16)) {
        moved.extend_from_slice(&record[from..to]);
        moved.extend_from_slice(pair);
        from = to;
    }
    moved
}

/// What the kernel said, with each record made another one. A message is a header of 16 bytes and one of 4, and
/// attributes in attributes, the lengths of which say how far they go.
fn retold(said: &[u8], record: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut told = Vec::new();
    let mut rest = said;
    while rest.len() >= 16 {
        let length = u32::from_ne_bytes(rest[..4].try_into().unwrap()) as usize;
        let body = attributes(&rest[20..length], &record);
        told.extend_from_slice(&(20 + body.len() as u32).to_ne_bytes());
        told.extend_from_slice(&rest[4..20]);
        told.extend_from_slice(&body);
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    told
}

fn attributes(said: &[u8], record: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    const STATS: u16 = 3;
    const OF_THREAD: u16 = 4;
    const OF_THREAD_GROUP: u16 = 5;
    let mut told = Vec::new();
    let mut rest = said;
    while rest.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
        let kind = u16::from_ne_bytes([rest[2], rest[3]]);
        let value = match kind & 0x3fff {
            STATS => record(&rest[4..length]),
            OF_THREAD | OF_THREAD_GROUP => attributes(&rest[4..length], record),
            _ => rest[4..length].to_vec(),
        };
        told.extend_from_slice(&(4 + value.len() as u16).to_ne_bytes());
        told.extend_from_slice(&kind.to_ne_bytes());
        told.extend_from_slice(&value);
        told.resize(told.len().next_multiple_of(4), 0);
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    told
}
