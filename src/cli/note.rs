//! `sysray note`: a line of one's own in the recording.

use std::path::Path;

use anyhow::Result;

use super::args::Note;
use super::{Misused, place};
use crate::collect::one_line;
use crate::store::{self, Folder, Identity, NOTE_BYTES, Recording};
use crate::time::{Clock, SystemClock};

/// The longest `--subject`.
const SUBJECT_BYTES: usize = 256;

/// Leaves the note in the store, where the recorder takes it up.
pub fn run(args: Note) -> Result<()> {
    place::restrict_umask();
    let root = place::store(args.place.store, args.place.config)?;
    Identity::read(&root)?;
    let text = words(&args.text.join(" "));
    let subject = args.subject.map(|subject| words(&subject));
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
    if let Some(many) = subject.as_ref().map(String::len).filter(|many| *many > SUBJECT_BYTES) {
        return Err(Misused(format!("--subject is {many} bytes long, and may be {SUBJECT_BYTES}")).into());
    }
    let user = user();
    become_owner(&root)?;
    let note = store::Note {
        at_us: SystemClock::default().wall().0,
        text,
        severity: args.severity.word().into(),
        subject,
        user,
    };
    note.leave(&Folder::at(&root))?;
    let store = root.display();
    match store::recorder(&root) {
        Recording::By(who) => eprintln!("noted in {store}: {who} records it within some samples"),
        Recording::Nobody => eprintln!("nobody records into {store} now: the note waits there for who will"),
        Recording::Unknown => eprintln!("noted in {store}: whoever records there takes it up"),
    }
    Ok(())
}

/// The words of a text, on one line.
fn words(text: &str) -> String {
    one_line(text.as_bytes()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A note is the recorder's to remove, which is whom the store belongs to.
#[cfg(target_os = "linux")]
fn become_owner(root: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (facts, own) = (root.metadata()?, nix::unistd::geteuid());
    if facts.uid() == own.as_raw() {
        return Ok(());
    }
    if !own.is_root() {
        let (root, owner) = (root.display(), facts.uid());
        anyhow::bail!(
            "{root} belongs to uid {owner}, whose recorder takes no notes of others; note it as that user"
        );
    }
    nix::unistd::setgid(facts.gid().into())?;
    Ok(nix::unistd::setuid(facts.uid().into())?)
}

#[cfg(not(target_os = "linux"))]
fn become_owner(_: &Path) -> Result<()> {
    Ok(())
}

/// Who it is that notes it: behind sudo, whoever called that.
fn user() -> Option<String> {
    let name = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    name("SUDO_USER").or_else(own_name).or_else(|| name("USER"))
}

#[cfg(target_os = "linux")]
fn own_name() -> Option<String> {
    crate::collect::by_name_services(nix::unistd::getuid().as_raw().into())
}

#[cfg(not(target_os = "linux"))]
fn own_name() -> Option<String> {
    None
}
