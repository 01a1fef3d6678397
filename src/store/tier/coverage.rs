//! What is still to be made: the frames of a raw table that no file of a tier speaks for.
//!
//! A tier's file is named with the raw frames whose rows went in, so that the directory tells what
//! was made, and making tiers twice is making them once.

use super::super::layout::{self, SegmentName};
use crate::schema::{Micros, Tier};

/// Rows that become one file of a tier: the frames `first_seq` to `last_seq` of these segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub segments: Vec<SegmentName>,
    pub first_seq: u64,
    pub last_seq: u64,
}

/// The pieces of one host and raw table that can be made, oldest first. `raw` and `made` are in
/// order of their frames; a part that is not sealed yet begins with frame `unsealed`.
pub fn missing(
    raw: &[&SegmentName],
    made: &[&SegmentName],
    unsealed: Option<u64>,
    now: Micros,
) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // The last frame before that is known to be told or to have no rows.
    let mut before = None;
    for segment in raw {
        if unsealed.is_some_and(|seq| segment.last_seq >= seq) {
            break;
        }
        // A clock that was ahead for a while must not hold up what came after.
        if hour(segment.to) >= hour(now) {
            before = before.max(Some(segment.last_seq));
            continue;
        }
        for (first, last) in untold(segment, made) {
            // Frames between two files have no rows of this table: they are told with what follows,
            // or a file merged of both would seem to have something untold.
            let told = made.iter().map(|m| m.last_seq).filter(|seq| *seq < first).max();
            let first = told.max(before.filter(|seq| *seq < first)).map_or(first, |seq| seq + 1);
            match pieces.last_mut() {
                Some(piece) if piece.last_seq + 1 == first && shares_an_hour(piece, segment) => {
                    piece.last_seq = last;
                    if piece.segments.last() != Some(*segment) {
                        piece.segments.push((*segment).clone());
                    }
                }
                _ => {
                    let segments = vec![(*segment).clone()];
                    pieces.push(Piece { segments, first_seq: first, last_seq: last });
                }
            }
        }
        before = before.max(Some(segment.last_seq));
    }
    pieces
}

/// The frames of a segment that no file speaks for.
fn untold(segment: &SegmentName, made: &[&SegmentName]) -> Vec<(u64, u64)> {
    let mut untold = Vec::new();
    let mut next = segment.first_seq;
    for file in made.iter().filter(|m| m.last_seq >= segment.first_seq && m.first_seq <= segment.last_seq) {
        if file.first_seq > next {
            untold.push((next, file.first_seq - 1));
        }
        next = next.max(file.last_seq + 1);
    }
    if next <= segment.last_seq {
        untold.push((next, segment.last_seq));
    }
    untold
}

/// Whether a minute can straddle the two: then they have to be told together.
fn shares_an_hour(piece: &Piece, next: &SegmentName) -> bool {
    piece.segments.iter().any(|own| {
        layout::day_start(own.to) == layout::day_start(next.to)
            && hour(own.from) <= hour(next.to)
            && hour(next.from) <= hour(own.to)
    })
}

fn hour(ts: Micros) -> i64 {
    Tier::Hour.end(ts).0
}
