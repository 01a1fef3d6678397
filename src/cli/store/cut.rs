//! `sysray store cut`.

use std::io::{self, Write};

use anyhow::{Result, bail};

use crate::cli::args;
use crate::cli::percent::Percent;
use crate::cli::status_line::human;
use crate::cli::{NothingRecorded, place, when};
use crate::store::{self, Cut};

/// Makes a store of its own of a range.
pub fn run(args: args::Cut) -> Result<()> {
    let root = place::store(args.place.store, args.place.config)?;
    for host in &args.host {
        super::hosts(&root, Some(host.clone()))?;
    }
    let when = when::when(&root, &args.range)?;
    let asked = Cut { range: when.range, hosts: args.host, redact: args.redact };
    let mut percent = Percent::new("cutting");
    let cut = store::cut(&root, &args.output, &asked, &mut |done, of| percent.show(done, of))?;
    percent.done();
    for (path, why) in &cut.left_out {
        eprintln!("sysray: left out {}: {why}", path.display());
    }
    if cut.rows == 0 {
        let nothing = format!("no row of {} lies in the range; nothing was made", root.display());
        return Err(NothingRecorded(nothing).into());
    }
    writeln!(
        io::stdout(),
        "{}: {} rows in {} of {}, {}",
        args.output.display(),
        cut.rows,
        super::counted(cut.files as usize, "file"),
        super::listed(&cut.hosts),
        human(cut.bytes as f64)
    )?;
    if !cut.left_out.is_empty() {
        bail!("{} could not be read and was left out", super::counted(cut.left_out.len(), "file"));
    }
    Ok(())
}
