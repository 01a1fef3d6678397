//! What is given up to keep to a budget, and taken back.
//!
//! `Recorder` is the one helper: it uses so much CPU a second, and looks what the budget says.

use std::time::Duration;

use sysray::record::{Budget, BudgetNews, STEPS, Used};

struct Recorder {
    budget: Budget,
    second: u64,
    used: Used,
}

impl Recorder {
    fn new(most_pct: f64) -> Self {
        Recorder { budget: Budget::new(most_pct), second: 1000, used: Used::default() }
    }

    /// So many seconds in which it uses so much of a CPU; what it was told, and after how long.
    fn runs(&mut self, seconds: u64, own_pct: f64) -> Vec<(u64, BudgetNews)> {
        let begin = self.second;
        let mut told = Vec::new();
        while self.second < begin + seconds {
            self.second += 1;
            self.used.own_us += (own_pct * 10_000.0) as i64;
            let news = self.budget.see(Duration::from_secs(self.second), self.used);
            told.extend(news.map(|news| (self.second - begin, news)));
        }
        told
    }
}

fn steps(told: &[(u64, BudgetNews)]) -> Vec<Option<usize>> {
    told.iter().map(|(_, news)| news.step).collect()
}

#[test]
fn within_the_budget_nothing_is_given_up() {
    assert_eq!(Recorder::new(1.0).runs(3600, 0.9), []);
}

#[test]
fn above_it_a_step_is_taken_at_a_time_and_the_last_is_told_once() {
    let mut recorder = Recorder::new(1.0);
    let told = recorder.runs(600, 3.0);
    assert_eq!(steps(&told), [Some(1), Some(2), Some(3), Some(4), Some(5), None]);
    assert!(told.iter().all(|(_, news)| news.is_less && (2.9..3.1).contains(&news.used_pct)), "{told:?}");
    assert!(told.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 20), "each is given time to show: {told:?}");
    assert_eq!(recorder.budget.step(), STEPS.len() - 1);
}

#[test]
fn a_burst_shorter_than_the_window_is_no_reason() {
    let mut recorder = Recorder::new(1.0);
    recorder.runs(100, 0.1);
    assert_eq!(recorder.runs(3, 5.0), []);
    assert_eq!(recorder.runs(100, 0.1), []);
}

#[test]
fn a_step_is_taken_back_after_five_calm_minutes_and_later_each_time() {
    let mut recorder = Recorder::new(1.0);
    assert_eq!(steps(&recorder.runs(25, 1.5)), [Some(1)]);
    let told = recorder.runs(900, 0.5);
    assert_eq!(steps(&told), [Some(0)]);
    assert!((300..=350).contains(&told[0].0) && !told[0].1.is_less, "{told:?}");
    assert_eq!(steps(&recorder.runs(25, 1.5)), [Some(1)]);
    let told = recorder.runs(900, 0.5);
    assert!((600..=660).contains(&told[0].0), "{told:?}");
}

#[test]
fn a_busy_spell_is_forgotten_within_the_hour_however_many_there_were() {
    let mut recorder = Recorder::new(1.0);
    for spell in 0..10 {
        recorder.runs(300, 3.0);
        assert_eq!(recorder.budget.step(), STEPS.len() - 1, "{spell}");
        recorder.runs(1800, 0.1);
        assert_eq!(recorder.budget.step(), 0, "{spell}");
        recorder.runs(4 * 3600, 0.1);
    }
}

#[test]
fn a_step_that_is_always_taken_again_is_tried_once_an_hour() {
    let mut recorder = Recorder::new(1.0);
    recorder.runs(25, 1.5);
    let mut calm = Vec::new();
    for _ in 0..6 {
        let begin = recorder.second;
        while recorder.budget.step() > 0 {
            recorder.runs(1, 0.5);
        }
        calm.push((recorder.second - begin) / 60);
        // As soon as all is read again it is too much.
        while recorder.budget.step() == 0 {
            recorder.runs(1, 1.5);
        }
    }
    assert_eq!(calm, [5, 10, 20, 40, 60, 60]);
}

#[test]
fn what_barely_fits_is_not_taken_back() {
    let mut recorder = Recorder::new(1.0);
    recorder.runs(25, 1.5);
    assert_eq!(recorder.runs(3600, 0.8), []);
}

/// Sealing takes a third of a second of CPU every six minutes: by itself a hundredth of the budget.
#[test]
fn the_child_that_seals_is_counted_over_a_quarter_of_an_hour() {
    let mut recorder = Recorder::new(1.0);
    for _ in 0..10 {
        recorder.used.children_us += 300_000;
        assert_eq!(recorder.runs(360, 0.5), []);
    }
    recorder.used.children_us += 10_000_000;
    assert_eq!(steps(&recorder.runs(290, 0.5)), [Some(1)], "one step: what was used cannot be taken back");
}

/// Steps only ever read less, and name collectors that there are.
#[test]
#[cfg(target_os = "linux")]
fn each_step_reads_no_more_than_the_one_before() {
    let threads = vec![sysray::collect::Whose::Pid(1)];
    let settings = sysray::collect::Settings { threads, ..Default::default() };
    let names: Vec<&str> = sysray::collect::linux(&settings).iter().map(|c| c.name()).collect();
    for pair in STEPS.windows(2) {
        for (name, ticks) in pair[0] {
            let then = pair[1].iter().find(|(n, _)| n == name).expect("what was given up stays given up");
            assert!(then.1 >= *ticks);
        }
        assert!(pair[1].iter().all(|(name, ticks)| names.contains(name) && *ticks > 1));
    }
}
