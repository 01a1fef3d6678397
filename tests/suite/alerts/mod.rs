//! Rules over rows that the test makes up, one second after the other.
//!
//! `Watched` is the one helper: it watches a rule, and says what is told of the rows that it is shown.

/// What a rule may be about.
mod about;
/// What a rule has run.
#[cfg(unix)]
mod commands;
/// The program: rules in a file, and a recording of this host.
mod program;
/// Rules that cannot be meant, and where that is told.
mod written;

use std::time::Duration;

use sysray::record::alerts::{Alerts, DEFAULTS, Rule, State, past};
use sysray::schema::Micros;
use sysray::schema::rows::{Disk, Event, Filesystem, Memory, Network, Process, Sample};

use crate::made::{SECOND, START};

pub struct Watched {
    alerts: Alerts,
    second: i64,
}

impl Watched {
    pub fn by(keys: &[(&str, &str)]) -> Watched {
        Watched::all(vec![rule("full", keys)])
    }

    fn all(rules: Vec<Rule>) -> Watched {
        Watched { alerts: Alerts::new(rules, "web1", "/srv/store".into()), second: 0 }
    }

    /// A second later, of a tick with these rows: the events that it tells.
    pub fn events(&mut self, sample: Sample) -> Vec<Event> {
        self.after(1, sample, true)
    }

    fn after(&mut self, seconds: i64, sample: Sample, is_read: bool) -> Vec<Event> {
        self.second += seconds;
        let now = Duration::from_secs(self.second as u64 + 1000);
        self.alerts.see(Micros(START + self.second * SECOND), now, &sample, |_| (Some(SECOND), is_read))
    }

    /// The same as lines: kind, severity, subject.
    pub fn sees(&mut self, sample: Sample) -> Vec<String> {
        self.events(sample).iter().map(line).collect()
    }

    /// Of one row each second, the seconds in which something was told, and what kind.
    fn goes(&mut self, seconds: impl IntoIterator<Item = Sample>) -> Vec<(i64, String)> {
        let mut told = Vec::new();
        for sample in seconds {
            let kinds = self.events(sample).into_iter().map(|event| event.kind.unwrap().to_string());
            told.extend(kinds.map(|kind| (self.second, kind)));
        }
        told
    }

    pub fn ends(self) -> Vec<Event> {
        self.alerts.close()
    }
}

pub fn rule(name: &str, keys: &[(&str, &str)]) -> Rule {
    Rule::read(name, |key| keys.iter().find(|(own, _)| *own == key).map(|(_, text)| *text)).unwrap()
}

fn line(event: &Event) -> String {
    let text = |text: &Option<sysray::schema::Text>| text.as_deref().unwrap_or("-").to_string();
    format!("{} {} {}", text(&event.kind), text(&event.severity), text(&event.subject))
}

fn message(events: &[Event]) -> &str {
    events[0].message.as_deref().unwrap()
}

/// Filesystems that are so full, in percent; `None`: nobody knows.
pub fn filesystems(filled: &[(&str, Option<i64>)]) -> Sample {
    let row = |(mount, used): &(&str, Option<i64>)| Filesystem {
        mount: (*mount).into(),
        total_bytes: Some(100),
        free_bytes: used.map(|used| 100 - used),
        available_bytes: used.map(|used| 100 - used),
        ..Filesystem::default()
    };
    Sample { filesystem: filled.iter().map(row).collect(), ..Sample::default() }
}

/// One that is so full, second by second.
fn filling(used: &[i64]) -> Vec<Sample> {
    used.iter().map(|used| filesystems(&[("/", Some(*used))])).collect()
}

fn is(told: &[(i64, String)], wanted: &[(i64, &str)]) {
    let told: Vec<(i64, &str)> = told.iter().map(|(second, kind)| (*second, kind.as_str())).collect();
    assert_eq!(told, wanted);
}

const WHEN: (&str, &str) = ("when", "filesystem.used_pct > 95");

#[test]
fn a_rule_is_raised_beyond_its_threshold_and_cleared_within() {
    is(
        &Watched::by(&[WHEN]).goes(filling(&[95, 96, 99, 95, 96])),
        &[(2, "alert"), (4, "alert_clear"), (5, "alert")],
    );
    for (when, raised) in [
        ("filesystem.used_pct >= 95", [false, true, true]),
        ("filesystem.used_pct > 95", [false, false, true]),
        ("filesystem.used_pct <= 95", [true, true, false]),
        ("filesystem.used_pct < 95%", [true, false, false]),
    ] {
        let is_raised = |used: &i64| !Watched::by(&[("when", when)]).goes(filling(&[*used])).is_empty();
        assert_eq!([94, 95, 96].iter().map(is_raised).collect::<Vec<_>>(), raised, "{when}");
    }
}

#[test]
fn events_say_what_the_value_is_and_for_how_long() {
    let mut host = Watched::by(&[WHEN, ("for", "2s"), ("severity", "critical"), ("about", "page the team")]);
    for _ in 0..2 {
        assert!(host.sees(filesystems(&[("/data", Some(97))])).is_empty());
    }
    let raised = host.events(filesystems(&[("/data", Some(98))]));
    assert_eq!(line(&raised[0]), "alert critical full /data");
    assert_eq!(message(&raised), "filesystem.used_pct of /data is 98 %, above 95 % for 2s: page the team");
    let detail: serde_json::Value = serde_json::from_str(raised[0].detail.as_deref().unwrap()).unwrap();
    assert_eq!(
        detail,
        serde_json::json!({
            "rule": "full", "when": "filesystem.used_pct > 95 %", "name": "/data", "entity": "/data",
            "value": 98.0, "since_us": START + SECOND,
        })
    );
    let cleared = host.events(filesystems(&[("/data", Some(50))]));
    assert_eq!(line(&cleared[0]), "alert_clear info full /data");
    assert_eq!(
        message(&cleared),
        "filesystem.used_pct of /data is 50 %, no longer above 95 %: over after 1s"
    );
    let detail: serde_json::Value = serde_json::from_str(cleared[0].detail.as_deref().unwrap()).unwrap();
    assert_eq!((&detail["value"], &detail["worst"]), (&serde_json::json!(50.0), &serde_json::json!(98.0)));
}

#[test]
fn the_worst_of_all_its_time_is_told_when_it_is_over() {
    for (when, filled, worst) in [
        ("filesystem.used_pct > 50", [60, 99, 70, 10], 99.0),
        ("filesystem.used_pct < 50", [40, 7, 30, 60], 7.0),
    ] {
        let mut host = Watched::by(&[("when", when)]);
        let mut events = Vec::new();
        for (second, sample) in filling(&filled).into_iter().enumerate() {
            events.extend(host.events(sample).into_iter().map(|event| (Micros(second as i64), event)));
        }
        let told = past(&"web1".into(), events.iter().map(|(ts, event)| (*ts, event)));
        assert_eq!((told.len(), told[0].state, told[0].worst), (1, State::Cleared, Some(worst)), "{when}");
        assert_eq!(told[0].since, Some(Micros(START + SECOND)));
        // Until then it is what it was raised by.
        let raised = past(&"web1".into(), events[..1].iter().map(|(ts, event)| (*ts, event)));
        assert_eq!(raised[0].worst, Some(f64::from(filled[0] as i32)));
    }
}

#[test]
fn it_has_to_hold_for_its_time() {
    let mut host = Watched::by(&[WHEN, ("for", "3s")]);
    is(&host.goes(filling(&[96, 96, 96, 90, 96, 96, 96, 96, 96])), &[(8, "alert")]);
}

#[test]
fn between_the_two_thresholds_it_stays_what_it_is() {
    let keys = [WHEN, ("clear", "90"), ("for", "2s")];
    // Raised is what crossed the first and did not come back to the second.
    is(&Watched::by(&keys).goes(filling(&[96, 93, 96, 93, 91, 90])), &[(3, "alert"), (6, "alert_clear")]);
    // What holds is raised by a value that is beyond the first, and by no other.
    is(&Watched::by(&keys).goes(filling(&[93, 93, 93, 96, 93, 93, 93, 96])), &[(8, "alert")]);
    // Downwards it is the other way round.
    let low = [("when", "filesystem.used_pct < 10"), ("clear", "20")];
    is(&Watched::by(&low).goes(filling(&[15, 9, 15, 19, 20])), &[(2, "alert"), (5, "alert_clear")]);
}

#[test]
fn it_is_cleared_when_it_was_over_for_its_time() {
    let mut host = Watched::by(&[WHEN, ("clear_for", "2s")]);
    is(&host.goes(filling(&[96, 90, 96, 90, 90, 96, 90, 90, 90])), &[(1, "alert"), (9, "alert_clear")]);
}

#[test]
fn what_is_unknown_neither_raises_nor_clears() {
    let of = |used: &Option<i64>| filesystems(&[("/", *used)]);
    let known = [None, Some(96), None, None, Some(96), None, None, Some(90)];
    is(&Watched::by(&[WHEN]).goes(known.iter().map(of)), &[(2, "alert"), (8, "alert_clear")]);
    // A device that did nothing has no latency: that is no 0.
    let disk = |us: Option<i64>| {
        let row = Disk {
            device: "sda".into(),
            reads: Some(us.map_or(0, |_| 1)),
            writes: Some(0),
            read_us: us.or(Some(0)),
            write_us: Some(0),
            ..Disk::default()
        };
        Sample { disk: vec![row].into(), ..Sample::default() }
    };
    let mut host = Watched::by(&[("when", "disk.latency_us > 500ms")]);
    is(&host.goes([Some(900_000), None, None, Some(1000)].map(disk)), &[(1, "alert"), (4, "alert_clear")]);
}

#[test]
fn what_is_gone_is_cleared_and_what_was_not_read_is_not() {
    let both = || filesystems(&[("/", Some(99)), ("/mnt", Some(99))]);
    let mut host = Watched::by(&[WHEN]);
    assert_eq!(host.sees(both()), ["alert warning full /", "alert warning full /mnt"]);
    // Between two reads of a table there are no rows of it.
    assert!(host.after(1, Sample::default(), false).is_empty());
    let gone = host.events(filesystems(&[("/", Some(99))]));
    assert_eq!(line(&gone[0]), "alert_clear info full /mnt");
    assert_eq!(message(&gone), "filesystem.used_pct of /mnt is not there any more: over after 2s");
    // Of one that was read there may be none left at all.
    assert_eq!(host.sees(Sample::default()), ["alert_clear info full /"]);
    // One that was not raised yet is forgotten, and begins anew.
    let mut host = Watched::by(&[WHEN, ("for", "2s")]);
    let there = || filesystems(&[("/", Some(99))]);
    is(&host.goes([there(), there(), filesystems(&[]), there(), there(), there()]), &[(6, "alert")]);
}

#[test]
fn rows_of_a_pace_of_their_own_are_waited_for() {
    let interface = |netns: Option<&str>, dropped: i64| Network {
        interface: "eth0".into(),
        netns: netns.map(|name| name.parse().unwrap()),
        rx_dropped: Some(dropped),
        interval_us: Some(10 * SECOND),
        ..Network::default()
    };
    let sample = |rows: Vec<Network>| Sample { network: rows.into(), ..Sample::default() };
    let mut host = Watched::by(&[("when", "network.rx_dropped_per_s > 5")]);
    // A hundred in ten seconds are ten a second, whatever the tick's interval is.
    let raised = host.events(sample(vec![interface(None, 0), interface(Some("42"), 100)]));
    assert_eq!(message(&raised), "network.rx_dropped_per_s of eth0 42 is 10 a second, above 5");
    for _ in 0..59 {
        assert!(host.sees(sample(vec![interface(None, 0)])).is_empty());
    }
    assert_eq!(host.sees(sample(vec![interface(None, 0)])), ["alert_clear info full eth0 42"]);
}

#[test]
fn of_many_that_are_due_some_are_raised_later_and_no_more_are_followed_than_is_said() {
    let processes = |many: i64| {
        let row = |pid| Process { pid, cpu_us: Some(SECOND), ..Process::default() };
        Sample { process: (0..many).map(row).collect(), ..Sample::default() }
    };
    let mut host = Watched::by(&[("when", "process.cpu_pct > 50")]);
    let told = host.events(processes(1000));
    let errors: Vec<&str> = told
        .iter()
        .filter(|e| e.kind.as_deref() == Some("error"))
        .map(|e| e.message.as_deref().unwrap())
        .collect();
    assert_eq!((told.len(), errors.len()), (32, 2), "{errors:?}");
    assert!(
        errors[0].contains("more than 30 are due") && errors[1].contains("more than 256 at once"),
        "{errors:?}"
    );
    assert!(host.events(processes(1000)).is_empty(), "each is said once");
    assert_eq!(host.after(60, processes(1000), true).len(), 31);
    // Only what was raised is cleared.
    assert_eq!(host.events(processes(0)).len(), 60);
    assert_eq!(host.after(60, processes(3), true).len(), 3);
}

#[test]
fn each_default_can_be_meant_and_says_why_it_is_there() {
    for default in &DEFAULTS {
        let rule = rule(default.name, default.keys);
        assert!(rule.is_enabled && rule.command.is_empty() && default.reason.len() > 20, "{}", default.name);
        let is_flat =
            rule.lasts.is_zero() && rule.clear_lasts.is_zero() && rule.clear == rule.condition.threshold;
        assert!(!is_flat, "{} would flap", default.name);
    }
    // Once for all kills within ten minutes, and for no host without any.
    let oom = DEFAULTS.iter().find(|default| default.name == "oom_kill").unwrap();
    let mut host = Watched::by(oom.keys);
    let memory = |kills: i64| Sample {
        memory: vec![Memory { oom_kills: Some(kills), ..Memory::default() }].into(),
        ..Sample::default()
    };
    let kills = (0..900).map(|second| memory(i64::from(second == 100 || second == 200)));
    is(&host.goes(kills), &[(101, "alert"), (801 + 1, "alert_clear")]);
}

#[test]
fn a_rule_that_is_switched_off_is_not_watched() {
    assert!(Watched::by(&[WHEN, ("enabled", "false")]).goes(filling(&[99])).is_empty());
}

#[test]
fn what_is_raised_when_a_recording_ends_is_neither_raised_nor_cleared_after() {
    let mut host = Watched::by(&[WHEN]);
    let mut events = host.events(filesystems(&[("/", Some(99)), ("/a", Some(99)), ("/b", Some(99))]));
    events.extend(host.events(filesystems(&[("/", Some(99)), ("/a", Some(9)), ("/b", Some(99))])));
    let of = |events: &[Event]| {
        let stamped = events.iter().zip(1..).map(|(event, second)| (Micros(second * SECOND), event));
        let told = past(&"web1".into(), stamped);
        told.into_iter()
            .map(|past| (past.name, past.state, past.until.map(|ts| ts.0 / SECOND)))
            .collect::<Vec<_>>()
    };
    let [b, a, root] = ["/b", "/a", "/"].map(String::from);
    assert_eq!(
        of(&events),
        [
            (b.clone(), State::Raised, None),
            (a.clone(), State::Cleared, Some(4)),
            (root.clone(), State::Raised, None)
        ]
    );
    // One that was killed could not say when it ended.
    for (kind, until) in [("stop", Some(5)), ("start", None)] {
        let end = [events.clone(), vec![Event::about(kind, Event::INFO, "recorder", "")]].concat();
        assert_eq!(
            of(&end),
            [
                (b.clone(), State::Ended, until),
                (a.clone(), State::Cleared, Some(4)),
                (root.clone(), State::Ended, until)
            ]
        );
    }
}
