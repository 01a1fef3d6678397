//! Java processes by their command lines, and courses by their rows.

use sysray::time::Micros;
use sysray::tui::course::Course;
use sysray::tui::model::Java;

use super::made::{numbers, sheet, times, whole};
use super::{SECOND, START};

fn of(exe: Option<&str>, comm: Option<&str>, cmdline: Option<&str>) -> Option<Java> {
    Java::of(false, exe, comm, cmdline)
}

#[test]
fn a_java_process_is_known_by_its_executable() {
    let kafka = "/usr/bin/java -Xmx2g -Xms512m -XX:+UseG1GC -cp a:b kafka.Kafka server.properties";
    let java = of(Some("/usr/lib/jvm/bin/java"), Some("kafka"), Some(kafka)).unwrap();
    assert_eq!((java.heap_max, java.heap_min), (Some(2147483648.0), Some(536870912.0)));
    assert_eq!((java.collector, java.role.as_str()), (Some("G1"), "Kafka: kafka.Kafka"));
    let jar = of(None, Some("java"), Some("java -jar /srv/shop.jar --port 80")).unwrap();
    assert_eq!(jar.role, "shop.jar");
    assert_eq!(of(Some("/usr/bin/vim"), Some("vim"), Some("vim java.txt")), None);
    assert_eq!(of(Some("/usr/bin/javac-not"), Some("x"), None), None);
    assert!(of(Some("/opt/jdk/bin/java (deleted)"), Some("java"), None).is_some());
}

#[test]
fn a_program_with_a_virtual_machine_within_is_known_by_its_mapping() {
    let office = "/usr/lib/office/soffice.bin -Xmx256m --calc -jar sums.ods";
    let known =
        |is_jvm| Java::of(is_jvm, Some("/usr/lib/office/soffice.bin"), Some("soffice.bin"), Some(office));
    assert_eq!(known(false), None);
    let java = known(true).unwrap();
    assert_eq!((java.heap_max, java.role.as_str()), (Some(268435456.0), "soffice.bin"));
}

#[test]
fn a_spike_of_one_second_is_seen_in_a_week() {
    let (from, to) = (Micros(START), Micros(START + 604_800 * SECOND));
    let mut course = Course::new(from, to, 200);
    let seconds: Vec<i64> = (1..=604_800).step_by(60).collect();
    let ts: Vec<i64> = seconds.iter().map(|second| START + second * SECOND).collect();
    let means: Vec<Option<f64>> = vec![Some(5.0); ts.len()];
    let mut peaks = means.clone();
    peaks[5000] = Some(99.0);
    course.take_in(&sheet(vec![
        ("ts", times(&ts)),
        ("bucket_us", whole(&vec![60 * SECOND; ts.len()])),
        ("cpu", numbers(&means)),
        ("cpu_max", numbers(&peaks)),
    ]));
    assert_eq!(course.most("cpu"), Some(99.0));
    let spiked: Vec<_> = course.of("cpu").iter().filter(|span| span.unwrap() == (5.0, 99.0)).collect();
    assert_eq!(spiked.len(), 1);
    assert!(course.recorded.iter().all(|recorded| *recorded));
}

#[test]
fn a_gap_is_no_zero() {
    let (from, to) = (Micros(START), Micros(START + 100 * SECOND));
    let mut course = Course::new(from, to, 100);
    let ts: Vec<i64> =
        (1..=100).filter(|second| *second < 40 || *second > 60).map(|s| START + s * SECOND).collect();
    course.take_in(&sheet(vec![("ts", times(&ts)), ("cpu", numbers(&vec![Some(1.0); ts.len()]))]));
    assert_eq!(course.of("cpu")[45], None);
    assert!(!course.recorded[45] && course.recorded[10]);
}

#[test]
fn a_late_tick_and_the_end_of_a_range_are_no_gaps() {
    let mut course = Course::new(Micros(START), Micros(START + 2 * SECOND + SECOND / 2), 250);
    // The second one's interval was measured 33 ms too short, the third ends behind the range.
    course.take_in(&sheet(vec![
        ("ts", times(&[START + SECOND, START + 2 * SECOND, START + 3 * SECOND])),
        ("bucket_us", whole(&[SECOND, SECOND - 33_000, SECOND])),
    ]));
    assert!(course.recorded.iter().all(|recorded| *recorded));
    // A recording is known by whole seconds, and may end with an event behind its last sample.
    let mut course = Course::new(Micros(START), Micros(START + 2 * SECOND), 150);
    course.take_in(&sheet(vec![("ts", times(&[START + SECOND])), ("bucket_us", whole(&[SECOND]))]));
    assert!(course.recorded.iter().all(|recorded| *recorded));
    // Where one was missed altogether there is one.
    let mut course = Course::new(Micros(START), Micros(START + 4 * SECOND), 400);
    course.take_in(&sheet(vec![
        ("ts", times(&[START + SECOND, START + 4 * SECOND])),
        ("bucket_us", whole(&[SECOND, SECOND])),
    ]));
    assert_eq!(course.recorded.iter().filter(|recorded| !**recorded).count(), 150);
}
