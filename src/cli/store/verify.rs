//! `sysray store verify`.

use std::io::{self, Write};

use anyhow::Result;

use crate::cli::args::Verify;
use crate::cli::percent::Percent;
use crate::cli::status_line::human;
use crate::cli::{NotSound, place};
use crate::store::{self, Proof, Proved};

/// Looks at a store: a line for each thing found, and one for the whole.
pub fn run(args: Verify) -> Result<()> {
    let root = place::store(args.place.store, args.place.config)?;
    let mut percent = Percent::new("verifying");
    let mut verified =
        store::verify(&root, args.deep, &mut |looked| percent.show(looked.bytes, looked.of_bytes))?;
    percent.done();
    let mut proof = Proof::default();
    if args.counters {
        let mut percent = Percent::new("adding up");
        proof = store::prove(&root, &mut |done, of| percent.show(done, of))?;
        percent.done();
        // What a look at files has told is not told again.
        proof.findings.retain(|found| !verified.findings.iter().any(|other| other.path == found.path));
        verified.findings.append(&mut proof.findings);
    }
    let mut out = io::stdout().lock();
    for finding in &verified.findings {
        let sort = if finding.is_wrong { "finding" } else { "note   " };
        write!(out, "{sort}  {}: {}", finding.path.display(), finding.what)?;
        if !finding.way_out.is_empty() {
            write!(out, "; {}", finding.way_out)?;
        }
        writeln!(out)?;
    }
    if args.counters && proof.tables.is_empty() {
        writeln!(out, "counters  nothing to add up: no row of `base` is there")?;
    }
    for table in &proof.tables {
        writeln!(out, "counters  {}", line(table))?;
    }
    let wrong = verified.findings.iter().filter(|finding| finding.is_wrong).count();
    writeln!(
        out,
        "{}: {}, {}, {} rows, {} ticks; {}, {}",
        if wrong == 0 { "sound" } else { "not sound" },
        super::counted(verified.files as usize, "file"),
        human(verified.bytes as f64),
        verified.rows,
        verified.ticks,
        super::counted(wrong, "finding"),
        super::counted(verified.findings.len() - wrong, "note"),
    )?;
    out.flush()?;
    if wrong > 0 {
        let what = format!("{} is not as it should be: {}", root.display(), super::counted(wrong, "finding"));
        return Err(NotSound(what).into());
    }
    Ok(())
}

/// What was proved of one table.
fn line(proved: &Proved) -> String {
    let Proved { host, table, counters, spans, unproved, wrong } = proved;
    let mut line = format!(
        "{table}/host={host}: {} proved over {}",
        super::counted(*counters as usize, "counter"),
        super::counted(*spans as usize, "span"),
    );
    if *wrong > 0 {
        line += &format!("; {} wrong", super::counted(*wrong as usize, "span"));
    }
    let why: Vec<String> = unproved.iter().map(|(why, spans)| format!("{spans} ({why})")).collect();
    if !why.is_empty() {
        line += &format!("; not provable: {}", why.join(", "));
    }
    line
}
