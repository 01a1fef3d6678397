//! Reports over a made-up recording whose numbers can be worked out by hand.

#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};
use recording::Recording;
use serde_json::{Value, json};
use story::story;
use sysray::report::{Error, Measure, Options, Report, Resource, gather, json, markdown, text};
use sysray::time::{Micros, Range};
use unicode_width::UnicodeWidthStr;

mod recording;
mod replay;
mod story;

const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;
const HOST: &str = "db-1";

/// `seconds` after 13:00 UTC, which is 14:00 in the reports.
fn at(seconds: i64) -> String {
    let ts: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
    (ts + SignedDuration::from_secs(seconds)).to_string()
}

fn micros(seconds: i64) -> Micros {
    Micros(at(seconds).parse::<Timestamp>().unwrap().as_microsecond())
}

fn options(range: Range) -> Options {
    Options { host: None, range, zone: TimeZone::fixed(tz::offset(1)), held: vec![] }
}

fn report(recording: &Recording) -> Result<Report, Error> {
    gather(&recording.answer(), &options(Range::ALL))
}

/// Ends a table cell and a code span, breaks the line, colours the terminal, turns the writing.
const HOSTILE: &str = "sh -c 'a | b \\| c'\n\u{1b}[31m``<script>alert(1)</script>` @all\u{202e}txt";

static STORY: LazyLock<Report> = LazyLock::new(|| report(&story()).unwrap());

fn resource(name: &str) -> &'static Resource {
    let told = |r: &&Resource| format!("{} {}", json!(r.kind).as_str().unwrap(), r.name).trim() == name;
    STORY.resources.iter().find(told).unwrap_or_else(|| panic!("no resource {name}"))
}

fn measure(name: &str, measure: &str) -> &'static Measure {
    let resource = resource(name);
    let mut all = resource.utilisation.iter().chain(&resource.saturation);
    all.find(|m| m.measure == measure).unwrap_or_else(|| panic!("no measure {measure} of {name}"))
}

fn figures(m: &Measure) -> [f64; 4] {
    [m.p50, m.p95, m.p99, m.max].map(|x| (x * 1e6).round() / 1e6)
}

fn assert_fits_the_page(paper: &str) {
    let wide: Vec<&str> = paper.lines().filter(|line| line.width() > 100).collect();
    assert!(wide.is_empty(), "wider than the page: {wide:#?}");
}

fn versionless(paper: String) -> String {
    paper.replace(&format!("reported by {}", env!("CARGO_PKG_VERSION")), "reported by VERSION")
}

#[test]
fn text_of_the_story() {
    let paper = versionless(text(&STORY));
    assert_fits_the_page(&paper);
    insta::assert_snapshot!("report-text", paper);
}

#[test]
fn markdown_of_the_story() {
    insta::assert_snapshot!("report-markdown", versionless(markdown(&STORY)));
}

#[test]
fn json_of_the_story() {
    let mut model: Value = serde_json::from_str(&json(&STORY)).unwrap();
    assert_eq!(model["sysray_version"], env!("CARGO_PKG_VERSION"));
    model["sysray_version"] = "VERSION".into();
    insta::assert_snapshot!("report-json", serde_json::to_string_pretty(&model).unwrap());
}

#[test]
fn quality_counts_what_is_missing() {
    let quality = &STORY.quality;
    assert_eq!((quality.samples, quality.expected_samples), (90, Some(100)));
    assert_eq!(quality.coverage_pct, Some(90.0));
    assert_eq!(quality.nominal_interval_us, Some(1_000_000));
    assert_eq!(quality.max_interval_us, Some(11_000_000));
    assert_eq!(quality.accounted_us, Some(100_000_000));
    let [gap] = quality.gaps.as_slice() else { panic!("{:?}", quality.gaps) };
    assert_eq!((gap.begin.micros(), gap.end.micros()), (micros(40), micros(50)));
    assert_eq!((gap.length_us, gap.missed_samples), (10_000_000, 10));
    assert_eq!(gap.cause.as_deref(), Some("gap: the recorder was not running"));
    assert_eq!(quality.failures[0].errors, Some(1));
}

#[test]
fn alerts_are_those_of_the_range_with_the_worst_that_is_known() {
    let told = |report: &Report| -> Vec<(String, String, Option<f64>)> {
        report.alerts.iter().map(|a| (a.rule.clone(), a.state.clone(), a.worst)).collect()
    };
    let busy = |state: &str, worst| ("disk_busy".to_string(), state.to_string(), Some(worst));
    let full = || ("full".to_string(), "raised".to_string(), Some(100.0));
    assert_eq!(told(&STORY), [busy("cleared", 99.5), full()]);
    assert_eq!(STORY.alerts[0].since.as_ref().unwrap().micros(), micros(61));
    assert_eq!(STORY.alerts[0].until.as_ref().unwrap().micros(), micros(74));
    assert_eq!(STORY.alerts[1].until, None);
    // One that was raised before and is over within; one that is over only after; none that is over before.
    for (range, alerts) in [
        ((72, 80), vec![busy("cleared", 99.5)]),
        ((60, 72), vec![busy("raised", 91.5)]),
        ((76, 90), vec![]),
        ((96, 100), vec![full()]),
    ] {
        let range = Range { from: Some(micros(range.0)), to: Some(micros(range.1)) };
        assert_eq!(told(&gather(&story().answer(), &options(range)).unwrap()), alerts, "{range:?}");
    }
    // What a recorder that was killed had raised is told where it was raised, and not for ever after.
    let mut killed = story();
    killed.add("event", HOST, &at(97), None, json!({ "kind": "start", "severity": "info" }));
    let (before, after) =
        (Range { from: Some(micros(90)), to: None }, Range { from: Some(micros(98)), to: None });
    let report = gather(&killed.answer(), &options(before)).unwrap();
    assert_eq!((report.alerts[0].state.as_str(), &report.alerts[0].until), ("ended", &None));
    assert!(gather(&killed.answer(), &options(after)).unwrap().alerts.is_empty());
}

#[test]
fn percentiles_weigh_by_time() {
    // 40 s at 10 %, 11 s at 20 % in one sample, 48 s at 90 %, 1 s at 100 %.
    let busy = measure("cpu", "busy_pct");
    assert_eq!(figures(busy), [20.0, 90.0, 90.0, 100.0]);
    assert_eq!((busy.samples, busy.max_at.micros()), (90, micros(77)));
    // What stood at an instant counts by samples: 41 of none, 49 of 5 - 1 - 2.
    assert_eq!(figures(measure("cpu", "queued_tasks")), [2.0; 4]);
    assert_eq!(figures(measure("cpu", "cpu_some_pct")), [0.0, 25.0, 25.0, 25.0]);
}

#[test]
fn each_resource_has_its_numbers() {
    assert_eq!(figures(measure("memory", "used_pct")), [25.0; 4]);
    assert_eq!(figures(measure("disk vda", "busy_pct")), [1.0, 100.0, 100.0, 100.0]);
    assert_eq!(figures(measure("disk vda", "queue_length")), [0.0, 4.0, 4.0, 4.0]);
    let latency = measure("disk vda", "latency_us");
    assert_eq!((figures(latency), latency.samples), ([12_000.0; 4], 10));
    assert_eq!(figures(measure("filesystem /", "used_pct")), [75.0, 100.0, 100.0, 100.0]);
    assert_eq!(measure("filesystem /", "used_pct").max_at.micros(), micros(91));
    assert_eq!(figures(measure("network eth0", "utilisation_pct")), [1.0; 4]);
    assert_eq!(figures(measure("network eth0", "bytes_per_s")), [1_750_000.0; 4]);
    assert_eq!(figures(measure("network eth0", "dropped_per_s")), [0.0, 0.0, 0.0, 3.0]);
    assert_eq!(figures(measure("tcp", "tcp_retransmit_pct")), [0.5; 4]);
    assert_eq!(figures(measure("kernel_table tasks", "used_pct")), [0.5; 4]);
    let names: Vec<&str> = STORY.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["", "", "", "vda", "/", "eth0", "", "open files", "tasks"]);
}

#[test]
fn errors_are_counted_or_unknown() {
    let counts = |name: &str| -> Vec<(&str, Option<i64>)> {
        resource(name).errors.iter().map(|e| (e.measure.as_str(), e.count)).collect()
    };
    assert_eq!(counts("cpu"), [("thermal_throttles", None)]);
    assert_eq!(counts("memory"), [("oom_kills", Some(1))]);
    assert_eq!(counts("disk vda"), []);
    assert_eq!(counts("filesystem /"), [("turned_read_only", Some(1))]);
    assert_eq!(counts("network eth0"), [("carrier_changes", Some(0)), ("errors", Some(0))]);
    assert!(counts("tcp").contains(&("tcp_retransmits", Some(90))));
}

#[test]
fn processes_are_ranked_over_the_range() {
    let processes = &STORY.processes;
    let pids = |list: &[sysray::report::Process]| list.iter().map(|p| p.pid).collect::<Vec<_>>();
    assert_eq!(pids(&processes.by_cpu), [4242, 810, 666, 17]);
    assert_eq!(pids(&processes.by_memory), [4242, 810, 900, 666]);
    assert_eq!(pids(&processes.by_io), [900, 810]);
    let hog = &processes.by_cpu[0];
    // 49 samples of 0.95 s, of 100 s.
    assert_eq!(hog.cpu_seconds.map(|s| (s * 1e3).round()), Some(46_550.0));
    assert_eq!(hog.cpu_pct.map(|pct| (pct * 1e3).round()), Some(46_550.0));
    assert_eq!((hog.rss_max_bytes, hog.rss_growth_bytes), (Some(590 * MIB), Some(490 * MIB)));
    assert_eq!((hog.read_bytes, hog.samples), (None, 50));
    assert_eq!(processes.by_io[0].write_bytes, Some(180 * MIB));
}

#[test]
fn a_range_that_was_asked_for_counts_what_it_lacks() {
    let range = Range { from: Some(micros(-20)), to: Some(micros(120)) };
    let report = gather(&story().answer(), &options(range)).unwrap();
    assert_eq!(report.quality.expected_samples, Some(140));
    let lengths: Vec<i64> = report.quality.gaps.iter().map(|g| g.length_us / 1_000_000).collect();
    assert_eq!(lengths, [20, 10, 20]);
    let part = Range { from: Some(micros(60)), to: Some(micros(70)) };
    let report = gather(&story().answer(), &options(part)).unwrap();
    assert_eq!((report.quality.samples, report.quality.gaps.len()), (10, 0));
    let hog = &report.processes.by_cpu[0];
    assert_eq!((hog.pid, hog.cpu_pct.map(f64::round)), (4242, Some(95.0)));
}

#[test]
fn nothing_recorded_is_an_error() {
    let error = report(&Recording::default()).unwrap_err();
    assert!(matches!(error, Error::Empty(_)));
    let late = Range { from: Some(micros(500)), to: None };
    let error = gather(&story().answer(), &options(late)).unwrap_err();
    insta::assert_snapshot!(error, @"nothing was recorded after 2026-11-22T14:08:20+01:00; `sysray query 'select min(ts), max(ts) from system'` tells what was");
}

#[test]
fn a_single_sample_of_little_is_a_report() {
    let mut one = Recording::default();
    one.add("system", HOST, &at(1), None, json!({}));
    one.add("cpu", HOST, &at(1), None, json!({ "runnable": 1, "online": 2 }));
    insta::assert_snapshot!("report-single-sample", versionless(text(&report(&one).unwrap())));
}

#[test]
fn several_hosts_need_a_choice() {
    let mut fleet = story();
    fleet.add("system", "it's-2", &at(1), Some(1_000_000), json!({}));
    let error = report(&fleet).unwrap_err();
    insta::assert_snapshot!(error, @"the recording holds several hosts; choose one with --host: db-1, it's-2");
    let chosen = |host: &str| {
        let options = Options { host: Some(host.into()), ..options(Range::ALL) };
        gather(&fleet.answer(), &options)
    };
    assert_eq!(chosen("it's-2").unwrap().quality.samples, 1);
    assert_eq!(chosen(HOST).unwrap().quality.samples, 90);
    insta::assert_snapshot!(
        chosen("db-3").unwrap_err(),
        @"nothing was recorded of host db-3 in the range; there is: db-1, it's-2"
    );
}

#[test]
fn hostile_names_stay_names() {
    let plain = text(&STORY);
    assert!(plain.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')));
    let marked = markdown(&STORY);
    assert!(marked.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')));
    let row = marked.lines().find(|line| line.contains("script")).unwrap();
    let outside = row.replace("\\|", "");
    assert_eq!(outside.matches('|').count(), 7, "{row}");
    let fence = "```";
    assert_eq!(row.matches(fence).count(), 2, "{row}");
    let back: Value = serde_json::from_str(&json(&STORY)).unwrap();
    assert_eq!(back["processes"]["by_cpu"][2]["cmdline"], HOSTILE);
}

#[test]
fn large_numbers_and_long_names_fit_the_page() {
    let mut large = Recording::default();
    let mount = "/var/lib/kubelet/pods/0b1c/volumes/kubernetes.io~csi/pvc-1/mount";
    for (index, hour) in (0..60).enumerate() {
        let mut add = |table: &str, columns: Value| {
            large.add(table, HOST, &at(hour * 3600 + 1), Some(1_000_000), columns);
        };
        let second = index as i64;
        add(
            "system",
            json!({ "threads": 4_000_000, "tasks_limit": 4_194_304, "tcp_established": 1_234_567 }),
        );
        add("memory", json!({ "oom_kills": 100_000_000_000_i64, "swap_out_bytes": 900 * GIB * 1024 }));
        add(
            "disk",
            json!({ "device": "mapper/集群-存储-卷-一二三四五", "disk_seq": 1, "counted": true,
            "model": "m".repeat(200), "reads": 1, "writes": 0, "read_us": 1_999_999_999, "write_us": 0,
            "queue_us": 1_999_999_999_999_i64 }),
        );
        add(
            "filesystem",
            json!({ "mount": mount, "device": "/dev/rbd0", "fstype": "xfs", "total_bytes": 4096 * GIB,
            "free_bytes": second, "available_bytes": second }),
        );
        add(
            "process",
            json!({ "pid": 4_194_303, "start_time": at(0), "username": "a-user-with-a-long-name",
            "comm": "集群".repeat(40), "cpu_us": 64_000_000_000_i64, "rss_bytes": 1023 * GIB,
            "read_bytes": 1023 * GIB, "write_bytes": 1023 * GIB }),
        );
        if hour < 3 {
            large.add("system", HOST, &at(hour * 3600 + 2), Some(1_000_000), json!({}));
        }
    }
    let report = report(&large).unwrap();
    assert_eq!(report.quality.gaps.len(), 59);
    let paper = versionless(text(&report));
    assert_fits_the_page(&paper);
    insta::assert_snapshot!("report-large", paper);
}
