//! `sysray store recover`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use jiff::tz::TimeZone;

use crate::cli::args::Recover;
use crate::store;
use crate::time::show;

/// Makes a store of what can be read of a part, and says what that is.
pub fn run(args: Recover) -> Result<()> {
    let target = args.output.unwrap_or_else(|| {
        let mut name = args.file.clone().into_os_string();
        name.push(".recovered");
        PathBuf::from(name)
    });
    let recovered = store::recover(&args.file, &target)?;
    let (zone, (from, to)) = (TimeZone::system(), recovered.extent);
    let mut out = io::stdout().lock();
    writeln!(out, "store     {}", target.display())?;
    writeln!(out, "host      {}", recovered.host)?;
    writeln!(out, "range     {} to {}", show(from, &zone), show(to, &zone))?;
    let rows: u64 = recovered.rows.iter().map(|(_, rows)| rows).sum();
    writeln!(out, "read      {} ticks, {rows} rows of {} tables", recovered.ticks, recovered.rows.len())?;
    let damage = recovered.damage;
    let mut lost = Vec::new();
    if damage.lost_bytes > 0 {
        lost.push(format!("{} bytes that are part of no whole tick", damage.lost_bytes));
    }
    if damage.lost_tables > 0 {
        lost.push(format!("{} tables of ticks that do not fit their check", damage.lost_tables));
    }
    if damage.torn_bytes > 0 {
        lost.push(format!("{} bytes at the end, of a tick that was cut off", damage.torn_bytes));
    }
    if !recovered.unknown.is_empty() {
        lost.push(format!("tables that this version cannot read: {}", recovered.unknown.join(", ")));
    }
    if damage.headless {
        writeln!(out, "header    damaged; the tables of this version were assumed")?;
    }
    writeln!(out, "lost      {}", if lost.is_empty() { "nothing".into() } else { lost.join("; ") })?;
    Ok(())
}
