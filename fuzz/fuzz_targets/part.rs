//! The frame reader: arbitrary bytes as a part, the same with their checks put right, and arbitrary
//! bytes as the unpacked rows of a frame that is sound otherwise.
#![no_main]

mod checks;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use sysray::store::{Content, Part, part_header};

fuzz_target!(|data: &[u8]| {
    let Some((mode, bytes)) = data.split_first() else { return };
    match mode % 3 {
        0 => read(bytes.to_vec()),
        1 => read(checks::put_right(bytes.to_vec())),
        _ => read(around(bytes)),
    }
});

/// Reads all there is, in every way.
fn read(bytes: Vec<u8>) {
    let length = bytes.len();
    let Ok(part) = Part::parse(Path::new("fuzzed"), bytes) else { return };
    let damage = part.damage();
    assert!(damage.torn_bytes + damage.lost_bytes <= length);
    let part = part.assume_header("fuzzed");
    let frames = part.frames();
    assert!(frames.is_sorted_by(|a, b| a.moment.seq < b.moment.seq), "a number is taken once");
    // Not their lengths: one that was torn and the next one behind it may overlap.
    assert!(frames.iter().all(|frame| frame.length <= length));
    let used = |id: usize| frames.iter().any(|f| f.entries.iter().any(|entry| usize::from(entry.id) == id));
    for (_, table) in part.tables().enumerate().filter(|(id, _)| used(*id)) {
        let Some(mut reader) = part.table(table) else { continue };
        let places: Vec<usize> = (0..reader.schema().fields().len()).step_by(3).collect();
        for frame in &frames {
            reader.enter(frame);
            let some = reader.columns(frame, Content::Interval, &places);
            let all = reader.rows(frame, Content::Interval);
            assert_eq!(some.map(|batch| batch.num_rows()), all.map(|batch| batch.num_rows()));
            reader.rows(frame, Content::Totals);
        }
    }
}

/// A part of one frame, whose one table unpacks to `rows`: the first byte says which table it is,
/// the second how many rows the directory promises.
fn around(bytes: &[u8]) -> Vec<u8> {
    let [table, promised, raw @ ..] = bytes else { return vec![] };
    let packed = zstd::bulk::compress(raw, 1).expect("bytes in memory can be packed");
    let mut frame = Vec::from(*b"SRF1");
    let length = 40 + 20 + packed.len();
    frame.extend_from_slice(&(length as u32).to_le_bytes());
    [1u64, 1, 0, 0].iter().for_each(|n| frame.extend_from_slice(&n.to_le_bytes()));
    frame.extend_from_slice(&1u32.to_le_bytes());
    frame.extend_from_slice(&u16::from(*table).to_le_bytes());
    frame.extend_from_slice(&[0, 0]);
    let sizes = [u32::from(*promised), raw.len() as u32, packed.len() as u32, crc32c::crc32c(&packed)];
    sizes.iter().for_each(|n| frame.extend_from_slice(&n.to_le_bytes()));
    let check = crc32c::crc32c(&frame);
    frame.extend_from_slice(&check.to_le_bytes());
    frame.extend_from_slice(&packed);
    [part_header("fuzzed", "boot"), frame].concat()
}
