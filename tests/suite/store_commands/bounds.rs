//! What `status`, `prune` and `compact` say of the bounds, and do about them.

use std::time::Duration;

use sysray::store::{Bound, Class, Keep, Policy, reaches};

use super::{Kept, Sysray, contents, ticks};

#[test]
fn a_dry_run_says_what_would_go_and_touches_nothing() {
    let kept = Kept::usual();
    let before = contents(kept.root());
    // The recording is years old by the clock of this machine or will be soon; process rows go at once.
    let bounds = ["--keep", "3650d", "--keep-process", "1s", "--min-free", "0"];
    let dry =
        Sysray::new(&[&["store", "prune", "--dry-run"], &bounds[..]].concat()).store(kept.root()).prints();
    assert_eq!(contents(kept.root()), before);
    let sealed = kept.files("/process/").len();
    assert_eq!(
        dry.lines().filter(|line| line.contains("older than --keep-process")).count(),
        sealed,
        "{dry}"
    );
    assert!(dry.lines().last().unwrap().contains("would go"), "{dry}");
    let done = Sysray::new(&[&["store", "prune"], &bounds[..]].concat()).store(kept.root()).prints();
    assert_eq!(dry.replace("would go", "gone"), done, "what was said is what was done");
    assert!(kept.files("/process/").is_empty());
    assert_eq!(ticks(kept.root(), "system").len(), 48);
    assert!(kept.found(true).is_empty(), "what was given up is not missed");
}

#[test]
fn compact_says_what_it_did() {
    let kept = Kept::usual();
    let bounds = ["store", "compact", "--rotate", "hourly", "--keep", "3650d", "--min-free", "0"];
    let said = Sysray::new(&bounds).store(kept.root()).prints();
    assert!(said.contains("1 part sealed") && said.contains("before") && said.contains("after"), "{said}");
    assert!(kept.files(".part").is_empty());
    assert_eq!(ticks(kept.root(), "system"), (1..=48).collect::<Vec<_>>());
    let (code, said) = Sysray::new(&["store", "compact", "--host", "nobody"]).store(kept.root()).fails();
    assert!(code == 1 && said.contains("nobody") && said.contains(super::HOSTNAME), "{said}");
}

#[test]
fn maintenance_by_two_is_refused_in_one_line() {
    let kept = Kept::usual();
    let _held = sysray::store::Lock::maintenance(&sysray::store::Folder::at(kept.root())).unwrap().unwrap();
    for words in [&["store", "compact"][..], &["store", "prune"]] {
        let (code, said) = Sysray::new(words).store(kept.root()).fails();
        assert!(code == 1 && said.lines().count() == 1 && said.contains("maintained by another"), "{said}");
    }
}

#[test]
fn the_status_says_how_far_the_store_will_reach_and_what_ends_it() {
    let kept = Kept::usual();
    let said = Sysray::new(&["store", "status", "--max-size", "8MiB", "--min-free", "0"])
        .store(kept.root())
        .prints();
    for word in ["of at most 8.0 MiB", "free", "growth", "process rows", "other rows", "back, then --"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn what_is_worth_least_gives_way_first() {
    let day = Duration::from_secs(86_400);
    let keep = Keep { process: 3 * day, raw: 14 * day, minute: 90 * day, hour: 400 * day };
    let policy = Policy { keep, ..Policy::default() };
    let rates = [(Class::Process, 100.0), (Class::Raw, 10.0)];
    let told = |size: f64, disk: f64| -> Vec<(f64, Bound)> {
        reaches(&rates, &policy, size, disk).iter().map(|reach| (reach.days, reach.bound)).collect()
    };
    assert_eq!(told(1000.0, 1000.0), [(3.0, Bound::Age), (14.0, Bound::Age)]);
    assert_eq!(told(340.0, 1000.0), [(2.0, Bound::Size), (14.0, Bound::Age)]);
    assert_eq!(told(1000.0, 240.0), [(1.0, Bound::Free), (14.0, Bound::Age)]);
    assert_eq!(told(70.0, 1000.0), [(0.0, Bound::Size), (7.0, Bound::Size)]);
}
