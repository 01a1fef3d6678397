//! What sysinfo tells, as rows hold it.

use std::ffi::OsStr;
use std::path::Path;

use crate::collect::one_line;
use crate::schema::Text;

/// A number that is one, 0 too.
pub fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that sysinfo tells as 0 where it does not know.
pub fn known(number: u64) -> Option<i64> {
    (number > 0).then(|| whole(number))
}

/// A name or path on one line.
pub fn text(name: &OsStr) -> Text {
    one_line(name.as_encoded_bytes()).into()
}

/// The same, where there may be none.
pub fn text_if_any(name: &OsStr) -> Option<Text> {
    (!name.is_empty()).then(|| text(name))
}

/// The block device that a file system lies on, as below `/dev`; `None` where it is not named by a device.
///
/// Linux and the BSDs name it. macOS and Windows have the volume's label instead, which is no device.
pub fn device(name: &OsStr) -> Option<Text> {
    let path = Path::new(name);
    if !path.starts_with("/dev") {
        return None;
    }
    // A mapping is a link to its device.
    let path = std::fs::canonicalize(path).ok()?;
    text_if_any(path.strip_prefix("/dev").ok()?.as_os_str())
}

/// How a volume is called where no device is: by its place. Windows' drives lose the backslash behind them.
pub fn place(mount: &Path) -> Text {
    let name = text(mount.as_os_str());
    match name.strip_suffix('\\') {
        Some(drive) => drive.into(),
        None => name,
    }
}
