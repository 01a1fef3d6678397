//! Whether devices came, went or changed their names: the kernel numbers what it says of such (lib/kobject_uevent.c),
//! so that one small file stands for a look at all of them.

use super::Host;
use super::kept::Kept;
use super::parse::int;

/// The number of the kernel's last message, as it was last seen.
#[derive(Debug, Default)]
pub struct Uevents {
    file: Kept,
    number: Option<i64>,
}

impl Uevents {
    /// Whether there was a message since the last call. Where the kernel does not tell there was none.
    pub fn were_sent(&mut self, host: &mut Host) -> bool {
        let path = |host: &Host| host.sys_path("kernel/uevent_seqnum");
        let number = host.reread(&mut self.file, path).ok().and_then(int);
        number != std::mem::replace(&mut self.number, number)
    }
}
