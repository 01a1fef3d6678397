//! Bytes that rot: what of a part can be proved is read, and nothing is believed that cannot be.

use std::path::Path;

use sysray::store::{Damage, Part, part_header};

use crate::made::{Made, START, ticks, ticks_of};

/// The bytes of a part of so many ticks, and where its frames begin.
fn part(ticks: i64) -> (Vec<u8>, Vec<usize>) {
    let mut made = Made::new();
    made.part(START, ticks);
    let bytes = std::fs::read(&made.files(".part")[0]).unwrap();
    let frames = bytes.windows(4).enumerate().filter(|(_, word)| *word == b"SRF1").map(|(at, _)| at);
    let frames = frames.collect();
    (bytes, frames)
}

fn read(bytes: Vec<u8>) -> (Vec<i64>, Damage) {
    let part = Part::parse(Path::new("rotten"), bytes).unwrap();
    (ticks_of(&part, "cpu"), part.damage())
}

/// A frame of one table whose checks all fit, and whose header says what it is told to.
struct Forged {
    seq: u64,
    tables: u32,
    rows: u32,
    raw: u32,
    packed: Vec<u8>,
}

impl Forged {
    fn bytes(&self) -> Vec<u8> {
        let mut frame = Vec::from(*b"SRF1");
        frame.extend_from_slice(&((40 + 20 + self.packed.len()) as u32).to_le_bytes());
        [self.seq, self.seq, 0, 0].iter().for_each(|n| frame.extend_from_slice(&n.to_le_bytes()));
        frame.extend_from_slice(&self.tables.to_le_bytes());
        frame.extend_from_slice(&[1, 0, 0, 0]);
        let sizes = [self.rows, self.raw, self.packed.len() as u32, crc32c::crc32c(&self.packed)];
        sizes.iter().for_each(|n| frame.extend_from_slice(&n.to_le_bytes()));
        frame.extend_from_slice(&crc32c::crc32c(&frame).to_le_bytes());
        frame.extend_from_slice(&self.packed);
        frame
    }
}

/// Packed by the book, which says that it unpacks to so much: so many zeros of which only some are there.
fn promising(raw: u64) -> Vec<u8> {
    let mut packed = vec![0x28, 0xB5, 0x2F, 0xFD, 0xE0];
    packed.extend_from_slice(&raw.to_le_bytes());
    // One last block of eight times the same byte.
    packed.extend_from_slice(&[0x43, 0x00, 0x00, 0x00]);
    packed
}

/// How far this process has ever grown, in bytes.
#[cfg(target_os = "linux")]
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap();
    peak.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}

#[test]
fn pages_that_were_never_written_are_a_torn_end() {
    let (whole, frames) = part(4);
    for zeros in [1, 4095, 4096, 3 * 4096] {
        let (ticks, damage) = read([whole.clone(), vec![0; zeros]].concat());
        assert_eq!((ticks, damage), (vec![1, 2, 3, 4], Damage { torn_bytes: zeros, ..Damage::default() }));
    }
    for from in frames[2]..whole.len() {
        let mut bytes = whole.clone();
        bytes[from..].fill(0);
        if bytes == whole {
            continue;
        }
        let (ticks, damage) = read(bytes);
        // Of the frame that it hit those tables are read which end before.
        assert!(
            ticks.len() >= 2 && ticks == (1..=ticks.len() as i64).collect::<Vec<_>>(),
            "zeros from {from} on: {ticks:?}"
        );
        assert_ne!(damage, Damage::default(), "zeros from {from} on, and nobody saw it");
    }
}

#[test]
fn frames_behind_a_torn_one_are_read_wherever_it_was_torn() {
    let (whole, frames) = part(4);
    for cut in frames[1]..frames[2] {
        let bytes = [&whole[..cut], &whole[frames[2]..]].concat();
        let (ticks, damage) = read(bytes);
        // Of the torn one those tables are read that are whole.
        assert!(ticks == [1, 3, 4] || ticks == [1, 2, 3, 4], "cut at {cut}: {ticks:?}");
        assert!(damage.is_inside() || cut == frames[1], "cut at {cut}: {damage:?}");
    }
    // The same tick written again behind its torn beginning is one tick.
    for cut in frames[1]..frames[2] {
        let (ticks, _) = read([&whole[..cut], &whole[frames[1]..]].concat());
        assert_eq!(ticks, [1, 2, 3, 4], "cut at {cut}");
    }
}

#[test]
fn a_number_is_read_once_and_never_goes_back() {
    let (whole, frames) = part(4);
    let twice = [&whole[..frames[3]], &whole[frames[1]..]].concat();
    assert_eq!(read(twice).0, [1, 2, 3, 4]);
}

#[test]
fn lengths_are_not_believed() {
    let (whole, frames) = part(3);
    let places = [frames[1] + 4, frames[1] + 40, frames[1] + 44 + 12];
    for place in places {
        for length in [0, 1, 0x7FFF_FFFF, 0x8000_0000, u32::MAX - 7, u32::MAX] {
            let mut bytes = whole.clone();
            bytes[place..place + 4].copy_from_slice(&length.to_le_bytes());
            let (ticks, damage) = read(bytes);
            assert_eq!(ticks, [1, 3], "{length} at {place}");
            assert!(damage.is_inside(), "{length} at {place}");
        }
    }
    for length in [0, 0x8000_0000, u32::MAX] {
        let mut bytes = whole.clone();
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        let part = Part::parse(Path::new("rotten"), bytes).unwrap();
        assert!(part.frames().is_empty() && part.damage().headless, "{length}");
        assert_eq!(ticks_of(&part.assume_header("web1"), "cpu"), [1, 2, 3], "{length}");
    }
}

/// Checks can be forged, and then a frame may promise what it likes: four gigabytes of rows, a
/// million tables, an end behind the file's.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_allocated_for_what_is_only_promised() {
    let header = part_header("web1", "boot");
    let before = peak_bytes();
    let forged = [
        Forged { seq: 1, tables: 1, rows: u32::MAX, raw: u32::MAX, packed: promising(u64::from(u32::MAX)) },
        Forged { seq: 2, tables: u32::MAX, rows: 1, raw: 8, packed: promising(8) },
        Forged { seq: 3, tables: 1, rows: u32::MAX, raw: 8, packed: promising(8) },
        Forged { seq: 4, tables: 1, rows: 1, raw: u32::MAX, packed: promising(8) },
        Forged { seq: 5, tables: 1, rows: 1, raw: 8, packed: promising(1 << 40) },
    ];
    let frames = forged.iter().flat_map(Forged::bytes).collect::<Vec<_>>();
    let part = Part::parse(Path::new("forged"), [header, frames].concat()).unwrap();
    assert_eq!(part.frames().iter().map(|frame| frame.moment.seq).collect::<Vec<_>>(), [1, 3, 4, 5]);
    for table in part.tables().map(str::to_string).collect::<Vec<_>>() {
        assert!(part.batches(&table, |_| true).is_empty(), "{table}");
    }
    // Other tests run beside this one, and take what they take.
    assert!(peak_bytes() - before < 3 << 30, "{} bytes more", peak_bytes() - before);
}

#[test]
fn a_header_is_packed_and_one_that_unpacks_to_megabytes_is_none() {
    let headed = |json: &[u8]| {
        let packed = zstd::bulk::compress(json, 9).unwrap();
        let numbers = [packed.len() as u32, crc32c::crc32c(&packed)].map(u32::to_le_bytes).concat();
        Part::parse(Path::new("headed"), [b"SRJ2", &numbers[..], &packed].concat()).unwrap()
    };
    let today = part_header("web1", "boot");
    let json = zstd::bulk::decompress(&today[12..], 1 << 20).unwrap();
    assert!(today.len() < json.len() / 4, "{} of {}", today.len(), json.len());
    assert_eq!(headed(&json).header().unwrap().host, "web1");
    let padded = [json, vec![b' '; 5 << 20]].concat();
    assert!(headed(&padded).header().is_none());
}

/// Who asks a store reads of a part only what he wants: that must be what is found by reading all of it.
#[test]
fn a_reader_who_passes_over_most_of_a_part_finds_what_is_in_it_all_the_same() {
    let mut made = Made::new();
    made.part(START, 4);
    let place = made.files(".part").remove(0);
    let whole = std::fs::read(&place).unwrap();
    let frames = part(4).1;
    let same = |bytes: Vec<u8>, what: &str| {
        std::fs::write(&place, &bytes).unwrap();
        let all = Part::parse(Path::new("rotten"), bytes).unwrap();
        for table in ["cpu", "process"] {
            assert_eq!(ticks(made.root(), table).unwrap(), ticks_of(&all, table), "{table}, {what}");
        }
    };
    same(whole.clone(), "whole");
    for at in (0..whole.len()).filter(|at| *at >= frames[0] || at % 997 == 0) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        same(flipped, &format!("byte {at} flipped"));
    }
    for at in (frames[0]..whole.len()).step_by(7) {
        same(whole[..at].to_vec(), &format!("cut at {at}"));
        let mut never_written = whole.clone();
        never_written[at..].fill(0);
        same([never_written, vec![0; 5000]].concat(), &format!("zeros from {at} on"));
        // Half of a write, and then all of it and what came later.
        let begin = *frames.iter().rfind(|begin| **begin <= at).unwrap();
        same([&whole[..at], &whole[begin..]].concat(), &format!("written again behind {at}"));
        same([&whole[..at], &[7; 300], &whole[begin..]].concat(), &format!("rubbish at {at}"));
    }
}
