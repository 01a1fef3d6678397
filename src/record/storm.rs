//! Processes that came and went between two ticks, so many that it is told: no row of `process` shows them.

use std::time::Duration;

use super::episode::{Episode, News, Stage};
use crate::schema::rows::Sample;
use crate::time::Micros;

/// More of them a second than this are a storm.
const STORM_PER_S: f64 = 1000.0;

/// Compares what the kernel counted with what there are rows of.
#[derive(Debug, Default)]
pub struct Storm {
    episode: Episode,
    threads: Option<i64>,
    /// Of those that it goes on about, how many `process_exit` has told of.
    ended: i64,
    /// Whether the tick before was of one: ends that the kernel told of behind it come with the next.
    is_on: bool,
    /// Since the last tick with rows of processes: the kernel's count, and when that tick was.
    forks: i64,
    listed: Option<(Micros, Duration)>,
}

impl Storm {
    /// Takes in a tick's rows. `now` is the monotonic clock, which is the boot clock that the kernel
    /// stamps the start of processes with, `ticks_per_s` its unit there.
    pub fn see(&mut self, ts: Micros, now: Duration, sample: &Sample, ticks_per_s: i64) -> Option<Told> {
        self.forks += sample.cpu.first().and_then(|cpu| cpu.forks).unwrap_or(0);
        if sample.process.is_empty() {
            return None;
        }
        let forks = std::mem::take(&mut self.forks);
        let threads = sample.system.first().and_then(|system| system.threads);
        let more_threads = threads.zip(self.threads).map_or(0, |(now, before)| (now - before).max(0));
        self.threads = threads;
        let (before, listed) = self.listed.replace((ts, now))?;
        let since = (listed.as_millis() as i64) * ticks_per_s / 1000;
        let newborn = sample.process.iter().filter(|p| p.start_ticks.is_some_and(|start| start >= since));
        // The kernel counts a thread as it counts a process: one more of them is no process unseen.
        let ended: i64 = sample.process_exit.iter().filter_map(|exit| exit.threads_ended).sum();
        let short_lived = forks - (newborn.count() as i64).max(more_threads);
        let per_s = short_lived as f64 / now.saturating_sub(listed).as_secs_f64().max(1e-3);
        let count = if per_s >= STORM_PER_S { short_lived } else { 0 };
        let news = self.episode.see((before, ts), now, count, per_s as i64);
        let ended = if count > 0 || self.is_on { ended } else { 0 };
        self.is_on = count > 0;
        match &news {
            Some(News { stage: Stage::Began, .. }) => self.ended = ended,
            _ => self.ended += ended,
        }
        news.map(|news| self.told(news))
    }

    /// What is left to be told at the end.
    pub fn close(&mut self) -> Option<Told> {
        self.episode.close().map(|news| self.told(news))
    }

    /// Others end beside it, but no more of it than there were.
    fn told(&self, news: News) -> Told {
        Told { news, ended: self.ended.min(news.count) }
    }
}

/// What is to be told of a storm.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub news: News,
    /// How many of its processes and threads `process_exit` has rows of.
    pub ended: i64,
}
