//! `sysray note`: a line of one's own in the recording.

use anyhow::Result;

use super::args::Note;
use super::{Misused, place};
use crate::store::{self, Folder, Identity, NOTE_BYTES, Recording};
use crate::time::{Clock, SystemClock};

/// Leaves the note in the store, where the recorder takes it up.
pub fn run(args: Note) -> Result<()> {
    place::keep_hidden();
    let root = place::store(args.place.store, args.place.config)?;
    Identity::read(&root)?;
    let text = args.text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(
            Misused("an empty note says nothing; say what happened, such as \"deployed v2\"".into()).into()
        );
    }
    if text.len() > NOTE_BYTES {
        let many = text.len();
        return Err(
            Misused(format!("the note is {many} bytes long, and may be {NOTE_BYTES}; shorten it")).into()
        );
    }
    let note = store::Note {
        at_us: SystemClock::default().wall().0,
        text,
        severity: args.severity.word().into(),
        subject: args.subject,
        user: user(),
    };
    note.leave(&Folder::at(&root))?;
    let store = root.display();
    match store::recorder(&root) {
        Recording::By(who) => eprintln!("noted in {store}: {who} records it with its next sample"),
        Recording::Nobody => eprintln!("nobody records into {store} now: the note waits there for who will"),
        Recording::Unknown => eprintln!("noted in {store}: whoever records there takes it up"),
    }
    Ok(())
}

/// Who it is that notes it: behind sudo, whoever called that.
fn user() -> Option<String> {
    let name = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    name("SUDO_USER").or_else(own_name).or_else(|| name("USER"))
}

#[cfg(target_os = "linux")]
fn own_name() -> Option<String> {
    nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten().map(|user| user.name)
}

#[cfg(not(target_os = "linux"))]
fn own_name() -> Option<String> {
    None
}
