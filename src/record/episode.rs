//! Something that goes on from tick to tick, and is told when it begins, each minute while it lasts,
//! and when it has ended: never at every tick.

use std::time::Duration;

use crate::time::Micros;

/// Between two times that it is told.
const TELL: Duration = Duration::from_secs(60);
/// It has ended when it was not seen for so long.
const QUIET: Duration = Duration::from_secs(10);

/// What goes on, if it does.
#[derive(Debug, Default)]
pub struct Episode {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    since: Micros,
    until: Micros,
    told: Duration,
    seen: Duration,
    count: i64,
    told_count: i64,
    most: i64,
}

/// What is to be told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    pub stage: Stage,
    /// Where it was first seen to begin, and where last to end.
    pub since: Micros,
    pub until: Micros,
    /// How often it happened since it began.
    pub count: i64,
    /// The largest size of it.
    pub most: i64,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Began,
    Lasts,
    Ended,
}

impl Episode {
    /// Takes in how often it happened from one moment to another, and its size. `now` is the monotonic
    /// clock.
    pub fn see(
        &mut self,
        (from, to): (Micros, Micros),
        now: Duration,
        count: i64,
        size: i64,
    ) -> Option<News> {
        let Some(open) = &mut self.open else {
            if count <= 0 {
                return None;
            }
            let (told, seen) = (now, now);
            let open = Open { since: from, until: to, told, seen, count, told_count: count, most: size };
            let news = open.news(Stage::Began);
            self.open = Some(open);
            return Some(news);
        };
        if count > 0 {
            (open.until, open.seen) = (to, now);
            open.count += count;
            open.most = open.most.max(size);
        } else if now.saturating_sub(open.seen) >= QUIET {
            return self.close();
        }
        if now.saturating_sub(open.told) < TELL || open.count == open.told_count {
            return None;
        }
        (open.told, open.told_count) = (now, open.count);
        Some(open.news(Stage::Lasts))
    }

    /// Ends it. One of which all was told when it began is not told again.
    pub fn close(&mut self) -> Option<News> {
        let open = self.open.take()?;
        (open.count > open.told_count).then(|| open.news(Stage::Ended))
    }
}

impl Open {
    fn news(&self, stage: Stage) -> News {
        News { stage, since: self.since, until: self.until, count: self.count, most: self.most }
    }
}
