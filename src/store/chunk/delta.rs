//! Parquet's DELTA_BINARY_PACKED: numbers by what each is more than the one before.

use super::hybrid::{bits, pack, take_varint, varint, width_of};

/// Differences in a block, and in each of its parts, which have a width of their own.
const BLOCK: usize = 256;
const PART: usize = 64;

/// Writes numbers behind what `out` has.
pub fn encode(out: &mut Vec<u8>, numbers: &[i64]) {
    varint(out, BLOCK as u64);
    varint(out, (BLOCK / PART) as u64);
    varint(out, numbers.len() as u64);
    varint(out, zigzag(numbers.first().copied().unwrap_or(0)));
    let deltas: Vec<i64> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    for block in deltas.chunks(BLOCK) {
        let least = block.iter().copied().min().unwrap_or(0);
        varint(out, zigzag(least));
        let above = |delta: &i64| delta.wrapping_sub(least) as u64;
        let widest = |part: &[i64]| part.iter().map(above).max().map_or(0, width_of);
        let mut widths = block.chunks(PART).map(widest);
        out.extend((0..BLOCK / PART).map(|_| widths.next().unwrap_or(0) as u8));
        for part in block.chunks(PART) {
            let padded = part.iter().map(above).chain(std::iter::repeat_n(0, PART - part.len()));
            pack(out, padded, widest(part));
        }
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// The numbers back, of which there are to be `count`; `None` where the bytes say something else.
pub fn decode(mut bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let bytes = &mut bytes;
    let block = usize::try_from(take_varint(bytes)?).ok()?;
    let parts = usize::try_from(take_varint(bytes)?).ok()?;
    let total = usize::try_from(take_varint(bytes)?).ok()?;
    let part = block.checked_div(parts).filter(|part| *part > 0 && part % 8 == 0)?;
    let mut number = unzigzag(take_varint(bytes)?);
    if total > count {
        return None;
    }
    let mut numbers = Vec::with_capacity(total);
    numbers.extend((total > 0).then_some(number));
    while numbers.len() < total {
        let least = unzigzag(take_varint(bytes)?);
        let (widths, rest) = bytes.split_at_checked(parts)?;
        *bytes = rest;
        for width in widths {
            if numbers.len() == total {
                break;
            }
            if u32::from(*width) > u64::BITS {
                return None;
            }
            let (packed, rest) = bytes.split_at_checked((part / 8).checked_mul(usize::from(*width))?)?;
            *bytes = rest;
            for at in 0..part.min(total - numbers.len()) {
                let above =
                    if *width == 0 { 0 } else { bits(packed, at * usize::from(*width), (*width).into())? };
                number = number.wrapping_add(least).wrapping_add(above as i64);
                numbers.push(number);
            }
        }
    }
    Some(numbers)
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
