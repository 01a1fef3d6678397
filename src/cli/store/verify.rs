//! `sysray store verify`.

use std::io::{self, Write};

use anyhow::Result;

use super::percent::Percent;
use crate::cli::args::Verify;
use crate::cli::status_line::human;
use crate::cli::{NotSound, place};
use crate::store;

/// Looks at a store: a line for each thing found, and one for the whole.
pub fn run(args: Verify) -> Result<()> {
    let root = place::store(args.place.store, args.place.config)?;
    let mut percent = Percent::new("verifying");
    let verified =
        store::verify(&root, args.deep, &mut |looked| percent.show(looked.bytes, looked.of_bytes))?;
    percent.done();
    let mut out = io::stdout().lock();
    for finding in &verified.findings {
        let sort = if finding.is_wrong { "finding" } else { "note   " };
        write!(out, "{sort}  {}: {}", finding.path.display(), finding.what)?;
        if !finding.way_out.is_empty() {
            write!(out, "; {}", finding.way_out)?;
        }
        writeln!(out)?;
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
