//! Parquet's run length and bit packing hybrid: small numbers of a fixed width.

/// Writes runs of numbers behind what `out` has.
pub struct Hybrid<'a> {
    out: &'a mut Vec<u8>,
    width: u32,
    /// Numbers that repeat too seldom to be a run of their own.
    literal: Vec<u32>,
}

/// As many numbers are packed together.
const GROUP: usize = 8;
/// As many groups are packed under one header, which is one byte then.
const GROUPS: usize = 63;

impl<'a> Hybrid<'a> {
    /// Numbers below 2 to the power of `width`.
    pub fn new(out: &'a mut Vec<u8>, width: u32) -> Self {
        Hybrid { out, width, literal: Vec::with_capacity(GROUP * GROUPS) }
    }

    /// Writes runs, and ends: how many times, and which number. Neighbours of one number are one run.
    pub fn write(mut self, runs: impl Iterator<Item = (usize, u32)>) {
        let (mut waiting, mut held) = (0, 0);
        for (times, number) in runs {
            if number != held {
                self.push(waiting, held);
                (waiting, held) = (0, number);
            }
            waiting += times;
        }
        self.push(waiting, held);
        self.flush();
    }

    /// Adds a number so many times.
    fn push(&mut self, mut times: usize, number: u32) {
        // A group once begun has to be filled.
        let gap = (GROUP - self.literal.len() % GROUP) % GROUP;
        let filling = if times >= gap + GROUP { gap } else { times };
        self.literal.extend(std::iter::repeat_n(number, filling));
        times -= filling;
        if times > 0 {
            self.flush();
            varint(self.out, (times as u64) << 1);
            let bytes = self.width.div_ceil(8) as usize;
            self.out.extend_from_slice(&number.to_le_bytes()[..bytes]);
        } else if self.literal.len() >= GROUP * GROUPS {
            // What has begun another group stays: only the last one of a page may be filled up.
            let begun = self.literal.split_off(GROUP * GROUPS);
            self.flush();
            self.literal.extend(begun);
        }
    }

    /// Writes what waits; the last group is filled with zeros.
    fn flush(&mut self) {
        for numbers in self.literal.chunks(GROUP * GROUPS) {
            let groups = numbers.len().div_ceil(GROUP);
            varint(self.out, (groups as u64) << 1 | 1);
            let padding = groups * GROUP - numbers.len();
            let numbers = numbers.iter().copied().chain(std::iter::repeat_n(0, padding));
            pack(self.out, numbers.map(u64::from), self.width);
        }
        self.literal.clear();
    }
}

/// How many bits a number takes.
pub fn width_of(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// Numbers bit by bit, the lowest first; there are a multiple of eight.
pub fn pack(out: &mut Vec<u8>, numbers: impl Iterator<Item = u64>, width: u32) {
    let (mut bits, mut filled) = (0u128, 0);
    for number in numbers {
        bits |= u128::from(number) << filled;
        filled += width;
        while filled >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            filled -= 8;
        }
    }
}

/// A number in as many bytes as it needs, seven bits in each.
pub fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Numbers as they were written, run by run.
pub struct Unpacked<'a> {
    bytes: &'a [u8],
    width: u32,
    /// Of the run at hand.
    left: usize,
    /// The number that it repeats; `None` where its numbers are packed, from that bit on.
    repeated: Option<u32>,
    bit: usize,
}

impl<'a> Unpacked<'a> {
    pub fn new(bytes: &'a [u8], width: u32) -> Self {
        Unpacked { bytes, width, left: 0, repeated: None, bit: 0 }
    }

    /// So many times, at most, comes that number next. `None` where bytes are missing.
    pub fn next(&mut self, most: usize) -> Option<(usize, u32)> {
        while self.left == 0 {
            self.begin()?;
        }
        if let Some(number) = self.repeated {
            let times = self.left.min(most);
            self.left -= times;
            return Some((times, number));
        }
        self.left -= 1;
        let number = bits(self.bytes, self.bit, self.width)? as u32;
        self.bit += self.width as usize;
        if self.left == 0 {
            self.bytes = self.bytes.get(self.bit / 8..)?;
        }
        Some((1, number))
    }

    fn begin(&mut self) -> Option<()> {
        let header = take_varint(&mut self.bytes)?;
        let count = usize::try_from(header >> 1).ok()?;
        if header & 1 == 1 {
            (self.left, self.repeated, self.bit) = (count.checked_mul(GROUP)?, None, 0);
        } else {
            let (number, rest) = self.bytes.split_at_checked(self.width.div_ceil(8) as usize)?;
            let number = number.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
            (self.left, self.repeated, self.bytes) = (count, Some(number), rest);
        }
        Some(())
    }
}

/// The number of so many bits that begins with bit `at`.
pub fn bits(bytes: &[u8], at: usize, width: u32) -> Option<u64> {
    let needed = (at % 8 + width as usize).div_ceil(8);
    let bytes = bytes.get(at / 8..at / 8 + needed)?;
    let all = bytes.iter().rev().fold(0u128, |all, byte| all << 8 | u128::from(*byte)) >> (at % 8);
    Some((all & ((1u128 << width) - 1)) as u64)
}

/// A number as [`varint`] writes it, and on to what is behind.
pub fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
