//! `interrupt` from `/proc/interrupts` and `softirq` from `/proc/softirqs`: a line a source, a number a CPU.
//!
//! With many CPUs and sources the first is hundreds of kilobytes. So what a line says behind its numbers is
//! read once, and again where it is not what it was; of the rest nothing is kept but the row.

mod line;

use std::sync::Arc;

use line::{Heading, describe, lines};

use super::{Collector, Error, Host};
use crate::schema::rows::{Interrupt, Softirq};
use crate::schema::{Sample, Text};

/// Reads interrupts by source.
#[derive(Default)]
pub struct InterruptCollector {
    /// The first line, as it was.
    heading: String,
    /// The CPUs that it names.
    cpus: Option<Text>,
    /// A line each, in the kernel's order.
    sources: Vec<Source>,
    softirqs: Vec<Arc<Softirq>>,
}

/// A source, and what its line said behind the numbers.
struct Source {
    behind: String,
    row: Arc<Interrupt>,
}

impl Collector for InterruptCollector {
    fn name(&self) -> &'static str {
        "interrupt"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["interrupt", "softirq"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let path = host.proc_path("interrupts");
        // Where a container runtime hides the file it is there and empty.
        if let Some(text) = host.proc_if_any("interrupts")?.filter(|text| !text.trim().is_empty())
            && !self.interrupts(text, sample)
        {
            return Err(Error::Parse { path, what: "its first line names no CPUs".into() });
        }
        if let Some(text) = host.proc_if_any("softirqs")? {
            self.softirqs(text, sample);
        }
        Ok(())
    }
}

impl InterruptCollector {
    /// Adds a row a source; false where the heading says nothing.
    fn interrupts(&mut self, text: &str, sample: &mut Sample) -> bool {
        let Some(heading) = Heading::of(text) else { return false };
        if self.heading != heading.text || self.cpus.is_none() {
            self.heading = heading.text.into();
            self.cpus = Some(heading.list().into());
            self.sources.clear();
        }
        let cpus = self.cpus.clone().unwrap_or_default();
        let mut known = 0;
        for line in lines(text, heading.cpus) {
            let is_known =
                self.sources.get(known).is_some_and(|s| *s.row.irq == *line.name && s.behind == line.behind);
            if !is_known {
                let row = Interrupt { irq: line.name.into(), cpus: cpus.clone(), ..describe(&line) };
                self.sources.truncate(known);
                self.sources.push(Source { behind: line.behind.into(), row: Arc::new(row) });
            }
            let row = &mut self.sources[known].row;
            if row.interrupts != Some(line.total) {
                *row = Arc::new(Interrupt { interrupts: Some(line.total), ..Interrupt::clone(row) });
            }
            sample.interrupt.share(row.clone());
            known += 1;
        }
        self.sources.truncate(known);
        true
    }

    fn softirqs(&mut self, text: &str, sample: &mut Sample) {
        let Some(heading) = Heading::of(text) else { return };
        let mut known = std::mem::take(&mut self.softirqs).into_iter();
        for line in lines(text, heading.cpus) {
            let row = match known.next().filter(|row| *row.softirq == *line.name) {
                Some(row) if row.softirqs == Some(line.total) => row,
                Some(row) => Arc::new(Softirq { softirq: row.softirq.clone(), softirqs: Some(line.total) }),
                None => Arc::new(Softirq { softirq: line.name.into(), softirqs: Some(line.total) }),
            };
            self.softirqs.push(row.clone());
            sample.softirq.share(row);
        }
    }
}
