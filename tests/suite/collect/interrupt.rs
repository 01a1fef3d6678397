//! `interrupt` and `softirq`: the lines of each architecture, and what becomes of them from tick to tick.
//!
//! `Tree` is the helper: a host whose two files may change between ticks.

use std::fs;
use std::sync::Arc;

use sysray::collect::{Collector, Host, InterruptCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Interrupt;

use super::{HOSTS, collect, show};

#[test]
fn interrupts_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, InterruptCollector::default()) {
            Ok(sample) => [show(&sample.interrupt), show(&sample.softirq)].join("\n\n"),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("interrupt-{host}"), shown);
    }
}

struct Tree(tempfile::TempDir, InterruptCollector);

impl Tree {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("proc")).unwrap();
        Tree(dir, InterruptCollector::default())
    }

    fn tick(&mut self, interrupts: &str) -> Vec<Arc<Interrupt>> {
        fs::write(self.0.path().join("proc/interrupts"), interrupts).unwrap();
        let mut sample = Sample::default();
        self.1.collect(&mut Host::at(self.0.path()), &mut sample).unwrap();
        sample.interrupt.shared().to_vec()
    }
}

fn one(line: &str) -> Interrupt {
    let rows = Tree::new().tick(&format!("  CPU0 CPU1\n{line}\n"));
    assert_eq!(rows.len(), 1, "{line}");
    Interrupt::clone(&rows[0])
}

#[test]
fn what_a_source_is_is_told_in_the_words_of_each_kernel() {
    for (line, chip, number, trigger, devices) in [
        (" 4: 1 2  IO-APIC   4-edge      ttyS0", "IO-APIC", Some(4), "edge", "ttyS0"),
        (" 4: 1 2   IO-APIC-edge      ttyS0", "IO-APIC-edge", None, "", "ttyS0"),
        (
            "16: 1 2   IO-APIC-fasteoi   ehci_hcd:usb1, PCIe PME",
            "IO-APIC-fasteoi",
            None,
            "",
            "ehci_hcd:usb1, PCIe PME",
        ),
        ("36: 1 2  PCI-MSI 524288-edge      nvme0q0", "PCI-MSI", Some(524_288), "edge", "nvme0q0"),
        ("11: 1 2     GICv3  27 Level     arch_timer", "GICv3", Some(27), "level", "arch_timer"),
        (
            "18: 1 2  BRCM STB PCIe MSI 524288 Edge      nvme0q1",
            "BRCM STB PCIe MSI",
            Some(524_288),
            "edge",
            "nvme0q1",
        ),
        ("64: 1 2  xen-percpu    -virq      timer0", "xen-percpu", None, "virq", "timer0"),
        ("70: 1 2   xen-dyn    -event     8250, eth0-q0-tx", "xen-dyn", None, "event", "8250, eth0-q0-tx"),
        ("57: 1 2  PCI-MSIX-0000:00:01.0   3-edge      ", "PCI-MSIX-0000:00:01.0", Some(3), "edge", ""),
        ("58: 1 2      None", "", None, "", ""),
    ] {
        let row = one(line);
        let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_string();
        assert_eq!(
            (
                text(&row.chip).as_str(),
                row.hardware_irq,
                text(&row.trigger).as_str(),
                text(&row.devices).as_str()
            ),
            (chip, number, trigger, devices),
            "{line}"
        );
        assert_eq!((row.interrupts, row.description.as_deref(), &*row.cpus), (Some(3), None, "0-1"));
    }
    let row = one("LOC: 4294967295 4294967295   Local timer interrupts");
    assert_eq!(
        (row.interrupts, row.description.as_deref()),
        (Some(8_589_934_590), Some("Local timer interrupts"))
    );
    assert_eq!((row.chip, row.devices), (None, None));
    assert_eq!(one("ERR:          7").interrupts, Some(7));
}

#[test]
fn a_file_that_is_hidden_has_no_rows_and_one_that_says_something_else_is_an_error() {
    assert_eq!(Tree::new().tick("").len(), 0);
    let mut tree = Tree::new();
    fs::write(tree.0.path().join("proc/interrupts"), "garbage\n").unwrap();
    let error = tree.1.collect(&mut Host::at(tree.0.path()), &mut Sample::default()).unwrap_err();
    assert!(error.to_string().contains("names no CPUs"), "{error}");
}

#[test]
fn lines_that_stay_give_the_very_row_and_those_that_change_one_of_their_own() {
    let text = |second: &str| {
        format!("  CPU0 CPU1\n 1: 1 1  IO-APIC 1-edge  i8042\n{second}\n 9: 0 0  IO-APIC 9-fasteoi  acpi\n")
    };
    let mut tree = Tree::new();
    let first = tree.tick(&text(" 8: 0 5  IO-APIC 8-edge  rtc0"));
    let then = tree.tick(&text(" 8: 0 6  IO-APIC 8-edge  rtc0"));
    let is_same: Vec<bool> = first.iter().zip(&then).map(|(a, b)| Arc::ptr_eq(a, b)).collect();
    assert_eq!(is_same, [true, false, true]);
    assert_eq!(then[1].interrupts, Some(6));
    // The number has gone to another device.
    let other = tree.tick(&text(" 8: 0 7  IO-APIC 8-edge  ttyS1"));
    assert_eq!(
        (other.len(), other[1].devices.as_deref(), other[2].devices.as_deref()),
        (3, Some("ttyS1"), Some("acpi"))
    );
    assert_eq!(tree.tick(&text("")).len(), 2);
    // A CPU is offline: every sum is over others than before.
    let less = tree.tick("  CPU1\n 1: 1  IO-APIC 1-edge  i8042\n");
    assert_eq!((less.len(), &*less[0].cpus, less[0].interrupts), (1, "1", Some(1)));
}

#[test]
fn the_cpus_are_listed_as_the_kernel_lists_them() {
    let rows = Tree::new().tick(" CPU0 CPU1 CPU2 CPU5 CPU7 CPU8\n 1: 0 0 0 0 0 1  IO-APIC 1-edge  i8042\n");
    assert_eq!(&*rows[0].cpus, "0-2,5,7-8");
}

/// What this host's own files add up to.
#[test]
#[cfg(target_os = "linux")]
fn this_host_is_told_as_its_files_tell_it() {
    fn sums(file: &str) -> Vec<(String, i64)> {
        let text = fs::read_to_string(file).unwrap_or_default();
        let cpus = text.lines().next().unwrap_or_default().split_whitespace().count();
        let line = |line: &str| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap().trim_end_matches(':').to_string();
            (name, words.take(cpus).map_while(|word| word.parse::<i64>().ok()).sum())
        };
        text.lines().skip(1).map(line).collect()
    }
    let read = || (sums("/proc/interrupts"), sums("/proc/softirqs"));
    let (before, mut sample) = (read(), Sample::default());
    InterruptCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    let after = read();
    let found: Vec<(String, i64)> =
        sample.interrupt.iter().map(|row| (row.irq.to_string(), row.interrupts.unwrap())).collect();
    let softirqs: Vec<(String, i64)> =
        sample.softirq.iter().map(|row| (row.softirq.to_string(), row.softirqs.unwrap())).collect();
    for (found, before, after) in [(found, before.0, after.0), (softirqs, before.1, after.1)] {
        assert_eq!(found.len(), before.len());
        for ((one, least), most) in found.iter().zip(&before).zip(&after) {
            assert!(one.0 == least.0 && (least.1..=most.1).contains(&one.1), "{least:?} {one:?} {most:?}");
        }
    }
}
