//! An answer that goes into a file, whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The file takes its name only when the answer is whole. One that is there stays, unless that is forced; a
/// device or a pipe is written to.
pub fn into_file(path: &Path, forced: bool, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => bail!("{} is a folder; name a file in it", path.display()),
        Ok(there) if !there.is_file() => {
            let file = File::options().write(true).open(path).with_context(|| path.display().to_string())?;
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            return Ok(out.flush()?);
        }
        Ok(_) if !forced => bail!("{} is there already; --force writes over it", path.display()),
        _ => {}
    }
    let mut name = path.file_name().context("-o names no file")?.to_os_string();
    name.push(format!(".tmp-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let file = File::create_new(&beside).with_context(|| beside.display().to_string())?;
    let mut out = BufWriter::new(file);
    let done = write(&mut out)
        .and_then(|()| out.flush().with_context(|| path.display().to_string()))
        .and_then(|()| std::fs::rename(&beside, path).with_context(|| path.display().to_string()));
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    done
}
