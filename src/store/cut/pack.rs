//! A folder as one tar file: the same bytes for the same folder, whoever packs it and when.

use std::fs::File;
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use crate::store::Error;
use crate::store::disk::{Folder, Unpublished, names};

/// Packs a folder into a new file, below a folder of that file's name; how large it became.
/// `modified` is what every file in it is dated, in seconds since 1970.
pub fn pack(folder: &Path, target: &Path, modified: u64) -> Result<u64, Error> {
    let beside = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let top = PathBuf::from(target.file_stem().unwrap_or_default());
    let mut tar = Builder::new(Unpublished::new(&Folder::at(beside), target.into())?);
    add(&mut tar, folder, &top, modified)?;
    tar.into_inner().map_err(Error::io(target))?.publish()?.ok_or_else(|| Error::Taken(target.into()))?;
    Ok(target.metadata().map_err(Error::io(target))?.len())
}

fn add(tar: &mut Builder<Unpublished>, folder: &Path, inside: &Path, modified: u64) -> Result<(), Error> {
    for name in names(folder)? {
        let (path, inside) = (folder.join(&name), inside.join(&name));
        if path.is_dir() {
            add(tar, &path, &inside, modified)?;
            continue;
        }
        let file = File::open(&path).map_err(Error::io(&path))?;
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(file.metadata().map_err(Error::io(&path))?.len());
        header.set_mode(0o640);
        header.set_mtime(modified);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, &inside, file).map_err(Error::io(&path))?;
    }
    Ok(())
}
