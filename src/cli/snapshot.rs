//! `sysray snapshot`: one interval of this host, shown and not recorded.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use anyhow::{Result, bail};

use super::args::{Snapshot, SnapshotFormat};
use super::collectors;
use crate::collect::Settings;
use crate::export::prometheus::{self, Names};
use crate::export::{self, Format};
use crate::record::{Sampler, Tick};
use crate::schema::Stamp;
use crate::schema::rows::Recorder;
use crate::time::{Clock, SystemClock};

/// Takes two samples, and prints what happened between them.
pub fn run(args: Snapshot) -> Result<()> {
    if args.format == SnapshotFormat::Prometheus && !args.table.is_empty() {
        bail!("--table goes with json and csv; Prometheus picks metrics itself");
    }
    let clock = SystemClock::default();
    let set = collectors::set(args.collector, &Settings::of_one_interval());
    let mut inventory = set.inventory;
    let mut sampler = Sampler::new(set.host, &clock, set.each_tick);
    sampler.prime(Recorder::default());
    wait(&clock, args.interval);
    let mut tick = sampler.tick(Recorder::default(), true);
    let ts = clock.wall();
    let mut about = crate::schema::Sample::default();
    inventory.collect(sampler.host(), &mut about)?;
    for recorder in tick.rows.recorder.iter().filter(|r| r.error.is_some()) {
        eprintln!("sysray: {}: {}", recorder.collector, recorder.error.as_deref().unwrap_or_default());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        SnapshotFormat::Prometheus => {
            let names = if args.node_exporter_names { Names::NodeExporter } else { Names::Linted };
            let mut totals = tick.totals.take().unwrap_or_default();
            totals.host = about.host;
            prometheus::write(&totals, names, &mut out)?;
        }
        SnapshotFormat::Json | SnapshotFormat::Csv => {
            tick.rows.host = about.host;
            tables(&tick, Stamp { ts, tick: 1, interval_us: None }, &args, &mut out)?;
        }
    }
    Ok(out.flush()?)
}

/// Waits on the clock that intervals are measured with.
fn wait(clock: &dyn Clock, time: Duration) {
    let end = clock.monotonic() + time;
    while let Some(left) = end.checked_sub(clock.monotonic()).filter(|left| !left.is_zero()) {
        std::thread::sleep(left);
    }
}

fn tables(tick: &Tick, stamp: Stamp, args: &Snapshot, out: &mut dyn Write) -> Result<()> {
    let wanted = |name: &str| args.table.is_empty() || args.table.iter().any(|table| table == name);
    let mut first = true;
    let style = export::Options::default();
    let json = args.format == SnapshotFormat::Json;
    for (table, batch) in tick.batches(stamp).iter().filter(|(table, _)| wanted(table.name)) {
        if json {
            write!(out, "{}\n{:?}: ", if first { "{" } else { "," }, table.name)?;
            export::write(Format::Json, &batch.schema(), [batch], out, &style)?;
        } else {
            if !first {
                writeln!(out)?;
            }
            writeln!(out, "# {}", table.name)?;
            export::write(Format::Csv, &batch.schema(), [batch], out, &style)?;
        }
        first = false;
    }
    if json {
        writeln!(out, "{}", if first { "{}" } else { "}" })?;
    }
    Ok(())
}
