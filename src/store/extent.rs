//! From when to when something is recorded, by what the names of files say.

use super::layout::SegmentName;
use crate::schema::{Micros, Tier, table};

/// Tables with rows more rarely than each tick, which stand until the next ones come: a cut has the last ones before
/// its range.
pub const STANDING: [&str; 8] =
    ["host", "filesystem", "socket", "listen", "interrupt", "numa", "sensor", "power"];

/// A first and a last instant, once there are any.
type Extent = Option<(Micros, Micros)>;

/// What has been seen so far.
#[derive(Default)]
pub struct Extents {
    recorded: Extent,
    /// What only tiers say.
    told: Extent,
    /// Of tables whose rows stand.
    stands: Extent,
}

impl Extents {
    /// A segment is there.
    pub fn segment(&mut self, name: &SegmentName) {
        match table(&name.table).and_then(|table| table.tier) {
            None if STANDING.contains(&name.table.as_str()) => widen(&mut self.stands, name.from, name.to),
            None => widen(&mut self.recorded, name.from, name.to),
            Some(tier) => widen(&mut self.told, Micros(name.from.0 - tier.length_us()), name.to),
        }
    }

    /// Something was recorded then.
    pub fn instant(&mut self, at: Micros) {
        widen(&mut self.recorded, at, at);
    }

    /// The first and the last `ts`, to the second; `None` where nothing is recorded. Of what only tiers
    /// still know it is the beginning of the first bucket; what stands counts where there is nothing else, since it
    /// comes with ticks that have rows of other tables, or was cut out together with some.
    pub fn whole(&self) -> Extent {
        // A bucket is wider than the rows in it: tiers count only where they reach further back than
        // the hour in which the rows begin.
        match (self.recorded, self.told) {
            (Some((first, last)), Some((begin, _))) if first.0 - begin.0 < Tier::Hour.length_us() => {
                Some((first, last))
            }
            (Some((_, last)), Some((begin, _))) => Some((begin, last)),
            (one, other) => one.or(other).or(self.stands),
        }
    }
}

fn widen(extent: &mut Extent, from: Micros, to: Micros) {
    let (first, last) = extent.get_or_insert((from, to));
    (*first, *last) = ((*first).min(from), (*last).max(to));
}
