//! Numbers that look drawn and are the same each time, so that what failed once fails again.

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 on, less than `bound`.
    pub fn below(&mut self, bound: i64) -> i64 {
        (self.next() % bound.max(1) as u64) as i64
    }

    /// True in so many of a hundred.
    pub fn in_100(&mut self, times: i64) -> bool {
        self.below(100) < times
    }

    /// A number of any size up to `most`: small ones are as likely as large.
    pub fn sized(&mut self, most: i64) -> i64 {
        let bits = i64::from(64 - most.leading_zeros());
        let size = 1_i64 << self.below(bits + 1).min(62);
        self.below(size.min(most) + 1)
    }
}

/// The seeds that are tried: one that is named in `SYSRAY_SEED`, else `count` of them.
pub fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("SYSRAY_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}
