//! Parquet's DELTA_BINARY_PACKED: numbers by what each is more than the one before.

use super::hybrid::{bits, pack, take_varint, varint, width_of};

/// Differences in a block; each of its parts has a width of its own.
const BLOCK: usize = 256;
const PARTS: usize = 4;
/// What rises evenly is one block of as many at most: a block of no width takes a byte a part.
const EVEN_BLOCK: usize = 1 << 15;

/// Writes numbers behind what `out` has.
pub fn encode(out: &mut Vec<u8>, numbers: &[i64]) {
    let deltas: Vec<i64> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    let is_even = deltas.windows(2).all(|pair| pair[0] == pair[1]);
    let block = if is_even { deltas.len().next_multiple_of(BLOCK).clamp(BLOCK, EVEN_BLOCK) } else { BLOCK };
    let part = block / PARTS;
    varint(out, block as u64);
    varint(out, PARTS as u64);
    varint(out, numbers.len() as u64);
    varint(out, zigzag(numbers.first().copied().unwrap_or(0)));
    for block in deltas.chunks(block) {
        let least = block.iter().copied().fold(block[0], i64::min);
        varint(out, zigzag(least));
        let above = |delta: &i64| delta.wrapping_sub(least) as u64;
        // As wide as all of them together, which is as wide as the widest.
        let width = |part: &[i64]| width_of(part.iter().fold(0, |all, delta| all | above(delta)));
        let mut widths = [0; PARTS];
        block.chunks(part).zip(&mut widths).for_each(|(part, of_part)| *of_part = width(part));
        out.extend(widths.map(|width| width as u8));
        for (numbers, width) in block.chunks(part).zip(widths).filter(|(_, width)| *width > 0) {
            let padded = numbers.iter().map(above).chain(std::iter::repeat_n(0, part - numbers.len()));
            pack(out, padded, width);
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
