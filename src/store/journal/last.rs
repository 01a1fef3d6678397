//! The totals that a recording ended with: `journal/host=<host>/last.totals`, a part of one frame
//! without rows. A recording that was killed has them in the journal instead.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::encoder::{Encoder, Tables};
use super::frame::Moment;
use super::{Part, header};
use crate::store::Error;
use crate::store::disk::{Folder, Unpublished};
use crate::store::layout;

const NAME: &str = "last.totals";

/// Keeps the totals of a recording's last tick, in the place of those that were kept before.
pub fn keep_last(
    folder: &Folder,
    host: &str,
    boot_id: &str,
    moment: Moment,
    totals: &Tables,
) -> Result<(), Error> {
    let path = path(folder.root(), host);
    let frame = Encoder::new().encode(moment, &[], totals);
    let frame = frame.map_err(|e| Error::damaged(&path, e.to_string()))?;
    let mut file = Unpublished::new(folder, path.clone())?;
    file.write_all(&header::encode(host, boot_id))
        .and_then(|()| file.write_all(&frame))
        .map_err(Error::io(&path))?;
    file.replace()
}

/// Reads them; `None` where there are none.
pub fn read_last(root: &Path, host: &str) -> Result<Option<Part>, Error> {
    let path = path(root, host);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(&path)(error)),
    };
    let length = file.metadata().map_err(Error::io(&path))?.len();
    Part::read(&path, &file, length).map(Some)
}

fn path(root: &Path, host: &str) -> PathBuf {
    layout::journal_folder(root, host).join(NAME)
}
