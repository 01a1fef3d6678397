//! Makes the checks of a part fit what the fuzzer made of it, so that it gets behind them.

/// The bytes with every check put right: the header's, each directory's, each table's.
pub fn put_right(mut bytes: Vec<u8>) -> Vec<u8> {
    let number = |bytes: &[u8], at: usize| {
        let word = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes([word[0], word[1], word[2], word[3]]) as usize)
    };
    let put = |bytes: &mut [u8], at: usize, check: u32| {
        if let Some(place) = bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&check.to_le_bytes());
        }
    };
    if (bytes.starts_with(b"SRJ1") || bytes.starts_with(b"SRJ2"))
        && let Some(json) = number(&bytes, 4).and_then(|length| bytes.get(12..12 + length))
    {
        let check = crc32c::crc32c(json);
        put(&mut bytes, 8, check);
    }
    let mut at = 0;
    while let Some(begin) = bytes[at..].windows(4).position(|word| word == b"SRF1").map(|n| at + n) {
        at = begin + 4;
        let count = number(&bytes, begin + 40).unwrap_or(0).min(64);
        let directory = begin + 44 + count * 20;
        let mut payload = directory + 4;
        for entry in (begin + 44..directory).step_by(20) {
            let Some(length) = number(&bytes, entry + 12) else { break };
            let Some(packed) = bytes.get(payload..payload.saturating_add(length)) else { break };
            let check = crc32c::crc32c(packed);
            put(&mut bytes, entry + 16, check);
            payload += length;
        }
        if let Some(head) = bytes.get(begin..directory) {
            let check = crc32c::crc32c(head);
            put(&mut bytes, directory, check);
        }
    }
    bytes
}
