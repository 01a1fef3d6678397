//! What recording may cost, and what is read less often to keep to it. Pure: it is told what was used, and
//! says what to do.

use std::collections::VecDeque;
use std::time::Duration;

/// What is given up, step by step: collectors, and of how many ticks one reads. Each step holds until
/// another replaces it; what no step names is read as before.
pub const STEPS: [&[(&str, u32)]; 6] = [
    &[],
    &[("process", 2), ("thread", 2)],
    &[("process", 5), ("thread", 5)],
    &[("process", 10), ("thread", 10), ("cgroup", 2)],
    &[("process", 20), ("thread", 20), ("cgroup", 5), ("network", 2)],
    &[
        ("process", 60),
        ("thread", 60),
        ("cgroup", 20),
        ("network", 10),
        ("disk", 5),
        ("socket", 10),
        ("protocol", 5),
    ],
];

/// What the recorder's own threads use is judged over this time, and not before so many ticks.
const OWN_WINDOW: Duration = Duration::from_secs(20);
const OWN_TICKS: usize = 15;
/// The child that seals works in bursts: what it uses is spread over this.
const CHILD_WINDOW: Duration = Duration::from_secs(900);
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// A step is taken back when what is used has been below this share of the budget for this time. It doubles, up to
/// an hour, where a step has to be taken again within an hour of that, and is as short as at first after one that
/// held longer.
const EASE: f64 = 0.6;
const PATIENCE: Duration = Duration::from_secs(300);
const MOST_PATIENCE: Duration = Duration::from_secs(3600);
const HELD: Duration = Duration::from_secs(3600);

/// CPU time used so far, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    pub own_us: i64,
    pub children_us: i64,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// The place in [`STEPS`]; `None`: there is nothing more to give up.
    pub step: Option<usize>,
    /// What was used, in percent of one CPU.
    pub used_pct: f64,
    /// Whether less is recorded than before.
    pub is_less: bool,
}

/// Keeps to a budget.
#[derive(Debug)]
pub struct Budget {
    most_pct: f64,
    step: usize,
    own: VecDeque<(Duration, i64)>,
    children: VecDeque<(Duration, i64)>,
    calm_since: Option<Duration>,
    patience: Duration,
    /// When a step was last taken back.
    eased: Option<Duration>,
    is_told: bool,
}

impl Budget {
    /// At most so many percent of one CPU.
    pub fn new(most_pct: f64) -> Self {
        let (own, children) = Default::default();
        let (calm_since, eased) = (None, None);
        Budget { most_pct, step: 0, own, children, calm_since, patience: PATIENCE, eased, is_told: false }
    }

    /// The step that is in force.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Takes in what was used until `at` on the monotonic clock, at each tick.
    pub fn see(&mut self, at: Duration, used: Used) -> Option<News> {
        self.own.push_back((at, used.own_us));
        if self.children.back().is_none_or(|(seen, _)| *seen + LOOK_EVERY <= at) {
            self.children.push_back((at, used.children_us));
        }
        while self.children.len() > 2 && self.children[1].0 + CHILD_WINDOW <= at {
            self.children.pop_front();
        }
        let (begin, _) = *self.own.front()?;
        if at < begin + OWN_WINDOW || self.own.len() < OWN_TICKS {
            return None;
        }
        let used_pct = share_pct(&self.own) + share_over_pct(&self.children, CHILD_WINDOW);
        self.own.drain(..self.own.len() - 1);
        if used_pct > self.most_pct {
            self.calm_since = None;
            if let Some(eased) = self.eased.take() {
                let has_held = at > eased + HELD;
                self.patience = if has_held { PATIENCE } else { (2 * self.patience).min(MOST_PATIENCE) };
            }
            return self.give_up(used_pct);
        }
        self.is_told = false;
        if self.step == 0 || used_pct > EASE * self.most_pct {
            self.calm_since = None;
            return None;
        }
        let since = *self.calm_since.get_or_insert(at);
        if at < since + self.patience {
            return None;
        }
        self.calm_since = None;
        self.eased = Some(at);
        self.step -= 1;
        Some(News { step: Some(self.step), used_pct, is_less: false })
    }

    fn give_up(&mut self, used_pct: f64) -> Option<News> {
        if self.step + 1 < STEPS.len() {
            self.step += 1;
            // What the child has used cannot be taken back: what it uses from now on is judged.
            self.children.drain(..self.children.len() - 1);
            return Some(News { step: Some(self.step), used_pct, is_less: true });
        }
        let is_told = std::mem::replace(&mut self.is_told, true);
        (!is_told).then_some(News { step: None, used_pct, is_less: true })
    }
}

/// What was used from the first to the last.
fn share_pct(used: &VecDeque<(Duration, i64)>) -> f64 {
    share_over_pct(used, Duration::ZERO)
}

/// The same, as if over no less than `least`.
fn share_over_pct(used: &VecDeque<(Duration, i64)>, least: Duration) -> f64 {
    let (Some((from, first_us)), Some((to, last_us))) = (used.front(), used.back()) else { return 0.0 };
    let time = to.saturating_sub(*from).max(least).as_secs_f64();
    100.0 * (last_us - first_us) as f64 / 1e6 / time.max(1e-6)
}
